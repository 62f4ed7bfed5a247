"""Persons, their facts, identity and safe contact: the rows behind what was told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max

from agencies import audit, crypto
from agencies.ids import uuid7
from agencies.models import User
from agencies.whole import whole
from tips import codes as code_lists
from tips import facts as vocabulary
from tips.actions import matching
from tips.actions.identifier_rows import identifier_row
from tips.identifiers import VERSION
from tips.models import (
    ClosedFacts,
    Identifier,
    Person,
    PersonIdentity,
    PersonNeed,
    PersonRole,
    SafeContact,
    Situation,
    Tip,
    YesNoUnknown,
)
from tips.told import IdentifierTold, NeedTold, PersonTold

# Facts that are columns of Person, because lists and policies use them.
_COLUMNS = ("role", "age", "needs")
_MINORS = frozenset({"under_13", "13_to_17", "minor"})
_ADULTS = frozenset({"18_to_20", "21_or_over", "adult", "judged_adult"})
_LEAD_ROLE = PersonRole.POTENTIAL_TRAFFICKER
_LEAD_IDENTITY = frozenset({"name", "aliases", "description"})


def is_minor(age: str) -> str:
    """Yes, no or unknown, from the code of the fact `age`; "may be under 18" counts as unknown here."""
    if age in _MINORS:
        return YesNoUnknown.YES
    return YesNoUnknown.NO if age in _ADULTS else YesNoUnknown.UNKNOWN


@whole()
def set_situation_facts(tip: Tip, facts: Mapping[str, Any], *, by: User, at: datetime) -> None:
    """Merge coded facts about the tip as a whole; those above working level go to the closed ones.

    Raises ValidationError that names the fact and what is allowed.
    """
    _check(dict(facts))
    working, closed = _by_level(facts, vocabulary.vocabulary().tip)
    situation = Situation.objects.select_for_update().get(tip=tip)
    situation.facts = {**situation.facts, **working}
    situation.updated_at = at
    situation.save(update_fields=["facts", "updated_at"])
    _merge_closed(tip, None, closed, by=by)
    if facts:
        audit.record("set_facts", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk, fields=sorted(facts))


@whole()
def begin_situation(
    tip: Tip, facts: Mapping[str, Any], codes: Mapping[str, Sequence[str]], *, by: User, at: datetime
) -> None:
    """The situation of a new tip with what was told of it: `set_situation_facts` and `set_codes` in one row."""
    _check(dict(facts))
    chosen = _checked_codes(codes)
    working, closed = _by_level(facts, vocabulary.vocabulary().tip)
    Situation(tip=tip, facts=working, codes=chosen, updated_at=at).save(force_insert=True)
    if closed:
        _seal_closed(tip, None, closed, by=by).save(force_insert=True)
    for told in (facts, chosen):
        if told:
            audit.record("set_facts", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk, fields=sorted(told))


@dataclass
class _Rows:
    """What is written for new persons: a statement a table, however many persons there are."""

    persons: list[Person] = field(default_factory=list)
    closed: list[ClosedFacts] = field(default_factory=list)
    identities: list[PersonIdentity] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    needs: list[PersonNeed] = field(default_factory=list)
    safe_contacts: list[SafeContact] = field(default_factory=list)

    def write(self) -> None:
        Person.objects.bulk_create(self.persons)
        ClosedFacts.objects.bulk_create(self.closed)
        PersonIdentity.objects.bulk_create(self.identities)
        Identifier.objects.bulk_create(self.identifiers)
        PersonNeed.objects.bulk_create(self.needs)
        SafeContact.objects.bulk_create(self.safe_contacts)
        matching.keep([*self.identities, *self.identifiers])


@whole()
def add_persons(
    tip: Tip,
    told: Sequence[PersonTold],
    *,
    by: User,
    at: datetime,
    identifiers: Sequence[IdentifierTold] = (),
    is_new: bool = False,
) -> list[Person]:
    """Add persons, numbered on from those that are there, and `identifiers` that are nobody's.

    `is_new` says that the tip has no persons yet.
    """
    last = 0 if is_new else Person.objects.filter(tip=tip).aggregate(last=Max("number"))["last"] or 0
    rows = _Rows()
    for number, given in enumerate(told, start=last + 1):
        _add_person(rows, tip, number, given, by=by, at=at)
    rows.identifiers += [identifier_row(tip, one, agency_id=_agency_of(by)) for one in identifiers]
    rows.write()
    for person, given in zip(rows.persons, told, strict=True):
        names = sorted([*given.facts, *given.identity])
        audit.record("add_person", kind="person", by=by, at=at, object_id=person.pk, tip=tip.pk, fields=names)
    return rows.persons


@whole()
def change_person(person: Person, facts: Mapping[str, Any], *, by: User, at: datetime) -> Person:
    """Merge coded facts about one person."""
    _check({"persons": [{"role": person.role, **facts}]})
    working, closed = _by_level(facts, vocabulary.vocabulary().person)
    _set_columns(person, {**person.facts, **_of_columns(person), **working})
    person.save(update_fields=["role", "age", "is_minor", "needs", "facts"])
    _merge_closed(person.tip, person, closed, by=by)
    audit.record("set_facts", kind="person", by=by, at=at, object_id=person.pk, tip=person.tip_id, fields=sorted(facts))
    return person


@whole()
def add_identifiers(tip: Tip, told: Sequence[IdentifierTold], *, by: User, person: Person | None = None) -> None:
    """Add what can be matched on. What has no normal form (a phone that is none) is kept, and matches nothing."""
    rows = [identifier_row(tip, one, agency_id=_agency_of(by), person=person) for one in told]
    Identifier.objects.bulk_create(rows)
    matching.keep(rows)


@whole()
def set_codes(tip: Tip, codes: Mapping[str, Sequence[str]], *, by: User, at: datetime) -> None:
    """Merge codes of the field's lists into the situation; each list keeps what it had.

    Raises ValidationError for a list or a code that is not in tips/reference/codes.json.
    """
    chosen = _checked_codes(codes)
    if not chosen:
        return
    situation = Situation.objects.select_for_update().get(tip=tip)
    merged = {name: list(dict.fromkeys([*situation.codes.get(name, []), *values])) for name, values in chosen.items()}
    situation.codes = {**situation.codes, **merged}
    situation.updated_at = at
    situation.save(update_fields=["codes", "updated_at"])
    audit.record("set_facts", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk, fields=sorted(chosen))


def _checked_codes(codes: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    wrong = code_lists.problems(codes)
    if wrong:
        raise ValidationError(wrong)
    return {name: list(values) for name, values in codes.items() if values}


def _need(person: Person, told: NeedTold, *, at: datetime) -> PersonNeed:
    if told.need not in vocabulary.vocabulary().person["needs"].values:
        raise ValidationError("Choose a need from the list.")
    return PersonNeed(
        tip_id=person.tip_id,
        person=person,
        need=told.need,
        state=told.state,
        why_not=told.why_not if told.state == PersonNeed.State.NOT_MET else "",
        told_at=at,
    )


def _add_person(rows: _Rows, tip: Tip, number: int, told: PersonTold, *, by: User, at: datetime) -> None:
    _check({"persons": [told.facts]})
    working, closed = _by_level(told.facts, vocabulary.vocabulary().person)
    person = Person(
        tip=tip,
        number=number,
        is_in_contact=told.is_in_contact,
        languages=list(told.languages),
        count_least=told.count_least,
        count_most=told.count_most,
    )
    _set_columns(person, working)
    rows.persons.append(person)
    if closed:
        rows.closed.append(_seal_closed(tip, person, closed, by=by))
    _add_identity(rows, person, told.identity, by=by)
    rows.identifiers += [identifier_row(tip, one, agency_id=_agency_of(by), person=person) for one in told.identifiers]
    rows.needs += [_need(person, need, at=at) for need in told.needs_told]
    has_code_word = bool(told.identity.get("code_word"))
    if told.safe_contact or has_code_word:
        rows.safe_contacts.append(SafeContact(person=person, tip=tip, has_code_word=has_code_word, **told.safe_contact))


def _add_identity(rows: _Rows, person: Person, identity: Mapping[str, str], *, by: User) -> None:
    for name, words in identity.items():
        if not words.strip():
            continue
        row = uuid7()
        rows.identities.append(
            PersonIdentity(
                id=row,
                person=person,
                tip_id=person.tip_id,
                agency_id=_agency_of(by),
                field=name,
                value=crypto.encrypt(words, table=PersonIdentity._meta.db_table, row=row, field="value"),
                is_lead_fact=person.role == _LEAD_ROLE and name in _LEAD_IDENTITY,
                forms=VERSION,
            )
        )
        if name in Identifier.Kind.values:
            rows.identifiers.append(
                identifier_row(person.tip, IdentifierTold(name, words), agency_id=_agency_of(by), person=person)
            )


def _set_columns(person: Person, facts: Mapping[str, Any]) -> None:
    person.role = facts.get("role", PersonRole.OTHER)
    person.age = facts.get("age", "unknown")
    person.is_minor = is_minor(person.age)
    person.needs = list(facts.get("needs", []))
    person.facts = {name: value for name, value in facts.items() if name not in _COLUMNS}


def _of_columns(person: Person) -> dict[str, Any]:
    return {"role": person.role, "age": person.age, "needs": person.needs}


def person_facts(person: Person) -> dict[str, Any]:
    """The working-level facts of a person, columns included, as the vocabulary names them."""
    facts = {**person.facts, **_of_columns(person)}
    return {name: value for name, value in facts.items() if value not in ("", [])}


def _check(facts: dict[str, Any]) -> None:
    problems = vocabulary.validate(facts)
    if problems:
        raise ValidationError([str(problem) for problem in problems])


def _by_level(facts: Mapping[str, Any], known: Mapping[str, vocabulary.Fact]) -> tuple[dict[str, Any], dict[str, Any]]:
    working = {name: value for name, value in facts.items() if known[name].level == "working"}
    return working, {name: value for name, value in facts.items() if name not in working}


def _merge_closed(tip: Tip, person: Person | None, facts: dict[str, Any], *, by: User) -> None:
    if not facts:
        return
    table = ClosedFacts._meta.db_table
    kept = ClosedFacts.objects.select_for_update().filter(tip=tip, person=person, agency_id=_agency_of(by)).first()
    if kept is None:
        _seal_closed(tip, person, facts, by=by).save(force_insert=True)
        return
    before = json.loads(crypto.decrypt(kept.value, table=table, row=kept.pk, field="value"))
    kept.value = crypto.encrypt(json.dumps({**before, **facts}), table=table, row=kept.pk, field="value")
    kept.save(update_fields=["value"])


def _seal_closed(tip: Tip, person: Person | None, facts: Mapping[str, Any], *, by: User) -> ClosedFacts:
    row = uuid7()
    sealed = crypto.encrypt(json.dumps(facts), table=ClosedFacts._meta.db_table, row=row, field="value")
    return ClosedFacts(id=row, tip=tip, person=person, agency_id=_agency_of(by), value=sealed)


def _agency_of(user: User) -> UUID:
    if user.acting_agency_id is None:
        raise ValidationError("Choose the agency that you act for.")
    return user.acting_agency_id
