"""Two people at the same moment, in threads, over HTTP: exactly one wins, the other is told in a plain sentence."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

from django.db import close_old_connections, connection, connections
from django.http import HttpResponse
from django.test import Client

from agencies.models import AuditEvent, Membership, Notice, Role, User
from agencies.scope import acting_as_system
from casework.actions import silence
from casework.models import Clock, Referral
from tests.factories import LONG_AGO, World, log_tip, make_referral, make_user, route
from tips.models import TipAccess

ROUNDS = 3
OPEN = datetime(9999, 12, 31, tzinfo=UTC)
Deed = Callable[[], Any]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    client.get("/help/")
    return client


def post(user: User, referral: Referral, move: str, **values: Any) -> Deed:
    """A press of the button by somebody who has the page open."""
    client = signed_in(user)
    sent = {"version": referral.version, **values}
    return lambda: client.post(f"/referrals/{referral.pk}/{move}/", sent)


def in_thread(deed: Deed) -> Any:
    try:
        return deed()
    finally:
        connections.close_all()


def waiting_for_a_lock() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")  # Else a transaction sees the activity of its first look.
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def both_at_the_lock(referral: Referral, *deeds: Deed) -> list[HttpResponse]:
    """Hold the row until every deed waits for it, then let go: they truly meet."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        with acting_as_system("test"):
            Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
            running: list[Future[Any]] = [pool.submit(in_thread, deed) for deed in deeds]
            deadline = datetime.now(UTC) + timedelta(seconds=20)
            while waiting_for_a_lock() < len(deeds):
                assert datetime.now(UTC) < deadline, "the deeds never met at the row"
        answers = [future.result(timeout=30) for future in running]
    close_old_connections()
    return answers


def side_by_side(*deeds: Deed) -> list[Any]:
    """Start all at the same moment."""
    barrier = Barrier(len(deeds))

    def start(deed: Deed) -> Any:
        barrier.wait(timeout=20)
        return in_thread(deed)

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(start, deed) for deed in deeds]]


def fresh(world: World, number: int) -> Referral:
    referral = route(world, log_tip(world), [world.shelter], needs=[f"need_{number}"])[0]
    return referral


def now_is(referral: Referral) -> Referral:
    with acting_as_system("test"):
        return Referral.objects.get(pk=referral.pk)


def has_access(referral: Referral) -> bool:
    with acting_as_system("test"):
        return TipAccess.objects.filter(tip=referral.tip_id, agency=referral.receiver_id, valid_until=OPEN).exists()


def answers_recorded(referral: Referral) -> list[str]:
    verbs = ("accept", "decline", "recall", "expire")
    with acting_as_system("test"):
        found = AuditEvent.objects.filter(kind="referral", object_id=str(referral.pk), outcome="done", verb__in=verbs)
        return list(found.values_list("verb", flat=True))


def clocks_ended(referral: Referral) -> list[str]:
    with acting_as_system("test"):
        return list(Clock.objects.filter(referral=referral).values_list("ended_as", flat=True))


def notices(code: str) -> int:
    with acting_as_system("test"):
        return Notice.objects.filter(code=code).count()


def loser(answers: list[HttpResponse]) -> str:
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    page = next(answer for answer in answers if answer.status_code == 409).content.decode()
    assert "Somebody else was first" in page or 'role="alert"' in page
    return page


def test_accept_and_recall_at_once_have_one_winner(real_world: World) -> None:
    for number in range(ROUNDS):
        referral = fresh(real_world, number)
        accept = post(real_world.liaison, referral, "accept")
        recall = post(real_world.operator, referral, "recall")
        deeds = (accept, recall) if number % 2 else (recall, accept)
        page = loser(both_at_the_lock(referral, *deeds))
        after = now_is(referral)
        assert after.status in ("accepted", "recalled")
        told, word = {
            "accepted": ("Example Harbor Shelter accepted this", "Recall is no longer possible."),
            "recalled": ("Example Hotline recalled this", "Accept is no longer possible."),
        }[after.status]
        assert told in page
        assert word in page
        assert has_access(referral) == (after.status == "accepted")
        assert answers_recorded(referral) == ["accept" if after.status == "accepted" else "recall"]
        assert clocks_ended(referral) == ["met" if after.status == "accepted" else "stopped"]


def test_accept_and_decline_at_once_have_one_winner(real_world: World) -> None:
    colleague = make_user("liaison3", Role.LIAISON, real_world.shelter)
    for number in range(ROUNDS):
        referral = fresh(real_world, number)
        accept = post(real_world.liaison, referral, "accept")
        decline = post(colleague, referral, "decline", reason="no_capacity")
        page = loser(both_at_the_lock(referral, accept, decline))
        after = now_is(referral)
        assert after.status in ("accepted", "declined")
        assert f"Example Harbor Shelter {after.status} this" in page
        assert has_access(referral) == (after.status == "accepted")
        assert (after.decline_reason != "") == (after.status == "declined")
        assert len(answers_recorded(referral)) == 1


def test_two_colleagues_accept_at_once_and_one_is_told(real_world: World) -> None:
    colleague = make_user("liaison3", Role.LIAISON, real_world.shelter)
    referral = fresh(real_world, 1)
    page = loser(
        both_at_the_lock(referral, post(real_world.liaison, referral, "accept"), post(colleague, referral, "accept"))
    )
    assert "Example Harbor Shelter accepted this" in page
    assert now_is(referral).status == "accepted"
    assert now_is(referral).version == referral.version + 1
    assert answers_recorded(referral) == ["accept"]
    assert notices("referral_accepted") == 1


def test_accept_and_expiry_at_once_have_one_winner(real_world: World) -> None:
    for number in range(ROUNDS):
        referral = fresh(real_world, number)
        due = referral.answer_due_at
        assert due is not None
        accept = post(real_world.liaison, referral, "accept")

        def expire(due: datetime = due) -> int:
            return silence.expire_due(at=due)

        response, expired = side_by_side(accept, expire)
        after = now_is(referral)
        assert (after.status, response.status_code, expired) in [("accepted", 302, 0), ("expired", 409, 1)]
        assert has_access(referral) == (after.status == "accepted")
        assert answers_recorded(referral) == ["accept" if after.status == "accepted" else "expire"]


def test_an_answer_that_waited_for_the_expiry_is_told_that_time_ran_out(real_world: World) -> None:
    referral = fresh(real_world, 1)
    assert referral.answer_due_at is not None
    accept = post(real_world.liaison, referral, "accept")
    assert silence.expire_due(at=referral.answer_due_at) == 1
    response = accept()
    assert response.status_code == 409
    assert "The time to answer ended" in response.content.decode()
    assert not has_access(referral)


def test_cancelling_at_once_against_closing_ends_access_either_way(real_world: World) -> None:
    referral = make_referral(real_world, "accepted")
    answers = both_at_the_lock(
        referral,
        post(real_world.operator, referral, "withdraw", reason="consent_withdrawn"),
        post(real_world.liaison, referral, "close", outcome="got_help"),
    )
    loser(answers)
    assert now_is(referral).status in ("cancelled", "closed")
    assert not has_access(referral)


def test_one_person_with_two_seats_answers_for_the_one_acted_in(real_world: World) -> None:
    """The seat decides, not the person: somebody who also sits at the hotline cannot recall as a liaison."""
    Membership.objects.create(
        user=real_world.liaison, agency=real_world.hotline, role=Role.OPERATOR, valid_from=LONG_AGO + timedelta(days=1)
    )
    referral = fresh(real_world, 1)
    assert post(real_world.liaison, referral, "recall")().status_code == 403
    assert now_is(referral).status == "sent"
