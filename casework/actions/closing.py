"""Closing a tip, and opening it again."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import F

from agencies.models import User
from agencies.whole import whole
from casework.actions import call_backs, clocks
from casework.models import Approval, ApprovalStatus, Referral, Track, TrackStatus
from casework.states import AT_WORK, WAITING
from tips.gathering import together
from tips.models import Disposition, ReopenReason, Tip
from tips.states import TIP


def obstacles(tip: Tip) -> list[str]:
    """What still stands against closing, in plain sentences; empty when the tip can close.

    Tips that were merged into it close with it, so theirs count too.
    """
    found = [
        f"The {track.get_pillar_display()} track has no outcome yet."
        for track in Track.objects.filter(tip__in=together(tip), status=TrackStatus.OPEN).order_by("pillar")
    ]
    live = Referral.objects.filter(tip__in=together(tip), status__in=("draft", *WAITING, *AT_WORK)).count()
    if live:
        found.append(f"{live} referral{'s' if live > 1 else ''} not yet ended.")
    if call_backs.open_on(tip.pk):
        found.append("A promised call-back is neither kept nor stopped.")
    return found


def needs_disposition(tip: Tip) -> bool:
    """Whether no agency was ever asked: then closing says why (a code of Disposition)."""
    return not Referral.objects.filter(tip__in=together(tip)).exclude(sent_at=None).exists()


@whole()
def close(tip: Tip, *, by: User, at: datetime, disposition: str = "", version: int | None = None) -> Tip:
    """Close when every track has an outcome and every referral ended. Raises ValidationError naming what is open."""
    against = obstacles(tip)
    if against:
        raise ValidationError(against)
    if needs_disposition(tip):
        if disposition not in Disposition.values:
            raise ValidationError({"disposition": "Choose how it ends: no agency was asked."})
    else:
        disposition = ""
    clocks.stop_all(tip, at=at, reason="tip closed")
    Approval.objects.filter(tip=tip, status=ApprovalStatus.ASKED).update(
        status=ApprovalStatus.LAPSED, version=F("version") + 1
    )
    values = {"closed_at": at, "disposition": disposition}
    return TIP.move(tip, "close", by=by, at=at, version=version, reason=disposition, values=values)


@whole()
def reopen(tip: Tip, *, reason: str, by: User, at: datetime, version: int | None = None) -> Tip:
    """Bring a closed tip back to the queue; `reason` is a code of ReopenReason."""
    if reason not in ReopenReason.values:
        raise ValidationError({"reason": "Choose why it comes back."})
    values = {"closed_at": None, "disposition": ""}
    return TIP.move(tip, "reopen", by=by, at=at, version=version, reason=reason, values=values)
