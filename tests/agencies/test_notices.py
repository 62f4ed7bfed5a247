"""The outbox: one row with the deed, mail without content, tries until it is out."""

import threading
from datetime import UTC, datetime, timedelta
from email.message import Message
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from agencies import notices
from agencies.models import Agency, Notice
from agencies.scope import acting_as, acting_as_system
from tests.factories import World

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
REFERENCE = "CW-2026-000123-K"
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
    "tip_urgent",
    "clock_reminder",
    "clock_breached",
    "anchor",
}


class RefusingBackend(BaseEmailBackend):
    """A mail server that takes the connection and refuses one address."""

    refused = "inbox@example.org"

    def send_messages(self, messages):
        for message in messages:
            if self.refused in message.to:
                raise SMTPServerDisconnected("550 the person named in <secret> is unknown")
            mail.outbox.append(message)
        return len(messages)


class DeadBackend(BaseEmailBackend):
    """A mail server that does not answer."""

    opened = 0

    def open(self):
        DeadBackend.opened += 1
        raise ConnectionRefusedError(111, "secret")


def queue(code: str = "referral_sent", *, path: str = "/inbox/1/", reference: str = REFERENCE, **to: object) -> None:
    notices.queue(code, reference=reference, path=path, at=NOW, **to)


def jobs_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where status = 'todo' and task_name = %s", [notices.DELIVER]
        )
        return int(cursor.fetchone()[0])


def only_notice() -> Notice:
    with acting_as_system("test"):
        return Notice.objects.get()


# --- Writing ---------------------------------------------------------------------------------------------


def test_there_is_a_sentence_for_each_code():
    assert set(notices.SENTENCES) == CODES


def test_any_deed_may_write_a_notice_that_its_writer_cannot_read(world: World):
    with acting_as(world.operator):
        queue(agency=world.shelter)
        assert Notice.objects.count() == 0
    for reader, count in ((world.liaison, 1), (world.stranger, 0), (world.liaison2, 0), (world.operator, 0)):
        with acting_as(reader):
            assert Notice.objects.count() == count


def test_notice_to_a_person_is_read_by_that_person_only(world: World):
    queue("tip_urgent", user=world.supervisor)
    for reader, count in ((world.supervisor, 1), (world.operator, 0), (world.stranger, 0)):
        with acting_as(reader):
            assert Notice.objects.count() == count


def test_reader_cannot_mark_a_notice(world: World):
    queue(agency=world.shelter)
    with acting_as(world.liaison):
        assert Notice.objects.update(delivered_at=NOW) == 0
    assert only_notice().delivered_at is None


def test_notice_costs_two_statements(world: World):
    with acting_as(world.operator), CaptureQueriesContext(connection) as queries:
        queue(agency=world.shelter)
    statements = [query["sql"] for query in queries if "set_config" not in query["sql"]]
    assert len([sql for sql in statements if not sql.startswith(("SAVEPOINT", "RELEASE"))]) == 2
    assert "RETURNING" not in statements[0]


def test_notice_wakes_the_worker_once_for_several(world: World):
    assert jobs_waiting() == 0
    queue(agency=world.shelter)
    queue(agency=world.police)
    assert jobs_waiting() == 1


def test_rolled_back_deed_leaves_no_notice_and_no_job(world: World):
    with transaction.atomic():
        queue(agency=world.shelter)
        transaction.set_rollback(True)
    with acting_as_system("test"):
        assert Notice.objects.count() == 0
    assert jobs_waiting() == 0


def test_notice_without_addressee_is_refused(world: World):
    with pytest.raises(DatabaseError, match="notice_has_an_addressee"), transaction.atomic():
        queue()


def test_unknown_code_is_refused(world: World):
    with pytest.raises(ValueError, match="No sentence"):
        queue("hello", agency=world.shelter)


@pytest.mark.parametrize(
    "reference",
    ["Maria", "CW-2026-000123-K Maria", "CW-2026-000123", "555-0100", "CW-2026-000123-K\nBcc: a@example.org"],
)
def test_reference_that_could_be_content_is_refused(world: World, reference: str):
    with pytest.raises(ValueError, match="a reference and nothing else"):
        queue(agency=world.shelter, reference=reference)


@pytest.mark.parametrize(
    "path", ["/tips/?q=Maria", "/tips/Maria Lopez/", "https://example.org/", "tips/", "/a\n", "/a#b"]
)
def test_path_that_could_be_content_is_refused(world: World, path: str):
    with pytest.raises(ValueError, match="path of ours"):
        queue(agency=world.shelter, path=path)


# --- Mail ------------------------------------------------------------------------------------------------


def test_mail_says_what_is_wanted_and_where(world: World, mailoutbox: list[mail.EmailMessage], settings):
    settings.SITE_URL = "https://casework.example.org/"
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 1
    assert mailoutbox[0].to == ["inbox@example.org"]
    assert mailoutbox[0].subject == "[Casework] A referral waits for your answer"
    assert mailoutbox[0].body == (
        "Please look at the referral and accept or decline it.\n\n"
        "Reference: CW-2026-000123-K\n\n"
        "https://casework.example.org/inbox/1/\n\n"
        "Sign in to see more. This message holds no details on purpose; please do not reply to it.\n"
    )
    assert only_notice().delivered_at == NOW
    assert only_notice().attempts == 1


def test_notice_without_reference_does_not_name_one(world: World, mailoutbox: list[mail.EmailMessage]):
    queue("clock_reminder", user=world.supervisor, reference="", path="/directory/1/")
    notices.deliver_pending(at=NOW)
    assert mailoutbox[0].to == ["supervisor@example.org"]
    assert "Reference" not in mailoutbox[0].body


