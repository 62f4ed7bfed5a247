"""What stands in the desk's queue: the rows that a user's agency has to look at, and how many there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Now

from agencies.disclosure import Disclosed, disclosed
from agencies.models import User
from casework import keyset
from casework.cards import propose_summary
from casework.models import CallBack, Clock, Presence
from casework.pages.conversation import urgent_at_the_desk
from tips import facts as vocabulary
from tips.models import DOOR_OF, Channel, Contact, ContactStatus, MatchQuestion, TipAccess, TipStatus
from tips.models import NOT_TRIAGED as UNTRIAGED

ORDER = ("urgency", "next_due_at", "tip")
VIEWS = {"mine": "Mine", "unclaimed": "Unclaimed", "all": "All"}
NOBODYS = ("closed", "merged")
_NO_CLOCK_YEAR = 9999
# What a line shows of its tip.
_OF_TIP = ("reference", "status", "urgency", "state", "county", "holder")
NOT_TRIAGED, ACT_NOW, LATE, TODAY, LATER = "Not triaged yet", "Act now", "Late", "Due today", "Later"
_HEADINGS = (ACT_NOW, NOT_TRIAGED, LATE, TODAY, LATER)


@dataclass(frozen=True)
class Row:
    """One line of the queue; nothing in it comes from what was said, only from codes."""

    tip: Disclosed
    line: str
    channel: str
    due_at: datetime | None
    due_what: str
    is_new: bool
    here: str


@dataclass(frozen=True)
class Beside:
    """What the page shows beside its rows: counts by view, capped, and the user's own contacts in progress."""

    counts: dict[str, str]
    drafts: list[dict[str, Any]]
    urgent: list[dict[str, Any]]
    call_backs: str
    questions: str


def open_to(user: User, view: str) -> QuerySet[TipAccess]:
    """Open tips of the user's agency, driven by the access rows; `view` is a key of VIEWS."""
    return _in_view(TipAccess.objects.held_by(user).exclude(status__in=NOBODYS), user, view)


def with_state(user: User, view: str, states: Iterable[str]) -> QuerySet[TipAccess]:
    """The same in chosen states, the closed ones too."""
    return _in_view(TipAccess.objects.held_by(user).filter(status__in=states), user, view)


def _in_view(rows: QuerySet[TipAccess], user: User, view: str) -> QuerySet[TipAccess]:
    if view == "mine":
        return rows.filter(tip__holder=user)
    return rows.filter(tip__holder=None) if view == "unclaimed" else rows


def narrowed(rows: QuerySet[TipAccess], given: Mapping[str, Any]) -> QuerySet[TipAccess]:
    """By door, place, language of a contact, lateness; `given` is what the filter holds."""
    if given.get("door"):
        rows = rows.filter(tip__request_type__in=[kind for kind, door in DOOR_OF.items() if door in given["door"]])
    if given.get("place"):
        rows = rows.filter(tip__state=given["place"])
    if given.get("language"):
        spoken = Contact.objects.filter(tip=OuterRef("tip"), language__iexact=given["language"].strip())
        rows = rows.filter(Exists(spoken))
    if given.get("no_clock"):
        rows = rows.filter(next_due_at__year=_NO_CLOCK_YEAR)
    return rows.filter(next_due_at__lte=Now()) if given.get("late") else rows


def drawn(rows: QuerySet[TipAccess]) -> QuerySet[TipAccess]:
    """The rows with everything that the table shows, in the same query."""
    first_contact = Contact.objects.filter(tip=OuterRef("tip")).order_by("started_at").values("channel")[:1]
    nearest = Clock.objects.filter(tip=OuterRef("tip"), ended_at=None, duty=Clock.Duty.OURS, drives_queue=True)
    nearest = nearest.order_by("due_at")
    lately = Now() - timedelta(seconds=3 * settings.LOOK_SECONDS)
    here = Presence.objects.filter(tip=OuterRef("tip"), agency=OuterRef("agency"), seen_at__gt=lately)
    shown = rows.select_related("tip__holder", "tip__situation").only(
        *("tip", "status", "urgency", "next_due_at", "tip__situation__facts"),
        *(f"tip__{name}" for name in (*_OF_TIP, "holder_agency", "holder__username", "holder__display_name")),
    )
    return shown.annotate(
        channel=Subquery(first_contact),
        due_what=Subquery(nearest.values("label")[:1]),
        here=ArraySubquery(here.values(json=JSONObject(id="user_id", name="user__display_name"))),
    )


