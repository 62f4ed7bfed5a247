"""What we do about it: referrals, disclosures, tracks, steps, clocks, rules."""

from casework.models.answer import AnswerGiven, AnswerWay
from casework.models.approval import Approval, ApprovalStatus, LowerReason
from casework.models.identity import EmergencyReason, IdentityAsk, IdentityReason
from casework.models.referral import (
    CancelReason,
    DeclineReason,
    Disclosure,
    Outcome,
    Progress,
    Referral,
    ReferralPerson,
    ReferralStatus,
)
from casework.models.rule import Proposal, RuleStatus, RuleVersion
from casework.models.shift import (
    AttemptResult,
    CallBack,
    CallBackAttempt,
    CallBackStatus,
    DeskNotice,
    Presence,
    Way,
    WhyDecide,
    WhyStopped,
)
from casework.models.track import Clock, Step, StepGate, StepStatus, Track, TrackOutcome, TrackStatus
from casework.models.training import TrainingMark
from casework.models.trial import RuleTrial

__all__ = [
    "AnswerGiven",
    "AnswerWay",
    "Approval",
    "ApprovalStatus",
    "AttemptResult",
    "CallBack",
    "CallBackAttempt",
    "CallBackStatus",
    "CancelReason",
    "Clock",
    "DeclineReason",
    "DeskNotice",
    "Disclosure",
    "EmergencyReason",
    "IdentityAsk",
    "IdentityReason",
    "LowerReason",
    "Outcome",
    "Presence",
    "Progress",
    "Proposal",
    "Referral",
    "ReferralPerson",
    "ReferralStatus",
    "RuleStatus",
    "RuleTrial",
    "RuleVersion",
    "Step",
    "StepGate",
    "StepStatus",
    "Track",
    "TrackOutcome",
    "TrackStatus",
    "TrainingMark",
    "Way",
    "WhyDecide",
    "WhyStopped",
]
