"""Who is kept from a tip, as the supervisor of its desk sees it; and whom a name may mean."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from agencies.disclosure import Disclosed, disclosed
from agencies.models import Agency, Membership, User
from tips.gathering import together
from tips.models import Tip, Wall

MOST = 20


@dataclass(frozen=True)
class Stands:
    """One wall: who, since when, and on which of the tips that are one."""

    id: UUID
    who: str
    is_own_wish: bool
    since: datetime
    wall: Disclosed


def standing(tip: Tip, *, user: User) -> list[Stands]:
    """The walls of a tip and of what is merged with it, the newest first. Two queries."""
    rows = Wall.objects.filter(tip__in=together(tip), lifted_at=None).select_related("agency", "user")
    return [
        Stands(row.pk, str(row.agency or row.user), row.reason == "own_wish", row.created_at, disclosed(row, to=user))
        for row in rows.order_by("-created_at")
    ]


def found(name: str, *, tip: Tip, user: User, at: datetime) -> list[tuple[str, str]]:
    """Agencies and people whose name holds `name`, at most MOST of each, without the holder and the reader."""
    agencies = Agency.objects.filter(name__icontains=name).exclude(pk=tip.holder_agency_id).order_by("name")[:MOST]
    people = Q(user__display_name__icontains=name) | Q(user__username__icontains=name)
    seats = Membership.objects.current(at).filter(people, user__is_active=True).exclude(user=user)
    seats = seats.select_related("user", "agency").order_by("user__display_name", "user_id", "agency__name")[:MOST]
    named = {f"person:{seat.user_id}": f"{seat.user}, {seat.get_role_display()}, {seat.agency}" for seat in seats}
    return [*((f"agency:{agency.pk}", f"{agency.name} (agency)") for agency in agencies), *named.items()]
