"""Who can help the person in contact: entries of the directory for the place and the needs that were told."""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from agencies.directory import Candidate, Where, offering
from agencies.models import Phone, Service
from casework.cards import need_label
from tips.actions.intake import Resource

_MOST = 12
_NUMBERS = 3


@dataclass(frozen=True)
class Helper:
    """An agency that may be read out, with its public numbers; nobody is told."""

    candidate: Candidate
    needs: tuple[str, ...]
    phones: tuple[Phone, ...]

    @property
    def agency_id(self) -> str:
        return str(self.candidate.agency.pk)

    @property
    def label(self) -> str:
        return self.candidate.agency.name

    @property
    def needs_label(self) -> str:
        return ", ".join(need_label(need) for need in self.needs)

    def as_resource(self, how: str) -> Resource:
        """What the verb records."""
        return Resource(agency=self.candidate.agency, how=how, needs=self.needs)


def near(data: QueryDict) -> list[Helper]:
    """Agencies that offer one of the needs ticked on the page and cover its place, narrowest coverage first.

    At most 12, in three queries; none at all while no need is ticked.
    """
    needs = sorted({need for name in data for need in data.getlist(name) if _is_need(name)} - {"none", "unknown"})
    if not needs:
        return []
    return _with_offers(offering(needs, where_of(data), limit=_MOST), needs)


def where_of(data: QueryDict) -> Where:
    """The place typed on the page, as the directory understands it."""
    return Where(
        country=data.get("country", "").strip().upper() or "US",
        state=data.get("state", "") if data.get("state") != "unknown" else "",
        county=data.get("county", "").strip(),
        postal_code=data.get("postal_code", "").strip(),
        tribal_land=data.get("tribal_land", "").strip(),
    )


def _is_need(name: str) -> bool:
    return name.startswith("person-") and name.endswith("-needs")


def _with_offers(candidates: list[Candidate], needs: list[str]) -> list[Helper]:
    """The candidates with the wanted needs that each meets, and three numbers to read out."""
    agencies = [candidate.agency.pk for candidate in candidates]
    offers: dict[UUID, set[str]] = {}
    active = Service.objects.filter(agency__in=agencies, status=Service.Status.ACTIVE)
    for agency, offered in active.values_list("agency_id", "needs"):
        offers.setdefault(agency, set()).update(need for need in offered if need in needs)
    phones: dict[UUID, list[Phone]] = {}
    for phone in Phone.objects.filter(agency__in=agencies).order_by("purpose", "number"):
        phones.setdefault(phone.agency_id, []).append(phone)
    return [
        Helper(c, tuple(sorted(offers[c.agency.pk])), tuple(phones.get(c.agency.pk, [])[:_NUMBERS])) for c in candidates
    ]
