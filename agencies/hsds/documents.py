"""One agency with all that hangs on it, as an organization of HSDS 3.x: nested, every row once. Plain Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from agencies.hsds import parts
from agencies.hsds.parts import Doc, filled
from agencies.hsds.tables import KEPT_AS

_TABLE_OF = {name: table for table, name in KEPT_AS.items()}
# Names under which an import keeps what belongs to an object that we write ourselves.
_OWN = {
    "phones", "languages", "programs", "service_areas", "service_at_locations", "capacities", "attributes",
    "additional_urls",
}  # fmt: skip


@dataclass(slots=True)
class Tree:
    """An agency's rows, as `agencies.models` has them; only places that may be shown, and only what hangs on those.

    `places_of` tells at which places a service is given; `shown_places` which places are written at all, this
    agency's or another's.
    """

    agency: Any
    kind: str
    shown_places: frozenset[UUID]
    services: list[Any] = field(default_factory=list)
    locations: list[Any] = field(default_factory=list)
    coverages: list[Any] = field(default_factory=list)
    phones: list[Any] = field(default_factory=list)
    hours: list[Any] = field(default_factory=list)
    capacities: list[Any] = field(default_factory=list)
    seats: list[Any] = field(default_factory=list)
    places_of: dict[UUID, list[UUID]] = field(default_factory=dict)


def organization(tree: Tree) -> Doc:
    """The whole agency; the import reads back what it says."""
    row, extra = tree.agency, parts.unused(tree.agency)
    about = filled(
        alternate_name=row.alternate_name,
        description=row.description,
        email=row.email,
        website=row.website,
        parent_organization_id=str(row.parent_id) if row.parent_id else "",
        casework_time_zone=row.time_zone,
        casework_languages=row.languages,
        casework_coverage=[parts.area(a) for a in _sorted(tree.coverages) if a.service_id is None],
        casework_members=[
            {"organization_id": str(seat.member_id)} | filled(is_co_lead=seat.is_co_lead or None)
            for seat in sorted(tree.seats, key=lambda s: str(s.member_id))
        ],
    )
    doc = _plain("organization", extra) | {"id": str(row.pk), "name": row.name, "description": ""} | about
    doc["attributes"] = parts.attributes(
        row.pk, kind=tree.kind, accepts_by=row.accepts_by, funded_under=row.funded_under,
        role=["group"] if row.is_group else [],
    ) + _kept_attributes(extra)  # fmt: skip
    doc |= filled(
        additional_websites=[parts.kept("url", item) for item in extra.get("additional_urls", [])],
        programs=[parts.kept("program", item) for item in extra.get("programs", [])],
        phones=_phones(tree, extra, None, None),
        schedules=_schedules(tree, None, None),
        locations=[_location(tree, place) for place in _sorted(tree.locations)],
        services=[_service(tree, service) for service in _sorted(tree.services)],
    )
    return doc


def _service(tree: Tree, row: Any) -> Doc:
    extra = _shown(parts.unused(row), tree.shown_places)
    about = filled(
        alternate_name=row.alternate_name,
        description=row.description,
        url=row.url,
        email=row.email,
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        eligibility_description=row.eligibility,
        immigration_statuses=row.immigration_statuses,
        fees_description=row.fees,
        application_process=row.application_process,
        alert=row.alert,
        assured_date=row.assured_at.isoformat() if row.assured_at else "",
        casework_genders=row.genders,
        casework_documents=row.documents,
        casework_accessibility=row.accessibility,
        casework_news=row.news if row.news_until else "",
        casework_news_until=parts.moment(row.news_until),
        casework_full_until=parts.moment(row.full_until),
    )
    doc = _plain("service", extra) | {"id": str(row.pk), "name": row.name, "status": row.status} | about
    programs = [parts.kept("program", item) for item in extra.get("programs", [])]
    spoken = [item for item in extra.get("languages", []) if not {"phone_id", "location_id"} & item.keys()]
    doc |= filled(
        attributes=parts.attributes(row.pk, needs=row.needs) + _kept_attributes(extra),
        additional_urls=[parts.kept("url", item) for item in extra.get("additional_urls", [])],
        languages=parts.languages(row.pk, row.languages, spoken),
        service_areas=parts.service_areas(
            row.pk, [a for a in tree.coverages if a.service_id == row.pk], extra.get("service_areas", [])
        ),
        service_at_locations=_given_at(tree, row, extra),
        phones=_phones(tree, extra, row.pk, None),
        schedules=_schedules(tree, row.pk, None),
        capacities=[
            parts.capacity(c, extra.get("capacities", [])) for c in _sorted(tree.capacities) if c.service_id == row.pk
        ],
    )
    doc.pop("program_id", None)
    return doc | (filled(program=programs[0]) if programs else {})


def _location(tree: Tree, row: Any) -> Doc:
    extra = parts.unused(row)
    doc = _plain("location", parts.location(row))
    spoken = [parts.kept("language", item) for item in extra.get("languages", []) if "phone_id" not in item]
    return doc | filled(
        attributes=_kept_attributes(extra),
        additional_urls=[parts.kept("url", item) for item in extra.get("additional_urls", [])],
        languages=spoken,
        phones=_phones(tree, extra, None, row.pk),
        schedules=_schedules(tree, None, row.pk),
    )


def _given_at(tree: Tree, row: Any, extra: Mapping[str, Any]) -> list[Doc]:
    """Where a service is given, with what the source says of just this place."""
    said = {item.get("location_id"): item for item in extra.get("service_at_locations", [])}
    found = []
    for place in sorted(tree.places_of.get(row.pk, []), key=str):
        link = {"id": parts.made_id(row.pk, place), "location_id": str(place)}
        found.append(parts.kept("service_at_location", link | said.get(str(place), {})))
    return found


def _phones(tree: Tree, extra: Mapping[str, Any], service: UUID | None, location: UUID | None) -> list[Doc]:
    """Phones of a holder: of a service (at any place), of a place alone, or of the agency alone."""
    spoken: dict[str, list[Doc]] = {}
    for item in extra.get("languages", []):
        if "phone_id" in item:
            plain = {name: value for name, value in item.items() if name not in ("phone_id", "location_id")}
            spoken.setdefault(item["phone_id"], []).append(parts.kept("language", plain))
    found = []
    for row in _of(tree.phones, service, location):
        doc = parts.phone(row, extra.get("phones", []))
        found.append(doc | _place(row, service) | filled(languages=spoken.get(str(row.pk), [])))
    return found


def _schedules(tree: Tree, service: UUID | None, location: UUID | None) -> list[Doc]:
    return [parts.schedule(row) | _place(row, service) for row in _of(tree.hours, service, location)]


def _of(rows: Iterable[Any], service: UUID | None, location: UUID | None) -> list[Any]:
    if service:
        return [row for row in _sorted(rows) if row.service_id == service]
    return [row for row in _sorted(rows) if row.service_id is None and row.location_id == location]


def _place(row: Any, service: UUID | None) -> Doc:
    return {"location_id": str(row.location_id)} if service and row.location_id else {}


def _plain(table: str, extra: Mapping[str, Any]) -> Doc:
    """The unused properties and the kept rows of a holder, without those that its own objects take up."""
    doc = {}
    for name, value in extra.items():
        kept_table = _TABLE_OF.get(name)
        if name in _OWN:
            continue
        if kept_table and isinstance(value, list):
            doc[name] = [parts.kept(kept_table, item) for item in value]
        else:
            doc[name] = value
    return parts.numbers(table, doc)


def _kept_attributes(extra: Mapping[str, Any]) -> list[Doc]:
    return list(parts.kept("", {"attributes": extra.get("attributes", [])}).get("attributes", []))


def _shown(extra: Mapping[str, Any], places: frozenset[UUID]) -> Doc:
    """A service's kept rows without those that tell of a place that is not written."""
    names = {str(place) for place in places}

    def is_shown(item: Any) -> bool:
        return not isinstance(item, dict) or item.get("location_id", "") in {"", *names}

    return {n: [i for i in v if is_shown(i)] if isinstance(v, list) else v for n, v in extra.items()}


def _sorted(rows: Iterable[Any]) -> Sequence[Any]:
    return sorted(rows, key=lambda row: str(row.pk))
