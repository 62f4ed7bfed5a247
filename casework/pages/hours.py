"""Opening hours in words."""

from agencies.disclosure import Disclosed

# iCalendar's codes, in their order.
DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}


def in_words(shown: Disclosed) -> str:
    """`Beds: Monday to Friday 09:00 to 17:00`, or the source's own words."""
    days = [DAYS[code] for code in shown.weekdays.split(",") if code in DAYS]
    in_row = list(DAYS.values())
    is_run = len(days) > 2 and days == in_row[in_row.index(days[0]) : in_row.index(days[0]) + len(days)]
    named = f"{days[0]} to {days[-1]}" if is_run else ", ".join(days)
    times = f"{shown.opens_at:%H:%M} to {shown.closes_at:%H:%M}" if shown.opens_at and shown.closes_at else ""
    words = " ".join(part for part in (named, times, shown.description) if part)
    return f"{shown.service}: {words}" if shown.get("service") else words