def test_no_field_of_any_record_gets_into_a_mail(world: World, mailoutbox: list[mail.EmailMessage]):
    # Every text that the delivery could reach: of the agency and of the user. The address itself is no content.
    for record in (world.shelter, world.supervisor):
        texts = [
            field.attname
            for field in record._meta.concrete_fields
            if field.get_internal_type() in ("CharField", "TextField", "URLField") and not field.choices
        ]
        for name in set(texts) - {"email"}:
            setattr(record, name, f"canary-{name}")
        with acting_as_system("test"):
            record.save(update_fields=texts)
    for code in sorted(CODES - {"anchor"}):
        queue(code, agency=world.shelter, user=world.supervisor)
    assert notices.deliver_pending(at=NOW) == 14
    assert len(mailoutbox) == 14
    for message in mailoutbox:
        assert "canary" not in message.message().as_string()


def test_sentences_take_nothing_but_the_reference():
    for subject, body in notices.SENTENCES.values():
        assert "{" not in subject
        assert "{" not in body.replace("{reference}", "")


def test_addressee_without_address_is_told_on_the_page_only(world: World, mailoutbox: list[mail.EmailMessage]):
    Agency.objects.filter(pk=world.shelter.pk).update(email="")
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 1
    assert mailoutbox == []
    assert only_notice().delivered_at == NOW


def test_agency_that_is_no_longer_active_gets_no_mail(world: World, mailoutbox: list[mail.EmailMessage]):
    Agency.objects.filter(pk=world.shelter.pk).update(is_active=False)
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 1
    assert mailoutbox == []


def test_delivered_notice_is_not_sent_again(world: World, mailoutbox: list[mail.EmailMessage]):
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 1
    assert notices.deliver_pending(at=NOW + timedelta(days=1)) == 0
    assert len(mailoutbox) == 1


def test_notice_is_not_sent_before_its_time(world: World, mailoutbox: list[mail.EmailMessage]):
    notices.queue("clock_reminder", agency=world.shelter, reference="", path="/x/", at=NOW + timedelta(seconds=1))
    assert notices.deliver_pending(at=NOW) == 0
    assert mailoutbox == []


def test_more_notices_than_one_batch_go_out_in_one_run(world: World, mailoutbox: list[mail.EmailMessage]):
    for _ in range(41):
        queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 41
    assert len(mailoutbox) == 41


# --- Failure ---------------------------------------------------------------------------------------------


def test_refused_mail_does_not_hold_up_the_others(world: World, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    queue(agency=world.shelter)
    queue("tip_urgent", user=world.supervisor)
    assert notices.deliver_pending(at=NOW) == 1
    assert [message.to for message in mail.outbox] == [["supervisor@example.org"]]
    with acting_as_system("test"):
        failed = Notice.objects.get(delivered_at=None)
    assert (failed.code, failed.attempts, failed.failure) == ("referral_sent", 1, "SMTPServerDisconnected")


def test_dead_mail_server_costs_one_try_a_run_and_no_text_of_the_error_is_kept(world: World, settings):
    settings.EMAIL_BACKEND = f"{__name__}.DeadBackend"
    DeadBackend.opened = 0
    queue(agency=world.shelter)
    queue(agency=world.police)
    assert notices.deliver_pending(at=NOW) == 0
    assert DeadBackend.opened == 1
    with acting_as_system("test"):
        assert set(Notice.objects.values_list("failure", "attempts")) == {("ConnectionRefusedError", 1)}


def test_waits_double_up_to_an_hour_and_never_end(world: World, settings):
    settings.EMAIL_BACKEND = f"{__name__}.DeadBackend"
    settings.NOTICE_RETRY_SECONDS = 60
    queue(agency=world.shelter)
    at = NOW
    waits = []
    for _ in range(9):
        assert notices.deliver_pending(at=at) == 0
        following = only_notice().not_before
        waits.append(int((following - at).total_seconds()))
        assert notices.deliver_pending(at=following - timedelta(seconds=1)) == 0
        at = following
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert only_notice().attempts == 9


def test_retry_time_of_nothing_does_not_spin(world: World, settings):
    settings.EMAIL_BACKEND = f"{__name__}.DeadBackend"
    settings.NOTICE_RETRY_SECONDS = 0
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 0
    assert only_notice().not_before == NOW + timedelta(seconds=1)


def test_each_try_bears_the_same_message_id(world: World, settings, mailoutbox: list[mail.EmailMessage]):
    settings.DEFAULT_FROM_EMAIL = "Casework <casework@example.org>"
    queue(agency=world.shelter)
    sent: list[Message] = []
    for _ in range(2):
        with transaction.atomic():
            assert notices.deliver_pending(at=NOW) == 1
            # The worker dies between the mail and the commit.
            transaction.set_rollback(True)
        sent.append(mailoutbox[-1].message())
    assert only_notice().delivered_at is None
    assert sent[0]["Message-ID"] == sent[1]["Message-ID"] == f"<{only_notice().pk}@example.org>"


def test_failure_is_wiped_when_the_mail_is_out(world: World, settings):
    settings.EMAIL_BACKEND = f"{__name__}.DeadBackend"
    queue(agency=world.shelter)
    notices.deliver_pending(at=NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.deliver_pending(at=NOW + timedelta(hours=2)) == 1
    assert (only_notice().failure, only_notice().attempts) == ("", 2)


# --- At once ---------------------------------------------------------------------------------------------


def test_two_workers_at_once_send_each_notice_once(real_world: World, mailoutbox: list[mail.EmailMessage]):
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


def test_two_deeds_at_once_both_wake_the_worker_and_neither_waits(real_world: World):
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
