"""The moves of a referral over the API: what is sent for each, and the verb that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from rest_framework import serializers

from agencies.lifecycle import Conflict
from agencies.models import User
from casework.actions import referrals, side_by_side, silence
from casework.models import CancelReason, DeclineReason, Outcome, Progress, Referral
from casework.models.referral import ReferralStatus

MOST_WORDS = 4_000


class VersionInput(serializers.Serializer[Any]):
    """`version` is that of the record as it was read: a move on a changed record is refused with 409."""

    version = serializers.IntegerField(min_value=1)


class DeclineInput(VersionInput):
    decline_reason = serializers.ChoiceField(choices=DeclineReason.choices)
    decline_note = serializers.CharField(required=False, allow_blank=True, max_length=MOST_WORDS)
    until = serializers.DateField(required=False)
    news = serializers.CharField(required=False, allow_blank=True, max_length=200)


class QuestionInput(VersionInput):
    question = serializers.CharField(max_length=MOST_WORDS)


class AnswerInput(VersionInput):
    answer = serializers.CharField(max_length=MOST_WORDS)


class ProgressInput(VersionInput):
    progress = serializers.ChoiceField(choices=Progress.choices)


class OutcomeInput(VersionInput):
    outcome = serializers.ChoiceField(choices=Outcome.choices)


class WithdrawInput(VersionInput):
    cancel_reason = serializers.ChoiceField(
        choices=[
            (reason.value, str(reason.label))
            for reason in (CancelReason.CONSENT_WITHDRAWN, CancelReason.ENTERED_IN_ERROR)
        ]
    )


@dataclass(frozen=True)
class ReferralMove:
    """`names` translates what is sent into the verb's own argument names."""

    verb: Callable[..., Referral]
    input: type[VersionInput] = VersionInput
    names: Mapping[str, str] = field(default_factory=dict)


def _receive(referral: Referral, *, by: User, at: datetime, version: int) -> Referral:
    """The verb says nothing when there is nothing to receive; whoever asked for it by name is told."""
    if referral.receiver_id != by.acting_agency_id or not by.has_perm("casework.answer"):
        raise PermissionDenied("Your role or agency cannot do this here.")
    if referral.version != version or referral.status != ReferralStatus.SENT:
        raise Conflict("Somebody else changed this after you opened it. Look at it again, then decide.")
    return referrals.receive(referral, by=by, at=at)


# Every move of casework/states.py REFERRAL but `expire`, which is the clock's.
MOVES: dict[str, ReferralMove] = {
    "send": ReferralMove(referrals.send),
    "discard": ReferralMove(referrals.discard),
    "receive": ReferralMove(_receive),
    "accept": ReferralMove(referrals.accept),
    "say_yes": ReferralMove(referrals.say_yes),
    "confirm": ReferralMove(side_by_side.confirm),
    "close_unheard": ReferralMove(silence.close_unheard),
    "decline": ReferralMove(
        referrals.decline, DeclineInput, names={"decline_reason": "reason", "decline_note": "note"}
    ),
    "ask_information": ReferralMove(referrals.ask_information, QuestionInput),
    "give_information": ReferralMove(referrals.give_information, AnswerInput),
    "recall": ReferralMove(referrals.recall),
    "report_progress": ReferralMove(referrals.report_progress, ProgressInput),
    "close": ReferralMove(referrals.close, OutcomeInput),
    "ask_cancellation": ReferralMove(referrals.ask_cancellation),
    "confirm_cancellation": ReferralMove(referrals.confirm_cancellation),
    "withdraw": ReferralMove(referrals.withdraw, WithdrawInput, names={"cancel_reason": "reason"}),
}
