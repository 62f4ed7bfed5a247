"""Times in words for people: absolute, and relative to a given moment. Plain Python, no clock of its own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Under this much time left a clock is shown as "soon".
SOON = HOUR


@dataclass(frozen=True)
class Reading:
    """What a clock says: tone (late, soon, left, met, stopped, theirs), words, and the line under them."""

    tone: str
    text: str
    note: str


def span(length: timedelta) -> str:
    """A length in its largest fitting unit, rounded down: minutes to an hour, hours to two days, then days."""
    if length < MINUTE:
        return "under 1 min"
    if length < HOUR:
        return f"{length // MINUTE} min"
    if length < 2 * DAY:
        return f"{length // HOUR} h"
    return f"{length // DAY} days"


def relative(moment: datetime, *, now: datetime) -> str:
    """`12 min ago` or `in 2 days`."""
    return f"{span(now - moment)} ago" if moment <= now else f"in {span(moment - now)}"


def absolute(moment: datetime, *, zone: ZoneInfo) -> str:
    """`Tue 24 Nov 2026 02:10`, in `zone`."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def day(value: date) -> str:
    """`Tue 24 Nov 2026`: only the day is known, so no time is shown."""
    return f"{value:%a} {value.day} {value:%b %Y}"


def short(moment: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """`02:10` today, `Thu 26 Nov 02:10` in another week, with the year when it differs; in `zone`."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if local.year == today.year:
        return f"{local:%a} {local.day} {local:%b %H:%M}"
    return absolute(moment, zone=zone)


def read_clock(
    due: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    what: str = "",
    ended_as: str = "",
    ended_at: datetime | None = None,
    holder: str = "",
) -> Reading:
    """What a clock says at `now`.

    `what` is what is due ("answer"); `ended_as` is met or stopped; `holder` names another body whose duty it is:
    then lateness is information, not an alarm (ruling 5).
    """
    if ended_as:
        when = short(ended_at, now=now, zone=zone) if ended_at else ""
        return Reading(ended_as, ended_as.capitalize(), f"{what} {when}".strip())
    late = due <= now
    text = f"{span(now - due)} late" if late else f"{span(due - now)} left"
    note = f"{what} {'was due' if late else 'by'} {short(due, now=now, zone=zone)}".strip()
    if holder:
        return Reading("theirs", text, f"{note}, duty of {holder}")
    if late:
        return Reading("late", text, note)
    return Reading("soon" if due - now < SOON else "left", text, note)
