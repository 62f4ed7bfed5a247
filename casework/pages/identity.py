"""Who asked for names of a tip's persons, what waits for a second person, and what is open now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agencies.lifecycle import Move
from agencies.models import User
from casework.models import EmergencyReason, IdentityAsk, IdentityReason
from casework.states import IDENTITY_ASK
from tips.models import Identifier, PersonalAccess, PersonIdentity, Tip

_LABELS = dict([*PersonIdentity.Field.choices, *Identifier.Kind.choices])
_REASONS = dict([*IdentityReason.choices, *EmergencyReason.choices])
_MOST = 20


@dataclass(frozen=True)
class Waiting:
    """A question that waits, in words, with the moves of the reader."""

    record: IdentityAsk
    what: str
    why: str
    moves: Sequence[Move]


@dataclass(frozen=True)
class Open:
    """What is open to somebody, and until when. `second` is empty for an emergency."""

    record: PersonalAccess
    what: str
    why: str


@dataclass(frozen=True)
class IdentityPage:
    """Everything that the page shows; `may_ask` for the desk that holds the tip."""

    may_ask: bool
    waiting: list[Waiting]
    opened: list[Open]


def page(tip: Tip, user: User, *, at: datetime) -> IdentityPage:
    """Two queries; the policies let each reader see what is theirs: supervisors and auditors all of it."""
    asks = IdentityAsk.objects.filter(tip=tip, status="asked").select_related("person", "asked_by")
    grants = PersonalAccess.objects.filter(tip=tip, valid_until__gt=at).select_related("person", "user", "granted_by")
    return IdentityPage(
        may_ask=tip.holder_agency_id == user.acting_agency_id and user.has_perm("casework.reveal"),
        waiting=[
            Waiting(row, _words(row.fields), _REASONS[row.reason], IDENTITY_ASK.available(row, user))
            for row in asks.order_by("asked_at", "pk")[:_MOST]
        ],
        opened=[
            Open(row, _words(row.fields), _REASONS.get(row.reason, row.reason))
            for row in grants.order_by("valid_until", "pk")[:_MOST]
        ],
    )


def _words(fields: Sequence[str]) -> str:
    return ", ".join(_LABELS.get(name, name) for name in fields)
