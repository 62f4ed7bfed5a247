"""One need offered to several agencies at once, at card level: of those that say yes, the sender confirms one."""

from datetime import datetime

from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.scope import acting_as, stand_in
from agencies.whole import whole
from casework.actions import referrals
from casework.models import Referral
from casework.roles import BY_WORD
from casework.states import REFERRAL, WAITING

# An agency that is asked for nothing too often stops answering.
MOST_AT_ONCE = 5


def others(referral: Referral, user: User) -> list[Referral]:
    """The other offers of the same round, for the sender; nothing for anybody else. One query."""
    if referral.round is None or referral.sender_id != user.acting_agency_id:
        return []
    found = Referral.objects.visible_to(user).filter(round=referral.round, tip=referral.tip_id).exclude(pk=referral.pk)
    return list(found.select_related("receiver").order_by("receiver__name", "pk"))


@whole()
def confirm(referral: Referral, *, by: User, at: datetime, version: int | None = None) -> Referral:
    """Take an agency at its word: it accepts in this moment, and every other offer of the round is recalled.

    The rows are locked in one order, so that of two confirmations one wins and the other gets a Conflict.
    """
    rows = Referral.objects.filter(round=referral.round, tip=referral.tip_id, round__isnull=False)
    round_ = list(rows.select_for_update(of=("self",)).select_related("sender", "receiver").order_by("pk"))
    taken = next(
        (one for one in round_ if one.status not in WAITING and one.answered_at and one.status != "declined"), None
    )
    if taken is not None:
        raise Conflict(f"{taken.receiver} was confirmed already. Look at its referral.")
    winner = REFERRAL.move(referral, "confirm", by=by, at=at, version=version)
    for other in round_:
        if other.pk != winner.pk and other.status in WAITING:
            referrals.recall(other, by=by, at=at, is_found_elsewhere=True)
    person = stand_in(winner.receiver, role=BY_WORD, person=by)
    with acting_as(person):
        return referrals.accept(winner, by=person, at=at)
