"""The table of what may be told, asked before anything is sent: who is refused, who may, and what is kept of it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.models import AuditEvent, User
from agencies.scope import acting_as
from casework.actions import proposals
from casework.models import Disclosure, Proposal, Referral
from tests.factories import NOW, TOLD, World, log_tip, make_agency
from tips.actions import persons, triage, walls
from tips.models import Consent, Person, Tip
from tips.told import PersonTold, PlaceTold, Told

pytestmark = pytest.mark.django_db
SPOKEN, WRITTEN, LIFE = "Spoken consent, read back", "Written or electronic consent", "Danger to life"


def proposed(world: World, told: Told = TOLD) -> Proposal:
    tip = log_tip(world, told)
    with acting_as(world.operator):
        triage.triage(tip, request_type="referral", urgency="P2", by=world.operator, at=NOW)
        return proposals.make(Tip.objects.get(pk=tip.pk), by=world.operator, at=NOW)


def send(world: World, proposal: Proposal, receiver: object, *, by: User, basis: str = SPOKEN) -> list[Referral]:
    with acting_as(by):
        victim = Person.objects.get(tip=proposal.tip_id, number=1)
        line = proposals.Line(receiver, [victim], "shelter", "protection", "Offer a safe place", basis)  # type: ignore[arg-type]
        return proposals.confirm(proposal, [line], by=by, at=NOW, override_reason="She asked for it")


def test_a_spoken_yes_sends_the_card_and_becomes_a_record_of_the_person(world: World) -> None:
    proposal = proposed(world)
    send(world, proposal, world.shelter, by=world.operator)
    with acting_as(world.operator):
        kept = Consent.objects.get()
        assert (kept.recipient, kept.purpose, kept.fields) == (world.shelter, "shelter", ["card", "working"])
        assert (kept.how, kept.language, kept.explained_by) == ("spoken", "Spanish", world.operator)
        assert (kept.valid_until - NOW).days == 30
        assert "Example Hotline may tell Example Harbor Shelter" in kept.text
        assert len(kept.text_hash) == 64
        send_again = Proposal.objects.get()
    with pytest.raises(ValidationError):
        send(world, send_again, world.shelter, by=world.operator)


@pytest.mark.parametrize("basis", ["Mandated report", "Danger to life", "Policy on reports by third parties"])
def test_without_a_yes_an_operator_sends_nothing(world: World, basis: str) -> None:
    proposal = proposed(world)
    with pytest.raises(PermissionDenied, match="No rule opens this"):
        send(world, proposal, world.shelter, by=world.operator, basis=basis)
    with acting_as(world.operator):
        assert (Referral.objects.count(), Disclosure.objects.count(), Consent.objects.count()) == (0, 0, 0)


def test_a_supervisor_sends_it_all_the_same_with_a_reason_that_stays(world: World) -> None:
    send(world, proposed(world), world.shelter, by=world.supervisor, basis="Mandated report")
    with acting_as(world.operator):
        event = AuditEvent.objects.get(verb="tell_all_the_same")
        assert event.details["rows"] == ["DEFAULT"]
        assert event.actor_name == "Supervisor"


def test_danger_to_life_opens_the_card_without_a_yes(world: World) -> None:
    proposal = proposed(world)
    with acting_as(world.operator):
        tip = Tip.objects.get()
        persons.set_situation_facts(tip, {"danger": "life"}, by=world.operator, at=NOW)
    assert len(send(world, proposal, world.shelter, by=world.operator, basis=LIFE)) == 1


def test_a_no_through_a_companion_is_no_yes(world: World) -> None:
    victim = PersonTold(facts={"role": "potential_victim", "age": "adult", "wishes_heard": "companion"})
    proposal = proposed(world, Told(place=PlaceTold(state="FL"), facts=TOLD.facts, persons=(victim,)))
    with pytest.raises(PermissionDenied):
        send(world, proposal, world.shelter, by=world.operator)


def test_a_funded_holder_needs_more_than_a_spoken_yes_for_what_opens_with_acceptance(world: World) -> None:
    world.hotline.funded_under = ["VOCA"]
    world.hotline.save()
    with pytest.raises(PermissionDenied, match="written consent to this recipient"):
        send(world, proposed(world), world.shelter, by=world.operator)


def test_nobody_tells_an_accused_kind_of_agency_not_even_a_supervisor(world: World) -> None:
    sheriff = make_agency("Example County Sheriff", "local_police")
    proposal = proposed(world)
    with acting_as(world.operator):
        persons.set_situation_facts(Tip.objects.get(), {"accused_kinds": ["local_police"]}, by=world.operator, at=NOW)
    with pytest.raises(ValidationError, match="walled off"):
        send(world, proposal, sheriff, by=world.supervisor)


def test_nobody_tells_an_agency_behind_a_wall(world: World) -> None:
    proposal = proposed(world)
    with acting_as(world.operator):
        walls.keep_agency_away(Tip.objects.get(), world.shelter, by=world.operator, at=NOW)
    with pytest.raises(ValidationError):
        send(world, proposal, world.shelter, by=world.supervisor)


def test_third_party_tips_about_adults_go_to_the_police_only_by_policy(world: World) -> None:
    proposal = proposed(world)
    with acting_as(world.operator):
        persons.set_situation_facts(Tip.objects.get(), {"reporter": "community_member"}, by=world.operator, at=NOW)
    basis = "Policy on reports by third parties"
    with pytest.raises(PermissionDenied):
        send(world, proposal, world.police, by=world.operator, basis=basis)
