"""Asking an agency by a one-time link whether its entry is still true, and taking its answer for each part of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q

from agencies import audit, links, notices
from agencies.actions import lessons
from agencies.actions.agencies import keeps_directory
from agencies.lifecycle import Conflict
from agencies.models import Agency, Doubt, Phone, Service, User
from agencies.scope import acting_as, acting_as_system, stand_in
from agencies.whole import whole
from casework.roles import BY_LINK

ENTRY_LINK = "entry"
Part = Agency | Service | Phone


def parts(agency: Agency) -> dict[str, Part]:
    """What is asked about, by a name for its field: the agency itself, its services, its open phones. Two queries.

    Nothing of a confidential place goes on a page that is opened by a mail.
    """
    services = agency.services.exclude(status=Service.Status.DEFUNCT).order_by("name", "pk")
    shown = Q(location=None) | Q(location__is_confidential=False)
    found: dict[str, Part] = {"agency": agency}
    found |= {f"service-{service.pk}": service for service in services}
    found |= {f"phone-{phone.pk}": phone for phone in agency.phones.filter(shown).order_by("number", "pk")}
    return found


@whole()
def ask(agency: Agency, *, by: User, at: datetime) -> None:
    """Mail a link to the agency's verified address; an earlier one ends. Ruling 30 (j).

    Raises PermissionDenied for others than the directory's keepers, ValidationError without a verified address.
    """
    if not keeps_directory(by) or by.acting is None:
        raise PermissionDenied("The hotline's supervisors ask agencies about their entries.")
    if not (agency.email and agency.verified_at and agency.is_active):
        raise ValidationError("This agency has no verified address. Call them, and verify the entry by hand.")
    link = links.make(
        ENTRY_LINK,
        about=agency.pk,
        agency=by.acting.agency,
        asked=agency,
        valid_until=at + timedelta(days=settings.ENTRY_LINK_DAYS),
        by=by,
        at=at,
    )
    audit.record("send_link", kind="agency", by=by, at=at, object_id=agency.pk)
    # The policy of notices lets a desk write to agencies of its tips only; who may ask was decided above.
    with acting_as_system("entry_link"):
        path = f"/directory/{agency.pk}/"
        notices.queue("entry_link", agency=agency, reference="", path=path, link=link, at=at)


@whole()
def answer(token: str, *, browser: str, still_true: Mapping[str, bool], at: datetime) -> None:
    """Use the link up: what is still true counts as verified that day, what is not becomes a doubt for the keepers.

    The whole entry counts as verified where all of it is. `still_true` must speak of every part that is there now:
    parts that came meanwhile stay as they are. Raises Conflict where the link has ended; nothing is written then.
    """
    way = links.spend(token, browser=browser, at=at)
    if way is None or way.purpose != ENTRY_LINK:
        raise Conflict("This link has ended.")
    agency = Agency.objects.get(pk=way.about)
    speaker = stand_in(agency, role=BY_LINK)
    with acting_as(speaker):
        known = parts(agency)
        said = {name: is_true for name, is_true in still_true.items() if name in known}
        _verify([known[name] for name, is_true in said.items() if is_true], at)
        for name, is_true in said.items():
            if not is_true:
                _doubt(agency, known[name], speaker, at)
        if all(said.get(name) for name in known):
            Agency.objects.filter(pk=agency.pk).update(verified_at=at)
        counts = {"true": sum(said.values()), "changed": len(said) - sum(said.values())}
        audit.record("verify", kind="agency", by=speaker, at=at, object_id=agency.pk, details=counts)


def _verify(true: list[Part], at: datetime) -> None:
    of: dict[type[Part], list[UUID]] = {}
    for part in true:
        of.setdefault(type(part), []).append(part.pk)
    Service.objects.filter(pk__in=of.get(Service, [])).update(assured_at=at.date())
    Phone.objects.filter(pk__in=of.get(Phone, [])).update(verified_on=at.date())


def _doubt(agency: Agency, part: Part, speaker: User, at: datetime) -> None:
    service = part if isinstance(part, Service) else part.service if isinstance(part, Phone) else None
    phone = part if isinstance(part, Phone) else None
    lessons.doubt(agency, Doubt.Reason.CHANGED, service=service, phone=phone, by=speaker, at=at)
