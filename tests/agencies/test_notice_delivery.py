"""Delivery of notices: mail without content, and tries until it is out."""

from collections.abc import Sequence
from datetime import timedelta
from email.message import Message
from smtplib import SMTPServerDisconnected
from typing import ClassVar

from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from pytest_django import Settings

from agencies import notices
from agencies.models import Agency, Notice
from agencies.scope import acting_as_system
from tests.agencies.outbox import NOW, only_notice, queue
from tests.factories import World


class RefusingBackend(BaseEmailBackend):
    """A mail server that takes the connection and refuses one address."""

    refused = "inbox@example.org"

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            if self.refused in message.to:
                raise SMTPServerDisconnected("550 the person named in <secret> is unknown")
            mail.outbox.append(message)
        return len(messages)


class DeadBackend(BaseEmailBackend):
    """A mail server that does not answer."""

    opened: ClassVar[int] = 0

    def open(self) -> bool:
        DeadBackend.opened += 1
        raise ConnectionRefusedError(111, "secret")


def test_mail_says_what_is_wanted_and_where(world: World, mailoutbox: list[EmailMessage], settings: Settings) -> None:
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


def test_notice_without_reference_does_not_name_one(world: World, mailoutbox: list[EmailMessage]) -> None:
    queue("clock_reminder", user=world.supervisor, reference="", path="/directory/1/")
    notices.deliver_pending(at=NOW)
    assert mailoutbox[0].to == ["supervisor@example.org"]
    assert "Reference" not in mailoutbox[0].body


def test_no_field_of_any_record_gets_into_a_mail(world: World, mailoutbox: list[EmailMessage]) -> None:
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
    for code in sorted(set(notices.SENTENCES) - {"anchor"}):
        queue(code, agency=world.shelter, user=world.supervisor)
    assert notices.deliver_pending(at=NOW) == 37
    assert len(mailoutbox) == 37
    for message in mailoutbox:
        assert "canary" not in message.message().as_string()


def test_sentences_take_nothing_but_the_reference() -> None:
    for subject, body in notices.SENTENCES.values():
        assert "{" not in subject
        assert "{" not in body.replace("{reference}", "")


def test_addressee_without_address_is_told_on_the_page_only(world: World, mailoutbox: list[EmailMessage]) -> None:
    Agency.objects.filter(pk=world.shelter.pk).update(email="")
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 1
    assert mailoutbox == []
    assert only_notice().delivered_at == NOW


def test_agency_that_is_no_longer_active_gets_no_mail(world: World, mailoutbox: list[EmailMessage]) -> None:
    Agency.objects.filter(pk=world.shelter.pk).update(is_active=False)
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 1
    assert mailoutbox == []


def test_delivered_notice_is_not_sent_again(world: World, mailoutbox: list[EmailMessage]) -> None:
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 1
    assert notices.deliver_pending(at=NOW + timedelta(days=1)) == 0
    assert len(mailoutbox) == 1


def test_notice_is_not_sent_before_its_time(world: World, mailoutbox: list[EmailMessage]) -> None:
    with acting_as_system("test"):
        notices.queue("clock_reminder", agency=world.shelter, reference="", path="/x/", at=NOW + timedelta(seconds=1))
    assert notices.deliver_pending(at=NOW) == 0
    assert mailoutbox == []


def test_more_notices_than_one_batch_go_out_in_one_run(world: World, mailoutbox: list[EmailMessage]) -> None:
    for _ in range(41):
        queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 41
    assert len(mailoutbox) == 41


def test_refused_mail_does_not_hold_up_the_others(world: World, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    queue(agency=world.shelter)
    queue("tip_urgent", user=world.supervisor)
    assert notices.deliver_pending(at=NOW) == 1
    assert [message.to for message in mail.outbox] == [["supervisor@example.org"]]
    with acting_as_system("test"):
        failed = Notice.objects.get(delivered_at=None)
    assert (failed.code, failed.attempts, failed.failure) == ("referral_sent", 1, "SMTPServerDisconnected")


def test_dead_mail_server_costs_one_try_a_run_and_no_text_of_the_error_is_kept(
    world: World, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeadBackend"
    DeadBackend.opened = 0
    queue(agency=world.shelter)
    queue(agency=world.police)
    assert notices.deliver_pending(at=NOW) == 0
    assert DeadBackend.opened == 1
    with acting_as_system("test"):
        assert set(Notice.objects.values_list("failure", "attempts")) == {("ConnectionRefusedError", 1)}


def test_waits_double_up_to_an_hour_and_never_end(world: World, settings: Settings) -> None:
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


def test_retry_time_of_nothing_does_not_spin(world: World, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeadBackend"
    settings.NOTICE_RETRY_SECONDS = 0
    queue(agency=world.shelter)
    assert notices.deliver_pending(at=NOW) == 0
    assert only_notice().not_before == NOW + timedelta(seconds=1)


def test_each_try_bears_the_same_message_id(world: World, settings: Settings, mailoutbox: list[EmailMessage]) -> None:
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


def test_failure_is_wiped_when_the_mail_is_out(world: World, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeadBackend"
    queue(agency=world.shelter)
    notices.deliver_pending(at=NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert notices.deliver_pending(at=NOW + timedelta(hours=2)) == 1
    assert (only_notice().failure, only_notice().attempts) == ("", 2)
