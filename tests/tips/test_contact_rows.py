"""The rows behind a contact's sections: what is sealed, whose yes counts, who reads and who sets what."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from agencies import crypto
from agencies.lifecycle import Conflict
from agencies.models import AuditEvent
from agencies.scope import acting_as
from tests.factories import NOW, World, route
from tips.actions import contact_rows, intake
from tips.facts_of import facts_of
from tips.models import (
    CallerFlag,
    Contact,
    Identifier,
    Indication,
    Interpretation,
    Person,
    PersonNeed,
    Place,
    SafeContact,
    StateDuty,
    Tip,
)
from tips.told import IdentifierTold, IndicationTold, NeedTold, PersonTold, PlaceTold, Told, as_heard

pytestmark = pytest.mark.django_db
CALLER = PersonTold(
    facts={"role": "potential_victim", "age": "adult", "wants_law_enforcement": "yes", "consent": "spoken"},
    is_in_contact=True,
)


def open_call(world: World, **values: Any) -> Contact:
    given = {"channel": "call", "started_at": NOW, "by": world.operator, "at": NOW, **values}
    return intake.open_contact(**given)


def log(world: World, told: Told, **values: Any) -> Tip:
    with acting_as(world.operator):
        return intake.end_on_tip(open_call(world), told, by=world.operator, at=NOW, values=values)


# --- Interpreter (ruling 11) ---


@pytest.mark.parametrize(
    ("interpretation", "heard"),
    [
        ({}, None),
        ({"who": "professional"}, "interpreter"),
        ({"who": "staff"}, "interpreter"),
        ({"who": "relative"}, "companion"),
        ({"who": "employer"}, "companion"),
        ({"who": "companion"}, "companion"),
        ({"who": "child"}, "companion"),
        ({"who": "professional", "is_feared": "yes"}, "companion"),
        ({"is_feared": "yes"}, "companion"),
    ],
)
def test_who_interprets_decides_whether_a_yes_counts(
    world: World, interpretation: dict[str, str], heard: str | None
) -> None:
    tip = log(world, Told(persons=(CALLER,), interpretation=interpretation))
    with acting_as(world.operator):
        person = facts_of(Tip.objects.select_related("situation").get(pk=tip.pk), by=world.operator)["persons"][0]
        assert person.get("wishes_heard") == heard


def test_only_who_was_in_contact_was_heard_through_the_interpreter() -> None:
    other = PersonTold(facts={"role": "potential_victim"})
    told = as_heard(Told(persons=(CALLER, other), interpretation={"who": "relative"}))
    assert [person.facts.get("wishes_heard") for person in told.persons] == ["companion", None]


def test_a_victim_who_calls_alone_is_the_one_who_was_heard() -> None:
    alone = PersonTold(facts={"role": "potential_victim"})
    told = Told(persons=(alone,), interpretation={"who": "employer"})
    assert as_heard(told, reporter="potential_victim").persons[0].facts["wishes_heard"] == "companion"
    assert "wishes_heard" not in as_heard(told, reporter="friend").persons[0].facts


def test_what_was_said_directly_stays(world: World) -> None:
    person = PersonTold(facts={**CALLER.facts, "wishes_heard": "directly"}, is_in_contact=True)
    assert as_heard(Told(persons=(person,), interpretation={"who": "relative"})).persons == (person,)


def test_the_interpreter_is_kept_for_the_desk_alone(world: World) -> None:
    told = {"who": "professional", "vendor": "Example Languages", "minutes_until_connected": 4, "dialect": "Mam"}
    log(world, Told(interpretation=told))
    with acting_as(world.operator2):
        row = Interpretation.objects.get()
        assert (row.who, row.vendor, row.minutes_until_connected, row.dialect) == tuple(told.values())
    for who in ("liaison", "stranger", "agencyadmin"):
        with acting_as(getattr(world, who)):
            assert Interpretation.objects.count() == 0


# --- Numbers ---


def test_a_number_is_sealed_and_found_by_its_other_spellings(world: World) -> None:
    with acting_as(world.operator):
        one = open_call(world, number="+1 305 555 0101", external_id="a-1")
        two = open_call(world, number="(305) 555-0101", external_id="a-2")
        assert bytes(one.number_hash or b"") == bytes(two.number_hash or b"")
        assert b"3055550101" not in bytes(one.number or b"")
        assert contact_rows.read_number(one) == "+1 305 555 0101"


def test_a_call_of_the_telephone_system_opens_once(world: World) -> None:
    with acting_as(world.operator):
        open_call(world, external_id="a-1")
        with pytest.raises(IntegrityError), transaction.atomic():
            open_call(world, external_id="a-1")
        open_call(world)
        open_call(world)  # Without an id they are not compared.


def test_a_number_corrected_at_the_end_takes_the_place_of_the_first(world: World) -> None:
    with acting_as(world.operator):
        contact = open_call(world, number="305 555 0101")
        values = {"number": "305 555 0199"}
        ended = intake.end_answered(contact, request_type="referral", by=world.operator, at=NOW, values=values)
        assert contact_rows.read_number(ended) == "305 555 0199"
        assert ended.number_hash == crypto.keyed_hash("phone", "+13055550199")


# --- Persons, places, needs, codes ---


def test_several_persons_have_a_least_and_a_most(world: World) -> None:
    log(world, Told(persons=(PersonTold(facts={"role": "potential_victim"}, count_least=5, count_most=None),)))
    with acting_as(world.operator):
        assert Person.objects.values_list("count_least", "count_most").get() == (5, None)


@pytest.mark.parametrize(("least", "most"), [(0, 1), (5, 4)])
def test_a_count_that_cannot_be_is_refused_by_the_database(world: World, least: int, most: int) -> None:
    person = PersonTold(facts={"role": "other"}, count_least=least, count_most=most)
    with pytest.raises(IntegrityError, match="person_counts_one_at_least"), transaction.atomic():
        log(world, Told(persons=(person,)))


def test_needs_keep_what_became_of_them(world: World) -> None:
    needs = (NeedTold("emergency_shelter", "not_met", "no_space"), NeedTold("transportation", "met", "declined"))
    person = PersonTold(
        facts={"role": "potential_victim", "needs": ["emergency_shelter", "transportation"]}, needs_told=needs
    )
    log(world, Told(persons=(person,)))
    with acting_as(world.operator):
        rows = PersonNeed.objects.order_by("need").values_list("need", "state", "why_not")
        assert list(rows) == [("emergency_shelter", "not_met", "no_space"), ("transportation", "met", "")]


def test_a_need_that_is_on_no_list_is_refused(world: World) -> None:
    person = PersonTold(facts={"role": "potential_victim"}, needs_told=(NeedTold("moon", "met"),))
    with pytest.raises(ValidationError, match="need"):
        log(world, Told(persons=(person,)))


def test_every_place_told_is_kept(world: World) -> None:
    first = PlaceTold(state="FL", road="I-95 north", military_base="Example Base")
    log(world, Told(place=first, more_places=(PlaceTold(state="GA", valid_until=NOW.date()), PlaceTold())))
    with acting_as(world.operator):
        rows = Place.objects.order_by("state").values_list("state", "road", "military_base", "valid_until")
        assert list(rows) == [("FL", "I-95 north", "Example Base", None), ("GA", "", "", NOW.date())]


@pytest.mark.parametrize(
    ("role", "kind", "said", "is_lead"),
    [
        (None, "plate", None, True),
        (None, "vehicle", None, True),
        (None, "phone", None, False),
        (None, "phone", True, True),
        (None, "plate", False, False),
        ("potential_trafficker", "handle", None, True),
        ("potential_victim", "handle", True, False),
        ("person_in_contact", "plate", True, False),
    ],
)
def test_nothing_of_a_victim_is_a_lead_fact(
    world: World, role: str | None, kind: str, said: bool | None, is_lead: bool
) -> None:
    row = IdentifierTold(kind, "ABC 123", said)
    told = Told(identifiers=(row,)) if role is None else Told(persons=(PersonTold({"role": role}, identifiers=(row,)),))
    log(world, told)
    with acting_as(world.operator):
        assert Identifier.objects.get().is_lead_fact is is_lead


def test_codes_are_kept_and_the_words_behind_them_are_sealed(world: World) -> None:
    told = Told(
        codes={"venue": ["farm_ranch"], "means": ["debt_bondage"]},
        persons=(CALLER,),
        indications=(IndicationTold("means", "debt_bondage", "Canary he says I owe him"),),
    )
    tip = log(world, told)
    with acting_as(world.operator):
        assert Tip.objects.get(pk=tip.pk).situation.codes == {"venue": ["farm_ranch"], "means": ["debt_bondage"]}
        row = Indication.objects.get()
        assert (row.code_list, row.code) == ("means", "debt_bondage")
        assert b"Canary" not in bytes(row.value)
    route(world, tip, [world.shelter])
    with acting_as(world.liaison):
        assert Indication.objects.count() == 0


@pytest.mark.parametrize(
    "told",
    [
        Told(codes={"venue": ["moon"]}),
        Told(codes={"weather": ["rain"]}),
        Told(indications=(IndicationTold("means", "moon", "words"),)),
    ],
)
def test_a_code_that_is_on_no_list_is_refused(world: World, told: Told) -> None:
    with pytest.raises(ValidationError):
        log(world, told)
    with acting_as(world.operator):
        assert Tip.objects.count() == 0


def test_safe_contact_asks_whether_they_would_work_it_out(world: World) -> None:
    safe = {"may_text": "yes", "would_work_out": "yes", "parents": "no", "time_zone": "America/Chicago"}
    log(world, Told(persons=(PersonTold(facts={"role": "potential_victim"}, safe_contact=safe),)))
    with acting_as(world.operator):
        assert SafeContact.objects.values(*safe).get() == safe


# --- The duty is told ---


def test_told_is_stamped_once(world: World) -> None:
    with acting_as(world.operator):
        contact = open_call(world)
        first = contact_rows.stamp_told_duty(contact, by=world.operator, at=NOW)
        again = contact_rows.stamp_told_duty(contact, by=world.operator, at=NOW + timedelta(minutes=5))
        assert (first.told_duty_at, again.told_duty_at) == (NOW, NOW)
        assert AuditEvent.objects.filter(verb="tell_duty").count() == 1


def test_nothing_is_stamped_on_an_ended_contact_or_by_a_stranger(world: World) -> None:
    with acting_as(world.operator):
        contact = open_call(world)
    with acting_as(world.liaison), pytest.raises(PermissionDenied):
        contact_rows.stamp_told_duty(contact, by=world.liaison, at=NOW)
    with acting_as(world.operator):
        intake.end_non_actionable(contact, reason="prank", by=world.operator, at=NOW)
        with pytest.raises(Conflict):
            contact_rows.stamp_told_duty(contact, by=world.operator, at=NOW)


def test_a_duty_counts_only_when_a_second_person_verified_it(world: World) -> None:
    duty = {"state": "FL", "duty": "Report at once.", "source": "Example statute", "written_by": world.supervisor}
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        StateDuty.objects.create(**duty, verified_by=world.supervisor, verified_at=NOW)
    with pytest.raises(IntegrityError, match="says_what"), transaction.atomic():
        StateDuty.objects.create(**{**duty, "source": ""}, verified_by=world.operator, verified_at=NOW)


# --- A number that abuses the line ---


def flagged(world: World) -> tuple[Contact, CallerFlag]:
    with acting_as(world.operator):
        contact = open_call(world, number="305 555 0101")
        contact = intake.end_non_actionable(contact, reason="abusive", by=world.operator, at=NOW)
    with acting_as(world.supervisor):
        until = NOW + timedelta(days=7)
        return contact, contact_rows.flag_number(contact, until=until, by=world.supervisor, at=NOW)


def test_a_flag_is_a_remark_for_a_time(world: World) -> None:
    _, flag = flagged(world)
    with acting_as(world.operator2):
        later = open_call(world, by=world.operator2, number="+1 (305) 555-0101")
        other = open_call(world, by=world.operator2, number="305 555 0102")
        assert contact_rows.flag_of(later, at=NOW + timedelta(days=6)) == flag
        assert contact_rows.flag_of(later, at=NOW + timedelta(days=7)) is None
        assert contact_rows.flag_of(other, at=NOW) is None


@pytest.mark.parametrize("who", ["operator", "operator2", "liaison", "agencyadmin", "auditor", "sysadmin"])
def test_only_a_supervisor_of_the_desk_flags(world: World, who: str) -> None:
    with acting_as(world.operator):
        contact = open_call(world, number="305 555 0101")
    user = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        contact_rows.flag_number(contact, until=NOW + timedelta(days=1), by=user, at=NOW)


@pytest.mark.parametrize(("number", "days"), [("", 7), ("305 555 0101", 0), ("305 555 0101", -1)])
def test_a_flag_needs_a_number_and_an_end(world: World, number: str, days: int) -> None:
    with acting_as(world.operator):
        contact = open_call(world, number=number)
    with acting_as(world.supervisor), pytest.raises(ValidationError):
        contact_rows.flag_number(contact, until=NOW + timedelta(days=days), by=world.supervisor, at=NOW)


def test_rows_of_a_contact_stay_where_they_are(world: World) -> None:
    flagged(world)
    log(world, Told(interpretation={"who": "staff"}))
    with acting_as(world.supervisor):
        for table in ("tips_callerflag", "tips_interpretation"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"update {table} set agency_id = %s", [world.shelter.pk])
