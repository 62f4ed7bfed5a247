"""The outbox: notices written with the deed, and their delivery. A notice never holds content."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.db.models import F

from agencies import links
from agencies.models import Agency, Notice, OneTimeLink, User
from agencies.scope import acting_as_system
from agencies.whole import write_at_end

# Code -> subject and body. The only things that may be filled in are the reference, the site's name and the link.
SENTENCES: dict[str, tuple[str, str]] = {
    "referral_sent": ("A referral waits for your answer", "Please look at the referral and accept or decline it."),
    "referral_link": (
        "A referral waits for your answer",
        "Somebody needs your help. Please open the page below, and accept, decline or ask.",
    ),
    "entry_link": (
        "Is your entry in our directory still true?",
        "People are sent to you by what we know of your agency. Please open the page below and answer each part.",
    ),
    "referral_ready": (
        "An agency said yes",
        "An agency that was asked side by side with others is ready. Please confirm one of those that said yes.",
    ),
    "referral_found_elsewhere": (
        "A referral needs no answer any more",
        "What was asked for was found elsewhere. Thank you; there is nothing left to do.",
    ),
    "referral_waits": (
        "An agency has not answered yet",
        "The time to answer is almost over. Please call the agency, or choose another one.",
    ),
    "feedback_asked": (
        "A word about a referral is due",
        "Please say how it goes. Still open, nothing to report is an answer, and so is that you cannot say.",
    ),
    "referral_closed_unheard": (
        "A referral was closed without a word from you",
        "The sender asked three times and has closed the referral. Your agency's access has ended.",
    ),
    "feedback_missing": (
        "An agency has sent no word",
        "It was asked three times. Please call them, or record that there is no information from the agency.",
    ),
    "referral_reminder": (
        "A referral still waits for your answer",
        "The time to answer runs out soon. Please accept or decline the referral, or ask for information.",
    ),
    "referral_accepted": ("A referral was accepted", "The receiving agency took on the referral that you sent."),
    "referral_progress": ("A word came about a referral", "The receiving agency says how it goes."),
    "referral_declined": (
        "A referral was declined",
        "The receiving agency cannot take the referral that you sent. Please choose what to do next.",
    ),
    "referral_expired": (
        "A referral expired without an answer",
        "The time to answer is over. Please see what can be done next.",
    ),
    "information_asked": (
        "A question about a referral waits for you",
        "The receiving agency needs information before it can decide. Please answer it.",
    ),
    "information_given": ("Your question was answered", "Please read the answer, then accept or decline the referral."),
    "referral_recalled": ("A referral was taken back", "The sender took the referral back. You need not answer it."),
    "referral_cancelled": ("A referral was cancelled", "The referral has ended. Please stop the work that it began."),
    "cancellation_asked": (
        "The end of a referral is asked for",
        "The sender asks you to end work on the referral. Please confirm, or report how it ended.",
    ),
    "referral_closed": ("A referral was closed", "The receiving agency closed the referral and recorded how it ended."),
    "match_question": (
        "Another hotline asks about one of your tips",
        "Something in one of your tips is shared with a tip of theirs. Please answer: link, talk or no.",
    ),
    "match_answered": ("Your question to a holder was answered", "Please look at the possible matches of the tip."),
    "many_lookups": (
        "Many searches outside of contacts",
        "Somebody searched more often than the limit of this installation allows without a contact. Please look at"
        " the trail.",
    ),
    "second_person_asked": (
        "A second person is asked for",
        "A colleague asks for something that takes two people. Please look at it and decide.",
    ),
    "second_person_decided": ("A second person has decided", "Your question was decided. Please see how."),
    "emergency_access": (
        "Names were opened in an emergency",
        "Somebody opened who a person is, alone, because a life is in danger. Please look at it now.",
    ),
    "tip_urgent": ("An urgent tip needs a supervisor", "Please look at the tip now."),
    "alarm": ("Somebody is needed now", "You are on call. Please sign in and answer the alarm."),
    "alarm_unanswered": (
        "Nobody has answered an alarm",
        "Nobody on duty and nobody on call has answered. Please sign in and see to it now.",
    ),
    "call_back_to_decide": ("A call-back needs your decision", "Please decide whether to try again, or to stop."),
    "contact_danger": ("Somebody on the line is in danger", "Please look at the conversation now."),
    "contact_help": ("A colleague on the line asks for help", "Please look at the conversation now."),
    "contact_welfare": (
        "A welfare check waits for your decision",
        "The line broke, and a colleague asks whether a welfare check may be asked for.",
    ),
    "contact_handed": ("A conversation was handed to you", "Please go on with it now."),
    "contact_taken_up": ("A colleague took up your conversation", "You need not ring back."),
    "clock_reminder": ("Something is due soon", "A time limit runs out soon. Please see what is left to do."),
    "clock_breached": ("A time limit has passed", "Something was due and is not recorded as done. Please see to it."),
    "anchor": (
        "Anchor of the audit trail",
        "Keep this mail outside of the system. Check the trail against it with:\n\n"
        "    manage.py verify_audit --anchor {reference}",
    ),
}

_OF_A_LINK = (
    "You need no account. The link is for your agency only: it takes one answer, and stays open for the browser that"
    " opened it first. This message holds no details on purpose; please do not reply to it."
)

_BATCH = 20
_LONGEST_WAIT = timedelta(hours=1)
_REFERENCE = re.compile(r"[A-Z]{1,6}-\d{4}-\d{6,12}-[A-Z]")
_PATH = re.compile(r"/[A-Za-z0-9/_-]*")

# The task's name: the room above registers it.
DELIVER = "casework.jobs.deliver_notices"


def queue(
    code: str,
    *,
    agency: Agency | None = None,
    user: User | None = None,
    reference: str,
    path: str,
    at: datetime,
    link: OneTimeLink | None = None,
) -> None:
    """Write a notice to an agency or a user, in the deed's transaction, and wake the worker when it commits.

    `reference` is a tip's public reference or empty; `path` where the addressee finds it. With a `link` the mail leads
    there instead, by a token that is made while it is sent. Raises ValueError for a code
    without sentence, and for anything in `reference` or `path` that could be content.
    """
    if code not in SENTENCES:
        raise ValueError(f"No sentence for the notice {code!r}.")
    check_content_free(reference=reference, path=path)
    notice = Notice(agency=agency, user=user, code=code, reference=reference, path=path, link=link)
    notice.created_at = notice.not_before = at
    write_at_end(_insert, notice)


def _insert(notices: list[Notice]) -> None:
    # bulk_create sends one INSERT without RETURNING: the writer may not read what it writes to others.
    Notice.objects.bulk_create(notices)
    wake(DELIVER)


def check_content_free(*, reference: str, path: str) -> None:
    """Raises ValueError for anything that is not a tip's reference (or empty) and a path of ours without a query."""
    if reference and not _REFERENCE.fullmatch(reference):
        raise ValueError("A notice takes a reference and nothing else.")
    if not _PATH.fullmatch(path):
        raise ValueError("A notice's path is a path of ours, without a query.")


