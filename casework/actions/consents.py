"""What a person agrees to, refuses and takes back: records of the desk that holds the tip (rulings 8, 11, 14, 22)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.lifecycle import Conflict
from agencies.models import Agency, AgencyKind, User
from agencies.whole import whole
from casework import clock_rules, consent_words, offering
from casework.actions import referrals
from casework.models import CancelReason, Disclosure, Referral
from casework.sharing_cases import is_bound
from casework.states import AT_WORK, WAITING
from tips.actions import persons
from tips.models import NO_END, Channel, Consent, Person, PersonIdentity

CARD, WORKING, FEEDBACK = "card", "working", "feedback"
IDENTITY = frozenset(PersonIdentity.Field.values)
SHAREABLE = frozenset({CARD, WORKING, FEEDBACK}) | IDENTITY
_LIVE = ("draft", *WAITING, *AT_WORK)
_SPOKEN = "spoken"
_COMPANION = "companion"


@dataclass(frozen=True)
class Said:
    """What the person said yes to. `fields` are codes of SHAREABLE; `text` the words that were read out or shown."""

    recipient: Agency
    need: str
    fields: Sequence[str]
    how: str
    language: str
    text: str
    heard: str = "directly"
    given_by: str = Consent.GivenBy.PERSON
    has_no_conflict: bool = False
    witness: str = ""


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal did: what it stopped, which referrals ended, and what was told before and stays told."""

    consents: tuple[Consent, ...]
    ended: tuple[Referral, ...]
    told: tuple[Disclosure, ...]


@whole()
def record(person: Person, said: Said, *, by: User, at: datetime) -> Consent:
    """Keep one yes to one recipient; it begins now and ends by itself after CONSENT_DAYS.

    Raises ValidationError that says which rule it does not meet. It takes the place of what this person said about
    the recipient before.
    """
    _check_desk(person, by)
    _check_said(person, said)
    end = clock_rules.due_at(at, settings.CONSENT_DAYS, "days", zone=ZoneInfo(settings.TIME_ZONE))
    consent = _row(person, said, by=by, at=at, until=end)
    consent.save(force_insert=True)
    _recorded("record_consent", consent, by=by, at=at, reason=said.how)
    written = said.how in (Consent.How.SIGNED, Consent.How.ELECTRONIC)
    _say(person, {"consent": "written" if written else _SPOKEN}, by=by, at=at)
    return consent


@whole()
def refuse(person: Person, kind: AgencyKind, *, language: str, by: User, at: datetime) -> Consent:
    """Keep a no to a kind of agency as a fact that does not run out; no rule proposes the kind any more (ruling 8)."""
    _check_desk(person, by)
    refusal = Consent(
        tip_id=person.tip_id,
        person=person,
        recipient_kind=kind,
        is_refusal=True,
        purpose="",
        how=Consent.How.SPOKEN,
        language=language,
        explained_by=by,
        valid_from=at,
        valid_until=NO_END,
    )
    refusal.save(force_insert=True)
    _recorded("refuse_consent", refusal, by=by, at=at)
    declined = list(dict.fromkeys([*person.facts.get("declined_kinds", []), kind.pk]))
    _say(person, {"declined_kinds": declined}, by=by, at=at)
    return refusal


@whole()
def withdraw(person: Person, *, channel: str, by: User, at: datetime, recipient: Agency | None = None) -> Withdrawn:
    """Take back every yes of this person, or the one to `recipient`: at once, without proof (ruling 22).

    What was not sent is not sent; referrals that stand on the yes end and their receivers are told. What was told
    before stays told: it is named in the answer. Raises Conflict when there is nothing to take back.
    """
    _check_desk(person, by)
    if channel not in Channel.values:
        raise ValidationError({"channel": "Choose how the person said it."})
    standing = Referral.objects.filter(tip_id=person.tip_id, persons=person, status__in=_LIVE)
    standing = standing.filter(legal_basis__in=offering.CONSENT_BASES)
    if recipient is not None:
        standing = standing.filter(receiver=recipient)
    # Referrals first, then the person: in the order in which an answer and a sending lock them.
    list(standing.select_for_update(of=("self",)).order_by("pk"))
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    consents = _take_back(person, recipient, channel=channel, by=by, at=at)
    ended = tuple(_end(referral, by=by, at=at) for referral in standing.select_related("receiver").order_by("pk"))
    if not consents and not ended:
        raise Conflict("Nothing of this person's is open to take back. A no can be kept as a fact.")
    if recipient is None:
        _say(person, {"consent": "withdrawn"}, by=by, at=at)
    return Withdrawn(consents, ended, told_of(person, recipient))


def told_of(person: Person, recipient: Agency | None = None) -> tuple[Disclosure, ...]:
    """What was told about this person so far and cannot be taken back, oldest first."""
    rows = Disclosure.objects.filter(tip_id=person.tip_id, persons__contains=[person.pk])
    if recipient is not None:
        rows = rows.filter(recipient=recipient)
    return tuple(rows.select_related("recipient").order_by("at", "pk"))


