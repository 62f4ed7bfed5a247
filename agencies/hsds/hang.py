"""What hangs on agencies, services and locations: phones, coverage, hours, capacity, languages and the unmodelled."""

from typing import Any
from uuid import UUID

from agencies.hsds import places, values
from agencies.hsds.build import Builder, home_state, keep, named, said, without_links
from agencies.hsds.fields import take_over
from agencies.hsds.records import BadValue, Record, Row, stable_id
from agencies.hsds.tables import HOLDERS, KEPT_AS

# What makes a schedule something else than "these days, every week": then it is kept as words only.
_NOT_WEEKLY = ("byweekno", "bymonthday", "byyearday", "until", "count")
# Through which other rows a row may reach its holder.
_THROUGH = ("service_at_location", "contact", "phone")
Links = dict[str, UUID]


def hang_all(builder: Builder) -> None:
    """Everything that hangs on the records already built."""
    for at, row in builder.index.rows("phone").items():
        _phone(builder, at, row)
    for at, row in builder.index.rows("schedule").items():
        _schedule(builder, at, row)
    _all_coverage(builder)
    for at, row in builder.index.rows("service_capacity").items():
        _capacity(builder, at, row)
    for row in builder.index.rows("language").values():
        _language(builder, row)
    for table, name in KEPT_AS.items():
        if table != "attribute":
            _keep_rows(builder, table, name)


def _holders(builder: Builder, row: Row, *, depth: int = 0) -> Links:
    """The service, location and agency that a row belongs to, straight or through the rows it names."""
    links: Links = {}
    for table in HOLDERS:
        at = builder.index.link(row, table)
        if table == "organization" and row.table == "metadata":
            at = None
        if at in builder.of(table):
            links[table] = at
    if row.table == "metadata" and (at := builder.index.id_of("organization", row.values.get("resource_id"))):
        links |= {t: at for t in HOLDERS if at in builder.of(t)}
    for table in _THROUGH if depth < len(_THROUGH) else ():
        if (other := builder.index.at(row, table)) and other is not row:
            links = _holders(builder, other, depth=depth + 1) | links
    return links


def _owned(builder: Builder, row: Row) -> Links | None:
    """Links as our records name them, with the agency; None, and a refusal, when the row belongs to nothing."""
    found = _holders(builder, row)
    links: Links = {}
    for table in ("service", "location"):
        if table in found:
            links[table] = found[table]
            links.setdefault("agency", builder.of(table)[found[table]].links["agency"])
    links.setdefault("agency", found["organization"]) if "organization" in found else None
    if "agency" not in links and (outside := builder.index.link(row, "organization")):
        links["agency"] = outside
    if "agency" not in links:
        builder.found.refuse(
            row, _named_holder(row), "this belongs to no organization, service or location that came in"
        )
        return None
    return links


def _named_holder(row: Row) -> str:
    return next(
        (n for n in ("resource_id", "service_id", "location_id", "organization_id") if row.values.get(n)),
        "organization_id",
    )


def _add(builder: Builder, at: UUID, row: Row, links: Links, ours: dict[str, Any]) -> Record:
    record = Record(row.table, at, row.key, row, values=ours, links=links)
    builder.of(row.table)[at] = record
    return record


def _phone(builder: Builder, at: UUID, row: Row) -> None:
    taken = take_over(row, builder.found)
    links = _owned(builder, row) if taken else None
    if taken is None or links is None:
        return
    ours, unused = taken
    try:
        number, extension = values.phone(ours["number"], country=builder.found.settings.default_country)
    except BadValue as problem:
        builder.found.refuse(row, "number", str(problem))
        return
    ours["number"] = number
    if extension and not ours.get("extension"):
        ours["extension"] = extension[:20]
    if purpose := builder.attributes.own(at).get("purpose"):
        ours["purpose"] = purpose[0]
    _add(builder, at, row, links, ours)
    unused |= builder.attributes.others(at) | named(builder, row, "contact")
    if unused:
        _keep_with_holder(builder, row, links, "phones", {"id": row.key, **unused})


def _schedule(builder: Builder, at: UUID, row: Row) -> None:
    taken = take_over(row, builder.found)
    links = _owned(builder, row) if taken else None
    if taken is None or links is None:
        return
    ours, unused = taken
    unused |= builder.attributes.others(at)
    if not ours.get("time_zone"):
        ours["time_zone"] = values.offset_zone(row.values.get("opens_at"))
    if any(row.values.get(name) for name in _NOT_WEEKLY) or not _is_every_week(row):
        names = ("freq", "byday", "opens_at", "closes_at")
        unused |= {n: v for n in names if isinstance(v := row.values.get(n), str) and v}
        ours |= {"weekdays": "", "opens_at": None, "closes_at": None}
    record = _add(builder, at, row, links, ours)
    record.extra = unused


def _is_every_week(row: Row) -> bool:
    return row.values.get("freq") in (None, "", "WEEKLY") and str(row.values.get("interval") or 1) == "1"


def _all_coverage(builder: Builder) -> None:
    states = home_state(builder)
    for row in builder.index.rows("service_area").values():
        _coverage(builder, row, states)
    for agency in builder.of("organization").values():
        _agency_coverage(builder, agency)