def text_of(code: str, *, reference: str, path: str, address: str = "") -> tuple[str, str]:
    """Subject and body of a notice's mail. `address` is that of a one-time link, which stands in place of the path."""
    subject, wanted = SENTENCES[code]
    parts = [wanted.format(reference=reference)]
    if address:
        parts += [f"Reference: {reference}"] if reference else []
        parts += [address, _OF_A_LINK]
    elif path:
        parts += [f"Reference: {reference}"] if reference else []
        parts.append(f"{settings.SITE_URL.rstrip('/')}{path}")
        parts.append("Sign in to see more. This message holds no details on purpose; please do not reply to it.")
    return f"[{settings.SITE_NAME}] {subject}", "\n\n".join(parts) + "\n"


def deliver_pending(*, at: datetime) -> int:
    """Send what is due; returns how many were delivered.

    At least once, always under the same Message-ID. What fails waits longer each time, beginning with
    NOTICE_RETRY_SECONDS, and is never given up. An agency or user without an address finds the notice on its page
    only.
    """
    delivered = 0
    while True:
        with acting_as_system("deliver_notices"):
            claimed = _claim(at)
            delivered += _deliver(claimed, at=at)
        if len(claimed) < _BATCH:
            return delivered


def _claim(at: datetime) -> list[Notice]:
    """Some notices that are due, locked; those that another worker is sending are passed over."""
    due = Notice.objects.filter(delivered_at=None, not_before__lte=at).order_by("not_before", "id")
    return list(due.select_for_update(skip_locked=True, of=("self",)).select_related("agency", "user", "link")[:_BATCH])


