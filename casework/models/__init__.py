"""What we do about it: referrals, disclosures, tracks, steps, clocks, rules."""

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
from casework.models.track import Clock, Step, StepStatus, Track, TrackOutcome, TrackStatus

__all__ = [
    "CancelReason",
    "Clock",
    "DeclineReason",
    "Disclosure",
    "Outcome",
    "Progress",
    "Proposal",
    "Referral",
    "ReferralPerson",
    "ReferralStatus",
    "RuleStatus",
    "RuleVersion",
    "Step",
    "StepStatus",
    "Track",
    "TrackOutcome",
    "TrackStatus",
]
