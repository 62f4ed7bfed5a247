"""Telling the desk's supervisors: those on duty, else all of them, else the desk itself."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agencies import notices
from agencies.models import Agency, Membership, Role, User


def on_duty(agency_id: UUID, *, at: datetime) -> list[User]:
    """The supervisors who are on duty; all of the agency's when nobody says so."""
    seats = Membership.objects.current(at).filter(agency_id=agency_id, role=Role.SUPERVISOR)
    seats = seats.select_related("user").order_by("pk")
    people = {seat.user_id: seat for seat in seats}.values()
    there = [seat.user for seat in people if seat.on_duty_until and seat.on_duty_until > at]
    return there or [seat.user for seat in people]


def tell(
    code: str,
    *,
    agency_id: UUID,
    path: str,
    by: User,
    at: datetime,
    reference: str = "",
    but: Iterable[UUID] = (),
) -> None:
    """A notice to each of them but the one who did it and those who are kept from it."""
    kept_from = {by.pk, *but}
    people = [user for user in on_duty(agency_id, at=at) if user.pk not in kept_from]
    for person in people:
        notices.queue(code, user=person, reference=reference, path=path, at=at)
    if not people:
        notices.queue(code, agency=Agency.objects.get(pk=agency_id), reference=reference, path=path, at=at)
