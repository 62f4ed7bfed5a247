"""The road of a tip through the verbs: from a call to an accepted referral, and back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.lifecycle import Conflict
from agencies.scope import acting_as
from casework.actions import closing, proposals, referrals, silence, tracks
from casework.models import Clock, Disclosure, Referral, Track
from tests.factories import NOW, World, log_tip, make_referral, route
from tips.actions import drafts, intake, triage
from tips.models import Contact, Draft, Person, Tip

pytestmark = pytest.mark.django_db


def test_a_call_becomes_a_tip_that_only_the_hotline_sees(world: World) -> None:
    tip = log_tip(world)
    assert tip.reference.startswith("CW-2026-")
    with acting_as(world.operator2):
        assert Tip.objects.visible_to(world.operator2).count() == 1
        assert Person.objects.count() == 2
    for other in (world.liaison, world.liaison2, world.stranger, world.auditor, world.sysadmin, world.agencyadmin):
        with acting_as(other):
            assert Tip.objects.count() == 0
            assert Person.objects.count() == 0
            assert Contact.objects.count() == 0


def test_the_whole_road(world: World) -> None:
    tip = log_tip(world)
    sent = route(world, tip, [world.shelter])
    referral = sent[0]
    with acting_as(world.liaison):
        assert Tip.objects.count() == 0
        seen = Referral.objects.inbox(world.liaison).get()
        seen = referrals.receive(seen, by=world.liaison, at=NOW)
        assert seen.status == "received"
        accepted = referrals.accept(seen, by=world.liaison, at=NOW, version=seen.version)
        assert accepted.status == "accepted"
        assert Tip.objects.visible_to(world.liaison).get().status == "in_progress"
        closed = referrals.close(accepted, outcome="got_help", by=world.liaison, at=NOW + timedelta(hours=1))
        assert closed.outcome == "got_help"
        assert Tip.objects.visible_to(world.liaison).count() == 0
        assert Tip.objects.count() == 0
    with acting_as(world.operator):
        tip = Tip.objects.get()
        with pytest.raises(ValidationError, match="track has no outcome"):
            closing.close(tip, by=world.operator, at=NOW)
        for track in Track.objects.all():
            tracks.close_track(track, outcome="done", by=world.operator, at=NOW)
        assert closing.close(tip, by=world.operator, at=NOW).status == "closed"
        assert Clock.objects.filter(ended_at=None).count() == 0
        assert Disclosure.objects.count() == 2
        assert referral.card["need"] == "Shelter or housing"


def test_a_decline_tells_the_sender_and_opens_nothing(world: World) -> None:
    referral = make_referral(world, "sent")
    with acting_as(world.liaison):
        declined = referrals.decline(referral, reason="no_capacity", by=world.liaison, at=NOW)
        assert declined.decline_reason == "no_capacity"
        assert Tip.objects.count() == 0
    with acting_as(world.operator):
        assert Clock.objects.filter(rule="answer_time", ended_as="met").count() == 1


def test_a_decline_without_a_reason_is_refused(world: World) -> None:
    referral = make_referral(world, "sent")
    with acting_as(world.liaison), pytest.raises(ValidationError):
        referrals.decline(referral, reason="", by=world.liaison, at=NOW)


@pytest.mark.parametrize(
    "who", ["stranger", "liaison2", "operator", "supervisor", "agencyadmin", "auditor", "sysadmin"]
)
def test_nobody_but_the_receiver_accepts(world: World, who: str) -> None:
    referral = make_referral(world, "sent")
    user = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        referrals.accept(referral, by=user, at=NOW)


def test_the_second_answer_is_told_what_is_true_now(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.liaison), pytest.raises(Conflict, match="This is now: Accepted"):
        referrals.decline(referral, reason="no_capacity", by=world.liaison, at=NOW)


def test_a_stale_page_is_refused(world: World) -> None:
    referral = make_referral(world, "sent")
    with acting_as(world.liaison), pytest.raises(Conflict, match="Somebody else changed"):
        referrals.accept(referral, by=world.liaison, at=NOW, version=referral.version - 1)


def test_an_offer_that_nobody_answers_expires(world: World) -> None:
    referral = make_referral(world, "sent")
    assert referral.answer_due_at is not None
    assert silence.expire_due(at=referral.answer_due_at - timedelta(seconds=1)) == 0
    assert silence.expire_due(at=referral.answer_due_at) == 1
    assert silence.expire_due(at=referral.answer_due_at) == 0
    with acting_as(world.operator):
        assert Referral.objects.get().status == "expired"


def test_withdrawn_consent_ends_access_at_once(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.liaison):
        assert Tip.objects.count() == 1
    with acting_as(world.operator):
        referrals.withdraw(referral, reason="consent_withdrawn", by=world.operator, at=NOW + timedelta(minutes=1))
    with acting_as(world.liaison):
        assert Tip.objects.count() == 0
        assert Person.objects.count() == 0


def test_two_referrals_of_one_tip_keep_the_door_open_until_both_end(world: World) -> None:
    tip = log_tip(world)
    first, second = route(world, tip, [world.shelter, world.shelter], needs=["shelter", "case_management"])
    with acting_as(world.liaison):
        first = referrals.accept(first, by=world.liaison, at=NOW)
        second = referrals.accept(second, by=world.liaison, at=NOW)
        referrals.close(first, outcome="got_help", by=world.liaison, at=NOW + timedelta(minutes=1))
        assert Tip.objects.count() == 1
        referrals.close(second, outcome="got_help", by=world.liaison, at=NOW + timedelta(minutes=2))
        assert Tip.objects.count() == 0


def test_a_non_actionable_contact_leaves_no_draft_and_no_tip(world: World) -> None:
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
        ended = intake.end_non_actionable(contact, reason="hang_up", by=world.operator, at=NOW)
        assert (ended.status, ended.ended_as, Draft.objects.count(), Tip.objects.count()) == (
            "ended",
            "non_actionable",
            0,
            0,
        )


def test_a_draft_saved_from_two_windows_is_not_overwritten(world: World) -> None:
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
        assert drafts.save_draft(contact.pk, {"narrative": "one"}, sequence=0, by=world.operator, at=NOW) == 1
        with pytest.raises(Conflict, match="another window"):
            drafts.save_draft(contact.pk, {"narrative": "two"}, sequence=0, by=world.operator, at=NOW)
        assert drafts.read_draft(Draft.objects.get()) == {"narrative": "one"}
    with acting_as(world.operator2):
        assert Draft.objects.count() == 0


def test_a_kind_that_no_rule_proposes_needs_a_reason(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        tip = triage.triage(tip, request_type="referral", urgency="P2", by=world.operator, at=NOW)
        proposal = proposals.make(tip, by=world.operator, at=NOW)
        proposal.result["agency_kinds"] = []
        line = proposals.Line(world.legal, [], "legal", "protection", "Legal advice", "spoken consent")
        with pytest.raises(ValidationError, match="no rule proposes"):
            proposals.confirm(proposal, [line], by=world.operator, at=NOW)
        assert len(proposals.confirm(proposal, [line], by=world.operator, at=NOW, override_reason="asked for it")) == 1
