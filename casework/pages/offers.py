"""The chain of offers of one need: who was asked, in which order, and what became of it."""

from agencies.disclosure import Disclosed, disclosed
from agencies.models import User
from casework.models import Referral


def of_need(referral: Referral, user: User) -> list[Disclosed]:
    """Every offer of this need, this one too, the oldest first; empty where it is the only one. One query."""
    same = Referral.objects.visible_to(user).filter(tip=referral.tip_id, need=referral.need).exclude(status="draft")
    found = list(same.select_related("receiver").order_by("sent_at", "pk"))
    return [disclosed(one, to=user) for one in found] if len(found) > 1 else []
