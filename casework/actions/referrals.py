"""The referral loop: draft, send, open, answer, recall, report, close, expire."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.lifecycle import Conflict
from agencies.models import Agency, Service, User
from agencies.reach import WHAT_TO_DO, way_to, with_reach
from agencies.whole import whole
from casework import cards
from casework.actions import clocks, offices, telling
from casework.actions.declining import decline as decline  # A verb of the loop like those below.
from casework.models import CancelReason, Referral, ReferralPerson, ReferralStatus
from casework.roles import BY_WORD
from casework.states import AT_WORK, REFERRAL, WAITING
from tips.actions import access, walls
from tips.models import Person, Tip, TipAccess, TipStatus
from tips.states import TIP


@whole()
def draft(
    tip: Tip,
    *,
    receiver: Agency,
    persons: Sequence[Person],
    need: str,
    pillar: str,
    purpose: str,
    legal_basis: str,
    by: User,
    at: datetime,
    service: Service | None = None,
    summary: str = "",
    gives_lead_facts: bool = False,
    side_by_side: UUID | None = None,
) -> Referral:
    """An offer that nobody has seen yet, with the card as it will be read. `side_by_side` names its round.

    Raises PermissionDenied unless the actor's hotline holds the tip; ValidationError for a receiver that takes no
    referrals, cannot be reached, stands behind a wall, or already has this need of this tip open.
    """
    if tip.holder_agency_id != by.acting_agency_id or not by.has_perm("casework.route") or by.acting is None:
        raise PermissionDenied("Only the desk that holds the tip refers it.")
    receiver = _check_receiver(tip, receiver, need)
    if any(person.tip_id != tip.pk for person in persons):
        raise ValidationError({"persons": "Choose persons of this tip."})
    card = cards.propose_card(
        tip, persons, sender=by.acting.agency, need=need, purpose=purpose, place=tip.places.first()
    )
    referral = Referral(
        tip=tip,
        reference=tip.reference,
        sender=by.acting.agency,
        receiver=receiver,
        service=service,
        pillar=pillar,
        need=need,
        purpose=purpose,
        legal_basis=legal_basis,
        urgency=tip.urgency,
        gives_lead_facts=gives_lead_facts,
        round=side_by_side,
        card={**card, "summary": summary.strip() or card["summary"]},
        created_by=by,
        created_at=at,
    )
    referral.full_clean(exclude=["persons", "card"], validate_unique=False, validate_constraints=False)
    referral.save(force_insert=True)
    for person in persons:
        ReferralPerson(referral=referral, person=person, tip=tip, sender=by.acting.agency).save(force_insert=True)
    return referral


def _check_receiver(tip: Tip, receiver: Agency, need: str) -> Agency:
    found = with_reach(Agency.objects.receiving()).filter(pk=receiver.pk).first()
    if found is None:
        raise ValidationError({"receiver": "This agency takes no referrals now. Choose another."})
    if way_to(found).by == Agency.AcceptsBy.NONE:
        raise ValidationError({"receiver": f"{found}: {way_to(found).words}. {WHAT_TO_DO}"})
    if receiver.pk in walls.kept_away(tip):
        raise ValidationError({"receiver": "This agency is kept from this tip. Choose another."})
    open_states = ("draft", *WAITING, *AT_WORK)
    if Referral.objects.filter(tip=tip, receiver=receiver, need=need, status__in=open_states).exists():
        raise ValidationError({"receiver": "This agency already has this need of the tip. Look at that referral."})
    return found


@whole()
def send(referral: Referral, *, by: User, at: datetime, version: int | None = None) -> Referral:
    """Put it into the receiver's queue: the card becomes the disclosure record, the time to answer runs."""
    due = offices.answer_due(referral.receiver, referral.urgency, start=at)
    referral = REFERRAL.move(
        referral, "send", by=by, at=at, version=version, values={"answer_due_at": due}, reason=referral.legal_basis
    )
    telling.record_disclosure(referral, "card", list(referral.card), by=by, at=at, card=referral.card)
    clocks.start(
        tip=referral.tip,
        agency_id=referral.sender_id,
        referral=referral,
        pillar=referral.pillar,
        rule="answer_time",
        label="Answer to referral",
        holder="Receiver of the referral",
        started_at=at,
        due_at=due,
        citation="Ruling 1",
    )
    telling.ask_receiver(referral, "referral_sent", by=by, at=at)
    return referral


