"""For the sender: how the receiver of a referral is reached, and what is to be done where nobody signs in there."""

from dataclasses import dataclass
from datetime import datetime

from agencies.disclosure import Disclosed
from agencies.models import Agency, User
from agencies.reach import way_to, with_reach
from casework.models import Referral
from casework.pages import calls, referral_words
from casework.states import AT_WORK, REFERRAL, WAITING

# What the operator can enter for the agency, with the words of its link.
ENTERED = {
    "receive": "Somebody took it",
    "accept": "They accept",
    "decline": "They decline",
    "ask_information": "They ask something",
    "report_progress": "They say how it goes",
    "close": "They say how it ended",
    "confirm_cancellation": "They end it as asked",
}


@dataclass(frozen=True)
class Reached:
    """`words` say what is to be done, empty for an inbox; `entries` are (move, words) of what can be entered."""

    words: str
    takes_link: bool
    entries: list[tuple[str, str]]
    said: list[Disclosed]


def reached(referral: Referral, user: User, now: datetime) -> Reached | None:
    """None for others than the sender, and where nothing is open. Two queries."""
    if referral.sender_id != user.acting_agency_id or referral.status not in (*WAITING, *AT_WORK):
        return None
    way = way_to(with_reach(Agency.objects.filter(pk=referral.receiver_id)).get())
    said = calls.said(referral, user)
    if way.by == Agency.AcceptsBy.INBOX:
        return Reached("", takes_link=False, entries=[], said=said)
    words = f"{referral.receiver} does not see this by itself: {way.words}."
    if way.by == Agency.AcceptsBy.NONE:
        words += " Recall it and choose another agency."
    if way.by == Agency.AcceptsBy.LINK:
        words = f"{referral.receiver} answers by a one-time link, which was sent to its verified address."
    may = user.has_perm("casework.route")
    entries = [
        (name, label)
        for name, label in ENTERED.items()
        if may and referral.status in REFERRAL.get(name).sources and referral_words.makes_sense(referral, name)
    ]
    is_late = referral.answer_due_at is None or referral.answer_due_at <= now
    takes_link = may and way.by == Agency.AcceptsBy.LINK and referral.status in WAITING and not is_late
    return Reached(words, takes_link=takes_link, entries=entries, said=said)
