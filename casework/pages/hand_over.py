"""What a shift hands over: what I hold, who waits for a call, what cannot wait, what is under way, notices for all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from agencies.disclosure import Disclosed, disclosed
from agencies.models import Role, User
from casework.actions import shift
from casework.models import DeskNotice, Referral
from casework.pages import call_backs, queue
from casework.states import WAITING
from tips.models import NOT_TRIAGED, TipAccess, Urgency

# More than this is no hand-over; the rest is on the desk.
MOST = 50
URGENT = (Urgency.P0, NOT_TRIAGED, Urgency.P1)


@dataclass(frozen=True)
class Part:
    """Some rows, and whether there are more of them than are shown."""

    rows: list[Any]
    has_more: bool


@dataclass(frozen=True)
class HandOver:
    """The page."""

    mine: Part
    promised: Part
    urgent: Part
    stranded: Part
    transfers: Part
    notices: list[Disclosed]
    drafts: int
    may_write: bool
    hours: int


def shown_to(user: User, now: datetime) -> HandOver:
    """Of the user's own desk; eight queries."""
    open_now = queue.open_to(user, "all")
    held = shift.stranded_tips(user.acting_agency_id, now).exclude(holder=user) if user.acting_agency_id else None
    return HandOver(
        mine=_tips(queue.open_to(user, "mine"), user, now),
        promised=_promised(user, now),
        urgent=_tips(open_now.filter(urgency__in=URGENT), user, now),
        stranded=_tips(open_now.filter(tip__in=held.values("pk")) if held is not None else open_now.none(), user, now),
        transfers=_transfers(user),
        notices=notices_for(user, now),
        drafts=shift.contacts_in_progress(user),
        may_write=user.role == Role.SUPERVISOR,
        hours=settings.HAND_OVER_HOURS,
    )


def _cut(rows: list[Any]) -> Part:
    return Part(rows[:MOST], len(rows) > MOST)


def _tips(rows: QuerySet[TipAccess], user: User, now: datetime) -> Part:
    found = list(queue.drawn(rows).order_by(*queue.ORDER)[: MOST + 1])
    lines = [line for _, group in queue.grouped(found[:MOST], user=user, now=now) for line in group]
    return Part(lines, len(found) > MOST)


def _promised(user: User, now: datetime) -> Part:
    soon = now + timedelta(hours=settings.HAND_OVER_HOURS)
    rows = call_backs.drawn(call_backs.open_to(user, "open").filter(window_from__lte=soon))
    return _cut(call_backs.shown(rows.order_by(*call_backs.ORDER)[: MOST + 1], user=user, now=now))


def _transfers(user: User) -> Part:
    """Offers of what cannot wait, that no agency has answered yet."""
    sent = Referral.objects.visible_to(user).filter(sender=user.acting_agency_id, status__in=WAITING)
    sent = sent.filter(urgency__in=[Urgency.P0, Urgency.P1]).select_related("receiver").order_by("answer_due_at", "pk")
    return _cut([disclosed(row, to=user) for row in sent[: MOST + 1]])


def notices_for(user: User, now: datetime) -> list[Disclosed]:
    """Notices for all that are still up, newest first."""
    rows = DeskNotice.objects.visible_to(user).filter(until__gt=now).select_related("by").order_by("-at")[:MOST]
    return [disclosed(row, to=user) for row in rows]
