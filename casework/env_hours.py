"""Office hours from the environment."""

import re
from datetime import time

from casework.env import env_str, wrong

# iCalendar's names of the days, Monday first.
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SPAN = re.compile(r"((?:[A-Z]{2},)*[A-Z]{2}) ([0-2]\d:[0-5]\d)-([0-2]\d:[0-5]\d)")
# (number of the day, 0 is Monday; opens; closes)
OfficeHours = tuple[tuple[int, time, time], ...]


def env_hours(name: str, default: str) -> OfficeHours:
    """Days and times like `MO,TU,WE,TH,FR 09:00-17:00`, several with semicolons between."""
    found = []
    for part in env_str(name, default).split(";"):
        try:
            found += _read(part.strip())
        except ValueError:
            raise wrong(name, f"holds {part.strip()!r}", "Write it like MO,TU,WE,TH,FR 09:00-17:00.") from None
    return tuple(found)


def _read(part: str) -> list[tuple[int, time, time]]:
    match = _SPAN.fullmatch(part)
    if match is None:
        raise ValueError(part)
    opens, closes = time.fromisoformat(match[2]), time.fromisoformat(match[3])
    return [(DAYS.index(day), opens, closes) for day in match[1].split(",")]
