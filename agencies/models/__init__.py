"""Who: agencies, people, the trail and the outbox."""

from agencies.models.agency import Agency, AgencyKind, GroupMember
from agencies.models.audit import Anchor, AuditEvent, Seal, SealedEvent
from agencies.models.doubt import Doubt
from agencies.models.duty import Alarm, AlarmCall, AlarmReason, OnCall
from agencies.models.key import KeyMark
from agencies.models.link import OneTimeLink
from agencies.models.notice import Notice
from agencies.models.person import Membership, Role, User
from agencies.models.service import Capacity, Coverage, Hours, Location, Phone, Service

__all__ = [
    "Agency",
    "AgencyKind",
    "Alarm",
    "AlarmCall",
    "AlarmReason",
    "Anchor",
    "AuditEvent",
    "Capacity",
    "Coverage",
    "Doubt",
    "GroupMember",
    "Hours",
    "KeyMark",
    "Location",
    "Membership",
    "Notice",
    "OnCall",
    "OneTimeLink",
    "Phone",
    "Role",
    "Seal",
    "SealedEvent",
    "Service",
    "User",
]