def grouped(rows: Iterable[TipAccess], *, user: User, now: datetime) -> list[tuple[str, list[Row]]]:
    """The page under its headings, each in the order of the page; headings without rows are left out."""
    found: dict[str, list[Row]] = {heading: [] for heading in _HEADINGS}
    for access in rows:
        found[_heading(access, now)].append(_row(access, user))
    return [(heading, lines) for heading, lines in found.items() if lines]


def _heading(access: TipAccess, now: datetime) -> str:
    if access.urgency == UNTRIAGED:
        return NOT_TRIAGED
    if access.urgency == "P0":
        return ACT_NOW
    if access.next_due_at <= now:
        return LATE
    zone = ZoneInfo(settings.TIME_ZONE)
    has_clock = access.next_due_at.year < _NO_CLOCK_YEAR
    is_today = has_clock and access.next_due_at.astimezone(zone).date() == now.astimezone(zone).date()
    return TODAY if is_today else LATER


def _row(access: TipAccess, user: User) -> Row:
    situation = disclosed(access.tip.situation, to=user, only=("facts",))
    channel = access.channel  # type: ignore[attr-defined]
    return Row(
        tip=disclosed(access.tip, to=user, only=_OF_TIP),
        line=neutral_line(situation.get("facts", {}), access.tip.state, access.tip.county),
        channel=Channel(channel).label if channel else "",
        due_at=access.next_due_at if access.next_due_at.year < _NO_CLOCK_YEAR else None,
        due_what=access.due_what or "",  # type: ignore[attr-defined]
        is_new=access.status == TipStatus.NEW,
        here=", ".join(other["name"] for other in access.here if other["id"] != str(user.pk)),  # type: ignore[attr-defined]
    )


def neutral_line(facts: dict[str, Any], state: str, county: str) -> str:
    """What it is about and where, from codes alone: `Labor. Farm. Collier, Florida`."""
    state_name = vocabulary.vocabulary().tip["state"].values.get(state, state)
    where = ", ".join(part for part in (county, state_name) if part)
    return ". ".join(part for part in (propose_summary(facts), where) if part) or "Nothing coded yet"


def beside(user: User) -> Beside:
    """Counts, contacts in progress, and those of the whole desk that need somebody now, in one query."""
    mine = Contact.objects.filter(status=ContactStatus.DRAFT, draft__isnull=False).filter(
        Q(draft__user=user, draft__handed_to=None) | Q(draft__handed_to=user)
    )
    drafts = mine.order_by("started_at").values(json=JSONObject(id="id", channel="channel", started_at="started_at"))
    counts = {f"count_{view}": keyset.capped_count(open_to(user, view)) for view in VIEWS}
    promised = keyset.capped_count(CallBack.objects.visible_to(user).open())
    asked = keyset.capped_count(MatchQuestion.objects.visible_to(user).filter(answer=""))
    me = User.objects.filter(pk=user.pk).annotate(
        **counts,
        in_progress=ArraySubquery(drafts),
        urgent=ArraySubquery(urgent_at_the_desk(user)),
        promised=promised,
        asked=asked,
    )
    found = me.values(*counts, "in_progress", "urgent", "promised", "asked")[0]
    return Beside(
        counts={view: keyset.count_words(found[f"count_{view}"]) for view in VIEWS},
        drafts=[_draft(row) for row in found["in_progress"]],
        urgent=[{**row, **_draft(row)} for row in found["urgent"]],
        call_backs=keyset.count_words(found["promised"]),
        questions=keyset.count_words(found["asked"]),
    )


def _draft(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "channel": Channel(row["channel"]).label,
        "started_at": datetime.fromisoformat(row["started_at"]),
    }


def found_by(reference: str, rows: QuerySet[TipAccess]) -> QuerySet[TipAccess]:
    """Those whose reference holds this text."""
    return rows.filter(tip__reference__contains=reference.strip().upper())
