"""Rows into records: agencies, services and locations first, then what hangs on them."""

import re
from typing import Any
from uuid import UUID

from agencies.hsds import places, terms
from agencies.hsds.attributes import Attributes
from agencies.hsds.fields import LINKS, storable, take_over
from agencies.hsds.index import Index
from agencies.hsds.records import BadValue, Record, Row

_FUNDS = {"FVPSA", "VAWA", "VOCA"}  # The laws whose confidentiality binds a holder: ruling 11.
_REGION_IS_COUNTY = re.compile(r"\b(county|parish|borough)$", re.IGNORECASE)


class Builder:
    """The records of one source as they grow. `records` are in the order in which they can be written."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.found = index.found
        self.records: dict[str, dict[UUID, Record]] = {}
        self.attributes = Attributes(index)
        links = (
            (index.link(row, "location"), index.link(row, "service"))
            for row in index.rows("service_at_location").values()
        )
        self._service_at = {location: service for location, service in links if location and service}

    def of(self, table: str) -> dict[UUID, Record]:
        """The records of one table so far."""
        return self.records.setdefault(table, {})

    def build_all(self) -> None:
        """Agencies, services and locations."""
        for table, build in (
            ("organization", self._organization),
            ("service", self._service),
            ("location", self._location),
        ):
            for at, row in self.index.rows(table).items():
                record = self._start(at, row)
                if record and build(record, row):
                    self.of(table)[at] = record
        self._join_services_to_locations()

    def _start(self, at: UUID, row: Row) -> Record | None:
        taken = take_over(row, self.found)
        if taken is None:
            return None
        return Record(row.table, at, row.key, row, values=taken[0], extra=taken[1])

    def _organization(self, record: Record, row: Row) -> bool:
        settings, own = self.found.settings, self.attributes.own(record.id)
        words = terms.kind(record.values["name"], record.values.get("description", ""))
        kind = next(iter(own.get("kind", [])), "") or settings.agency_kind
        record.values["kind"] = kind or words
        record.extra |= self.attributes.others(record.id)
        if accepts := own.get("accepts_by"):
            record.values["accepts_by"] = accepts[0]
        if "funded_under" in own:
            record.values["funded_under"] = self._known("funded_under", record, _FUNDS)
        if "role" in own:
            record.values["is_group"] = "group" in own["role"]
        parent = self.index.id_of("organization", row.values.get("parent_organization_id"))
        if parent and parent != record.id:
            record.links["parent"] = parent
        self._set_members(record, row)
        return True

    def _set_members(self, record: Record, row: Row) -> None:
        """Who sits in a group; HSDS knows no groups, so they stand in a property of ours."""
        given = row.values.get("casework_members") or []
        seats = given if isinstance(given, list) else [given]
        for seat in seats:
            member = self.index.id_of("organization", seat.get("organization_id")) if isinstance(seat, dict) else None
            if member is None or member == record.id:
                reason = "each member must name another organization"
                self.found.refuse(row, "casework_members", reason, is_row=False)
            else:
                record.members.append((member, seat.get("is_co_lead") is True))

    def _service(self, record: Record, row: Row) -> bool:
        agency = self._agency(row, "organization_id")
        if agency is None:
            return False
        record.links["agency"] = agency
        self._set_status(record, row)
        low, high = record.values.get("minimum_age"), record.values.get("maximum_age")
        if low is not None and high is not None and low > high:
            record.values |= {"minimum_age": None, "maximum_age": None}
            self.found.refuse(row, "minimum_age", "this is above the maximum age; neither was kept", is_row=False)
        if record.values.get("news") and not record.values.get("news_until"):
            record.values["news"] = ""
            self.found.refuse(row, "casework_news", "this has no end, and was not kept", is_row=False)
        record.extra |= self.attributes.others(record.id)
        record.values["needs"] = self._needs(record)
        return True

    def _set_status(self, record: Record, row: Row) -> None:
        """A status that cannot be read must not open the service."""
        if row.values.get("status") and "status" not in record.values:
            record.values["status"] = "inactive"

    def _needs(self, record: Record) -> list[str]:
        if own := self._known("needs", record, terms.known_needs()):
            return own
        holder = self.of("organization").get(record.links["agency"])
        kind = holder.values["kind"] if holder else self.found.settings.agency_kind
        description = record.values.get("description", "")
        return terms.needs(record.values["name"], self.attributes.names(record.id), description, kind=kind)

    def _known(self, name: str, record: Record, codes: set[str]) -> list[str]:
        """The codes of one of our taxonomies that a record is given; an unknown one is refused."""
        given = set(self.attributes.own(record.id).get(name, []))
        if given - codes:
            reason = f"our taxonomy holds {', '.join(sorted(codes))}; another code was left out"
            self.found.refuse(record.origin, name, reason, is_row=False)
        return sorted(given & codes)

    def _agency(self, row: Row, name: str) -> UUID | None:
        """The agency a row belongs to; one outside the file is looked for when the records are written."""
        at = self.index.id_of("organization", row.values.get(name))
        if at is None:
            self.found.refuse(row, name, "this is missing; it must name the organization")
        elif at in self.index.rows("organization") and at not in self.of("organization"):
            self.found.refuse(row, name, "the organization that this names was refused")
            return None
        return at

    def _location(self, record: Record, row: Row) -> bool:
        agency = self._agency_of_location(record.id, row)
        if agency is None:
            return False
        record.links["agency"] = agency
        record.extra |= self.attributes.others(record.id)
        if "confidential" in self.attributes.own(record.id).get("place", []):
            record.values["is_confidential"] = True
        return True

    def _agency_of_location(self, at: UUID, row: Row) -> UUID | None:
        """Its organization, or that of a service given there: public files often leave the first one dangling."""
        named = self.index.id_of("organization", row.values.get("organization_id"))
        if named in self.of("organization"):
            return named
        if service := self.of("service").get(self._service_at.get(at, at)):
            return service.links["agency"]
        return self._agency(row, "organization_id")

    def _join_services_to_locations(self) -> None:
        """Each service that is given at a location; a service given at another agency's place is fine."""
        for row in self.index.rows("service_at_location").values():
            service, location = self.index.link(row, "service"), self.index.link(row, "location")
            if service not in self.of("service"):
                self.found.refuse(row, "service_id", _absent("service"))
            elif location not in self.of("location"):
                self.found.refuse(row, "location_id", _absent("location"))
            else:
                self.of("location")[location].services.append(service)
                self._keep_link(row, self.of("service")[service])

    def _keep_link(self, row: Row, service: Record) -> None:
        """What the link itself says ("by appointment only here") stays with the service."""
        unused = said(self, row) | named(self, row, "location")
        if unused.keys() - {"id", "location_id"}:
            keep(service, "service_at_locations", unused, row, self.index)


