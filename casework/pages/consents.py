"""What each person of a tip agreed to, refused and took back, and what was told of them so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agencies.disclosure import disclosed
from agencies.models import Agency, User
from agencies.reach import reachable
from casework import cards, consent_words, offering
from casework.actions import proposals
from casework.models import Disclosure, Referral
from casework.pages.proposals import latest
from casework.states import AT_WORK, WAITING
from tips.models import Consent, Person, Tip

_LABELS = dict(consent_words.CHOICES)
_MOST = 20
IN_FORCE = "in force"


@dataclass(frozen=True)
class Row:
    """One yes or no in words. `state` is in force, over, withdrawn or refused."""

    to: str
    state: str
    what: list[str]
    need: str
    how: str
    language: str
    explained_by: str
    valid_from: datetime
    valid_until: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class PersonRows:
    """One person with what they said, what stands on it, and what was told."""

    person: Person
    rows: list[Row]
    standing: list[Referral]
    agencies: list[Agency]  # To whom a yes is in force, or a referral stands on one.
    told: list[Disclosure]

    @property
    def can_withdraw(self) -> bool:
        return bool(self.agencies)


def of_tip(tip: Tip, user: User, *, at: datetime) -> list[PersonRows]:
    """Each person of the tip by number. Four queries."""
    persons = list(Person.objects.filter(tip=tip).order_by("number"))
    consents = Consent.objects.filter(tip=tip).select_related("recipient", "recipient_kind", "explained_by")
    rows = list(consents.order_by("-valid_from", "-pk"))
    standing = Referral.objects.filter(tip=tip, status__in=(*WAITING, *AT_WORK)).order_by("sent_at", "pk")
    standing = standing.filter(legal_basis__in=offering.CONSENT_BASES).select_related("receiver")
    live = list(standing.prefetch_related("for_persons"))
    told = list(Disclosure.objects.filter(tip=tip).select_related("recipient").order_by("at", "pk"))
    found = []
    for person in persons:
        mine = [row for row in rows if row.person_id == person.pk]
        stand = [one for one in live if any(line.person_id == person.pk for line in one.for_persons.all())]
        yes = [row.recipient for row in mine if row.recipient and _state(row, at) == IN_FORCE]
        found.append(
            PersonRows(
                person=person,
                rows=[_row(row, user, at=at) for row in mine],
                standing=stand,
                agencies=list({agency.pk: agency for agency in (*yes, *(one.receiver for one in stand))}.values()),
                told=[one for one in told if person.pk in one.persons],
            )
        )
    return found


def _row(consent: Consent, user: User, *, at: datetime) -> Row:
    shown = disclosed(consent, to=user)
    return Row(
        to=str(consent.recipient or f"Any {str(consent.recipient_kind).lower()}"),
        state=_state(consent, at),
        what=[_LABELS.get(name, name) for name in shown["fields"]],
        need=cards.need_label(shown["purpose"]) if shown["purpose"] else "",
        how=shown["how_label"],
        language=shown["language"],
        explained_by=str(shown["explained_by"]),
        valid_from=consent.valid_from,
        valid_until=consent.valid_until,
        withdrawn_at=consent.withdrawn_at,
    )


def _state(consent: Consent, at: datetime) -> str:
    if consent.withdrawn_at is not None:
        return "taken back"
    if consent.is_refusal:
        return "refused"
    return IN_FORCE if consent.valid_until > at else "over"


def agencies_for(tip: Tip, *, name: str = "", chosen: str = "") -> list[Agency]:
    """Whom a yes may be about: those asked already, those who fit the rules, those found by name."""
    proposal = latest(tip)
    asked = [one.receiver for one in Referral.objects.filter(tip=tip).select_related("receiver")]
    fitting = [found.agency for found in proposals.candidates(proposal, tip, offered=[])] if proposal else []
    found: Sequence[Agency] = []
    if len(name) > 1:
        rows = reachable(Agency.objects.receiving()).filter(name__icontains=name).exclude(pk=tip.holder_agency_id)
        found = list(rows.order_by("name", "pk")[:_MOST])
    by_id = {agency.pk: agency for agency in (*asked, *fitting, *found)}
    return sorted(by_id.values(), key=lambda agency: (agency.name, agency.pk))
