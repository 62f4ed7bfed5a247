"""Who can help the person in contact: entries of the directory for the place and the needs that were told."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from agencies.directory import Candidate, Where, covering
from agencies.models import Agency, AgencyKind, Phone, Service
from casework.cards import need_label
from tips.actions.intake import Resource

_MOST = 12


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
    where = Where(
        country=data.get("country", "").strip().upper() or "US",
        state=data.get("state", "") if data.get("state") != "unknown" else "",
        county=data.get("county", "").strip(),
        postal_code=data.get("postal_code", "").strip(),
        tribal_land=data.get("tribal_land", "").strip(),
    )
    offered = _offered(needs)
    kinds = list(
        AgencyKind.objects.filter(agencies__in=list(offered)).values_list("pk", flat=True).distinct().order_by("pk")
    )
    found = [candidate for candidate in covering(kinds, where, limit=200) if candidate.agency.pk in offered]
    found.sort(key=lambda candidate: (candidate.rank, candidate.agency.name))
    return _with_phones(found[:_MOST], offered)


def _is_need(name: str) -> bool:
    return name.startswith("person-") and name.endswith("-needs")


def _offered(needs: list[str]) -> dict[UUID, set[str]]:
    """Agency -> the wanted needs that its active services offer."""
    found: dict[UUID, set[str]] = {}
    rows = Service.objects.filter(status=Service.Status.ACTIVE, needs__overlap=needs).values_list("agency_id", "needs")
    for agency, offers in rows:
        found.setdefault(agency, set()).update(need for need in offers if need in needs)
    return found


def _with_phones(candidates: Iterable[Candidate], offered: dict[UUID, set[str]]) -> list[Helper]:
    agencies: list[Agency] = [candidate.agency for candidate in candidates]
    phones: dict[UUID, list[Phone]] = {}
    for phone in Phone.objects.filter(agency__in=agencies).order_by("purpose", "number"):
        phones.setdefault(phone.agency_id, []).append(phone)
    return [Helper(c, tuple(sorted(offered[c.agency.pk])), tuple(phones.get(c.agency.pk, [])[:3])) for c in candidates]
