"""Times to answer that run in the receiver's open hours (ruling 25). Plain Python."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework import clock_rules

_UTC = ZoneInfo("UTC")
_SATURDAY = 5
_WEEK = 7
# Of a week without a holiday.
_A_MONDAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Span:
    """A time at which an office is open: `day` 0 is Monday; `closes` at or before `opens` is on the next day."""

    day: int
    opens: time
    closes: time


@dataclass(frozen=True)
class Office:
    """When somebody is there, in the office's own time zone; `closed` are the holidays of its calendar.

    An office that is open around the clock on every day keeps no holidays.
    """

    spans: tuple[Span, ...]
    zone: ZoneInfo
    closed: clock_rules.Holidays

    @property
    def never_closes(self) -> bool:
        """Open for 24 hours on each of the seven days."""
        return {span.day for span in self.spans if _is_whole_day(span)} == set(range(_WEEK))

    def opens_on(self, day: date) -> bool:
        """Whether the office opens on this day."""
        is_holiday = day in self.closed and not self.never_closes
        return not is_holiday and any(span.day == day.weekday() for span in self.spans)

    def works_on(self, day: date) -> bool:
        """Whether it opens on this day, and the day is a business day."""
        return self.opens_on(day) and day.weekday() < _SATURDAY and day not in self.closed

    def closing(self, day: date) -> datetime:
        """The last moment of the open time of a day on which it opens."""
        return max(_closing(span, day, self.zone) for span in self.spans if span.day == day.weekday())


def office(spans: Iterable[Span], zone: ZoneInfo, closed: clock_rules.Holidays | None = None) -> Office:
    """An office; without `closed` it keeps the federal holidays."""
    return Office(tuple(spans), zone, clock_rules.federal_holidays() if closed is None else closed)


def due_at(start: datetime, limit: int, unit: str, *, office: Office) -> datetime:
    """When an answer is due from `office`, as a time in its zone.

    "minutes" and "hours" are absolute, whether or not somebody is there. A period in "days" or "business_days" counts
    days on which the office opens, the day of `start` (in the office's zone) left out, and ends when it closes on the
    last of them; business days also leave out Saturdays, Sundays and holidays, whatever the hours say. From an office
    that opens on no such day, plain business days are counted.
    Raises ValueError as clock_rules.due_at does.
    Source: ruling 25.
    """
    counts = {"days": office.opens_on, "business_days": office.works_on}.get(unit)
    if counts is None or not any(counts(_A_MONDAY + timedelta(days=n)) for n in range(_WEEK)):
        return clock_rules.due_at(start, limit, unit, zone=office.zone, holidays_of=office.closed)
    if start.tzinfo is None:
        raise ValueError("A start time needs a time zone: give an aware datetime.")
    if limit < 0:
        raise ValueError("A limit counts forward: give 0 or more.")
    day = start.astimezone(office.zone).date()
    due = start.astimezone(office.zone)
    for _ in range(limit):
        day = next(later for later in _days_after(day) if counts(later))
        due = office.closing(day)
    return due


def open_until(at: datetime, *, office: Office) -> datetime | None:
    """When the office closes, if it is open at `at`; None where it is closed. A holiday opens nothing.

    Raises ValueError for a naive time.
    """
    if at.tzinfo is None:
        raise ValueError("Whether an office is open needs a time zone: give an aware datetime.")
    today = at.astimezone(office.zone).date()
    closings = []
    for day in (today - timedelta(days=1), today):
        for span in office.spans:
            opening = datetime.combine(day, span.opens, tzinfo=office.zone)
            if span.day == day.weekday() and office.opens_on(day) and opening <= at < _closing(span, day, office.zone):
                closings.append(_closing(span, day, office.zone))
    return max(closings, default=None)


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day


def _is_whole_day(span: Span) -> bool:
    return span.opens == time(0) and span.closes in (time(0), time(23, 59))


def _closing(span: Span, day: date, zone: ZoneInfo) -> datetime:
    """The end of an open time that began on `day`.

    Where clocks change, the later meaning counts: of an hour that comes twice the second, of one left out the next.
    """
    ends_on = day if span.closes > span.opens else day + timedelta(days=1)
    meanings = (datetime.combine(ends_on, span.closes.replace(fold=fold), tzinfo=zone) for fold in (0, 1))
    return max(meaning.astimezone(_UTC) for meaning in meanings).astimezone(zone)
