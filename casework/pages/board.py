"""The supervisor's board: what is grave at the desk now, each number with the list behind it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.db.models.functions import Now
from django.urls import reverse

from agencies.models import Alarm, Membership, OnCall, User
from casework import keyset
from casework.actions import shift
from casework.models import CallBack, CallBackStatus
from casework.pages import queue
from tips.models import Tip

# Nobody to call is graver than a call that nobody answered; both are graver than anything late.
NOBODY, ALARM, LATE, WAITS, WELL = "nobody", "alarm", "late", "waits", "well"
WORDS = {
    NOBODY: "Nobody on duty",
    ALARM: "An alarm sounds",
    LATE: "Something is late",
    WAITS: "Something waits for you",
    WELL: "All is well",
}
GRAVE = frozenset({NOBODY, ALARM})
# A clock that no tip reaches: the sort key of a tip without one.
_NO_CLOCK_YEAR = 9999


@dataclass(frozen=True)
class Number:
    """One figure: a capped count in words, what it counts, and where its list is."""

    name: str
    count: int
    label: str
    limit: str
    url: str
    is_grave: bool = False

    @property
    def words(self) -> str:
        return keyset.count_words(self.count)


@dataclass(frozen=True)
class Load:
    """What one person on duty holds."""

    name: str
    until: datetime
    tips: int


@dataclass(frozen=True)
class Board:
    """The whole board; `state` is the gravest of its findings."""

    state: str
    words: str
    numbers: list[Number]
    load: list[Load]
    on_call: int


def board_for(user: User, now: datetime) -> Board:
    """Of the user's own desk; four queries."""
    seats = list(
        Membership.objects.on_duty(user.acting_agency_id, now).select_related("user").order_by("on_duty_until")
    )
    counts = _counts(user, now)
    numbers = _numbers(counts, len(seats))
    state = _gravest(counts, len(seats))
    return Board(state, WORDS[state], numbers, _load(user, seats), counts["on_call"])


def _counts(user: User, now: datetime) -> dict[str, int]:
    """All figures in one query, each counted no further than it is told."""
    open_now, agency = queue.open_to(user, "all"), user.acting_agency_id
    promised = CallBack.objects.visible_to(user)
    rows = {
        "alarms": Alarm.objects.visible_to(user).unanswered(),
        "late": open_now.filter(next_due_at__lte=Now()),
        "unclaimed": queue.open_to(user, "unclaimed"),
        "stuck": open_now.filter(next_due_at__year=_NO_CLOCK_YEAR),
        "stranded": shift.stranded_tips(agency, now) if agency else Tip.objects.none(),
        "late_calls": promised.filter(status=CallBackStatus.PROMISED, window_until__lte=now),
        "decide": promised.filter(status=CallBackStatus.TO_DECIDE),
        "on_call": OnCall.objects.visible_to(user),
    }
    counted = {f"n_{name}": keyset.capped_count(found) for name, found in rows.items()}
    found = User.objects.filter(pk=user.pk).annotate(**counted).values(*counted)[0]
    return {name: found[f"n_{name}"] for name in rows}


def _gravest(counts: dict[str, int], on_duty: int) -> str:
    if not on_duty:
        return NOBODY
    if counts["alarms"]:
        return ALARM
    if counts["late"] or counts["late_calls"]:
        return LATE
    return WAITS if counts["decide"] or counts["stranded"] else WELL


def _numbers(counts: dict[str, int], on_duty: int) -> list[Number]:
    desk, calls, duty = reverse("desk"), reverse("call-backs"), reverse("duty")
    left = f"{reverse('hand-over')}#stranded"
    told = [
        ("on_duty", on_duty, "On duty", "now", duty, not on_duty),
        ("alarms", counts["alarms"], "Alarms", "that nobody has answered", duty, True),
        ("late", counts["late"], "Late", "tips with a time limit that has passed", f"{desk}?late=on", True),
        ("late_calls", counts["late_calls"], "Late call-backs", "promised for a time that is over", calls, True),
        ("unclaimed", counts["unclaimed"], "Unclaimed", "open tips that nobody holds", f"{desk}?view=unclaimed", False),
        (
            "stranded",
            counts["stranded"],
            "Left behind",
            "held by people off duty",
            left,
            False,
        ),
        ("stuck", counts["stuck"], "Stuck", "open tips that no clock reminds of", f"{desk}?no_clock=on", False),
        ("decide", counts["decide"], "Waiting for me", "call-backs to decide", f"{calls}?view=decide", False),
    ]
    return [
        Number(name, count, label, limit, url, grave and (count > 0 or name == "on_duty"))
        for name, count, label, limit, url, grave in told
    ]


def _load(user: User, seats: list[Membership]) -> list[Load]:
    held = queue.open_to(user, "all").filter(tip__holder__in=[seat.user_id for seat in seats])
    counted = dict(held.values_list("tip__holder").annotate(number=Count("pk")).order_by())
    return [
        Load(str(seat.user), seat.on_duty_until, counted.get(seat.user_id, 0)) for seat in seats if seat.on_duty_until
    ]
