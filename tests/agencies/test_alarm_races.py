"""Of two who answer an alarm at the same moment one is first, and the other is told who."""

from threading import Barrier, Thread

from django.db import connection

from agencies.actions import alarms
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.scope import acting_as
from tests.factories import NOW, World


def test_two_who_answer_at_once_are_one(real_world: World) -> None:
    with acting_as(real_world.operator):
        alarm = alarms.raise_alarm(
            "danger", agency_id=real_world.hotline.pk, path="/tips/x/", by=real_world.operator, at=NOW
        )
    start, outcomes = Barrier(2), []

    def run(person: User) -> None:
        try:
            start.wait()
            with acting_as(person):
                alarms.answer(alarm, by=person, at=NOW)
            outcomes.append("answered")
        except Conflict as lost:
            outcomes.append(str(lost))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(person,)) for person in (real_world.operator2, real_world.supervisor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert outcomes.count("answered") == 1
    assert any("has answered already" in outcome for outcome in outcomes)
