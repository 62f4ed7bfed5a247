"""Triage: taking a tip, coding it, deciding its urgency, confirming the shared account."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.lifecycle import Conflict
from agencies.models import Membership, Role, User
from agencies.scope import System
from agencies.whole import whole
from tips.models import SharedAccount, Tip, TipStatus, Urgency
from tips.states import TIP

TWO_PEOPLE = "Imminent danger is lowered by two people. Ask a second person on the triage page."
_BEFORE_ROUTING = frozenset({TipStatus.NEW, TipStatus.IN_TRIAGE})


def take(tip: Tip, *, by: User, at: datetime, version: int | None = None) -> Tip:
    """Become the tip's holder. The second of two who take at once is told (Conflict)."""
    move = "take" if tip.status == TipStatus.NEW else "take_over"
    return TIP.move(tip, move, by=by, at=at, version=version, values={"holder_id": by.pk})


@whole()
def assign(tip: Tip, *, to: User, by: User, at: datetime, version: int | None = None) -> Tip:
    """Make a colleague its holder. Raises ValidationError for somebody who does not work at this desk."""
    seats = Membership.objects.current(at).filter(user=to, agency_id=tip.holder_agency_id, user__is_active=True)
    if not seats.filter(role__in=[Role.OPERATOR, Role.SUPERVISOR]).exists():
        raise ValidationError("Choose somebody who works at this desk.")
    move = "assign_new" if tip.status == TipStatus.NEW else "assign"
    return TIP.move(tip, move, by=by, at=at, version=version, values={"holder_id": to.pk})


def give_back(tip: Tip, *, by: User, at: datetime, version: int | None = None) -> Tip:
    """Hold it no longer: it stands in the queue under Unclaimed."""
    return TIP.move(tip, "give_back", by=by, at=at, version=version, values={"holder_id": None})


def end_shift(tip: Tip, *, by: System, at: datetime) -> Tip:
    """The same for somebody who is off duty; by the system, so that it stays in the trail whose shift ended."""
    return TIP.move(tip, "shift_ended", by=by, at=at, values={"holder_id": None})


@whole()
def triage(
    tip: Tip,
    *,
    request_type: str,
    urgency: str,
    by: User,
    at: datetime,
    indicator_level: str = "",
    suggested_urgency: str = "",
    reason: str = "",
    version: int | None = None,
    is_agreed: bool = False,
) -> Tip:
    """Decide request type and urgency. The operator decides; a difference from the suggestion is in the trail.

    A tip that was P0 is lowered only where a second person agreed (`is_agreed`); the database asks for that too.
    """
    if tip.urgency == Urgency.P0 != urgency and not is_agreed:
        raise PermissionDenied(TWO_PEOPLE)
    values: dict[str, Any] = {
        "request_type": request_type,
        "urgency": urgency,
        "indicator_level": indicator_level,
        "triaged_at": at,
        "holder_id": tip.holder_id or by.pk,
    }
    move = "triage" if tip.status in _BEFORE_ROUTING else "triage_again"
    differs = bool(suggested_urgency) and suggested_urgency != urgency
    why = f"suggested {suggested_urgency}, decided {urgency}" if differs else reason
    moved = {"urgency": [tip.urgency, urgency]} if tip.urgency != urgency else {}
    return TIP.move(tip, move, by=by, at=at, version=version, reason=why, values=values, details=moved)


@whole()
def confirm_shared_account(tip: Tip, text: str, *, by: User, at: datetime, number: int | None = None) -> SharedAccount:
    """Put the words that others will work with in force: a human read them and they name nobody.

    `number` is that of the confirmation that was read before; raises Conflict when another one came between.
    """
    if tip.holder_agency_id != by.acting_agency_id or not by.has_perm("tips.triage"):
        raise PermissionDenied("Only the desk that holds the tip confirms its shared account.")
    account = SharedAccount.objects.select_for_update().get(tip=tip)
    if number is not None and number != account.number:
        raise Conflict("Somebody else confirmed another wording meanwhile.")
    account.text, account.confirmed_by, account.confirmed_at = text.strip(), by, at
    account.number, account.stale_since = account.number + 1, None
    account.save(update_fields=["text", "confirmed_by", "confirmed_at", "number", "stale_since"])
    details = {"number": account.number}
    audit.record("confirm_shared_account", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk, details=details)
    return account


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a form changed."""
    return {name: value for name, value in after.items() if before.get(name) != value}
