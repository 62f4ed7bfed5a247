"""Promised call-backs in words: whom, when in their own time, what may be said, how it went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from agencies.disclosure import Disclosed, disclosed
from agencies.models import Role, User
from casework import time_words
from casework.actions.call_backs import may_leave_voicemail, unsafe
from casework.frame import ZONES
from casework.models import AttemptResult, CallBack, CallBackAttempt, CallBackStatus
from casework.pages.tip_words import is_young, safe_words

VIEWS = {"open": "Promised", "decide": "A supervisor decides", "mine": "Mine"}
ORDER = ("window_until", "id")


@dataclass(frozen=True)
class Row:
    """One line; `late` is decided when the page is read."""

    record: Disclosed
    reference: str
    whom: str
    window: str
    safe: str
    holder: str
    is_late: bool


def open_to(user: User, view: str) -> QuerySet[CallBack]:
    """Open ones of the user's desk; `view` is a key of VIEWS."""
    rows = CallBack.objects.visible_to(user)
    if view == "decide":
        return rows.filter(status=CallBackStatus.TO_DECIDE)
    rows = rows.filter(status=CallBackStatus.PROMISED)
    return rows.filter(holder=user) if view == "mine" else rows


def drawn(rows: QuerySet[CallBack]) -> QuerySet[CallBack]:
    """With everything that a line shows."""
    return rows.select_related("tip", "person__safe_contact", "holder")


def shown(rows: Iterable[CallBack], *, user: User, now: datetime) -> list[Row]:
    """Lines for this reader."""
    return [_row(row, user, now) for row in rows]


def _row(row: CallBack, user: User, now: datetime) -> Row:
    person = disclosed(row.person, to=user)
    safe = getattr(row.person, "safe_contact", None)
    return Row(
        record=disclosed(row, to=user),
        reference=disclosed(row.tip, to=user)["reference"],
        whom=f"Person {person['number']}: {person['role_label'].lower()}",
        window=window_words(row.window_from, row.window_until, row.time_zone),
        safe=safe_words(disclosed(safe, to=user) if safe else {}, is_minor=is_young(person)),
        holder=str(row.holder) if row.holder else "",
        is_late=row.status == CallBackStatus.PROMISED and row.window_until < now,
    )


def window_words(start: datetime, end: datetime, zone: str) -> str:
    """`Tue 24 Nov 2026 10:00 to 12:00, US Central`; the zone is named where it is not the deployment's own."""
    there = ZoneInfo(zone)
    first, last = start.astimezone(there), end.astimezone(there)
    until = f"{last:%H:%M}" if first.date() == last.date() else time_words.absolute(end, zone=there)
    whose = "" if zone == settings.TIME_ZONE else f", {ZONES.get(zone, zone)}"
    return f"{time_words.absolute(start, zone=there)} to {until}{whose}"


def attempts(call_back: CallBack, user: User) -> list[Disclosed]:
    """What was tried, newest first."""
    rows = CallBackAttempt.objects.filter(call_back=call_back).select_related("by").order_by("-at")
    return [disclosed(row, to=user) for row in rows]


def results(call_back: CallBack) -> list[tuple[str, str]]:
    """How a try may have gone: a voicemail only where somebody said that it is safe."""
    barred = AttemptResult.VOICEMAIL_NOT_SAFE if may_leave_voicemail(call_back.person) else AttemptResult.VOICEMAIL_LEFT
    return [(code, label) for code, label in AttemptResult.choices if code != barred]


def page_of(call_back: CallBack, user: User, now: datetime) -> dict[str, Any]:
    """Everything on the page of one call-back."""
    is_promised = call_back.status == CallBackStatus.PROMISED
    decides = call_back.status == CallBackStatus.TO_DECIDE and user.role == Role.SUPERVISOR
    return {
        "row": _row(call_back, user, now),
        "attempts": attempts(call_back, user),
        "barred": unsafe(call_back.person, call_back.way),
        "is_early": now < call_back.window_from,
        "may_try": is_promised,
        "may_change": is_promised or decides,
        "may_take": is_promised and call_back.holder_id != user.pk,
        "most_tries": settings.CALL_BACK_TRIES,
    }
