"""What hangs on an agency, as the objects of HSDS: phones, hours, areas, places and whatever an import kept."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from agencies.hsds import places
from agencies.hsds.published import NUMBERS, REQUIRED
from agencies.hsds.records import content_key
from agencies.hsds.tables import OWN_TAXONOMIES, TABLES

Doc = dict[str, Any]
# What the import remembers for itself; see agencies/actions/directory_rows.py.
_OURS = "casework_import"
_TAXONOMY_OF = {field: taxonomy for taxonomy, field in OWN_TAXONOMIES.items()}
_WHOLE_HOURS = re.compile(r"^Etc/GMT([+-]\d+)$")


def unused(record: Any) -> Doc:
    """The properties of the source that we have no field for."""
    return {name: value for name, value in record.extra.items() if name != _OURS}


def made_id(*parts: object) -> str:
    """An id for an object that has none here, the same as long as its parts are."""
    return content_key({"of": "/".join(map(str, parts))})


def filled(**values: Any) -> Doc:
    """The values that say something."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def attributes(holder: UUID, **own: str | Iterable[str]) -> list[Doc]:
    """Codes of our own taxonomies, in the order given."""
    found = []
    for field, codes in own.items():
        taxonomy = _TAXONOMY_OF[field]
        for code in [codes] if isinstance(codes, str) else sorted(codes):
            name = code.replace("_", " ")
            term = {"id": made_id(taxonomy, code), "code": code, "name": name, "description": f"{code} in {taxonomy}"}
            found.append({"id": made_id(holder, taxonomy, code), "taxonomy_term": term | {"taxonomy": taxonomy}})
    return found


def kept(table: str, row: Mapping[str, Any]) -> Doc:
    """A row that an import kept, as it came: its attributes and the required texts are put right."""
    doc = {name: value for name, value in row.items() if value not in (None, "", [])}
    doc.setdefault("id", made_id(table, sorted(map(str, doc.items()))))
    for name in REQUIRED.get(table, ()):
        doc[name] = str(doc.get(name, ""))
    for name, value in doc.items():
        child = TABLES.get(name)
        if child == "attribute":
            doc[name] = [_kept_attribute(item) for item in value]
    return numbers(table, doc)


def _kept_attribute(row: Mapping[str, Any]) -> Doc:
    """An attribute as the import stores it: the term's code, name and taxonomy beside it, its rest below `term`."""
    about = dict(row.get("term", {}))
    doc = {n: v for n, v in row.items() if n not in ("term", "code", "name", "taxonomy", "link_entity")}
    doc.setdefault("id", made_id("attribute", sorted(map(str, row.items()))))
    said = filled(code=row.get("code"), name=row.get("name"), taxonomy=row.get("taxonomy"))
    if about or said:
        term = said | about
        term.setdefault("id", made_id("taxonomy_term", said))
        doc["taxonomy_term"] = {"name": str(row.get("code", "")), "description": ""} | term
    return doc


def numbers(table: str, doc: Doc) -> Doc:
    """Published numbers as numbers; what is none stays readable below a name of ours."""
    for name in NUMBERS.get(table, set()) & doc.keys():
        if isinstance(doc[name], str):
            try:
                doc[name] = _number(doc[name])
            except ValueError:
                doc[f"casework_{name}"] = doc.pop(name)
    return doc


def _number(text: str) -> int | float:
    return int(text) if text.strip().lstrip("+-").isdigit() else float(text)


def merged(table: str, own: Doc, rows: Sequence[Mapping[str, Any]], *names: str) -> Doc:
    """Our object with what the import kept of the same one, known by one of these ids."""
    for row in rows:
        if row.get("id") in names:
            return kept(table, row) | own
    return own


def phone(row: Any, rows: Sequence[Mapping[str, Any]]) -> Doc:
    """A phone; `rows` are what the import kept of its holder's phones."""
    extension = row.extension if row.extension.isdigit() and str(int(row.extension)) == row.extension else ""
    doc = {"id": str(row.pk), "number": row.number} | filled(
        extension=int(extension) if extension else None,
        casework_extension="" if extension else row.extension,
        type=row.kind,
        description=row.description,
        casework_verified_on=row.verified_on.isoformat() if row.verified_on else "",
        casework_source=row.source,
    )
    doc = merged("phone", doc, rows, row.source_id, str(row.pk))
    return doc | {"attributes": attributes(row.pk, purpose=row.purpose) + doc.get("attributes", [])}


