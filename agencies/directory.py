"""Who can help: agencies of the wanted kinds that cover a place, nearest coverage first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Expression, IntegerField, Min, Q, QuerySet, Value, When

from agencies.models import Agency, Coverage, Phone
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
    agency. Two queries; at most `limit` rows.
    """
    order = Case(*[When(agency__kind=kind, then=Value(n)) for n, kind in enumerate(kinds)], output_field=IntegerField())
    agencies = reachable(Agency.objects.receiving()).filter(kind__in=kinds).exclude(pk__in=exclude)
    return _nearest(agencies, where, order, limit)


def covers(agencies: Collection[Agency], where: Where) -> set[UUID]:
    """The ids of those among these agencies that cover the place. One query."""
    rows = Coverage.objects.filter(holding(where), agency__in=agencies)
    return set(rows.values_list("agency_id", flat=True))


def out_of_reach(kinds: Sequence[str], where: Where, *, exclude: Collection[UUID] = (), limit: int) -> list[Agency]:
    """Agencies that would stand in `covering`, were there a way to reach them. One query; at most `limit` rows."""
    here = Coverage.objects.filter(holding(where)).values("agency_id")
    agencies = unreachable(Agency.objects.receiving()).filter(pk__in=here, kind__in=kinds).exclude(pk__in=exclude)
    return list(agencies.order_by("name", "pk")[:limit])


_NO_ORDER = Value(0, output_field=IntegerField())


def _nearest(
    agencies: "QuerySet[Agency]", where: Where, order: Expression, limit: int, kinds: Collection[str] = ()
) -> list[Candidate]:
    """The nearest of these agencies: chosen over their coverage alone, then read, so that few whole rows are sorted.

    `kinds` limits the coverages that count; empty for all. Two queries.
    """
    of_kind = Q(kind__in=kinds) if kinds else Q()
    ranked = (
        Coverage.objects.filter(holding(where), of_kind, agency__in=agencies.values("pk"))
        .values("agency_id", "agency__name")
        .annotate(place=Min(order), rank=Min(narrowest()))
        .order_by("place", "rank", "agency__name", "agency_id")
    )
    ranks = {row["agency_id"]: row["rank"] for row in ranked[:limit]}
    found = with_reach(Agency.objects.select_related("kind")).in_bulk(list(ranks)) if ranks else {}
    return [_candidate(agency, rank) for pk, rank in ranks.items() if (agency := found.get(pk))]


def _candidate(agency: Agency, rank: int) -> Candidate:
    return Candidate(agency, agency.kind_id, rank, agency.verified_at is None, way_to(agency))


# Ruling 20: the emergency dispatch centre of the place; ruling 2: who is asked where none is known or it is accused.
CENTRE = "emergency_dispatch"
BESIDE_THE_CENTRE = ("emergency_dispatch_neighbor", "state_police")
_LOCAL = (Coverage.Kind.ZIP, Coverage.Kind.TRIBAL, Coverage.Kind.COUNTY)


@dataclass(frozen=True)
class Reached:
    """Somebody to be called in danger, with the numbers for a transfer first."""

    agency: Agency
    phones: tuple[Phone, ...]
    takes_texts: bool


def emergency_centres(where: Where) -> list[Reached]:
    """Emergency centres that cover exactly this place; none is guessed from the state. Three queries; at most 4."""
    local = Agency.objects.filter(is_active=True, succeeded_by=None, kind_id=CENTRE)
    return _reached([found.agency for found in _nearest(local, where, _NO_ORDER, 4, kinds=_LOCAL)])


def beside_the_centre(where: Where) -> list[Reached]:
    """Whom to call where the centre of the place is not known: a neighbouring centre, the state police. Two queries."""
    if not where.state:
        return []
    near = Agency.objects.filter(is_active=True, succeeded_by=None, kind_id__in=BESIDE_THE_CENTRE)
    near = near.filter(coverages__state=where.state).distinct()
    return _reached(list(near.order_by("kind_id", "name", "pk")[:4]))


def other_lines() -> list[Reached]:
    """Hotlines that somebody who called the wrong one can be sent to, by name; at most 30, in two queries."""
    lines = Agency.objects.filter(is_active=True, succeeded_by=None, kind__family="hotline", is_hotline=False)
    return _reached(list(lines.order_by("name", "pk")[:30]))


def _reached(agencies: Sequence[Agency]) -> list[Reached]:
    phones: dict[UUID, list[Phone]] = {}
    if agencies:
        found = Phone.objects.filter(agency__in=[agency.pk for agency in agencies])
        for phone in found.order_by("number", "pk"):
            phones.setdefault(phone.agency_id, []).append(phone)
    return [_one_reached(agency, phones.get(agency.pk, [])) for agency in agencies]


def _one_reached(agency: Agency, phones: Sequence[Phone]) -> Reached:
    spoken = [phone for phone in phones if phone.kind != "text"]
    first = [phone for phone in spoken if phone.purpose == Phone.Purpose.WARM_TRANSFER]
    ordered = [*first, *(phone for phone in spoken if phone not in first)]
    return Reached(agency, tuple(ordered), any(phone.kind == "text" for phone in phones))


def holding(where: Where) -> Q:
    """Coverage that holds the place."""
    covered = Q(kind=Coverage.Kind.WORLDWIDE)
    covered |= Q(kind=Coverage.Kind.COUNTRY, country=where.country)
    if where.state:
        covered |= Q(kind=Coverage.Kind.STATE, state=where.state)
    if where.state and where.county:
        covered |= Q(kind=Coverage.Kind.COUNTY, state=where.state, county__iexact=where.county)
    if where.postal_code:
        covered |= Q(kind=Coverage.Kind.ZIP, code=where.postal_code[:5])
    if where.tribal_land:
        covered |= Q(kind=Coverage.Kind.TRIBAL, code__iexact=where.tribal_land)
    return covered


def narrowest() -> Case:
    """The rank of a coverage, 1 for the narrowest kind."""
    return Case(*[When(kind=kind, then=Value(rank)) for kind, rank, _ in _RANKS], output_field=IntegerField())