def _coverage(builder: Builder, row: Row, states: dict[UUID, str]) -> None:
    """One record for each area that the text names; a text without places is kept as it is, and said so."""
    service = builder.of("service").get(_holders(builder, row).get("service", UUID(int=0)))
    if service is None:
        builder.found.refuse(row, "service_id", "this names no service that came in")
        return
    agency = service.links["agency"]
    state = builder.found.settings.default_state or states.get(agency, "")
    name = "extent" if row.values.get("extent_type") == "text" else "name"
    given = row.values.get("casework_areas")
    try:
        found = places.given_areas(given) if given else _areas(row.values.get(name), state)
    except BadValue as problem:
        builder.found.refuse(row, "casework_areas" if given else name, str(problem))
        keep(service, "service_areas", without_links(row), row, builder.index)
        return
    _add_areas(builder, row, found, {"agency": agency, "service": service.id})
    if len(without_links(row)) > 1:
        keep(service, "service_areas", said(builder, row), row, builder.index)


def _agency_coverage(builder: Builder, agency: Record) -> None:
    """Areas that an agency covers as a whole: HSDS has no place for them, so they stand in a property of ours."""
    given = agency.origin.values.get("casework_coverage")
    try:
        _add_areas(builder, agency.origin, places.given_areas(given) if given else [], {"agency": agency.id})
    except BadValue as problem:
        builder.found.refuse(agency.origin, "casework_coverage", str(problem), is_row=False)


def _add_areas(builder: Builder, row: Row, found: list[places.Area], links: Links) -> None:
    holder = links.get("service", links["agency"])
    for area in found:
        fields = {"kind": area.kind, "country": area.country, "state": area.state, "county": area.county}
        fields["code"] = area.code
        at = stable_id("coverage", f"{holder}/{'/'.join(fields.values())}", source=builder.found.settings.source)
        origin = Row("coverage", row.values, row.file, row.where)
        record = Record("coverage", at, "", origin, values=fields | {"label": area.label}, links=links)
        builder.of("coverage").setdefault(at, record)


def _areas(value: Any, state: str) -> list[places.Area]:
    found = places.areas(value, state=state)
    if not found:
        raise BadValue("this is empty; it must name the area")
    return found


def _capacity(builder: Builder, at: UUID, row: Row) -> None:
    service = builder.index.link(row, "service")
    if service not in builder.of("service"):
        builder.found.refuse(row, "service_id", "this names no service that came in")
        return
    taken = take_over(row, builder.found)
    if taken is None:
        return
    ours, unused = taken
    unit = builder.index.at(row, "unit")
    try:
        name = values.text(80)(unit.values.get("name") if unit else None)
    except BadValue as problem:
        builder.found.refuse(row, "unit", str(problem))
        return
    ours["unit"] = name or "places"
    if unit and len(without_links(unit)) > 1:
        unused["unit"] = said(builder, unit)
    _add(builder, at, row, {"service": service}, ours)
    if unused:
        keep(builder.of("service")[service], "capacities", {"id": row.key, **unused}, row, builder.index)


def _language(builder: Builder, row: Row) -> None:
    """Languages of a service are its own field; those of places and phones stay with their holder (`_keep_rows`)."""
    service = builder.of("service").get(builder.index.link(row, "service") or UUID(int=0))
    try:
        name = values.text(80)(row.values.get("name")) or values.text(80)(row.values.get("code"))
    except BadValue as problem:
        builder.found.refuse(row, "name", str(problem))
        return
    if service and name:
        spoken = service.values.setdefault("languages", [])
        if name not in spoken:
            spoken.append(name)


def _keep_rows(builder: Builder, table: str, name: str) -> None:
    for row in builder.index.rows(table).values():
        if table == "program":
            _keep_program(builder, row)
            continue
        links = _holders(builder, row)
        holder = next((t for t in HOLDERS if t in links), "")
        if not holder:
            builder.found.refuse(
                row, _named_holder(row), "this belongs to no organization, service or location that came in"
            )
            continue
        if table == "language" and row.values.get("service_id") and without_links(row).keys() <= {"name"}:
            continue  # Its name is in the service's own list.
        kept = said(builder, row)
        if holder == "service" and "location" in links:
            kept["location_id"] = str(links["location"])
        keep(builder.of(holder)[links[holder]], name, kept, row, builder.index)


def _keep_program(builder: Builder, row: Row) -> None:
    """A program stands with its organization, and with each service that names it."""
    at = builder.index.id_of("program", row.key)
    holders = [builder.of("organization").get(builder.index.link(row, "organization") or UUID(int=0))]
    holders += [s for s in builder.of("service").values() if at and builder.index.link(s.origin, "program") == at]
    for holder in filter(None, holders):
        keep(holder, "programs", said(builder, row), row, builder.index)


def _keep_with_holder(builder: Builder, row: Row, links: Links, name: str, what: dict[str, Any]) -> None:
    for table, link in (("service", "service"), ("location", "location"), ("organization", "agency")):
        if holder := builder.of(table).get(links.get(link, UUID(int=0))):
            keep(holder, name, what, row, builder.index)
            return