def keep(holder: Record, name: str, unused: dict[str, Any], row: Row, index: Index) -> None:
    """Add an object to the properties of its holder that we have no field for."""
    try:
        holder.extra.setdefault(name, []).append(storable(unused))
    except BadValue as problem:
        index.found.refuse(row, name, str(problem), is_row=False)


def without_links(row: Row) -> dict[str, Any]:
    """What a row says, apart from its id and what it hangs on."""
    return {n: v for n, v in row.values.items() if v not in (None, "", []) and n not in LINKS}


def said(builder: Builder, row: Row) -> dict[str, Any]:
    """What a row says, with its id, its own attributes and the phone or contact that it names."""
    at = builder.index.id_of(row.table, row.key)
    kept = without_links(row) | named(builder, row, "contact") | named(builder, row, "phone")
    return kept | (builder.attributes.others(at) | {"id": str(at)} if at else {})


def named(builder: Builder, row: Row, table: str) -> dict[str, Any]:
    """The id that a row names in its `<table>_id`, as ours; nothing when it names none."""
    at = builder.index.link(row, table)
    return {f"{table}_id": str(at)} if at else {}


def _absent(table: str) -> str:
    return f"this names no {table} that came in"


def set_addresses(builder: Builder) -> None:
    """Each location's address: its physical one, else its first; further ones stay among the unused properties."""
    by_location: dict[UUID, list[Row]] = {}
    for row in builder.index.rows("address").values():
        at = builder.index.link(row, "location")
        if at not in builder.of("location"):
            builder.found.refuse(row, "location_id", _absent("location"))
        else:
            by_location.setdefault(at, []).append(row)
    for at, rows in by_location.items():
        rows.sort(key=lambda r: r.values.get("address_type") != "physical")
        location = builder.of("location")[at]
        for place, row in enumerate(rows):
            taken = take_over(row, builder.found)
            if taken is None:
                continue
            if place == 0:
                _set_address(location, *taken)
                location.extra.setdefault("address", {})["id"] = str(builder.index.id_of("address", row.key))
            else:
                keep(location, "addresses", said(builder, row), row, builder.index)


def _set_address(location: Record, ours: dict[str, Any], unused: dict[str, Any]) -> None:
    state = places.state_code(ours.get("state")) or ours.get("state", "")
    location.values |= ours | {"state": state}
    region = unused.get("region")
    if isinstance(region, str) and _REGION_IS_COUNTY.search(region):
        location.values["county"] = places.county_name(region)[:100]
    second = unused.get("address_2")
    if isinstance(second, str) and second:
        both = f"{ours.get('address', '')}, {second}".strip(", ")
        location.values["address"] = both[:255]
    if unused:
        location.extra["address"] = unused


def home_state(builder: Builder) -> dict[UUID, str]:
    """The state of each agency whose places all lie in one; what "Lee County" means where no state is named."""
    seen: dict[UUID, set[str]] = {}
    for location in builder.of("location").values():
        if state := places.state_code(location.values.get("state")):
            seen.setdefault(location.links["agency"], set()).add(state)
    return {agency: next(iter(states)) for agency, states in seen.items() if len(states) == 1}


def set_time_zones(builder: Builder) -> None:
    """Each agency's time zone, by the ZIP codes of its places: the one that most of them lie in."""
    seen: dict[UUID, list[str]] = {}
    for location in builder.of("location").values():
        if zone := places.time_zone(location.values.get("postal_code", "")):
            seen.setdefault(location.links["agency"], []).append(zone)
    for at, zones in seen.items():
        agency = builder.of("organization").get(at)
        if agency and "time_zone" not in agency.values:
            agency.values["time_zone"] = max(sorted(set(zones)), key=zones.count)