@whole()
def receive(referral: Referral, *, by: User, at: datetime) -> Referral:
    """Stamp that the receiver opened the card. Opening it again changes nothing."""
    if referral.status != ReferralStatus.SENT or referral.receiver_id != by.acting_agency_id:
        return referral
    if not by.has_perm("casework.answer"):
        return referral
    try:
        return REFERRAL.move(referral, "receive", by=by, at=at)
    except Conflict:
        return Referral.objects.get(pk=referral.pk)


@whole()
def accept(referral: Referral, *, by: User, at: datetime, version: int | None = None) -> Referral:
    """Take it on: the tip's working level opens to the receiver, the sender is told, feedback becomes due.

    Of offers that stand side by side none is taken on by its receiver's yes alone: the sender is told, and confirms.
    """
    if referral.round is not None and by.role != BY_WORD:
        return say_yes(referral, by=by, at=at, version=version)
    feedback = clocks.due_by_urgency(referral.urgency, start=at, times=settings.FEEDBACK_TIMES)
    referral = REFERRAL.move(referral, "accept", by=by, at=at, version=version, values={"feedback_due_at": feedback})
    level = TipAccess.Level.LEAD if referral.gives_lead_facts else TipAccess.Level.WORKING
    access.grant(
        referral.tip_id,
        agency_id=referral.receiver_id,
        level=level,
        basis_kind="referral",
        basis_id=referral.pk,
        by=by,
        at=at,
    )
    telling.record_disclosure(referral, level, [], by=by, at=at)
    clocks.end_for_referral(referral, at=at, ended_as="met")
    clocks.meet_by("accept", referral, by=by, at=at)
    # Locked, so that a merging at the same moment neither loses the answer nor the beginning of the work.
    tip = Tip.objects.select_for_update(of=("self",)).get(pk=referral.tip_id)
    if tip.status == TipStatus.ROUTED:
        TIP.move(tip, "start", by=by, at=at, is_locked=True)
    telling.tell_sender(referral, "referral_accepted", at)
    return referral


@whole()
def say_yes(referral: Referral, *, by: User, at: datetime, version: int | None = None) -> Referral:
    """Be ready to take it on, where others were asked too. Raises ValidationError where nobody else was."""
    if referral.round is None:
        raise ValidationError("You alone were asked: accept it, or decline.")
    if referral.ready_at is not None:
        raise Conflict("Your agency has said yes already. The sender confirms one agency and tells the others.")
    referral = REFERRAL.move(referral, "say_yes", by=by, at=at, version=version, values={"ready_at": at})
    telling.tell_sender(referral, "referral_ready", at)
    return referral


@whole()
def ask_information(
    referral: Referral, *, question: str, by: User, at: datetime, version: int | None = None
) -> Referral:
    """Ask the sender before deciding; the time to answer goes on."""
    referral = REFERRAL.move(
        referral, "ask_information", by=by, at=at, version=version, values={"question": question.strip(), "answer": ""}
    )
    telling.tell_sender(referral, "information_asked", at)
    return referral


@whole()
def give_information(
    referral: Referral, *, answer: str, by: User, at: datetime, version: int | None = None
) -> Referral:
    """Answer the receiver's question; what is said is a disclosure."""
    referral = REFERRAL.move(
        referral, "give_information", by=by, at=at, version=version, values={"answer": answer.strip()}
    )
    telling.record_disclosure(referral, "card", ["answer"], by=by, at=at)
    telling.ask_receiver(referral, "information_given", by=by, at=at)
    return referral