def schedule(row: Any) -> Doc:
    """Opening hours; those that are no plain week stand as the source wrote them."""
    zone = _WHOLE_HOURS.match(row.time_zone)
    doc = {"id": str(row.pk)} | filled(
        freq="WEEKLY" if row.weekdays else "",
        byday=row.weekdays,
        opens_at=_time(row.opens_at),
        closes_at=_time(row.closes_at),
        timezone=-int(zone[1]) if zone else None,  # POSIX counts the other way round.
        casework_time_zone="" if zone else row.time_zone,
        description=row.description,
    )
    return kept("schedule", unused(row)) | doc


def moment(value: Any) -> str:
    """A moment in UTC; empty for none."""
    return value.isoformat().replace("+00:00", "Z") if value else ""


def _time(value: Any) -> str:
    return value.isoformat(timespec="seconds" if value.second else "minutes") if value else ""


def area(row: Any) -> Doc:
    """An area part by part, as words cannot always say it."""
    return filled(
        kind=row.kind, country=row.country, state=row.state, county=row.county, code=row.code, label=row.label
    )


def service_areas(holder: UUID, coverages: Iterable[Any], rows: Sequence[Mapping[str, Any]]) -> list[Doc]:
    """Areas of a service, those of one label together, and then what the import could not read as a place."""
    by_name: dict[str, list[Doc]] = {}
    for row in sorted(coverages, key=lambda c: (c.label, c.kind, c.country, c.state, c.county, c.code)):
        parts = places.Area(row.kind, row.country, row.state, row.county, row.code)
        by_name.setdefault(row.label or places.area_name(parts), []).append(area(row))
    left = {row.get("name", ""): row for row in rows}
    found = []
    for name, areas in by_name.items():
        doc = {"id": made_id(holder, "service_area", name), "name": name}
        found.append(doc | kept("service_area", left.pop(name, doc)) | {"casework_areas": areas})
    for name, row in left.items():
        found.append(kept("service_area", {"id": made_id(holder, "service_area", name)} | dict(row)))
    return found


def capacity(row: Any, rows: Sequence[Mapping[str, Any]]) -> Doc:
    """How many units are free, and when that was said."""
    unit: Doc = {"id": made_id("unit", row.unit), "name": row.unit}
    doc = {"id": str(row.pk), "available": row.available} | filled(maximum=row.maximum)
    doc["updated"] = moment(row.updated_at)
    doc = merged("service_capacity", doc, rows, row.source_id, str(row.pk))
    about = doc.get("unit") or {}
    return doc | {"unit": kept("unit", about) if about.get("name") == row.unit else unit}


def languages(holder: UUID, names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> list[Doc]:
    """The languages of a service, with the note and code that its source gave."""
    said = {row.get("name") or row.get("code", ""): row for row in rows}
    return [kept("language", said.get(name, {"id": made_id(holder, "language", name), "name": name})) for name in names]


def location(row: Any) -> Doc:
    """A place and its address; what hangs on it is added by the caller."""
    extra = unused(row)
    more = extra.pop("addresses", [])
    about = extra.pop("address", {})
    doc = {"id": str(row.pk), "location_type": row.kind} | filled(
        name=row.name, description=row.description, latitude=row.latitude, longitude=row.longitude
    )
    first = _address(row, about)
    return kept("location", extra) | doc | filled(addresses=[*first, *(kept("address", item) for item in more)])


def _address(row: Any, about: Mapping[str, Any]) -> list[Doc]:
    second = str(about.get("address_2", ""))
    street = row.address.removesuffix(second).removesuffix(", ") if second else row.address
    said = filled(address_1=street, city=row.city, state_province=row.state, postal_code=row.postal_code)
    region = str(about.get("region", ""))
    if row.county and places.county_name(region) != row.county:
        region = f"{row.county} County"
    if not (said or region or set(about) - {"id", "address_type"}):
        return []
    doc = dict(about) | said | filled(region=region) | {"country": row.country}
    doc.setdefault("id", made_id(row.pk, "address"))
    doc.setdefault("address_type", row.kind)
    return [kept("address", doc)]
