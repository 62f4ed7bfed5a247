"""What the duty page shows: my switch, who is there, who is called next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies import pager
from agencies.actions.duty import is_on_duty
from agencies.disclosure import Disclosed, disclosed
from agencies.models import Membership, OnCall, Role, User
from casework import frame


@dataclass(frozen=True)
class Duty:
    """Everything of the page; times are aware."""

    until: datetime | None
    on_duty: list[Membership]
    chain: list[Disclosed]
    alarms: list[Any]
    may_change: bool
    has_hook: bool


def shown_to(user: User, at: datetime) -> Duty:
    """The duty of the user's own desk."""
    on_duty = Membership.objects.on_duty(user.acting_agency_id, at).select_related("user").order_by("on_duty_until")
    chain = OnCall.objects.visible_to(user).select_related("user").order_by("position")
    return Duty(
        until=user.acting.on_duty_until if user.acting and is_on_duty(user, at) else None,
        on_duty=list(on_duty),
        chain=[disclosed(place, to=user) for place in chain],
        alarms=frame.alarms_for(user),
        may_change=user.role == Role.SUPERVISOR,
        has_hook=pager.has_hook(),
    )
