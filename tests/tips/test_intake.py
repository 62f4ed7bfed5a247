"""Logging a contact: opened, saved, ended in one of three ways; what was told is sealed and where it belongs."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from agencies import crypto
from agencies.ids import is_reference
from agencies.lifecycle import Conflict
from agencies.models import Role
from agencies.scope import acting_as
from tests.factories import NOW, TOLD, World, log_tip, make_agency, make_user
from tips.actions import drafts, intake
from tips.actions.resources_given import Resource
from tips.models import Contact, Draft, Identifier, Narrative, PersonIdentity, ResourceGiven, Tip
from tips.told import PersonTold, Told

pytestmark = pytest.mark.django_db
# The canary and the phone number, as text and as the bytes that a binary column prints.
CLEAR = "Canary|43616e617279|3055550101|33303535353530313031"


def open_call(world: World, **values: object) -> Contact:
    given = {"channel": "call", "started_at": NOW, "by": world.operator, "at": NOW, **values}
    return intake.open_contact(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_only_the_desk_opens_contacts(world: World, who: str) -> None:
    user = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        intake.open_contact(channel="call", started_at=NOW, by=user, at=NOW)


def test_a_contact_of_the_future_is_refused(world: World) -> None:
    with acting_as(world.operator), pytest.raises(ValidationError, match="not in the future"):
        open_call(world, started_at=NOW + timedelta(minutes=1))


@pytest.mark.parametrize(("minutes", "back_filled"), [(0, False), (60, False), (61, True), (10_000, True)])
def test_a_contact_entered_later_keeps_its_time_and_says_so(world: World, minutes: int, back_filled: bool) -> None:
    began = NOW - timedelta(minutes=minutes)
    with acting_as(world.operator):
        contact = open_call(world, started_at=began)
        assert (contact.started_at, contact.is_back_filled) == (began, back_filled)
        tip = intake.end_on_tip(contact, TOLD, by=world.operator, at=NOW)
        assert tip.created_at == (began if back_filled else NOW)


def test_a_deployment_can_make_the_number_random(world: World, settings: object) -> None:
    settings.REFERENCE_RANDOM = True  # type: ignore[attr-defined]
    settings.REFERENCE_PREFIX = "AB"  # type: ignore[attr-defined]
    one, two = log_tip(world).reference, log_tip(world).reference
    assert re.fullmatch(r"AB-2026-[1-9]\d{9}-[A-Z]", one)
    assert one != two
    assert is_reference(one, prefix="AB")


def test_numbers_run_on(world: World) -> None:
    one, two = log_tip(world).reference, log_tip(world).reference
    assert int(two.split("-")[2]) == int(one.split("-")[2]) + 1


def test_a_second_contact_goes_onto_the_same_tip(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator2):
        contact = intake.open_contact(channel="text", started_at=NOW, by=world.operator2, at=NOW)
        again = intake.end_on_tip(contact, Told(narrative="More"), tip=tip, by=world.operator2, at=NOW)
        assert again.pk == tip.pk
        assert (Tip.objects.count(), Contact.objects.filter(tip=tip).count(), Narrative.objects.count()) == (1, 2, 2)


def test_a_contact_does_not_go_onto_the_tip_of_another_hotline(world: World) -> None:
    tip = log_tip(world)
    other = make_agency("Example Other Hotline", "hotline", is_hotline=True)
    stranger = make_user("elsewhere", Role.OPERATOR, other)
    with acting_as(stranger):
        contact = intake.open_contact(channel="call", started_at=NOW, by=stranger, at=NOW)
        with pytest.raises(PermissionDenied):
            intake.end_on_tip(contact, Told(), tip=tip, by=stranger, at=NOW)
        assert Tip.objects.count() == 0


def test_an_ended_contact_does_not_end_again(world: World) -> None:
    with acting_as(world.operator):
        contact = open_call(world)
        intake.end_answered(contact, request_type="general_information", by=world.operator, at=NOW)
        with pytest.raises(Conflict, match="This is now: Ended"):
            intake.end_on_tip(contact, TOLD, by=world.operator, at=NOW)
        assert (Tip.objects.count(), Draft.objects.count()) == (0, 0)


def test_an_answered_contact_keeps_what_was_given(world: World) -> None:
    given = [Resource(agency=world.shelter, how="read_out", needs=("shelter",))]
    with acting_as(world.operator):
        contact = open_call(world)
        ended = intake.end_answered(contact, request_type="referral", resources=given, by=world.operator, at=NOW)
        assert (ended.ended_as, ended.request_type) == ("answered", "referral")
        row = ResourceGiven.objects.get()
        assert (row.given_id, row.how, row.needs) == (world.shelter.pk, "read_out", ["shelter"])
    with acting_as(world.liaison):
        assert ResourceGiven.objects.count() == 0


def test_a_fact_outside_the_vocabulary_loses_nothing_that_was_there(world: World) -> None:
    with acting_as(world.operator):
        contact = open_call(world)
        drafts.save_draft(contact.pk, {"narrative": "kept"}, sequence=0, by=world.operator, at=NOW)
        wrong = Told(facts={"venues": ["moon"]}, persons=(PersonTold(facts={"role": "potential_victim"}),))
        with pytest.raises(ValidationError, match="venues"):
            intake.end_on_tip(contact, wrong, by=world.operator, at=NOW)
        contact.refresh_from_db()
        assert (contact.status, Tip.objects.count()) == ("draft", 0)
        assert drafts.read_draft(Draft.objects.get()) == {"narrative": "kept"}


def test_words_names_and_numbers_stand_nowhere_in_the_clear(world: World) -> None:
    log_tip(world)
    with acting_as(world.operator), connection.cursor() as cursor:
        # Match keys hold hashes alone, and nobody may read even those.
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')"
            " and has_table_privilege(oid, 'select')"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'select count(*) from "{table}" t where t::text ~ %s', [CLEAR])
            assert cursor.fetchone()[0] == 0, table
        words = Narrative.objects.get()
        opened = crypto.decrypt(words.text, table="tips_narrative", row=words.pk, field="text")
        assert opened == "Canary words of the caller"
        assert PersonIdentity.objects.count() == 3
        assert Identifier.objects.get(kind="phone").is_lead_fact is False
