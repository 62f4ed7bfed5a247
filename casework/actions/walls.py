"""Keeping an accused agency from a tip together with what was sent to it."""

from datetime import datetime

from agencies.models import Agency, User
from agencies.whole import whole
from casework.actions import clocks
from casework.models import CancelReason, Referral
from casework.states import AT_WORK, REFERRAL, WAITING
from tips.actions import walls
from tips.models import Tip, Wall


@whole()
def keep_agency_away(tip: Tip, agency: Agency, *, by: User, at: datetime) -> Wall:
    """End what this agency was sent of the tip, then stand the wall. The agency is told nothing (ruling 2).

    An offer that waits is recalled, one that is worked is cancelled as entered in error; a draft is discarded.
    Raises as tips.actions.walls.keep_agency_away does.
    """
    wall = walls.keep_agency_away(tip, agency, by=by, at=at)
    line = walls.kept_away(tip)
    live = Referral.objects.filter(tip=tip, receiver_id__in=line, status__in=("draft", *WAITING, *AT_WORK))
    for referral in live.order_by("pk"):
        _end(referral, by=by, at=at)
    return wall


def _end(referral: Referral, *, by: User, at: datetime) -> None:
    if referral.status in WAITING:
        REFERRAL.move(referral, "recall", by=by, at=at, reason=walls.ACCUSED)
    elif referral.status in AT_WORK:
        values = {"cancel_reason": CancelReason.ENTERED_IN_ERROR}
        REFERRAL.move(referral, "withdraw", by=by, at=at, reason=walls.ACCUSED, values=values)
    else:
        REFERRAL.move(referral, "discard", by=by, at=at, values={"cancel_reason": CancelReason.DISCARDED})
        return
    clocks.end_for_referral(referral, at=at, ended_as="stopped", reason="recalled")
