"""Agencies with all that may be published of them, ready to be written as HSDS. Reads by batches; writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model

from agencies.hsds.documents import Tree
from agencies.models import Agency, Capacity, Coverage, GroupMember, Hours, Location, Phone, Service

BATCH = 200


@dataclass(slots=True)
class LeftOut:
    """What is not written, and how much of it."""

    closed_agencies: int = 0
    confidential_places: int = 0
    hanging_there: int = 0
    internal_phones: int = 0


@dataclass(slots=True)
class Export:
    """The trees of all agencies that are in the directory now; `left_out` is whole once the last one was taken.

    A confidential place is in no export, nor is what hangs on it. `is_public` also leaves out what staff alone
    should see: lines for a warm transfer and the addresses that notices go to.
    """

    is_public: bool = False
    left_out: LeftOut = field(default_factory=LeftOut)

    def trees(self) -> Iterator[Tree]:
        """By id, eight statements for every 200 agencies."""
        confidential = frozenset(Location.objects.filter(is_confidential=True).values_list("pk", flat=True))
        self.left_out.confidential_places = len(confidential)
        self.left_out.closed_agencies = Agency.objects.filter(is_active=False).count()
        last = UUID(int=0)
        agencies = Agency.objects.filter(is_active=True).select_related("kind").order_by("pk")
        while batch := list(agencies.filter(pk__gt=last)[:BATCH]):
            yield from self._batch(batch, confidential)
            last = batch[-1].pk

    def _batch(self, agencies: list[Agency], confidential: frozenset[UUID]) -> Iterator[Tree]:
        ids = [agency.pk for agency in agencies]
        services = _by(Service, ids)
        locations = _by(Location, ids, is_confidential=False)
        coverages, phones, hours = _by(Coverage, ids), _by(Phone, ids), _by(Hours, ids)
        capacities: dict[UUID, list[Any]] = defaultdict(list)
        for capacity in Capacity.objects.filter(service__agency__in=ids).select_related("service"):
            capacities[capacity.service.agency_id].append(capacity)
        seats: dict[UUID, list[Any]] = defaultdict(list)
        for seat in GroupMember.objects.filter(group__in=ids, member__is_active=True):
            seats[seat.group_id].append(seat)
        given_at, shown = _given_at(ids, confidential)
        for agency in agencies:
            at = agency.pk
            if self.is_public:
                agency.email = ""
            places = shown[at] | {place.pk for place in locations[at]}
            yield Tree(
                agency=agency,
                kind=agency.kind_id,
                shown_places=frozenset(places),
                services=services[at],
                locations=locations[at],
                coverages=coverages[at],
                phones=list(self._open(phones[at], confidential)),
                hours=list(self._open(hours[at], confidential)),
                capacities=capacities[at],
                seats=seats[at],
                places_of=given_at,
            )

    def _open(self, rows: Iterable[Any], confidential: frozenset[UUID]) -> Iterator[Any]:
        for row in rows:
            if row.location_id in confidential:
                self.left_out.hanging_there += 1
            elif self.is_public and getattr(row, "purpose", "") == Phone.Purpose.WARM_TRANSFER:
                self.left_out.internal_phones += 1
            else:
                yield row


def _by(model: type[Model], agencies: list[UUID], **wanted: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in model._default_manager.filter(agency__in=agencies, **wanted):
        found[row.agency_id].append(row)  # type: ignore[attr-defined]
    return found


def _given_at(
    agencies: list[UUID], confidential: frozenset[UUID]
) -> tuple[dict[UUID, list[UUID]], dict[UUID, set[UUID]]]:
    """At which places each service is given, and those places by the services' agencies; no confidential ones."""
    places: dict[UUID, list[UUID]] = defaultdict(list)
    shown: dict[UUID, set[UUID]] = defaultdict(set)
    pairs = Location.services.through.objects.filter(service__agency__in=agencies)
    for service, agency, place in pairs.values_list("service_id", "service__agency_id", "location_id"):
        if place not in confidential:
            places[service].append(place)
            shown[agency].add(place)
    return places, shown