def _deliver(notices: list[Notice], *, at: datetime) -> int:
    to_send = [notice for notice in notices if _addresses(notice)]
    failures = _send(to_send) if to_send else {}
    for notice in notices:
        failure = failures.get(notice.pk, "")
        changes: dict[str, Any] = {"failure": failure, "attempts": F("attempts") + 1}
        changes |= {"not_before": at + _wait(notice.attempts)} if failure else {"delivered_at": at}
        Notice.objects.filter(pk=notice.pk).update(**changes)
    return len(notices) - len(failures)


def _wait(attempts: int) -> timedelta:
    """Doubles with each try, up to an hour; never nothing, or one run would try for ever."""
    seconds = max(settings.NOTICE_RETRY_SECONDS, 1) * 2 ** min(attempts, 16)
    return min(timedelta(seconds=seconds), _LONGEST_WAIT)


def _send(notices: list[Notice]) -> dict[UUID, str]:
    """Send mails over one connection; for those that failed the class of the error, never its text."""
    failures = {}
    backend = get_connection()
    try:
        # A server that does not answer costs its timeout once, not once a mail.
        backend.open()
    except Exception as error:
        return {notice.pk: type(error).__name__ for notice in notices}
    for notice in notices:
        try:
            _mail(notice, backend).send()
        except Exception as error:  # Whatever a server refuses, the other notices go out.
            failures[notice.pk] = type(error).__name__
    backend.close()
    return failures


def _mail(notice: Notice, backend: BaseEmailBackend) -> EmailMessage:
    address = links.issue(notice.link) if notice.link else ""
    subject, body = text_of(notice.code, reference=notice.reference, path=notice.path, address=address)
    sender = settings.DEFAULT_FROM_EMAIL
    headers = {
        # The same at each try, so that a mail that went out twice is shown once; but of two links the later one counts.
        "Message-ID": f"<{_message(notice)}@{sender.rpartition('@')[2].rstrip('>')}>",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(subject, body, sender, _addresses(notice), headers=headers, connection=backend)


def _message(notice: Notice) -> str:
    return f"{notice.pk}.{notice.attempts}" if notice.link_id else str(notice.pk)


def _addresses(notice: Notice) -> list[str]:
    addressees = (notice.agency, notice.user)
    return [to.email for to in addressees if to is not None and to.is_active and to.email]


# One statement, because it runs within the deed. It has no queueing lock: two deeds at once would wait for each other
# and the second would fail. Should the worker take the waiting job just before this deed commits, the periodic
# delivery follows within the minute.
_WAKE = (
    "select procrastinate_defer_jobs_v1(array[row('default', %(task)s, 0, null, null, '{}'::jsonb, null)]"
    "::procrastinate_job_to_defer_v1[])"
    " where not exists (select 1 from procrastinate_jobs where task_name = %(task)s and status = 'todo')"
)


def wake(task: str) -> None:
    """Ask the worker for a task once this transaction has committed, unless it is asked for already."""
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, {"task": task})
