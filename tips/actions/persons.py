"""Persons, their facts, identity and safe contact: the rows behind what was told."""

import json
from collections.abc import Mapping, Sequence
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
from tips.identifiers import Key, kept
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
# Of a business, vehicle or advertisement, never of a potential victim or a person in contact (ruling 14 b).
_LEAD_KINDS = frozenset({"address", "business", "plate", "vehicle", "web", "handle"})


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
def add_persons(tip: Tip, told: Sequence[PersonTold], *, by: User, at: datetime) -> list[Person]:
    """Add persons, numbered on from those that are there."""
    last = Person.objects.filter(tip=tip).aggregate(last=Max("number"))["last"] or 0
    return [_add_person(tip, number, person, by=by, at=at) for number, person in enumerate(told, start=last + 1)]


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
    for identifier in told:
        row = uuid7()
        key = next(iter(kept(identifier.kind, identifier.value)), Key("unmatched", str(row)))
        Identifier(
            id=row,
            tip=tip,
            person=person,
            agency_id=_agency_of(by),
            kind=identifier.kind,
            hash=crypto.keyed_hash(key.form, key.text),
            value=crypto.encrypt(identifier.value, table=Identifier._meta.db_table, row=row, field="value"),
            is_lead_fact=_is_lead(identifier, person),
        ).save(force_insert=True)


def _is_lead(identifier: IdentifierTold, person: Person | None) -> bool:
    """Ruling 14 (b): what was said on the page counts, but nothing of a victim or witness is ever a lead fact."""
    if person is not None and person.role != _LEAD_ROLE:
        return False
    return identifier.kind in _LEAD_KINDS if identifier.is_lead_fact is None else identifier.is_lead_fact


@whole()
def set_codes(tip: Tip, codes: Mapping[str, Sequence[str]], *, by: User, at: datetime) -> None:
    """Merge codes of the field's lists into the situation; each list keeps what it had.

    Raises ValidationError for a list or a code that is not in tips/reference/codes.json.
    """
    wrong = code_lists.problems(codes)
    if wrong:
        raise ValidationError(wrong)
    chosen = {name: list(values) for name, values in codes.items() if values}
    if not chosen:
        return
    situation = Situation.objects.select_for_update().get(tip=tip)
    merged = {name: list(dict.fromkeys([*situation.codes.get(name, []), *values])) for name, values in chosen.items()}
    situation.codes = {**situation.codes, **merged}
    situation.updated_at = at
    situation.save(update_fields=["codes", "updated_at"])
    audit.record("set_facts", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk, fields=sorted(chosen))


def _add_needs(person: Person, told: Sequence[NeedTold], *, at: datetime) -> None:
    known = vocabulary.vocabulary().person["needs"].values
    for need in told:
        if need.need not in known:
            raise ValidationError("Choose a need from the list.")
        PersonNeed(
            tip_id=person.tip_id,
            person=person,
            need=need.need,
            state=need.state,
            why_not=need.why_not if need.state == PersonNeed.State.NOT_MET else "",
            told_at=at,
        ).save(force_insert=True)


def _add_person(tip: Tip, number: int, told: PersonTold, *, by: User, at: datetime) -> Person:
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
    person.save(force_insert=True)
    _merge_closed(tip, person, closed, by=by)
    _add_identity(person, told.identity, by=by)
    add_identifiers(tip, told.identifiers, by=by, person=person)
    _add_needs(person, told.needs_told, at=at)
    if told.safe_contact or told.identity.get("code_word"):
        SafeContact(
            person=person, tip=tip, has_code_word=bool(told.identity.get("code_word")), **told.safe_contact
        ).save(force_insert=True)
    audit.record(
        "add_person",
        kind="person",
        by=by,
        at=at,
        object_id=person.pk,
        tip=tip.pk,
        fields=sorted([*told.facts, *told.identity]),
    )
    return person


def _add_identity(person: Person, identity: Mapping[str, str], *, by: User) -> None:
    for name, words in identity.items():
        if not words.strip():
            continue
        row = uuid7()
        PersonIdentity(
            id=row,
            person=person,
            tip_id=person.tip_id,
            agency_id=_agency_of(by),
            field=name,
            value=crypto.encrypt(words, table=PersonIdentity._meta.db_table, row=row, field="value"),
            is_lead_fact=person.role == _LEAD_ROLE and name in _LEAD_IDENTITY,
        ).save(force_insert=True)
        if name in Identifier.Kind.values:
            add_identifiers(person.tip, [IdentifierTold(name, words)], by=by, person=person)


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
        row = uuid7()
        sealed = crypto.encrypt(json.dumps(facts), table=table, row=row, field="value")
        ClosedFacts(id=row, tip=tip, person=person, agency_id=_agency_of(by), value=sealed).save(force_insert=True)
        return
    before = json.loads(crypto.decrypt(kept.value, table=table, row=kept.pk, field="value"))
    kept.value = crypto.encrypt(json.dumps({**before, **facts}), table=table, row=kept.pk, field="value")
    kept.save(update_fields=["value"])


def _agency_of(user: User) -> UUID:
    if user.acting_agency_id is None:
        raise ValidationError("Choose the agency that you act for.")
    return user.acting_agency_id