@whole()
def recall(
    referral: Referral, *, by: User, at: datetime, version: int | None = None, is_found_elsewhere: bool = False
) -> Referral:
    """Take the offer back before it is accepted; a card that was seen stays a disclosure."""
    why = {"cancel_reason": CancelReason.FOUND_ELSEWHERE} if is_found_elsewhere else {}
    referral = REFERRAL.move(
        referral, "recall", by=by, at=at, version=version, reason=why.get("cancel_reason", ""), values=why
    )
    clocks.end_for_referral(referral, at=at, ended_as="stopped", reason="recalled")
    telling.tell_receiver(referral, "referral_found_elsewhere" if is_found_elsewhere else "referral_recalled", at)
    return referral


@whole()
def report_progress(
    referral: Referral, *, progress: str, by: User, at: datetime, version: int | None = None
) -> Referral:
    """Say how it goes, with a code of Progress; the next word is due FEEDBACK_AGAIN_DAYS later."""
    values = {
        "progress": progress,
        "feedback_asked": 0,
        "feedback_due_at": clocks.due_after(settings.FEEDBACK_AGAIN_DAYS, start=at),
    }
    referral = REFERRAL.move(referral, "report_progress", by=by, at=at, version=version, reason=progress, values=values)
    telling.tell_sender(referral, "referral_progress", at)
    return referral


@whole()
def close(referral: Referral, *, outcome: str, by: User, at: datetime, version: int | None = None) -> Referral:
    """Report the outcome, with a code of Outcome. Ends the receiver's access, last of all."""
    referral = REFERRAL.move(
        referral, "close", by=by, at=at, version=version, reason=outcome, values={"outcome": outcome}
    )
    clocks.end_for_referral(referral, at=at, ended_as="met")
    telling.tell_sender(referral, "referral_closed", at)
    access.end(referral.tip_id, agency_id=referral.receiver_id, by=by, at=at)
    return referral


@whole()
def ask_cancellation(referral: Referral, *, by: User, at: datetime, version: int | None = None) -> Referral:
    """After acceptance the sender can only ask; the receiver confirms or reports an outcome (ruling 12)."""
    referral = REFERRAL.move(
        referral, "ask_cancellation", by=by, at=at, version=version, values={"is_cancellation_asked": True}
    )
    telling.tell_receiver(referral, "cancellation_asked", at)
    return referral


@whole()
def confirm_cancellation(referral: Referral, *, by: User, at: datetime, version: int | None = None) -> Referral:
    """Agree to the sender's wish. Ends the receiver's access, last of all."""
    values = {"cancel_reason": CancelReason.ASKED_FOR}
    referral = REFERRAL.move(referral, "confirm_cancellation", by=by, at=at, version=version, values=values)
    clocks.end_for_referral(referral, at=at, ended_as="stopped", reason="cancelled")
    telling.tell_sender(referral, "referral_cancelled", at)
    access.end(referral.tip_id, agency_id=referral.receiver_id, by=by, at=at)
    return referral


@whole()
def withdraw(referral: Referral, *, reason: str, by: User, at: datetime, version: int | None = None) -> Referral:
    """Cancel at once, for a withdrawn consent or an entry in error: the receiver's access ends in this moment."""
    if reason not in (CancelReason.CONSENT_WITHDRAWN, CancelReason.ENTERED_IN_ERROR):
        raise ValidationError({"cancel_reason": "Choose withdrawn consent or entered in error."})
    referral = REFERRAL.move(
        referral, "withdraw", by=by, at=at, version=version, reason=reason, values={"cancel_reason": reason}
    )
    clocks.end_for_referral(referral, at=at, ended_as="stopped", reason=reason)
    telling.tell_receiver(referral, "referral_cancelled", at)
    access.end(referral.tip_id, agency_id=referral.receiver_id, by=by, at=at)
    return referral


@whole()
def discard(referral: Referral, *, by: User, at: datetime, version: int | None = None) -> Referral:
    """Drop a draft that was never sent."""
    return REFERRAL.move(
        referral, "discard", by=by, at=at, version=version, values={"cancel_reason": CancelReason.DISCARDED}
    )
