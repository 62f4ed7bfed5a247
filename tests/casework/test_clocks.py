"""Clocks: started by urgency and by their own triggers, reminded once, breached once, ended with the deed."""

from datetime import UTC, datetime, timedelta

import pytest

from agencies.models import Notice
from agencies.scope import acting_as, acting_as_system
from casework.actions import clocks, referrals, tracks
from casework.models import Clock, Step, Track
from tests.factories import NOW, TOLD, World, log_tip, make_referral, route
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
        first = Clock.objects.filter(ended_at=None, duty="ours").order_by("due_at").values_list("due_at", flat=True)
        assert row.next_due_at == first[0]


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
        ours = Clock.objects.filter(ended_at=None, duty="ours")
        assert ours.exclude(breached_at=late).count() == 0
    with acting_as_system("test"):
        assert Notice.objects.filter(code="clock_breached").count() == ours_count(world)


def ours_count(world: World) -> int:
    with acting_as(world.operator):
        return Clock.objects.filter(ended_at=None, duty="ours").count()


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
