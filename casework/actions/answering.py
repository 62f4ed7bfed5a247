"""Answers of agencies where nobody signs in: by one-time link, or by phone through the operator who called them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit, links
from agencies.lifecycle import Conflict
from agencies.models import Agency, User
from agencies.scope import acting_as, stand_in
from agencies.whole import whole
from casework.actions import referrals, telling
from casework.models import AnswerGiven, AnswerWay, Referral
from casework.roles import BY_LINK, BY_PHONE
from casework.states import WAITING

Verb = Callable[..., Referral]

BY_LINK_VERBS: dict[str, Verb] = {
    "accept": referrals.accept,
    "decline": referrals.decline,
    "ask_information": referrals.ask_information,
}
BY_PHONE_VERBS: dict[str, Verb] = {
    **BY_LINK_VERBS,
    "receive": referrals.receive,
    "report_progress": referrals.report_progress,
    "close": referrals.close,
    "confirm_cancellation": referrals.confirm_cancellation,
}


@dataclass(frozen=True)
class Speaker:
    """Who answers for the agency: name and work as they say it, and their own number or the agency's case number."""

    name: str
    role: str
    number: str = ""


def reader_by_link(way: links.Way) -> User:
    """The stand-in as which a referral is read through an opened link."""
    if way.asked is None:
        raise ValueError("This link asks a person, not an agency.")
    return stand_in(Agency.objects.get(pk=way.asked), role=BY_LINK)


def waiting(pk: UUID, user: User) -> Referral | None:
    """The referral that a link leads to, while its answer is waited for; within the scope of `user`, the stand-in."""
    found = Referral.objects.visible_to(user).filter(status__in=WAITING)
    return found.select_related("sender", "receiver").filter(pk=pk).first()


@whole()
def open_by_link(token: str, *, browser: str, at: datetime) -> links.Way | None:
    """Bind the link to this browser and stamp that the card was opened. None where the link leads nowhere."""
    way = links.open_once(token, browser=browser, at=at)
    if way is None:
        return None
    reader = reader_by_link(way)
    with acting_as(reader):
        referral = waiting(way.about, reader)
        if referral is not None and referral.status == "sent":
            referrals.receive(referral, by=reader, at=at)
    return way if referral is not None else None


@whole()
def answer_by_link(
    token: str, verb: str, *, browser: str, speaker: Speaker, at: datetime, values: Mapping[str, Any]
) -> Referral:
    """Use the link up and make the receiver's move in the agency's name.

    Raises Conflict where the link or the referral has ended meanwhile: nothing is written then.
    """
    way = links.spend(token, browser=browser, at=at)
    if way is None:
        raise Conflict("This link has ended.")
    reader = reader_by_link(way)
    with acting_as(reader):
        referral = waiting(way.about, reader)
        if referral is None:
            raise Conflict("This link has ended.")
        _keep(referral, verb, AnswerWay.LINK, speaker, at=at, entered_by=None)
        return BY_LINK_VERBS[verb](referral, by=reader, at=at, **values)


@whole()
def answer_by_phone(
    referral: Referral,
    verb: str,
    *,
    speaker: Speaker,
    by: User,
    at: datetime,
    values: Mapping[str, Any],
    version: int | None = None,
) -> Referral:
    """Enter what the agency said on the phone as its own move; the operator stands in the trail.

    Raises PermissionDenied unless the actor's desk sent the referral and nobody at the agency signs in.
    """
    check_by_phone(referral, by)
    person = stand_in(referral.receiver, role=BY_PHONE, person=by)
    with acting_as(person):
        _keep(referral, verb, AnswerWay.PHONE, speaker, at=at, entered_by=by)
        moved = {} if verb == "receive" else {"version": version}
        return BY_PHONE_VERBS[verb](referral, by=person, at=at, **moved, **values)


def check_by_phone(referral: Referral, user: User) -> None:
    """Raises PermissionDenied unless this user may answer for the receiver."""
    if referral.sender_id != user.acting_agency_id or not user.has_perm("casework.route"):
        raise PermissionDenied("Only the desk that sent the referral enters what the agency said.")
    if telling.way_of(referral.receiver).by == Agency.AcceptsBy.INBOX:
        raise PermissionDenied("This agency answers in its own inbox.")


def _keep(
    referral: Referral, verb: str, way: AnswerWay, speaker: Speaker, *, at: datetime, entered_by: User | None
) -> None:
    if not speaker.name.strip() or not speaker.role.strip():
        raise ValidationError({"name": "Say who answers, and what their work is."})
    AnswerGiven(
        referral=referral,
        tip_id=referral.tip_id,
        sender_id=referral.sender_id,
        receiver_id=referral.receiver_id,
        way=way,
        verb=verb,
        name=speaker.name.strip(),
        role=speaker.role.strip(),
        number=speaker.number.strip(),
        at=at,
        entered_by=entered_by,
    ).save(force_insert=True)


@whole()
def send_new_link(referral: Referral, *, by: User, at: datetime) -> None:
    """Another link to the agency's verified address; the one before ends.

    Raises PermissionDenied for others than the sender, Conflict when no answer is waited for, ValidationError for an
    agency that takes no links.
    """
    if referral.sender_id != by.acting_agency_id or not by.has_perm("casework.route"):
        raise PermissionDenied("Only the desk that sent the referral sends its link.")
    locked = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if locked.status not in WAITING or locked.answer_due_at is None or locked.answer_due_at <= at:
        raise Conflict("No answer is waited for any more: there is nothing to send.")
    if telling.way_of(referral.receiver).by != Agency.AcceptsBy.LINK:
        raise ValidationError("This agency has no verified address for links. Call them.")
    audit.record(
        "send_link", kind="referral", by=by, at=at, object_id=referral.pk, tip=referral.tip_id, pillar=referral.pillar
    )
    telling.send_link(referral, by=by, at=at)
