"""Which clocks, checks and gates a tip starts, whose duty they are, and when they run out. Plain Python."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from casework.conditions import Case
from casework.rulebook import ClockRule

OURS = "ours"
THEIRS = "theirs"
Holidays = Mapping[date, str]
_ABSOLUTE = {"minutes": 60, "hours": 3600}
_PERIODS = frozenset({"days", "business_days", "months", "years", "months_to_15th", "birthday"})
UNITS = _PERIODS | frozenset(_ABSOLUTE)
_SATURDAY = 5
_LAST_MOMENT = time.max.replace(fold=1)  # Where clocks go back over midnight, the later of the two.


@dataclass(frozen=True)
class Started:
    """A clock, check or gate that a tip starts: the rule, why in a sentence, and whose duty it is."""

    rule: ClockRule
    why: str
    duty: str


def started(clocks: Iterable[ClockRule], case: Case) -> list[Started]:
    """What `case` starts, each by its own trigger (ruling 4), in the order of the table."""
    return [_started(rule, case) for rule in clocks if rule.trigger.test(case, -1) is True]


def _started(rule: ClockRule, case: Case) -> Started:
    sentences = [rule.why, *(note.text for note in rule.notes if note.when.test(case, -1) is True)]
    accepted = rule.holder_kinds & case.said("accepted_by")
    bound = rule.ours or rule.id in case.said("binding_duties")
    if accepted and not rule.ours:
        sentences.append("The agency that accepted the referral holds this duty: it runs in its inbox.")
        return Started(rule, " ".join(sentences), THEIRS)
    if not bound:
        sentences.append("Information: another body has this duty; ask whether it was done.")
    return Started(rule, " ".join(sentences), OURS if bound else THEIRS)


@cache
def federal_holidays() -> Holidays:
    """The holidays of the federal government of the United States, observed days included."""
    return holidays.country_holidays("US")


def due_at(start: datetime, limit: int, unit: str, *, zone: ZoneInfo, holidays_of: Holidays | None = None) -> datetime:
    """When a clock runs out, as a time in `zone`.

    "minutes" and "hours" are absolute. A period in "days", "business_days", "months" or "years" ends at the last
    moment of its last day in `zone`; a day that the month lacks becomes its last day. "months_to_15th" ends with the
    15th of the month that is `limit` months later. "birthday" ends before the day on which somebody born at `start`
    turns `limit`. Business days leave out Saturdays, Sundays and `holidays_of` (the duty holder's calendar; None is
    the federal one).
    Raises ValueError for a naive `start`, a negative `limit` or a unit that measures no time.
    Source: ruling 25.
    """
    if start.tzinfo is None:
        raise ValueError("A start time needs a time zone: give an aware datetime.")
    if limit < 0:
        raise ValueError("A limit counts forward: give 0 or more.")
    if unit in _ABSOLUTE:
        # Added in UTC, because clock hours around a change of clocks are not 60 minutes apart.
        return (start.astimezone(ZoneInfo("UTC")) + timedelta(seconds=limit * _ABSOLUTE[unit])).astimezone(zone)
    first = start.astimezone(zone).date()
    return datetime.combine(_last_day(first, limit, unit, holidays_of), _LAST_MOMENT, tzinfo=zone)


def _last_day(first: date, limit: int, unit: str, holidays_of: Holidays | None) -> date:
    if unit == "days":
        return first + timedelta(days=limit)
    if unit == "business_days":
        return _business_days_after(first, limit, federal_holidays() if holidays_of is None else holidays_of)
    if unit == "months":
        return _months_after(first, limit)
    if unit == "years":
        return _months_after(first, 12 * limit)
    if unit == "months_to_15th":
        return _months_after(first, limit).replace(day=15)
    if unit == "birthday":
        return _months_after(first, 12 * limit) - timedelta(days=1)
    raise ValueError(f"{unit} measures no time. Use minutes, hours, days, business_days, months or years.")


def _months_after(first: date, months: int) -> date:
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def _business_days_after(first: date, limit: int, closed: Holidays) -> date:
    day = first
    while limit > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and day not in closed:
            limit -= 1
    return day
