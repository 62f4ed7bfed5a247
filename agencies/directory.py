"""Who can help: agencies of the wanted kinds that cover a place, nearest coverage first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, Min, OuterRef, Q, Value, When

from agencies.models import Agency, Coverage, Service
from agencies.reach import Way, reachable, unreachable, way_to, with_reach

# The narrower an agency's coverage of the place, the earlier it stands.
_RANKS = (
    (Coverage.Kind.ZIP, 1, "covers this ZIP code"),
    (Coverage.Kind.TRIBAL, 1, "covers this tribal land"),
    (Coverage.Kind.COUNTY, 2, "covers this county"),
    (Coverage.Kind.STATE, 3, "covers the state"),
    (Coverage.Kind.COUNTRY, 4, "covers the whole country"),
    (Coverage.Kind.WORLDWIDE, 5, "works worldwide"),
)
REASONS = {rank: reason for _, rank, reason in _RANKS}


@dataclass(frozen=True)
class Where:
    """A place as the directory understands it; empty fields are not known."""

    country: str = "US"
    state: str = ""
    county: str = ""
    postal_code: str = ""
    tribal_land: str = ""


@dataclass(frozen=True)
class Candidate:
    """An agency, why it stands where it stands, and whether its entry may be out of date."""

    agency: Agency
    kind: str
    rank: int
    is_unverified: bool
    way: Way

    @property
    def reason(self) -> str:
        return REASONS[self.rank]


def covering(kinds: Sequence[str], where: Where, *, exclude: Collection[UUID] = (), limit: int = 20) -> list[Candidate]:
    """Agencies of these kinds that a referral reaches and that cover the place: in the kinds' order, narrowest first.

    A place of unknown state is covered by whole-country and worldwide agencies only: guessing would tell the wrong
    agency. One query; at most `limit` rows.
    """
    order = Case(*[When(kind_id=kind, then=Value(n)) for n, kind in enumerate(kinds)], output_field=IntegerField())
    agencies = (
        reachable(Agency.objects.receiving())
        .filter(_covers(where), kind_id__in=kinds)
        .exclude(pk__in=exclude)
        .annotate(place=order, rank=Min(_rank()))
        .select_related("kind")
        .order_by("place", "rank", "name", "pk")[:limit]
    )
    return [_candidate(agency) for agency in agencies]


def out_of_reach(kinds: Sequence[str], where: Where, *, exclude: Collection[UUID] = (), limit: int) -> list[Agency]:
    """Agencies that would stand in `covering`, were there a way to reach them. One query; at most `limit` rows."""
    agencies = unreachable(Agency.objects.receiving()).filter(_covers(where), kind_id__in=kinds).exclude(pk__in=exclude)
    return list(agencies.order_by("name", "pk").distinct()[:limit])


def offering(needs: Sequence[str], where: Where, *, limit: int = 12) -> list[Candidate]:
    """Agencies with an active service for one of the needs that cover the place, narrowest first. One query."""
    service = Service.objects.filter(agency=OuterRef("pk"), status=Service.Status.ACTIVE, needs__overlap=list(needs))
    agencies = (
        with_reach(Agency.objects.receiving())
        .filter(_covers(where), Exists(service))
        .annotate(rank=Min(_rank()))
        .select_related("kind")
        .order_by("rank", "name", "pk")[:limit]
    )
    return [_candidate(agency) for agency in agencies]


def _candidate(agency: Agency) -> Candidate:
    rank: int = agency.rank  # type: ignore[attr-defined]
    return Candidate(agency, agency.kind_id, rank, agency.verified_at is None, way_to(agency))


def _covers(where: Where) -> Q:
    covered = Q(coverages__kind=Coverage.Kind.WORLDWIDE)
    covered |= Q(coverages__kind=Coverage.Kind.COUNTRY, coverages__country=where.country)
    if where.state:
        covered |= Q(coverages__kind=Coverage.Kind.STATE, coverages__state=where.state)
    if where.state and where.county:
        covered |= Q(
            coverages__kind=Coverage.Kind.COUNTY, coverages__state=where.state, coverages__county__iexact=where.county
        )
    if where.postal_code:
        covered |= Q(coverages__kind=Coverage.Kind.ZIP, coverages__code=where.postal_code[:5])
    if where.tribal_land:
        covered |= Q(coverages__kind=Coverage.Kind.TRIBAL, coverages__code__iexact=where.tribal_land)
    return covered


def _rank() -> Case:
    return Case(
        *[When(coverages__kind=kind, then=Value(rank)) for kind, rank, _ in _RANKS], output_field=IntegerField()
    )
