"""When an agency is there, from its entry in the directory, and when its answer is due."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies.models import Agency, Hours
from casework import open_hours
from casework.env_hours import DAYS
from casework.open_hours import Office, Span


def answer_due(receiver: Agency, urgency: str, *, start: datetime) -> datetime:
    """When the receiver must have answered: ANSWER_TIMES, of which days run in its open hours (ruling 25).

    An unknown urgency counts as P2. One query, none where the time is absolute.
    """
    limit, unit = settings.ANSWER_TIMES.get(urgency) or settings.ANSWER_TIMES["P2"]
    is_absolute = unit in ("minutes", "hours")
    rows = [] if is_absolute else list(Hours.objects.filter(agency=receiver).exclude(opens_at=None, closes_at=None))
    return open_hours.due_at(start, limit, unit, office=office_of(receiver, rows))


def office_of(agency: Agency, rows: Iterable[Hours]) -> Office:
    """The agency's own hours; without them those of its services and places together; without any OFFICE_HOURS.

    Rows that are words only tell no time. Where the rows name one time zone it counts, else the agency's.
    """
    timed = [row for row in rows if row.opens_at is not None and row.closes_at is not None]
    own = [row for row in timed if row.service_id is None and row.location_id is None]
    used = own or timed
    spans = [
        Span(DAYS.index(day), row.opens_at, row.closes_at)  # type: ignore[arg-type]
        for row in used
        for day in row.weekdays.split(",")
        if day in DAYS
    ]
    usual = [Span(*span) for span in settings.OFFICE_HOURS]
    return open_hours.office(spans or usual, _zone({row.time_zone for row in used if row.time_zone}, agency))


def _zone(named: set[str], agency: Agency) -> ZoneInfo:
    """A zone that this machine does not know, as a file may name one, must not keep a referral from being sent."""
    for name in (*(named if len(named) == 1 else ()), agency.time_zone):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo(settings.TIME_ZONE)
