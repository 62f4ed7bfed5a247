"""The outbox: one row and one call to the worker, in the deed's own transaction; nothing that could be content."""

import threading

import pytest
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from agencies import notices
from agencies.models import Notice
from agencies.scope import acting_as, acting_as_system
from tests.agencies.outbox import NOW, REFERENCE, only_notice, queue
from tests.factories import World, make_referral

CODES = {
    "referral_sent",
    "referral_reminder",
    "referral_accepted",
    "referral_declined",
    "referral_expired",
    "information_asked",
    "information_given",
    "referral_recalled",
    "referral_cancelled",
    "cancellation_asked",
    "referral_closed",
    "match_question",
    "match_answered",
    "many_lookups",
    "second_person_asked",
    "second_person_decided",
    "tip_urgent",
    "alarm",
    "alarm_unanswered",
    "call_back_to_decide",
    "contact_danger",
    "contact_help",
    "contact_welfare",
    "contact_handed",
    "contact_taken_up",
    "clock_reminder",
    "clock_breached",
    "anchor",
    "emergency_access",
    "entry_link",
    "feedback_asked",
    "feedback_missing",
    "referral_closed_unheard",
    "referral_found_elsewhere",
    "referral_link",
    "referral_progress",
    "referral_ready",
    "referral_waits",
}


def jobs_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where status = 'todo' and task_name = %s", [notices.DELIVER]
        )
        return int(cursor.fetchone()[0])


def test_there_is_a_sentence_for_each_code() -> None:
    assert set(notices.SENTENCES) == CODES


def test_a_deed_writes_a_notice_that_its_writer_cannot_read(world: World) -> None:
    make_referral(world, "sent")
    with acting_as(world.operator):
        notices.queue("referral_recalled", agency=world.shelter, reference=REFERENCE, path="/referrals/1/", at=NOW)
        assert Notice.objects.count() == 0
    for reader, count in ((world.liaison, 2), (world.stranger, 0), (world.liaison2, 0), (world.operator, 0)):
        with acting_as(reader):
            assert Notice.objects.count() == count


def test_notice_to_a_person_is_read_by_that_person_only(world: World) -> None:
    queue("tip_urgent", user=world.supervisor)
    for reader, count in ((world.supervisor, 1), (world.operator, 0), (world.stranger, 0)):
        with acting_as(reader):
            assert Notice.objects.count() == count


def test_reader_cannot_mark_a_notice(world: World) -> None:
    queue(agency=world.shelter)
    with acting_as(world.liaison):
        assert Notice.objects.update(delivered_at=NOW) == 0
    assert only_notice().delivered_at is None


def test_notice_costs_two_statements(world: World) -> None:
    with acting_as(world.operator), CaptureQueriesContext(connection) as queries:
        notices.queue("tip_urgent", agency=world.hotline, reference=REFERENCE, path="/tips/1/", at=NOW)
    statements = [query["sql"] for query in queries if "set_config" not in query["sql"]]
    assert len([sql for sql in statements if not sql.startswith(("SAVEPOINT", "RELEASE"))]) == 2
    assert "RETURNING" not in statements[0]


def test_notice_wakes_the_worker_once_for_several(world: World) -> None:
    assert jobs_waiting() == 0
    queue(agency=world.shelter)
    queue(agency=world.police)
    assert jobs_waiting() == 1


def test_rolled_back_deed_leaves_no_notice_and_no_job(world: World) -> None:
    with transaction.atomic():
        queue(agency=world.shelter)
        transaction.set_rollback(True)
    with acting_as_system("test"):
        assert Notice.objects.count() == 0
    assert jobs_waiting() == 0


def test_notice_without_addressee_is_refused(world: World) -> None:
    with pytest.raises(DatabaseError, match="notice_has_an_addressee"), transaction.atomic():
        queue()


def test_unknown_code_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="No sentence"):
        queue("hello", agency=world.shelter)


@pytest.mark.parametrize(
    "reference",
    ["Maria", "CW-2026-000123-K Maria", "CW-2026-000123", "555-0100", "CW-2026-000123-K\nBcc: a@example.org"],
)
def test_reference_that_could_be_content_is_refused(world: World, reference: str) -> None:
    with pytest.raises(ValueError, match="a reference and nothing else"):
        queue(agency=world.shelter, reference=reference)


@pytest.mark.parametrize(
    "path", ["/tips/?q=Maria", "/tips/Maria Lopez/", "https://example.org/", "tips/", "/a\n", "/a#b"]
)
def test_path_that_could_be_content_is_refused(world: World, path: str) -> None:
    with pytest.raises(ValueError, match="path of ours"):
        queue(agency=world.shelter, path=path)


def test_two_workers_at_once_send_each_notice_once(real_world: World, mailoutbox: list[EmailMessage]) -> None:
    for _ in range(60):
        queue(agency=real_world.shelter)
    counts: list[int] = []
    start = threading.Barrier(2, timeout=10)

    def run() -> None:
        start.wait()
        counts.append(notices.deliver_pending(at=NOW))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(counts) == 60
    assert len({message.extra_headers["Message-ID"] for message in mailoutbox}) == len(mailoutbox) == 60


def test_two_deeds_at_once_both_wake_the_worker_and_neither_waits(real_world: World) -> None:
    def other() -> None:
        queue(agency=real_world.police)
        connections.close_all()

    with transaction.atomic():
        queue(agency=real_world.shelter)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
    assert jobs_waiting() == 2
