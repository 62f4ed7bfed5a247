"""Calls to make to agencies where nobody signs in: to whom, when somebody is there, what was said so far."""

from dataclasses import dataclass
from datetime import datetime

from agencies.disclosure import Disclosed, disclosed
from agencies.models import Agency, Hours, User
from agencies.reach import Way, way_to, with_reach
from casework.models import AnswerGiven, Referral
from casework.pages import hours
from casework.states import AT_WORK, WAITING

MOST = 50
# How many waiting referrals are looked through for those that need a call.
_LOOKED_AT = 500


@dataclass(frozen=True)
class Call:
    """A referral that needs a call: the way to the agency, and what is wanted of it."""

    referral: Disclosed
    way: Way
    wanted: str
    is_taken: bool


@dataclass(frozen=True)
class Calls:
    """`has_more` says that the list was cut."""

    calls: list[Call]
    has_more: bool


@dataclass(frozen=True)
class Sheet:
    """What stands beside the card while somebody is on the phone."""

    way: Way
    hours: list[str]
    said: list[Disclosed]


def page(user: User, *, at: datetime) -> Calls:
    """Sent referrals that wait for an answer, or owe a word, from agencies without inbox and link. Three queries."""
    mine = Referral.objects.visible_to(user).filter(sender_id=user.acting_agency_id)
    waiting = mine.filter(status__in=WAITING, ready_at=None).order_by("urgency", "answer_due_at", "id")
    owing = mine.filter(status__in=AT_WORK, feedback_due_at__lte=at).order_by("feedback_due_at", "id")
    rows = [
        *waiting.select_related("receiver")[:_LOOKED_AT],
        *owing.select_related("receiver")[:_LOOKED_AT],
    ]
    agencies = with_reach(Agency.objects.filter(pk__in={row.receiver_id for row in rows}))
    ways = {agency.pk: way_to(agency) for agency in agencies}
    by_hand = [row for row in rows if ways[row.receiver_id].by not in (Agency.AcceptsBy.INBOX, Agency.AcceptsBy.LINK)]
    found = [
        Call(
            referral=disclosed(row, to=user),
            way=ways[row.receiver_id],
            wanted="their answer" if row.status in WAITING else "how it goes",
            is_taken=row.status in ("received", "information_requested"),
        )
        for row in by_hand[:MOST]
    ]
    return Calls(found, has_more=len(by_hand) > MOST)


def sheet(referral: Referral, user: User) -> Sheet:
    """The agency's number and hours, and who spoke for it so far. Three queries."""
    agency = with_reach(Agency.objects.filter(pk=referral.receiver_id)).get()
    rows = Hours.objects.filter(agency=agency, service=None, location=None).order_by("pk")
    open_at = [hours.in_words(disclosed(row, to=user)) for row in rows]
    return Sheet(way=way_to(agency), hours=list(dict.fromkeys(open_at)), said=said(referral, user))


def said(referral: Referral, user: User) -> list[Disclosed]:
    """Who answered for the agency without an account, the oldest first. One query."""
    given = AnswerGiven.objects.visible_to(user).filter(referral=referral).select_related("entered_by")
    return [disclosed(one, to=user) for one in given.order_by("at", "pk")]
