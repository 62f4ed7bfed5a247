"""Parsers of single values: each returns the value in our form, None for an empty one, or raises BadValue."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from html import unescape
from typing import Any
from zoneinfo import available_timezones

import phonenumbers

from agencies.hsds.records import BadValue

NO_LIMIT_FROM_AGE = 120  # Directories write 120, 200 or 999 where they mean "no upper limit".
_EMAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
_HOST = re.compile(r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?([/?#]\S*)?$")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL has no place for these.
_TAG = re.compile(r"<[^<>]*>")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHORT_CODE = re.compile(r"^\d{3,6}$")
_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
_STATUS = {"active": "active", "inactive": "inactive", "defunct": "defunct", "temporarily closed": "temporarily closed"}
_PHONE_KINDS = {"tdd": "tty", "tty": "tty", "textphone": "tty", "sms": "text", "main": "voice", "tollfree": "voice"}
_ZONES = available_timezones()

Parser = Callable[[Any], Any]


def clean(value: Any) -> str | None:
    """Text without what a database cannot hold, trimmed; None when nothing is left."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadValue("this must be text")
    if _UNSTORABLE.search(value):
        raise BadValue("this is not valid UTF-8 text")
    return value.strip() or None


def text(limit: int = 0) -> Parser:
    """A parser of text of at most `limit` characters (0 for any length)."""

    def parse(value: Any) -> str | None:
        found = clean(value)
        if found and limit and len(found) > limit:
            raise BadValue(f"this is longer than {limit} characters")
        return found

    return parse


def code(limit: int) -> Parser:
    """A parser of text that sources also write as a number: extensions, postal codes."""
    as_text = text(limit)

    def parse(value: Any) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        found: str | None = as_text(value)
        return found

    return parse


def without_tags(value: str) -> str:
    """Text with its HTML tags taken out."""
    return unescape(_TAG.sub("", value)).strip()


def email(value: Any) -> str | None:
    """An e-mail address of the ordinary form."""
    found: str | None = text(254)(value)
    if found and not _EMAIL.match(found):
        raise BadValue("this is not an e-mail address")
    return found


def url(value: Any) -> str | None:
    """A web address; where the scheme is missing, http is put before it."""
    found: str | None = text(493)(value)
    if not found:
        return None
    scheme, separator, rest = found.partition("://")
    if separator and scheme.lower() in ("http", "https") and _HOST.match(rest):
        return found
    if not separator and _HOST.match(found):
        return f"http://{found}"
    raise BadValue("this is not a web address")


def number(value: Any) -> float | None:
    """A finite number, written as such or as text."""
    if isinstance(value, bool):
        raise BadValue("this must be a number")
    if isinstance(value, str):
        value = value.strip() or None
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise BadValue("this must be a number") from None
    if not math.isfinite(found):
        raise BadValue("this must be a number")
    return found


def degrees(limit: int) -> Parser:
    """A parser of degrees between -limit and limit."""

    def parse(value: Any) -> float | None:
        found = number(value)
        if found is not None and abs(found) > limit:
            raise BadValue(f"this must lie between -{limit} and {limit} degrees")
        return found

    return parse


def count(value: Any) -> int | None:
    """A whole number from 0 to two thousand million."""
    found = number(value)
    if found is None:
        return None
    if found != int(found) or not 0 <= found <= 2_000_000_000:
        raise BadValue("this must be a whole number, 0 or more")
    return int(found)


def age(value: Any) -> int | None:
    """An age in years. 0 and everything from 120 on mean "no limit" and give None."""
    found = number(value)
    if found is None:
        return None
    if not 0 <= found < 1000:
        raise BadValue("this must be an age in years")
    return None if found == 0 or found >= NO_LIMIT_FROM_AGE else int(found)


def day(value: Any) -> date | None:
    """A date as 2024-09-25; a time after it is passed over."""
    found = clean(value)
    if found is None:
        return None
    try:
        return date.fromisoformat(found[:10])
    except ValueError:
        raise BadValue("this is not a date such as 2024-09-25") from None


def moment(value: Any) -> datetime | None:
    """An aware date and time; without an offset it is taken as UTC."""
    found = clean(value)
    if found is None:
        return None
    try:
        parsed = datetime.fromisoformat(found)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue("this is not a date and time such as 2024-09-25T14:23:06Z") from None


