"""Declining a referral, and what the directory learns from it."""

from datetime import date, datetime

from agencies.actions import lessons
from agencies.models import User
from agencies.whole import whole
from casework.actions import clocks, telling
from casework.models import Referral
from casework.states import REFERRAL


@whole()
def decline(
    referral: Referral,
    *,
    reason: str,
    by: User,
    at: datetime,
    note: str = "",
    until: date | None = None,
    news: str = "",
    version: int | None = None,
) -> Referral:
    """Say no, with a code of DeclineReason. The sender is told and offered the next agency.

    The directory learns from it at once: `until` and `news` are the agency's words about itself
    (agencies/actions/lessons.py); the note is for the sender alone.
    """
    referral = REFERRAL.move(
        referral,
        "decline",
        by=by,
        at=at,
        version=version,
        reason=reason,
        values={"decline_reason": reason, "decline_note": note.strip()},
    )
    clocks.end_for_referral(referral, at=at, ended_as="met")
    lessons.learn_from_decline(
        referral.receiver,
        service=referral.service,
        need=referral.need,
        reason=reason,
        until=until,
        news=news,
        by=by,
        at=at,
    )
    telling.tell_sender(referral, "referral_declined", at)
    return referral
