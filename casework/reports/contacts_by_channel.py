"""R1: contacts by channel and month."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from agencies.models import User
from casework.reports.definition import Definition, Period
from tips.models import Channel, Contact, ContactStatus, EndedAs, NonActionable

DEFINITION = Definition(
    code="R1",
    title="Contacts by channel and month",
    path="contacts-by-channel",
    what=(
        "Incoming contacts that have ended, by the channel they came through and the month in which they began."
        " Substantive: answered, or on a tip. Non-actionable: hang-ups, wrong numbers, pranks, tests and the like."
    ),
    unit="One contact: one call, text, chat, mail, form, letter or visit. One person who calls twice counts twice.",
    period=(
        "By the moment at which the contact began, in the time zone of the installation. A contact entered"
        " afterwards counts in the month in which it happened. The first and the last month may be cut by the dates."
    ),
    left_out="Contacts still in progress, calls in which one that was cut off went on, contacts that the desk made"
    " itself, and contacts of other agencies.",
    as_of="The moment of reading. Contacts entered later change months that are already past.",
    basis="Counting rules of the field; the house's ruling 28. Inside the agency no number is hidden (ruling 13).",
)


@dataclass(frozen=True)
class Row:
    """One channel: contacts per month, in the order of the table's months."""

    channel: str
    substantive: tuple[int, ...]
    non_actionable: tuple[int, ...]

    @property
    def substantive_total(self) -> int:
        return sum(self.substantive)

    @property
    def non_actionable_total(self) -> int:
        return sum(self.non_actionable)

    @property
    def total(self) -> int:
        return self.substantive_total + self.non_actionable_total


@dataclass(frozen=True)
class Table:
    """The report: a row for each channel that had contacts, most first, and what the definition left out."""

    period: Period
    months: tuple[date, ...]
    rows: tuple[Row, ...]
    total: Row
    in_progress: int
    outgoing: int


def contacts_by_channel(period: Period, *, user: User, zone: ZoneInfo) -> Table:
    """R1 over the contacts that `user` may see; empty for roles that read no content."""
    since, before = period.bounds(zone)
    seen = Contact.objects.visible_to(user).filter(started_at__gte=since, started_at__lt=before)
    counted = (
        seen.filter(status=ContactStatus.ENDED, is_outgoing=False)
        .exclude(end_reason=NonActionable.CONTINUED)
        .annotate(month=TruncMonth("started_at", tzinfo=zone))
        .values_list("channel", "month", "ended_as")
        .annotate(count=Count("pk"))
        .order_by()
    )
    cells: Counter[tuple[str, date, bool]] = Counter()
    for channel, month, ended_as, count in counted:
        cells[channel, month.date(), ended_as != EndedAs.NON_ACTIONABLE] += count
    months = tuple(period.months())
    rows = [_row(code, label, months, cells) for code, label in Channel.choices]
    return Table(
        period=period,
        months=months,
        rows=tuple(sorted((row for row in rows if row.total), key=lambda row: -row.total)),
        total=_total(rows, months),
        **_left_out(seen),
    )


def _left_out(seen: "QuerySet[Contact]") -> dict[str, int]:
    return seen.aggregate(
        in_progress=Count("pk", filter=Q(status=ContactStatus.DRAFT, is_outgoing=False)),
        outgoing=Count("pk", filter=Q(is_outgoing=True)),
    )


def _row(code: str, label: str, months: Iterable[date], cells: Counter[tuple[str, date, bool]]) -> Row:
    return Row(
        channel=label,
        substantive=tuple(cells[code, month, True] for month in months),
        non_actionable=tuple(cells[code, month, False] for month in months),
    )


def _total(rows: list[Row], months: tuple[date, ...]) -> Row:
    places = range(len(months))
    return Row(
        channel="All channels",
        substantive=tuple(sum(row.substantive[place] for row in rows) for place in places),
        non_actionable=tuple(sum(row.non_actionable[place] for row in rows) for place in places),
    )
