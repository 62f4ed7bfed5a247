"""Two supervisors at the same moment: one question waits, the other is told in a plain sentence."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from agencies.lifecycle import Conflict
from agencies.models import Role, User
from agencies.scope import acting_as
from tests.factories import NOW, World, make_user
from tips.actions import policies

WHY = "Agreed with the survivors' council."


def test_two_who_ask_at_once_leave_one_question(real_world: World) -> None:
    second = make_user("supervisor2", Role.SUPERVISOR, real_world.hotline)
    start = Barrier(2)

    def run(user: User) -> str:
        try:
            start.wait(timeout=20)
            with acting_as(user):
                policies.ask("third_party_switch", "never", reason=WHY, by=user, at=NOW)
        except Conflict as late:
            return str(late)
        else:
            return "asked"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(run, [real_world.supervisor, second]))
    waits = "Somebody has asked for another answer to this policy already. Decide on that one first."
    assert said == [waits, "asked"]
