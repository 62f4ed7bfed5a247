"""The inbox and the outbox: waiting for an answer first, then at work, then ended; pages by key."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from agencies.models import User
from agencies.named import with_names
from casework import keyset
from casework.models import Referral
from casework.states import AT_WORK, WAITING

PAGE = 50
# What a row is drawn from.
SHOWN = (
    "reference",
    "sender",
    "receiver",
    "urgency",
    "card",
    "status",
    "is_cancellation_asked",
    "answer_due_at",
    "feedback_due_at",
    "ended_at",
)


@dataclass(frozen=True)
class Group:
    """A part of the list. `order` are fields, the last one the id; all descending with `newest`."""

    name: str
    heading: str
    statuses: tuple[str, ...]
    order: tuple[str, ...]
    newest: bool = False


_BY_TIME_LEFT = ("urgency", "answer_due_at", "id")
GROUPS = (
    Group("waiting", "Waiting for an answer", WAITING, _BY_TIME_LEFT),
    Group("work", "At work", AT_WORK, _BY_TIME_LEFT),
    Group(
        "ended", "Ended", ("declined", "expired", "recalled", "cancelled", "closed"), ("ended_at", "id"), newest=True
    ),
)
_GROUP_OF = {status: number for number, group in enumerate(GROUPS) for status in group.statuses}


@dataclass(frozen=True)
class Page:
    """Rows in order, and the keys of the pages beside it (empty: there is none)."""

    rows: list[Referral]
    newer: str
    older: str


def box(user: User, *, sent: bool) -> "QuerySet[Referral]":
    """What was sent to the user's agency, or what it sent."""
    if sent:
        return Referral.objects.visible_to(user).filter(sender_id=user.acting_agency_id).exclude(status="draft")
    return Referral.objects.inbox(user)


def counts(user: User, referrals: "QuerySet[Referral]") -> dict[str, int]:
    """How many stand in each part, counted up to a cap. One query."""
    parts = {g.name: keyset.capped_count(referrals.filter(status__in=g.statuses)) for g in GROUPS}
    found: dict[str, int] = User.objects.filter(pk=user.pk).values(**parts).get()  # type: ignore[assignment]
    return found


def group_of(referral: Referral) -> Group:
    """The part of the list in which this referral stands."""
    return GROUPS[_GROUP_OF[referral.status]]


def page(
    referrals: "QuerySet[Referral]",
    *,
    beside: str,
    counted: Mapping[str, int],
    after: str = "",
    before: str = "",
    size: int = PAGE,
) -> Page:
    """One page of a box, each row with the agency `beside` it ("sender" or "receiver").

    `counted` are the counts of this box: what they say is empty, or lies beyond the page, is not asked for. A key that
    cannot be read gives the first page. One query, each part by its own index.
    """
    backwards = bool(before)
    key = _read_key(before or after)
    limits = _limits(counted, key, backwards=backwards, most=size + 1)
    rows = _in_order(_fetch(referrals, key, limits, backwards=backwards, beside=beside), backwards=backwards)
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_newer, has_older = (has_more, key is not None) if backwards else (key is not None, has_more)
    return Page(
        rows=rows,
        newer=_key(rows[0]) if rows and has_newer else "",
        older=_key(rows[-1]) if rows and has_older else "",
    )


def _limits(
    counted: Mapping[str, int], key: tuple[int, list[Any]] | None, *, backwards: bool, most: int
) -> dict[int, int]:
    """How many rows each part may add to the page, parts that add none left out."""
    limits: dict[int, int] = {}
    wanted = most
    numbers = range(len(GROUPS))
    for number in reversed(numbers) if backwards else numbers:
        if key is not None and (number > key[0] if backwards else number < key[0]):
            continue
        limit = min(wanted, counted[GROUPS[number].name])
        if limit:
            limits[number] = limit
        if key is None or number != key[0]:  # How many of the key's own part lie beyond it is not known.
            wanted -= limit
    return limits


def _fetch(
    referrals: "QuerySet[Referral]",
    key: tuple[int, list[Any]] | None,
    limits: Mapping[int, int],
    *,
    backwards: bool,
    beside: str,
) -> "Iterable[Referral]":
    drawn = with_names(referrals, beside, only=SHOWN)
    parts = []
    for number, limit in limits.items():
        group = GROUPS[number]
        part = drawn.filter(status__in=group.statuses)
        if key is not None and number == key[0]:
            part = keyset.beyond(part, group.order, key[1], ascending=group.newest is backwards)
        minus = "-" if group.newest is not backwards else ""
        parts.append(part.order_by(*(f"{minus}{name}" for name in group.order))[:limit])
    if not parts:
        return []
    first, *others = parts
    return first.union(*others, all=True) if others else first


def _in_order(rows: Iterable[Referral], *, backwards: bool) -> list[Referral]:
    """A union has no order of its own: sort by part, then by the part's order."""
    found = list(rows)
    result: list[Referral] = []
    for number, group in enumerate(GROUPS):
        part = [row for row in found if _GROUP_OF[row.status] == number]
        result += sorted(part, key=attrgetter(*group.order), reverse=group.newest)
    return result[::-1] if backwards else result


def _key(row: Referral) -> str:
    number = _GROUP_OF[row.status]
    values = attrgetter(*GROUPS[number].order)(row)
    words = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps([number, *words]).encode()).decode().rstrip("=")


def _read_key(text: str) -> tuple[int, list[Any]] | None:
    try:
        number, *words = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        group = GROUPS[number]
        values: list[Any] = []
        for field, word in zip(group.order, words, strict=True):
            values.append(UUID(word) if field == "id" else datetime.fromisoformat(word) if "_at" in field else word)
    except (ValueError, TypeError, IndexError, AttributeError, binascii.Error):
        return None
    return number, values
