"""Clocks: started by urgency and by their own triggers, reminded once, breached once, ended with the deed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from agencies.lifecycle import Conflict
from agencies.models import Notice
from agencies.scope import acting_as, acting_as_system
from casework.actions import clocks, desk, referrals, tracks
from casework.models import Clock, Step, Track
from tests.factories import NOW, TOLD, World, log_tip, make_referral, route
from tips.actions import intake
from tips.models import TipAccess
from tips.told import PersonTold, Told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("urgency", "due"),
    [
        ("P0", datetime(2026, 11, 17, 15, 5, tzinfo=UTC)),
        ("P1", datetime(2026, 11, 17, 16, 0, tzinfo=UTC)),
        ("P2", datetime(2026, 11, 18, 15, 0, tzinfo=UTC)),
        # The last moment of the day in New York, three days on.
        ("P3", datetime(2026, 11, 21, 4, 59, 59, 999999, tzinfo=UTC)),
        # Five working days: 18, 19, 20, 23, 24 November.
        ("P4", datetime(2026, 11, 25, 4, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_first_action_is_due_by_urgency(urgency: str, due: datetime, settings: object) -> None:
    times = settings.FIRST_ACTION_TIMES  # type: ignore[attr-defined]
    assert clocks.due_by_urgency(urgency, start=NOW, times=times) == due


def running(world: World) -> dict[str, str]:
    with acting_as(world.operator):
        return dict(Clock.objects.filter(ended_at=None).values_list("rule", "duty"))


def test_a_routed_tip_runs_its_first_step_and_the_answer(world: World) -> None:
    make_referral(world, "sent")
    assert {"first_action", "answer_time"} <= set(running(world))
    with acting_as(world.operator):
        row = TipAccess.objects.get()
        first = Clock.objects.filter(ended_at=None, duty="ours", drives_queue=True).order_by("due_at")[0]
        assert row.next_due_at == first.due_at


def test_a_minor_of_unknown_status_starts_the_notice_to_hhs_as_theirs(world: World) -> None:
    child = PersonTold(facts={"role": "potential_victim", "age": "13_to_17"})
    tip = log_tip(world, Told(facts=TOLD.facts, place=TOLD.place, persons=(child,)))
    route(world, tip, [world.shelter])
    assert running(world)["CLK-01"] == "theirs"
    assert running(world)["CLK-09"] == "ours"


def test_an_adult_starts_no_notice_to_hhs(world: World) -> None:
    make_referral(world, "sent")
    assert "CLK-01" not in running(world)


def test_the_sweep_reminds_once_and_marks_a_breach_once(world: World) -> None:
    make_referral(world, "sent")
    late = NOW + timedelta(days=30)
    first = clocks.sweep(at=late)
    assert first > 0
    assert clocks.sweep(at=late) == 0
    with acting_as(world.operator):
        ours = Clock.objects.filter(ended_at=None, duty="ours", drives_queue=True)
        assert ours.exclude(breached_at=late).count() == 0
    with acting_as_system("test"):
        assert Notice.objects.filter(code="clock_breached").count() == ours_count(world)


def ours_count(world: World) -> int:
    with acting_as(world.operator):
        return Clock.objects.filter(ended_at=None, duty="ours", drives_queue=True).count()


def test_nothing_due_is_nothing_told(world: World) -> None:
    make_referral(world, "sent")
    assert clocks.sweep(at=NOW - timedelta(days=1)) == 0


def test_a_finished_step_ends_its_clock(world: World) -> None:
    make_referral(world, "sent")
    with acting_as(world.operator):
        step = Step.objects.get(number=1)
        tracks.move_step(step, "finish", by=world.operator, at=NOW)
        assert Clock.objects.get(rule="first_action").ended_as == "met"


def test_a_track_with_a_live_referral_does_not_close(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        with pytest.raises(Exception, match="still waits or is being worked"):
            tracks.close_track(Track.objects.get(), outcome="done", by=world.operator, at=NOW)
        referrals.withdraw(referral, reason="entered_in_error", by=world.operator, at=NOW)
        closed = tracks.close_track(Track.objects.get(), outcome="not_wanted", by=world.operator, at=NOW)
        assert (closed.status, closed.outcome) == ("closed", "not_wanted")
        assert set(Step.objects.values_list("status", flat=True)) == {"skipped"}


def test_a_second_proposal_starts_no_clock_twice(world: World) -> None:
    tip = log_tip(world)
    route(world, tip, [world.shelter])
    with acting_as(world.operator):
        before = Clock.objects.filter(rule__startswith="CLK").count()
    route(world, tip, [world.legal], needs=["legal"])
    with acting_as(world.operator):
        assert Clock.objects.filter(rule__startswith="CLK").count() == before


def test_a_supervisor_who_opens_the_tip_has_seen_its_alert(world: World) -> None:
    tip = log_tip(world)
    route(world, tip, [world.shelter])
    with acting_as(world.operator):
        desk.open_tip(tip, by=world.operator, at=NOW)
        assert Clock.objects.get(rule="CLK-13").ended_at is None
    with acting_as(world.supervisor):
        desk.open_tip(tip, by=world.supervisor, at=NOW)
        assert Clock.objects.get(rule="CLK-13").ended_as == "met"


def test_a_clock_is_marked_done_once_and_by_its_agency_only(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        clock = Clock.objects.get(rule="first_action")
    with acting_as(world.liaison), pytest.raises(PermissionDenied):
        clocks.mark_done(clock, by=world.liaison, at=NOW)
    with acting_as(world.operator):
        assert clocks.mark_done(clock, by=world.operator, at=NOW).ended_as == "met"
        with pytest.raises(Conflict, match="ended already"):
            clocks.mark_done(clock, by=world.operator, at=NOW)
        assert referral.tip_id == clock.tip_id


def test_an_accepted_referral_meets_the_crisis_clock(world: World) -> None:
    tip = log_tip(
        world, Told(facts={**TOLD.facts, "help_within_24_hours": "yes"}, place=TOLD.place, persons=TOLD.persons)
    )
    referral = route(world, tip, [world.shelter])[0]
    assert "CLK-12" in running(world)
    with acting_as(world.liaison):
        referrals.accept(referral, by=world.liaison, at=NOW)
    assert "CLK-12" not in running(world)


def test_a_tip_of_danger_to_life_is_p0_before_triage_and_others_stand_behind_it(world: World) -> None:
    calm = log_tip(world)
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
        urgent = intake.end_on_tip(contact, TOLD, by=world.operator, at=NOW, values={"danger": "life"})
        assert (calm.urgency, urgent.urgency) == ("", "P0")
        queue = TipAccess.objects.held_by(world.operator).order_by("urgency", "next_due_at", "tip")
        assert list(queue.values_list("tip_id", "urgency")) == [(urgent.pk, "P0"), (calm.pk, "P0+")]
