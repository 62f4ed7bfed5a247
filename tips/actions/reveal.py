"""Looking at what identifies somebody: field by field, with a purpose, recorded (ruling 14)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models

from agencies import audit, crypto
from agencies.models import User
from agencies.whole import whole
from tips import safe_contact
from tips.codes import code_lists
from tips.models import Identifier, Indication, Narrative, PersonIdentity, SafeContact, TipAccess

Closed = PersonIdentity | Identifier | Narrative | Indication

# Ruling 14 (c): what the desk opens by itself, to call back safely. Everything beyond takes two people.
FOR_CALL_BACK = frozenset({"safe_name", "phone", "email", "code_word"})
# What a person is reached by, in which ways.
_REACHES = {"phone": ("call", "text"), "email": ("email",)}
SECOND_PERSON = "This opens only with a second person's yes. Ask your supervisor."


class Purpose(models.TextChoices):
    """Why somebody looks; part of the trail."""

    CALL_BACK = "call_back", "Call back safely"
    SAFETY = "safety", "Keep a person safe now"
    REPEAT = "repeat", "See whether this is a repeat"
    ENFORCEMENT = "enforcement", "Follow up a lead"
    CORRECT = "correct", "Check what was written down"
    ACCOUNT = "account", "Write the shared account"


@dataclass(frozen=True)
class Seen:
    """What was opened: its name and its words, to be shown once."""

    label: str
    text: str


def may_open(
    *,
    kind: str,
    field: str,
    is_own: bool,
    is_lead_fact: bool,
    user: User,
    level: str,
    granted: frozenset[str] = frozenset(),
) -> bool:
    """Whether this user may look at such a row.

    `kind` is "narrative", "indication", "identity" or "identifier"; `field` the identity field or the kind of
    identifier; `level` the level of the agency's access; `granted` what a consent or a personal access opens.
    """
    if not user.has_perm("tips.read_content"):
        return False
    if field in granted or (is_lead_fact and level == TipAccess.Level.LEAD):
        return True
    # The words behind a code are raw words of the caller, as the narrative is.
    is_call_back = kind in ("narrative", "indication") or field in FOR_CALL_BACK
    return is_own and is_call_back and user.has_perm("casework.reveal")


@whole()
def reveal(row: Closed, *, purpose: str, by: User, at: datetime) -> Seen:
    """Open one value and record who looked, at which field, and why.

    Raises ValidationError without a purpose, and where the safe-contact rule bars the call-back that it is opened for;
    PermissionDenied where ruling 14 keeps it closed.
    """
    if purpose not in Purpose.values:
        raise ValidationError({"purpose": "Choose why you look; it is recorded."})
    kind, field, label = _named(row)
    access = TipAccess.objects.held_by(by).filter(tip_id=row.tip_id).values_list("level", flat=True).first()
    person = getattr(row, "person_id", None)
    granted = frozenset({field}) if person and access is not None and _is_opened(person, field) else frozenset()
    is_own = row.agency_id == by.acting_agency_id
    is_lead = bool(getattr(row, "is_lead_fact", False))
    if access is None or not may_open(
        kind=kind, field=field, is_own=is_own, is_lead_fact=is_lead, user=by, level=access, granted=granted
    ):
        raise PermissionDenied(SECOND_PERSON)
    if purpose == Purpose.CALL_BACK and isinstance(row, PersonIdentity) and field in _REACHES:
        rule = SafeContact.objects.filter(person_id=row.person_id).values().first()
        if why_not := safe_contact.why_not(rule, *_REACHES[field]):
            raise ValidationError({"purpose": why_not})
    column = "text" if isinstance(row, Narrative) else "value"
    words = crypto.decrypt(getattr(row, column), table=row._meta.db_table, row=row.pk, field=column)
    audit.record(
        "reveal",
        kind=kind,
        by=by,
        at=at,
        object_id=row.pk,
        tip=row.tip_id,
        reason=purpose,
        fields=[field],
        details={"person": str(getattr(row, "person_id", None) or "")},
    )
    return Seen(label, words)


def _is_opened(person: UUID, field: str) -> bool:
    """Whether two people opened it to this user, an emergency did, or the person's consent names this agency."""
    with connection.cursor() as cursor:
        cursor.execute("select casework_identity_opens(%s, %s)", [person, field])
        return bool(cursor.fetchone()[0])


def _named(row: Closed) -> tuple[str, str, str]:
    if isinstance(row, Narrative):
        return "narrative", "narrative", "What was told"
    if isinstance(row, PersonIdentity):
        return "identity", row.field, row.get_field_display()
    if isinstance(row, Indication):
        return "indication", row.code_list, code_lists()[row.code_list].codes[row.code].label
    return "identifier", row.kind, row.get_kind_display()
