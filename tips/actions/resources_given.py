"""Numbers and material of the directory that a contact was given: read out, texted, mailed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.models import Agency, Service, User
from agencies.whole import whole
from tips import safe_contact
from tips.models import Contact, NonActionable, ResourceGiven

# How numbers are given -> the way in which that reaches the person; what is read out reaches nobody else.
REACHES: dict[str, str] = {ResourceGiven.How.TEXTED: "text", ResourceGiven.How.MAILED: "mail"}


@dataclass(frozen=True)
class Resource:
    """A directory entry given to the person. `how` is a code of ResourceGiven.How."""

    agency: Agency
    how: str
    service: Service | None = None
    needs: tuple[str, ...] = ()


def give(contact: Contact, resources: Sequence[Resource], *, by: User, at: datetime) -> None:
    """Record directory entries that were read out, texted or mailed."""
    for resource in resources:
        ResourceGiven(
            contact=contact,
            agency_id=contact.agency_id,
            given=resource.agency,
            service=resource.service,
            needs=list(resource.needs),
            how=resource.how,
            given_at=at,
        ).save(force_insert=True)
        audit.record(
            "give_resource",
            kind="contact",
            by=by,
            at=at,
            object_id=contact.pk,
            tip=contact.tip_id,
            details={"agency": str(resource.agency.pk), "how": resource.how},
        )


def refuse_unsafe(resources: Sequence[Resource], persons: Sequence[tuple[bool, Mapping[str, Any]]]) -> None:
    """Raises ValidationError where numbers would reach a person in a way that their safe-contact rule bars.

    `persons`: whether each is in contact, and their rule.
    """
    rules = safe_contact.of_the_speaker(persons)
    for way in sorted({REACHES[resource.how] for resource in resources if resource.how in REACHES}):
        if why_not := safe_contact.why_not_all(rules, way):
            raise ValidationError(why_not)


@whole()
def offer_number(contact: Contact, given: Agency, *, by: User, at: datetime) -> None:
    """Record which other line was offered to somebody who was out of scope. Twice is once.

    Raises PermissionDenied for others than the desk that took the contact, and for any other end.
    """
    if contact.agency_id != by.acting_agency_id or not by.has_perm("tips.log_contact"):
        raise PermissionDenied("Only the desk that took this contact writes down what was offered.")
    if contact.end_reason != NonActionable.OUT_OF_SCOPE:
        raise PermissionDenied("A number is written down only where the matter was out of scope.")
    if not ResourceGiven.objects.filter(contact=contact, given=given).exists():
        give(contact, [Resource(agency=given, how=ResourceGiven.How.READ_OUT)], by=by, at=at)
        audit.record("offer_number", kind="contact", by=by, at=at, object_id=contact.pk)
