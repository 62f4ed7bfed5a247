"""Who can help, in order: each service with the reasons for its place, and what a person should know before calling.

Order: what is flagged last; then language, whether somebody is there now, free places, how narrow the coverage is, and
distance. Docs: docs/adr/0064-who-can-help.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from agencies.directory import REASONS
from agencies.helping import LEFT_OUT, Found, Wanted, find
from agencies.models import Agency, Phone
from casework import open_hours
from casework.cards import need_label
from casework.env_hours import DAYS
from casework.models import Referral, ReferralStatus
from casework.open_hours import Span

MOST = 20
# Ages of the facts as years from and to; what may be a child excludes nobody.
AGES = {
    "under_13": (0, 12),
    "13_to_17": (13, 17),
    "minor": (0, 17),
    "18_to_20": (18, 20),
    "21_or_over": (21, 199),
    "adult": (18, 199),
    "judged_adult": (18, 199),
}
_MILES_OF_A_KM = 0.6214
# What tells whether an agency answers at all, in the order of sending.
_ENDED = (
    ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS, ReferralStatus.CLOSED, ReferralStatus.DECLINED,
    ReferralStatus.EXPIRED,
)  # fmt: skip
_FLAGS = {"full": "Full", "stale": "Not verified for a year", "closed": "Closed for now"}
_FLAGS |= {"age": "Not for this age", "gender": "Not for this gender"}


@dataclass(frozen=True)
class Line:
    """A service on the list. `reasons` say why it stands there, `flags` what to mind, both in plain words."""

    service: Any
    alerts: tuple[str, ...]
    needs: tuple[str, ...]
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    phones: tuple[dict[str, Any], ...]
    takes_referrals: bool
    order: tuple[Any, ...] = field(repr=False)

    @property
    def agency(self) -> Agency:
        return self.service.agency

    @property
    def needs_label(self) -> str:
        return ", ".join(need_label(need) for need in self.needs)

    @property
    def transfer(self) -> dict[str, Any] | None:
        """The number for a warm transfer, where there is one."""
        return next((phone for phone in self.phones if phone["purpose"] == Phone.Purpose.WARM_TRANSFER), None)


@dataclass(frozen=True)
class Help:
    """The list, and in words how many are not on it and why; empty when nobody was left out."""

    lines: tuple[Line, ...] = ()
    left_out: str = ""


def who_can_help(wanted: Wanted, *, at: datetime, limit: int = MOST, shows_all: bool = False) -> Help:
    """At most `limit` services for the needs, best first. Two statements; none without a need.

    In danger nothing is dropped for being full or out of date: it stands last, with a flag.
    """
    found = find(
        wanted,
        at=at,
        stale_after=timedelta(days=settings.DIRECTORY_STALE_DAYS),
        capacity_for=timedelta(hours=settings.CAPACITY_HOURS),
        also={"lately": _lately()},
        shows_all=shows_all,
    )
    lines = sorted((_line(service, wanted, at) for service in found.services), key=lambda line: line.order)
    return Help(tuple(lines[:limit]), _left_out(found))


def _lately() -> ArraySubquery:
    """What became of the last referrals to the agency, as far as the reader may see them."""
    sent = Referral.objects.filter(receiver=OuterRef("agency_id"), status__in=_ENDED)
    return ArraySubquery(sent.order_by("-sent_at", "-pk").values("status")[: settings.SILENT_REFERRALS])


def _left_out(found: Found) -> str:
    total = sum(found.left_out.values())
    parts = ", ".join(f"{count} {LEFT_OUT[why]}" for why, count in found.left_out.items())
    return f"{total} left out: {parts}" if total else ""


def _line(service: Any, wanted: Wanted, at: datetime) -> Line:
    flags = list(_flags(service, at))
    is_open, hours = _hours(service, at)
    speaks, language = _language(service, wanted.languages)
    free = [row for row in service.free if row["available"]]
    needs = tuple(need for need in wanted.needs if need in service.needs)
    distance = [] if service.distance is None else [f"{round(service.distance * _MILES_OF_A_KM)} miles away"]
    reasons = [REASONS[service.place], *distance, hours, language, *(_free(row) for row in free), _verified(service)]
    order = (
        len(flags) > 0, -len(needs), not speaks, is_open, not free, service.place,
        service.distance is None, service.distance or 0, service.agency.name, service.name, str(service.pk),
    )  # fmt: skip
    return Line(
        service=service,
        alerts=tuple(filter(None, (service.alert, service.news if _holds(service.news_until, at) else ""))),
        needs=needs,
        reasons=tuple(filter(None, reasons)),
        flags=tuple(flags),
        phones=tuple(service.numbers),
        takes_referrals=service.agency.accepts_by != Agency.AcceptsBy.NONE,
        order=order,
    )


def _flags(service: Any, at: datetime) -> Iterator[str]:
    if service.why == "full" and _holds(service.full_until, at):
        yield f"Full until {_day(service.full_until, service.agency)}"
    elif service.why:
        yield _FLAGS[service.why]
    if service.lately == [ReferralStatus.EXPIRED] * settings.SILENT_REFERRALS:
        yield f"Did not answer the last {settings.SILENT_REFERRALS} referrals"
    if not service.assured_at and not service.agency.verified_at:
        yield "Never verified: try the number before you read it out"


def _holds(until: datetime | None, at: datetime) -> bool:
    return until is not None and until > at


def _day(moment: datetime, agency: Agency) -> str:
    return f"{moment.astimezone(_zone(agency.time_zone)):%A, %-d %B}"


def _hours(service: Any, at: datetime) -> tuple[int, str]:
    """0 open, 1 not known, 2 closed; and the same in words. The service's own hours before those of its agency."""
    own = [row for row in service.opening if row["service_id"]] or service.opening
    spans = [
        Span(DAYS.index(day), time.fromisoformat(row["opens_at"]), time.fromisoformat(row["closes_at"]))
        for row in own
        for day in row["weekdays"].split(",")
        if day in DAYS
    ]
    if not spans:
        return 1, "hours not known"
    zones = {row["time_zone"] for row in own if row["time_zone"]}
    office = open_hours.office(spans, _zone(zones.pop() if len(zones) == 1 else service.agency.time_zone))
    if office.never_closes:
        return 0, "open day and night"
    until = open_hours.open_until(at, office=office)
    return (0, f"open now until {until:%H:%M} there") if until else (2, "closed now")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def _language(service: Any, languages: Sequence[str]) -> tuple[bool, str]:
    """Whether one of the languages is spoken; true, without a word, where none is asked for."""
    spoken = {word.casefold() for word in (*service.languages, *service.agency.languages)}
    wanted = [word for word in languages if word.strip()]
    fitting = next((word for word in wanted if word.strip().casefold() in spoken), "")
    if not wanted:
        return True, ""
    return (True, f"speaks {fitting.strip()}") if fitting else (False, f"{wanted[0].strip()} not listed")


def _free(row: dict[str, Any]) -> str:
    return f"{row['available']} {row['unit']} free"


def _verified(service: Any) -> str:
    days: list[date] = [service.assured_at] if service.assured_at else []
    if service.agency.verified_at:
        days.append(service.agency.verified_at.date())
    return f"verified {max(days):%-d %B %Y}" if days else ""
