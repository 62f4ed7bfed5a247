"""One tip, its persons and an agency as cases of the table of what may be told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from agencies.directory import Where, covers
from agencies.models import Agency, User
from casework import offering, sharing, sharing_rules
from casework.rules_in_force import sharing_in_force
from tips.actions import walls
from tips.facts_of import facts_of
from tips.gathering import persons_of
from tips.models import Consent, Person, PersonIdentity, PersonRole, StateDuty, Tip

# Funding that binds its holder to written consent (ruling 11).
BINDING = frozenset({"VAWA", "VOCA", "FVPSA"})
CARD, WORKING, LEAD, IDENTITY, STATUS = "card", "working", "lead", "identity", "status"
LEVELS = {
    CARD: "The card",
    WORKING: "The working level, after it accepts",
    IDENTITY: "Names and contact details",
    STATUS: "Citizenship and status",
}
LEAD_WORDS = "Lead facts about a potential trafficker"
_IDENTITY_FIELDS = frozenset(PersonIdentity.Field.values)
_WRITTEN = frozenset({Consent.How.SIGNED, Consent.How.ELECTRONIC})
_SELF = frozenset({"potential_victim"})
_FOR_THEM = frozenset({"representative", "defense_counsel"})


@dataclass(frozen=True)
class Answer:
    """What the table says of one level for one person (None: of the situation) and one agency."""

    agency: Agency
    person: Person | None
    level: str
    row: sharing.Row

    @property
    def words(self) -> str:
        return {sharing.MUST: "Must", sharing.MAY: "May", sharing.MUST_NOT: "Must not"}[self.row.answer]

    @property
    def what(self) -> str:
        label = LEAD_WORDS if self.level == LEAD else LEVELS[self.level]
        return f"{self.person}: {label[0].lower()}{label[1:]}" if self.person else label


@dataclass
class Cases:
    """Everything that the cases of one tip have in common, read once."""

    tip: Tip
    at: datetime
    facts: Mapping[str, Any]
    told: Mapping[UUID, Mapping[str, Any]]
    consents: Sequence[Consent]
    has_state_row: bool
    kept_away: Collection[UUID]
    covering: Collection[UUID]
    table: sharing.Table = field(default_factory=sharing_in_force)

    def answers(self, agency: Agency, persons: Sequence[Person], *, need: str, basis: str) -> list[Answer]:
        """Each level for each person, then the lead facts. `basis` is what the sender says the sharing stands on."""
        found = [
            Answer(agency, person, level, self.table.decide(self._case(agency, person, level, need, basis)))
            for person in persons
            for level in LEVELS
        ]
        about = persons[0] if persons else None
        lead = {**self._case(agency, about, LEAD, need, basis), "subject": PersonRole.POTENTIAL_TRAFFICKER.value}
        return [*found, Answer(agency, None, LEAD, self.table.decide(lead))]

    def _case(self, agency: Agency, person: Person | None, level: str, need: str, basis: str) -> dict[str, str]:
        recipient = sharing_rules.recipient_group(agency.kind_id)
        told = self.told.get(person.pk, {}) if person else {}
        age = _age(person) if person else "adult"
        vulnerable = "yes" if told.get("vulnerable_adult") == "yes" else "no"
        holder = self.tip.holder_agency
        return {
            "level": level,
            "subject": _subject(person),
            "age": age,
            "vulnerable": vulnerable,
            "told_by": self._told_by(),
            "consent": self._consent(agency, person, level, need, basis, told),
            "danger": danger if (danger := str(self.facts.get("danger"))) in ("life", "ongoing") else "none",
            "mandate": sharing_rules.mandate(
                recipient, age=age, vulnerable=vulnerable, has_state_row=self.has_state_row
            ),
            "jurisdiction": "covers" if agency.pk in self.covering else "elsewhere",
            "recipient": recipient,
            "accused": _yes(agency.kind_id in self.facts.get("accused_kinds", ()) or agency.pk in self.kept_away),
            "citizenship": _citizenship(told),
            "holder_funded": _yes(is_bound(holder)),
            "holder_federal": _yes("federal" in holder.sectors),
            "third_party_switch": str(self.facts.get("third_party_switch", "unset")),
            "credible_and_unable": _yes(self.facts.get("credible_and_unable") == "yes"),
            "immigration_switch": str(self.facts.get("immigration_switch", "unset")),
        }

    def _told_by(self) -> str:
        reporter = self.facts.get("reporter")
        return "self" if reporter in _SELF else "representative" if reporter in _FOR_THEM else "third_party"

    def _consent(
        self, agency: Agency, person: Person | None, level: str, need: str, basis: str, told: Mapping[str, Any]
    ) -> str:
        if person is None:
            return "none"
        record = self.record_of(agency, person)
        if record is not None and record.withdrawn_at is not None:
            return "withdrawn"
        if (record is not None and record.is_refusal) or offering.is_declined(person, agency.kind):
            return "refused"
        if record is not None and self._names(record, level, need):
            return "written" if record.how in _WRITTEN else record.how
        # What the sender says is an operator's record of a spoken yes, no more (ruling 11); a yes through somebody
        # who may control the person is none.
        is_said = basis in offering.CONSENT_BASES and told.get("wishes_heard") != "companion"
        return "spoken" if is_said and level in (CARD, WORKING) else "none"

    def record_of(self, agency: Agency, person: Person) -> Consent | None:
        """The last word of this person on this agency. A yes to a kind of agency does not count at a funded holder."""
        to_kind = not is_bound(self.tip.holder_agency)
        rows = [
            row
            for row in self.consents
            if row.person_id == person.pk
            and (
                row.recipient_id == agency.pk
                or (row.recipient_kind_id == agency.kind_id and (to_kind or row.is_refusal))
            )
        ]
        return max(rows, key=lambda row: (row.withdrawn_at or row.valid_from, row.pk), default=None)

    def _names(self, record: Consent, level: str, need: str) -> bool:
        is_in_force = record.valid_from <= self.at < record.valid_until
        wanted = _IDENTITY_FIELDS if level == IDENTITY else {level}
        return is_in_force and record.purpose == need and bool(wanted & set(record.fields))


def cases_of(tip: Tip, agencies: Sequence[Agency], *, place: Where, by: User, at: datetime) -> Cases:
    """Read what the cases of these agencies need: about seven queries, however many agencies and persons."""
    facts = facts_of(tip, by=by)
    told = {person.pk: said for person, said in zip(persons_of(tip), facts["persons"], strict=True)}
    state = str(facts.get("state", ""))
    return Cases(
        tip=tip,
        at=at,
        facts=facts,
        told=told,
        consents=list(Consent.objects.filter(tip=tip, valid_from__lte=at)),
        has_state_row=StateDuty.objects.filter(state=state, verified_at__isnull=False).exists(),
        kept_away=walls.kept_away(tip),
        covering=covers(agencies, place),
    )


def is_bound(agency: Agency) -> bool:
    """Whether this holder's funding asks for written consent, one release a recipient."""
    return bool(BINDING & {name.upper() for name in agency.funded_under})


def _age(person: Person) -> str:
    if person.is_minor == "yes":
        return "minor"
    return "adult" if person.is_minor == "no" else "may_be_minor"


def _subject(person: Person | None) -> str:
    known = (PersonRole.POTENTIAL_VICTIM, PersonRole.POTENTIAL_TRAFFICKER)
    return person.role if person is not None and person.role in known else "other"


def _citizenship(told: Mapping[str, Any]) -> str:
    is_ours = told.get("citizenship") in ("us_citizen", "lawful_permanent_resident")
    return "citizen_or_resident" if is_ours else "other_or_unknown"


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"
