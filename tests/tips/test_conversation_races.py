"""Two colleagues at once on one conversation: one goes on, the other is told."""

import threading

from django.db import connection

from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.scope import acting_as
from tests.factories import NOW, World
from tips.actions import cut_off, danger, intake
from tips.models import Emergency, HandOver


def test_two_who_take_it_up_at_once_one_wins(real_world: World) -> None:
    with acting_as(real_world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=real_world.operator, at=NOW)
        row = cut_off.drop(contact, by=real_world.operator, at=NOW)
    outcomes: dict[str, str] = {}
    barrier = threading.Barrier(2)

    def take(user: User) -> None:
        try:
            barrier.wait()
            with acting_as(user):
                cut_off.take_up(row, by=user, at=NOW)
            outcomes[user.username] = "won"
        except Conflict:
            outcomes[user.username] = "lost"
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[user]) for user in (real_world.operator2, real_world.supervisor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes.values()) == ["lost", "won"]
    with acting_as(real_world.supervisor):
        assert HandOver.objects.count() == 1


def test_danger_raised_twice_at_once_is_one_danger(real_world: World) -> None:
    with acting_as(real_world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=real_world.operator, at=NOW)
    barrier = threading.Barrier(2)

    def press() -> None:
        barrier.wait()
        with acting_as(real_world.operator):
            danger.raise_danger(contact, {}, by=real_world.operator, at=NOW)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with acting_as(real_world.operator):
        assert Emergency.objects.count() == 1