@whole()
def keep_spoken(person: Person, recipient: Agency, *, need: str, by: User, at: datetime) -> None:
    """Keep the spoken yes on which a sending stands, unless a record says as much already."""
    fields = [CARD] if is_bound(person.tip.holder_agency) else [CARD, WORKING]
    known = Consent.objects.in_force(at).filter(person=person, recipient=recipient, purpose=need, is_refusal=False)
    if known.filter(fields__contains=fields).exists():
        return
    words = consent_words.text(person.tip.holder_agency, recipient, need=need, fields=fields, at=at)
    language = next(iter(person.languages), "")
    said = Said(recipient, need, fields, Consent.How.SPOKEN, language, words)
    end = clock_rules.due_at(at, settings.CONSENT_DAYS, "days", zone=ZoneInfo(settings.TIME_ZONE))
    consent = _row(person, said, by=by, at=at, until=end)
    consent.save(force_insert=True)
    _recorded("record_consent", consent, by=by, at=at, reason=_SPOKEN)


def _check_desk(person: Person, by: User) -> None:
    if person.tip.holder_agency_id != by.acting_agency_id or not by.has_perm("casework.route"):
        raise PermissionDenied("The desk that holds the tip keeps what a person agrees to. Tell its holder.")


def _check_said(person: Person, said: Said) -> None:
    wrong = _wrong_fields(person, said) or _wrong_giver(person, said)
    if wrong:
        raise ValidationError(wrong)


def _wrong_fields(person: Person, said: Said) -> dict[str, str]:
    chosen = set(said.fields)
    if not chosen or not chosen <= SHAREABLE:
        return {"fields": "Choose what the agency may be told."}
    if said.how == _SPOKEN and chosen & IDENTITY:
        return {"fields": "A name or contact detail needs a signature, or the person's own words in a three-way call."}
    if said.how == _SPOKEN and is_bound(person.tip.holder_agency) and chosen - {CARD}:
        return {"fields": "By our funding a spoken yes opens the card only. The rest needs a signature."}
    if not said.text.strip():
        return {"fields": "Read the words out first."}
    return {}


def _wrong_giver(person: Person, said: Said) -> dict[str, str]:
    if said.heard == _COMPANION:
        return {"heard": "A yes through a relative, an employer or a companion does not count. Find an interpreter."}
    is_alone = said.given_by == Consent.GivenBy.PERSON
    if is_alone and person.is_minor == "yes":
        return {"given_by": "A person under 18 agrees together with a parent or guardian who does them no harm."}
    if is_alone:
        return {}
    if not said.has_no_conflict or person.facts.get("controlled_by_guardian") == "yes":
        return {"given_by": "Nobody who may control the person agrees for them. Make sure of it, or ask a supervisor."}
    if said.given_by == Consent.GivenBy.GUARDIAN and person.facts.get("vulnerable_adult") != "yes":
        return {"given_by": "A guardian agrees alone only for an adult who cannot. Ask the person."}
    return {}


def _row(person: Person, said: Said, *, by: User, at: datetime, until: datetime) -> Consent:
    return Consent(
        tip_id=person.tip_id,
        person=person,
        recipient=said.recipient,
        purpose=said.need,
        fields=sorted(said.fields),
        how=said.how,
        language=said.language,
        text=said.text,
        text_hash=digest(said.text),
        given_by=said.given_by,
        has_no_conflict=said.has_no_conflict,
        witness=said.witness,
        explained_by=by,
        valid_from=at,
        valid_until=until,
    )


def digest(text: str) -> str:
    """The hash that proves which words were shown."""
    return hashlib.sha256(text.encode()).hexdigest()


def _take_back(
    person: Person, recipient: Agency | None, *, channel: str, by: User, at: datetime
) -> tuple[Consent, ...]:
    rows = Consent.objects.in_force(at).filter(person=person, is_refusal=False)
    if recipient is not None:
        rows = rows.filter(recipient=recipient)
    found = tuple(rows.select_for_update(of=("self",)).order_by("pk"))
    for consent in found:
        consent.withdrawn_at, consent.withdrawn_by = at, channel
        consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _recorded("withdraw_consent", consent, by=by, at=at, reason=channel)
    return found


def _end(referral: Referral, *, by: User, at: datetime) -> Referral:
    if referral.status == "draft":
        return referrals.discard(referral, by=by, at=at)
    return referrals.withdraw(referral, reason=CancelReason.CONSENT_WITHDRAWN, by=by, at=at)


def _say(person: Person, facts: dict[str, object], *, by: User, at: datetime) -> None:
    fresh = Person.objects.select_related("tip").get(pk=person.pk)
    persons.change_person(fresh, facts, by=by, at=at)


def _recorded(verb: str, consent: Consent, *, by: User, at: datetime, reason: str = "") -> None:
    to = consent.recipient_id or consent.recipient_kind_id
    audit.record(
        verb,
        kind="consent",
        by=by,
        at=at,
        object_id=consent.pk,
        tip=consent.tip_id,
        reason=reason,
        fields=consent.fields,
        details={"person": str(consent.person_id), "to": str(to)},
    )
