"""Reaching people on call: one content-free message per call, by HTTP or by a command of the installation."""

import json
import shlex
import subprocess
import urllib.request
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F

from agencies.models import AlarmCall
from agencies.scope import acting_as_system

# The task's name: the room above registers it.
CALL = "casework.jobs.call_people"
_BATCH = 20
# An alarm does not wait an hour for a hook that failed.
_RETRY = timedelta(seconds=30)
# What a call says of where to look: the page of duty, never the record.
_PATH = "/duty/"


def has_hook() -> bool:
    """Whether this installation can reach anybody who is not in front of a screen or a mailbox."""
    return bool(settings.ON_CALL_HOOK_URL or settings.ON_CALL_HOOK_COMMAND)


def make_calls(*, at: datetime) -> int:
    """Make the calls that wait; returns how many went out.

    At least once: `call` and `alarm` are the same at each try. What fails is tried again after half a minute until
    the alarm is answered; a call of an answered alarm is not made.
    """
    if not has_hook():
        return 0
    with acting_as_system("make_calls"):
        waiting = AlarmCall.objects.filter(delivered_at=None, not_before__lte=at, alarm__answered_at=None)
        claimed = list(waiting.select_for_update(skip_locked=True, of=("self",)).order_by("not_before", "id")[:_BATCH])
        return sum(_make(call, at=at) for call in claimed)


def _make(call: AlarmCall, *, at: datetime) -> bool:
    failure = ""
    try:
        _hook(message(call.alarm_id, number=call.number, pager=call.pager))
    except Exception as error:  # Whatever a hook does, the other people are called.
        failure = type(error).__name__
    changes = {"not_before": at + _RETRY} if failure else {"delivered_at": at}
    AlarmCall.objects.filter(pk=call.pk).update(failure=failure, attempts=F("attempts") + 1, **changes)
    return not failure


def message(alarm: UUID, *, number: int, pager: str) -> dict[str, str | int]:
    """All that leaves the house: ids, which call this is, whom the hook is to reach, and where to sign in."""
    return {"alarm": str(alarm), "call": number, "pager": pager, "url": f"{settings.SITE_URL.rstrip('/')}{_PATH}"}


def _hook(told: dict[str, str | int]) -> None:
    body = json.dumps(told).encode()
    if settings.ON_CALL_HOOK_URL:
        request = urllib.request.Request(  # noqa: S310 - settings take http and https addresses only.
            settings.ON_CALL_HOOK_URL, data=body, headers={"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=settings.ON_CALL_HOOK_SECONDS):  # noqa: S310 # nosec B310 - as above.
            pass
    if settings.ON_CALL_HOOK_COMMAND:
        subprocess.run(  # noqa: S603 - the administrator's own command; nothing of ours is on its line.
            shlex.split(settings.ON_CALL_HOOK_COMMAND),
            input=body,
            check=True,
            timeout=settings.ON_CALL_HOOK_SECONDS,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
