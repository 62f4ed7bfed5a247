"""What a referral's state means in sentences: what is true now, what a move does, why a move is not open."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies.disclosure import Disclosed
from agencies.lifecycle import Move
from agencies.models import User
from casework import time_words
from casework.models import CancelReason, Referral
from casework.states import AT_WORK, WAITING

# Status -> the sentence that says what happened, and the field with its time.
_HAPPENED = {
    "sent": ("{sender} sent this {at}.", "sent_at"),
    "received": ("{receiver} opened this {at}.", "received_at"),
    "information_requested": ("{receiver} has asked a question.", ""),
    "accepted": ("{receiver} accepted this {at}.", "answered_at"),
    "in_progress": ("{receiver} accepted this {at} and works on it.", "answered_at"),
    "declined": ("{receiver} declined this {at}.", "answered_at"),
    "expired": ("The time to answer ended {at}.", "ended_at"),
    "recalled": ("{sender} recalled this {at}.", "ended_at"),
    "cancelled": ("This was cancelled {at}.", "ended_at"),
    "closed": ("{receiver} closed this {at}.", "ended_at"),
}
_OFFER = (
    ("From", "sender"),
    ("To", "receiver"),
    ("Legal basis", "legal_basis"),
    ("Answer due", "answer_due_at"),
    ("Sent", "sent_at"),
    ("Opened", "received_at"),
    ("Answered", "answered_at"),
    ("Ended", "ended_at"),
    ("Question", "question"),
    ("Answer to it", "answer"),
    ("Progress", "progress"),
    ("Feedback due", "feedback_due_at"),
    ("Outcome", "outcome"),
    ("Reason for declining", "decline_reason"),
    ("Note", "decline_note"),
    ("Reason for cancelling", "cancel_reason"),
)
_CONSEQUENCES = {
    "decline": ["Your agency keeps sight of the card, and of nothing else."],
    "recall": [
        "The agency loses sight of the card at once and need not answer.",
        "The agency is told that it was recalled, without a reason.",
    ],
    "ask_cancellation": [
        "The agency has accepted, so you can only ask: it confirms, or reports how it ended.",
        "Until then it keeps its access. If consent was withdrawn, cancel at once instead.",
    ],
    "confirm_cancellation": ["Your agency's access to the tip ends now.", "The sender is told."],
    "close": ["Your agency's access to the tip ends now.", "The sender sees the outcome."],
    "confirm": [
        "It takes this on: the tip's working level opens to it.",
        "The others that were asked are recalled, and told that it was found elsewhere.",
    ],
    "close_unheard": [
        "The agency's access to the tip ends now.",
        "It is told that you closed it without a word.",
    ],
    "withdraw": [
        "The agency's access ends in this moment, whether or not it accepted.",
        "What it saw until now stays recorded as shared.",
    ],
}


def told(referral: Referral, now: datetime) -> str:
    """What is true now: who did what, and when."""
    words, field = _HAPPENED.get(referral.status, ("", ""))
    if referral.ready_at is not None and referral.status in WAITING:
        return f"{referral.receiver} said yes {_when(referral.ready_at, now)}. The sender confirms one agency."
    if referral.cancel_reason == CancelReason.FOUND_ELSEWHERE:
        words = "Found elsewhere: {sender} recalled this {at}."
    moment = getattr(referral, field) if field else None
    at = _when(moment, now) if moment else ""
    return words.format(sender=referral.sender, receiver=referral.receiver, at=at).replace(" .", ".")


def lost(referral: Referral, move: Move, late: Exception | None, now: datetime) -> str:
    """For whoever came second: what is true now, and that the move is no longer possible.

    Where the state still allows the move, somebody changed something else: the engine's own sentence says so.
    """
    if referral.status in move.sources:
        return str(late) if late else "Look at the referral again, then decide."
    return f"{told(referral, now)} {move.button} is no longer possible."


def consequences(referral: Referral, move: str) -> list[str]:
    """What a move will do, in sentences, on its page."""
    found = list(_CONSEQUENCES.get(move, []))
    if move == "recall" and referral.received_at:
        found.append("The agency opened the card: what it saw stays recorded as shared.")
    return found


def makes_sense(referral: Referral, move: str) -> bool:
    """A cancellation is asked for once, and confirmed only when it was asked for; yes is said once."""
    if move in ("accept", "decline", "ask_information") and referral.ready_at is not None:
        return move == "decline"
    if move == "close_unheard":
        return referral.feedback_asked >= settings.FEEDBACK_ASKS
    if move == "ask_cancellation":
        return not referral.is_cancellation_asked
    return move != "confirm_cancellation" or referral.is_cancellation_asked


def blocked(referral: Referral, user: User) -> list[tuple[str, str]]:
    """(what, what unblocks it) for moves that a reader may look for and not find."""
    is_sender = referral.sender_id == user.acting_agency_id
    found = []
    if is_sender and referral.status in AT_WORK:
        found.append(
            ("Recall", "The agency has accepted. Ask it to cancel, or cancel at once if consent was withdrawn.")
        )
        if referral.is_cancellation_asked:
            found.append(("Ask to cancel", "Asked already. The agency confirms, or reports how it ended."))
    if not is_sender and referral.status in (*WAITING, *AT_WORK) and not user.has_perm("casework.answer"):
        found.append(("Answer", "A liaison of your agency answers referrals."))
    return found


def offer(shown: Disclosed) -> list[tuple[str, Any]]:
    """(label, words) of everything about a referral beside its card, as far as `shown` holds it."""
    lines = [(label, _words(shown, name)) for label, name in _OFFER]
    return [(label, words) for label, words in lines if words]


def _words(shown: Disclosed, name: str) -> str:
    value = shown.get(f"{name}_label", shown.get(name))
    return _absolute(value) if isinstance(value, datetime) else str(value or "")


def _when(moment: datetime, now: datetime) -> str:
    words = time_words.short(moment, now=now, zone=ZoneInfo(settings.TIME_ZONE))
    return f"on {words}" if " " in words else f"at {words}"


def _absolute(moment: datetime) -> str:
    return time_words.absolute(moment, zone=ZoneInfo(settings.TIME_ZONE))
