"""The row behind an identifier: encrypted; MatchKey rows make it found again."""

from uuid import UUID

from agencies import crypto
from agencies.ids import uuid7
from tips.identifiers import VERSION
from tips.models import Identifier, Person, PersonRole, Tip
from tips.told import IdentifierTold

# Of a business, vehicle or advertisement, never of a potential victim or a person in contact (ruling 14 b).
_LEAD_KINDS = frozenset({"address", "business", "plate", "vehicle", "web", "handle"})


def identifier_row(tip: Tip, told: IdentifierTold, *, agency_id: UUID, person: Person | None = None) -> Identifier:
    """Not saved yet; its match keys are written after it."""
    row = uuid7()
    return Identifier(
        id=row,
        tip=tip,
        person=person,
        agency_id=agency_id,
        kind=told.kind,
        value=crypto.encrypt(told.value, table=Identifier._meta.db_table, row=row, field="value"),
        is_lead_fact=_is_lead(told, person),
        forms=VERSION,
    )


def _is_lead(identifier: IdentifierTold, person: Person | None) -> bool:
    """Ruling 14 (b): what was said on the page counts, but nothing of a victim or witness is ever a lead fact."""
    if person is not None and person.role != PersonRole.POTENTIAL_TRAFFICKER:
        return False
    return identifier.kind in _LEAD_KINDS if identifier.is_lead_fact is None else identifier.is_lead_fact