def clock_time(value: Any) -> time | None:
    """A time of day without its offset; `offset_zone` tells the offset."""
    found = clean(value)
    if found is None:
        return None
    try:
        return time.fromisoformat(_OFFSET.sub("", found)).replace(microsecond=0)
    except ValueError:
        raise BadValue("this is not a time of day such as 09:30") from None


def offset_zone(value: Any) -> str:
    """The time zone that a time's own offset names; empty without one. Whole hours only: others have no name."""
    match = _OFFSET.search(value.strip()) if isinstance(value, str) else None
    if not match:
        return ""
    if match[1] in "Zz":
        return "UTC"
    hours, minutes = int(match[1][:3]), match[1][-2:]
    zone = f"Etc/GMT{-hours:+d}" if hours else "UTC"  # POSIX counts the other way round.
    return zone if minutes == "00" and zone in {*_ZONES, "UTC"} else ""


def zone(value: Any) -> str | None:
    """The name of a time zone, such as America/New_York; HSDS also has hours ahead of UTC, such as -5."""
    if isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d+\s*", value)):
        hours = count(abs(number(value) or 0)) or 0
        named = (
            f"Etc/GMT{-hours if (number(value) or 0) > 0 else hours:+d}" if hours else "UTC"
        )  # POSIX: other way round.
        return _known_zone(named)
    found = clean(value)
    return None if found is None else _known_zone(found)


def _known_zone(name: str) -> str:
    if name not in _ZONES | {"UTC"}:
        raise BadValue("this is not the name of a time zone such as America/New_York")
    return name


def weekdays(value: Any) -> str | None:
    """Days of the week as MO,TU,WE, in the order of the week, each once."""
    found = clean(value)
    if found is None:
        return None
    days = {part.strip().upper()[:2] for part in re.split(r"[,;\s]+", found) if part.strip()}
    if not days or not days <= set(_DAYS):
        raise BadValue("this must name days of the week, such as MO,TU,WE")
    return ",".join(d for d in _DAYS if d in days)


def status(value: Any) -> str | None:
    """A service's status by its HSDS code."""
    found = clean(value)
    if found is None:
        return None
    try:
        return _STATUS[found.lower()]
    except KeyError:
        raise BadValue("this must be active, inactive, defunct or temporarily closed") from None


def place_kind(value: Any) -> str | None:
    """A location's type by its HSDS code."""
    found = clean(value)
    if found is not None and found.lower() not in ("physical", "postal", "virtual"):
        raise BadValue("this must be physical, postal or virtual")
    return found.lower() if found else None


def phone_kind(value: Any) -> str | None:
    """What kind of line: voice, text, fax, tty and the like; the source's own word where we know none."""
    found: str | None = text(30)(value)
    return _PHONE_KINDS.get(found.lower(), found.lower()) if found else None


def phone(value: Any, *, country: str = "US") -> tuple[str, str]:
    """A telephone number as it is dialled, and its extension.

    Numbers of the North American plan read 305-555-0100, others +44 ...; codes of three to six digits stay as they are.
    Raises BadValue for what no telephone could dial.
    """
    found = (clean(value) or "").strip("\"' ")
    if _SHORT_CODE.match(found.replace("-", "")):
        return found.replace("-", ""), ""
    try:
        parsed = phonenumbers.parse(found, country)
    except phonenumbers.NumberParseException:
        raise BadValue("this is not a telephone number") from None
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise BadValue("this has too few or too many digits for a telephone number")
    national = str(parsed.national_number)
    if parsed.country_code == 1:
        return f"{national[:3]}-{national[3:6]}-{national[6:]}", parsed.extension or ""
    return phonenumbers.format_number(
        phonenumbers.PhoneNumber(country_code=parsed.country_code, national_number=parsed.national_number),
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    ), parsed.extension or ""


def words(value: Any) -> list[str]:
    """A list of short texts, from a list or from text parted by semicolons; each once, in order."""
    parts = value if isinstance(value, list) else (clean(value) or "").split(";")
    found = [re.sub(r"\s+", " ", part) for part in map(clean, parts) if part]
    if any(len(part) > 250 for part in found):
        raise BadValue("each entry must be at most 250 characters")
    return list(dict.fromkeys(found))


def country(value: Any) -> str | None:
    """A country by its two letters of ISO 3166; the usual names of the United States are understood."""
    found = clean(value)
    if found is None:
        return None
    if found.casefold().replace(".", "") in ("usa", "united states", "united states of america"):
        return "US"
    if len(found) != 2 or not found.isascii() or not found.isalpha():
        raise BadValue("this must be the two letters of a country, such as US")
    return found.upper()
