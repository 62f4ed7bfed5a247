"""What a person agrees to, refuses and takes back; what a withdrawal stops, ends, and cannot undo."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from agencies.lifecycle import Conflict
from agencies.models import AgencyKind, AuditEvent, Notice
from agencies.scope import acting_as, acting_as_system
from casework.actions import consents, proposals, referrals
from casework.actions.consents import Said
from casework.models import Referral
from tests.factories import NOW, TOLD, World, log_tip, route
from tips.actions import persons, triage
from tips.models import Consent, Person, Tip, TipAccess
from tips.told import PersonTold, PlaceTold, Told

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def victim_of(world: World, told: Told = TOLD) -> Person:
    tip = log_tip(world, told)
    with acting_as(world.operator):
        return Person.objects.select_related("tip", "tip__holder_agency").get(tip=tip, number=1)


def said(world: World, **changes: Any) -> Said:
    values: dict[str, Any] = {
        "recipient": world.shelter,
        "need": "shelter",
        "fields": ["card", "working", "name"],
        "how": "signed",
        "language": "Spanish",
        "text": "The words",
    }
    return Said(**{**values, **changes})


def test_a_signed_yes_is_kept_with_its_words_and_ends_by_itself(world: World) -> None:
    person = victim_of(world)
    with acting_as(world.operator):
        kept = consents.record(person, said(world, witness="Shift lead"), by=world.operator, at=NOW)
        kept.refresh_from_db()
        assert kept.text_hash == "3bee9c4b5307d143e90942995461badcd6c541f72b3a32ab2bd177d71b4b5c35"
        # The last moment of 17 December in New York.
        assert kept.valid_until.isoformat() == "2026-12-18T04:59:59.999999+00:00"
        assert list(Consent.objects.in_force(NOW + timedelta(days=30))) == [kept]
        assert list(Consent.objects.in_force(NOW + timedelta(days=31))) == []
        assert Person.objects.get(pk=person.pk).facts["consent"] == "written"
        event = AuditEvent.objects.get(verb="record_consent")
        assert event.fields == ["card", "name", "working"]
        assert "words" not in str(event.details)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"how": "spoken"}, "fields"),
        ({"fields": []}, "fields"),
        ({"fields": ["everything"]}, "fields"),
        ({"text": " "}, "fields"),
        ({"heard": "companion"}, "heard"),
        ({"given_by": "guardian", "has_no_conflict": True}, "given_by"),
        ({"given_by": "both"}, "given_by"),
    ],
)
def test_what_is_no_yes_is_not_kept(world: World, changes: dict[str, Any], wrong: str) -> None:
    person = victim_of(world)
    with acting_as(world.operator), pytest.raises(ValidationError) as refused:
        consents.record(person, said(world, **changes), by=world.operator, at=NOW)
    assert list(refused.value.message_dict) == [wrong]


def test_by_our_funding_a_spoken_yes_opens_the_card_only(world: World) -> None:
    world.hotline.funded_under = ["FVPSA"]
    world.hotline.save()
    person = victim_of(world)
    with acting_as(world.operator):
        with pytest.raises(ValidationError):
            consents.record(person, said(world, how="spoken", fields=["working"]), by=world.operator, at=NOW)
        consents.record(person, said(world, how="spoken", fields=["card"]), by=world.operator, at=NOW)


def test_a_minor_agrees_with_a_parent_who_does_no_harm(world: World) -> None:
    minor = PersonTold(facts={"role": "potential_victim", "age": "13_to_17", "controlled_by_guardian": "yes"})
    person = victim_of(world, Told(place=PlaceTold(state="FL"), persons=(minor,)))
    both = said(world, given_by="both", has_no_conflict=True)
    with acting_as(world.operator):
        for one in (said(world), both):
            with pytest.raises(ValidationError):
                consents.record(person, one, by=world.operator, at=NOW)
        person = persons.change_person(person, {"controlled_by_guardian": "no"}, by=world.operator, at=NOW)
        assert consents.record(person, both, by=world.operator, at=NOW).given_by == "both"


@pytest.mark.parametrize("who", ["liaison", "stranger", "auditor", "sysadmin", "agencyadmin"])
def test_only_the_desk_keeps_what_a_person_says(world: World, who: str) -> None:
    person = victim_of(world)
    user = getattr(world, who)
    with acting_as(user):
        with pytest.raises(PermissionDenied):
            consents.record(person, said(world), by=user, at=NOW)
        with pytest.raises(PermissionDenied):
            consents.withdraw(person, channel="call", by=user, at=NOW)
        assert Consent.objects.count() == 0


def test_a_refusal_is_a_fact_that_binds_the_rules_and_does_not_run_out(world: World) -> None:
    person = victim_of(world)
    with acting_as(world.operator):
        consents.refuse(person, AgencyKind.objects.get(pk="shelter"), language="Spanish", by=world.operator, at=NOW)
        assert Person.objects.get(pk=person.pk).facts["declined_kinds"] == ["shelter"]
        assert Consent.objects.in_force(NOW + timedelta(days=4000)).get().is_refusal
    with pytest.raises(PermissionDenied, match="hold this agency back"):
        _send_as_operator(world, person)


def _send_as_operator(world: World, person: Person) -> list[Referral]:
    with acting_as(world.operator):
        tip = triage.triage(
            Tip.objects.get(pk=person.tip_id), request_type="referral", urgency="P2", by=world.operator, at=NOW
        )
        proposal = proposals.make(tip, by=world.operator, at=NOW)
        line = proposals.Line(
            world.shelter, [person], "shelter", "protection", "Offer a safe place", "Spoken consent, read back"
        )
        return proposals.confirm(proposal, [line], by=world.operator, at=LATER, override_reason="test")


def test_withdrawal_mid_way_stops_ends_tells_and_says_what_stays_told(world: World) -> None:
    tip = log_tip(world)
    shelter, _ = route(world, tip, [world.shelter, world.legal])
    with acting_as(world.liaison):
        referrals.accept(shelter, by=world.liaison, at=NOW)
        assert Tip.objects.filter(pk=tip.pk).exists()
    with acting_as(world.operator):
        person = Person.objects.select_related("tip").get(tip=tip, number=1)
        done = consents.withdraw(person, channel="text", by=world.operator, at=LATER)
        assert [consent.withdrawn_by for consent in done.consents] == ["text", "text"]
        assert {referral.receiver.name for referral in done.ended} == {"Example Harbor Shelter", "Example Legal Aid"}
        assert {(row.recipient.name, row.level) for row in done.told} == {
            ("Example Harbor Shelter", "card"),
            ("Example Harbor Shelter", "working"),
            ("Example Legal Aid", "card"),
        }
        assert set(Referral.objects.values_list("status", "cancel_reason")) == {("cancelled", "consent_withdrawn")}
        assert Person.objects.get(pk=person.pk).facts["consent"] == "withdrawn"
    with acting_as(world.liaison):
        assert not Tip.objects.filter(pk=tip.pk).exists()
        assert TipAccess.objects.get(tip=tip).valid_until <= LATER
    with acting_as_system("look at notices"):
        told = Notice.objects.filter(code="referral_cancelled").values_list("agency__name", flat=True)
        assert sorted(told) == ["Example Harbor Shelter", "Example Legal Aid"]
    with pytest.raises(PermissionDenied, match="took their yes back"):
        _send_as_operator(world, person)


def test_withdrawal_for_one_agency_leaves_the_other(world: World) -> None:
    tip = log_tip(world)
    route(world, tip, [world.shelter, world.legal])
    with acting_as(world.operator):
        person = Person.objects.select_related("tip").get(tip=tip, number=1)
        done = consents.withdraw(person, recipient=world.legal, channel="call", by=world.operator, at=LATER)
        assert [referral.receiver for referral in done.ended] == [world.legal]
        assert Referral.objects.get(receiver=world.shelter).status == "sent"
        assert [row.recipient.name for row in done.told] == ["Example Legal Aid"]
        with pytest.raises(Conflict):
            consents.withdraw(person, recipient=world.legal, channel="call", by=world.operator, at=LATER)


def test_what_stands_on_a_mandate_goes_on_after_a_withdrawal(world: World) -> None:
    tip = log_tip(world)
    route(world, tip, [world.shelter], legal_basis="Mandated report")
    with acting_as(world.operator):
        person = Person.objects.select_related("tip").get(tip=tip, number=1)
        consents.record(person, said(world, recipient=world.legal), by=world.operator, at=NOW)
        done = consents.withdraw(person, channel="call", by=world.operator, at=LATER)
        assert done.ended == ()
        assert Referral.objects.get().status == "sent"


def test_a_yes_given_after_the_telling_does_not_count_backwards(world: World) -> None:
    person = victim_of(world)
    with acting_as(world.operator):
        kept = consents.record(person, said(world), by=world.operator, at=LATER)
        assert list(Consent.objects.in_force(NOW)) == []
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update tips_consent set withdrawn_at = %s, withdrawn_by = 'call'", [NOW])
        assert kept.valid_from == LATER


@pytest.mark.parametrize(
    "change",
    [
        "fields = '{card,name,phone}'",
        "valid_until = valid_until + interval '1 year'",
        "text = 'other words'",
        "is_refusal = true",
        "recipient_kind_id = 'local_police'",
        "valid_from = valid_from - interval '1 day'",
    ],
)
def test_a_yes_is_never_made_wider_afterwards_by_sql(world: World, change: str) -> None:
    person = victim_of(world)
    with acting_as(world.operator):
        consents.record(person, said(world), by=world.operator, at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update tips_consent set {change}")


def test_what_was_taken_back_is_not_given_again_by_sql(world: World) -> None:
    person = victim_of(world)
    with acting_as(world.operator):
        consents.record(person, said(world), by=world.operator, at=NOW)
        consents.withdraw(person, channel="call", by=world.operator, at=LATER)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update tips_consent set withdrawn_at = null, withdrawn_by = ''")
