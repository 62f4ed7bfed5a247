"""Two who decide about the same tips at the same moment, in threads: one wins, nothing is half done."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.db import close_old_connections

from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.scope import acting_as, acting_as_system
from casework.actions import merging, referrals
from casework.models import Referral
from tests.casework.test_referral_races import Deed, in_thread, waiting_for_a_lock
from tests.factories import NOW, World, log_tip, route
from tips.models import Merging, Tip

LATER = NOW + timedelta(hours=5)


def both_at(tips: list[Tip], *deeds: Deed) -> list[str]:
    """Hold the tips until every deed waits, then let go; what each said."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        with acting_as_system("test"):
            held = Tip.objects.select_for_update(of=("self",)).filter(pk__in=[tip.pk for tip in tips])
            assert len(held) == len(tips)
            running = [pool.submit(in_thread, deed) for deed in deeds]
            while waiting_for_a_lock() < len(deeds):
                assert not all(future.done() for future in running)
        said = [future.result(timeout=30) for future in running]
    close_old_connections()
    return said


def told(user: User, deed: Any) -> Deed:
    def run() -> str:
        try:
            with acting_as(user):
                deed()
        except Conflict:
            return "too late"
        return "done"

    return run


def merges(user: User, *tips: Tip) -> Deed:
    return told(user, lambda: merging.merge(tips, reason="One house", by=user, at=LATER))


def takes_out(user: User, tip: Tip) -> Deed:
    return told(user, lambda: merging.unmerge(tip, reason="Two houses", belongs={}, by=user, at=LATER))


def state(tip: Tip) -> str:
    with acting_as_system("test"):
        return str(Tip.objects.get(pk=tip.pk).status)


def test_two_who_merge_the_same_tips_at_once(real_world: World) -> None:
    older, newer = log_tip(real_world), log_tip(real_world, at=NOW + timedelta(hours=1))
    first, second = merges(real_world.operator, older, newer), merges(real_world.operator2, newer, older)
    assert sorted(both_at([older, newer], first, second)) == ["done", "too late"]
    with acting_as_system("test"):
        assert Merging.objects.count() == 1


def test_a_tip_that_is_merged_into_two_at_once_is_merged_into_one(real_world: World) -> None:
    one, two, three = (log_tip(real_world, at=NOW + timedelta(hours=n)) for n in range(3))
    first, second = merges(real_world.operator, one, three), merges(real_world.operator2, two, three)
    assert sorted(both_at([one, two, three], first, second)) == ["done", "too late"]
    assert state(three) == "merged"


def test_an_answer_at_the_moment_of_a_merging_is_not_lost(real_world: World) -> None:
    older, newer = log_tip(real_world), log_tip(real_world, at=NOW + timedelta(hours=1))
    sent = route(real_world, newer, [real_world.shelter])[0]
    accept = told(real_world.liaison, lambda: referrals.accept(sent, by=real_world.liaison, at=LATER))
    assert both_at([older, newer], accept, merges(real_world.operator, older, newer)) == ["done", "done"]
    assert state(newer) == "merged"
    assert takes_out(real_world.operator, newer)() == "done"
    assert state(newer) == "in_progress"
    with acting_as_system("test"):
        assert Referral.objects.get().status == "accepted"


def test_two_who_take_a_tip_out_at_once(real_world: World) -> None:
    older, newer = log_tip(real_world), log_tip(real_world, at=NOW + timedelta(hours=1))
    assert merges(real_world.operator, older, newer)() == "done"
    deeds = (takes_out(real_world.operator, newer), takes_out(real_world.operator2, newer))
    assert sorted(both_at([older, newer], *deeds)) == ["done", "too late"]
    assert state(newer) == "new"


def test_taking_out_while_the_kept_tip_is_merged_on(real_world: World) -> None:
    one, two, three = (log_tip(real_world, at=NOW + timedelta(hours=n)) for n in range(3))
    assert merges(real_world.operator, two, three)() == "done"
    deeds = (takes_out(real_world.operator, three), merges(real_world.operator2, one, two))
    assert both_at([one, two, three], *deeds) == ["done", "done"]
    assert [state(tip) for tip in (one, two, three)] == ["new", "merged", "new"]
