"""Which property of HSDS becomes which of our fields, through which parser; the rest stays as it is."""

import math
from dataclasses import dataclass
from typing import Any

from agencies.hsds import values
from agencies.hsds.records import BadValue, Found, Row
from agencies.hsds.tables import RENAMED

# Links between rows, resolved elsewhere; they are no properties of the record. The last line holds our own.
LINKS = {
    "id", "link_id", "link_entity", "resource_id", "organization_id", "service_id", "location_id", "contact_id",
    "phone_id", "service_at_location_id", "taxonomy_term_id", "taxonomy_id", "unit_id", "address_id",
    "casework_areas", "casework_coverage", "casework_members",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """Our name for a property, its parser, what stands for "nothing", and whether the row is lost without it."""

    name: str
    parse: values.Parser
    empty: Any = ""
    is_required: bool = False


_NAMED = {
    "name": Field("name", values.text(255), is_required=True),
    "alternate_name": Field("alternate_name", values.text(255)),
    "description": Field("description", values.text()),
    "email": Field("email", values.email),
}
FIELDS = {
    "organization": _NAMED
    | {
        "website": Field("website", values.url),
        "casework_languages": Field("languages", values.words, empty=[]),
        "casework_time_zone": Field("time_zone", values.zone, empty="America/New_York"),
    },
    "service": _NAMED
    | {
        "url": Field("url", values.url),
        "status": Field("status", values.status, empty="active"),
        "minimum_age": Field("minimum_age", values.age, empty=None),
        "maximum_age": Field("maximum_age", values.age, empty=None),
        "eligibility_description": Field("eligibility", values.text()),
        "immigration_statuses": Field("immigration_statuses", values.words, empty=[]),
        "fees_description": Field("fees", values.text()),
        "application_process": Field("application_process", values.text()),
        "alert": Field("alert", values.text()),
        "assured_date": Field("assured_at", values.day, empty=None),
        "casework_genders": Field("genders", values.words, empty=[]),
        "casework_documents": Field("documents", values.text()),
        "casework_accessibility": Field("accessibility", values.words, empty=[]),
        "casework_news": Field("news", values.text(200)),
        "casework_news_until": Field("news_until", values.moment, empty=None),
        "casework_full_until": Field("full_until", values.moment, empty=None),
    },
    "location": {
        "name": Field("name", values.text(255)),
        "location_type": Field("kind", values.place_kind, empty="physical"),
        "description": Field("description", values.text()),
        "latitude": Field("latitude", values.degrees(90), empty=None),
        "longitude": Field("longitude", values.degrees(180), empty=None),
    },
    "address": {
        "address_1": Field("address", values.text(255)),
        "city": Field("city", values.text(100)),
        "state_province": Field("state", values.text(40)),
        "postal_code": Field("postal_code", values.code(20)),
        "country": Field("country", values.country),
    },
    "phone": {
        "number": Field("number", values.clean, is_required=True),
        "extension": Field("extension", values.code(20)),
        "type": Field("kind", values.phone_kind),
        "description": Field("description", values.text(255)),
        "casework_extension": Field("extension", values.code(20)),
        "casework_verified_on": Field("verified_on", values.day, empty=None),
        "casework_source": Field("source", values.text(200)),
    },
    "schedule": {
        "byday": Field("weekdays", values.weekdays),
        "opens_at": Field("opens_at", values.clock_time, empty=None),
        "closes_at": Field("closes_at", values.clock_time, empty=None),
        "timezone": Field("time_zone", values.zone),
        "casework_time_zone": Field("time_zone", values.zone),
        "description": Field("description", values.text()),
    },
    "service_capacity": {
        "available": Field("available", values.count, is_required=True),
        "maximum": Field("maximum", values.count, empty=None),
        "updated": Field("updated_at", values.moment, is_required=True),
    },
}


def take_over(row: Row, found: Found) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Our fields and the unused properties of a row; None when it is refused for want of a required field.

    A bad value costs its field only. The reason of each refusal goes into `found`.
    """
    spec = FIELDS.get(row.table, {})
    ours: dict[str, Any] = {}
    unused: dict[str, Any] = {}
    renamed = RENAMED.get(row.table, {})
    given = {renamed.get(name, name): name for name in sorted(row.values, key=lambda n: n in renamed, reverse=True)}
    for name, source_name in given.items():
        value = row.values[source_name]
        try:
            if name in spec:
                _put(ours, spec[name], value)
            elif name not in LINKS and value not in (None, "", [], {}):
                unused[name] = storable(value)
        except BadValue as problem:
            required = name in spec and spec[name].is_required
            found.refuse(row, source_name, str(problem), is_row=required)
            if required:
                return None
    for name, field in spec.items():
        if field.is_required and ours.get(field.name) in (None, ""):
            found.refuse(row, name, "this is missing, and nothing can be kept without it")
            return None
    return ours, unused


def _put(ours: dict[str, Any], field: Field, value: Any) -> None:
    """Set a field; two properties may mean the same one, and then the one that says something counts."""
    parsed = field.parse(value)
    if parsed is not None or not ours.get(field.name):
        ours[field.name] = field.empty if parsed is None else parsed


def storable(value: Any) -> Any:
    """A property as the database can keep it. Raises BadValue for broken text and for numbers that are none."""
    if isinstance(value, str):
        return values.clean(value) or ""
    if isinstance(value, float) and not math.isfinite(value):
        raise BadValue("this must be a number")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    return value
