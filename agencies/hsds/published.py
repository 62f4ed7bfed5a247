"""The names that HSDS 3.0 and 3.1 publish: the columns of each table, which hold numbers, which must be there."""

# Table -> file of the tabular form, and its columns in the published order.
COLUMNS = {
    "organization": ("organizations", (
        "id name alternate_name description email website tax_status tax_id year_incorporated legal_status logo uri"
        " parent_organization_id")),
    "program": ("programs", "id organization_id name alternate_name description"),
    "service": ("services", (
        "id organization_id program_id name alternate_name description url email status interpretation_services"
        " application_process fees_description wait_time fees accreditations eligibility_description minimum_age"
        " maximum_age assured_date assurer_email licenses alert last_modified")),
    "location": ("locations", (
        "id location_type url organization_id name alternate_name description transportation latitude longitude"
        " external_identifier external_identifier_type")),
    "service_at_location": ("service_at_location", "id service_id location_id description"),
    "address": ("addresses", (
        "id location_id attention address_1 address_2 city region state_province postal_code country address_type")),
    "contact": ("contacts", (
        "id organization_id service_id service_at_location_id location_id name title department email")),
    "phone": ("phones", (
        "id location_id service_id organization_id contact_id service_at_location_id number extension type"
        " description")),
    "schedule": ("schedules", (
        "id service_id location_id service_at_location_id valid_from valid_to dtstart timezone until count wkst freq"
        " interval byday byweekno bymonthday byyearday description opens_at closes_at schedule_link attending_type"
        " notes")),
    "service_area": ("service_areas", "id service_id service_at_location_id name description extent extent_type uri"),
    "unit": ("units", "id name scheme identifier uri"),
    "service_capacity": ("service_capacity", "id service_id unit_id available maximum description updated"),
    "language": ("languages", "id service_id location_id phone_id name code note"),
    "accessibility": ("accessibility", "id location_id description details url"),
    "cost_option": ("cost_options", (
        "id service_id valid_from valid_to option currency amount amount_description")),
    "funding": ("funding", "id organization_id service_id source"),
    "required_document": ("required_documents", "id service_id document uri"),
    "organization_identifier": ("organization_identifiers", (
        "id organization_id identifier_scheme identifier_type identifier")),
    "url": ("url", "id label url organization_id service_id"),
    "taxonomy": ("taxonomies", "id name description uri version"),
    "taxonomy_term": ("taxonomy_terms", "id code name description parent_id taxonomy language taxonomy_id term_uri"),
    "attribute": ("attributes", "id link_id taxonomy_term_id link_type link_entity value label"),
    "metadata": ("metadata", (
        "id resource_id resource_type last_action_date last_action_type field_name previous_value replacement_value"
        " updated_by")),
}  # fmt: skip

# What 3.1 added to the tabular form of 3.0; the rows themselves may stand in a file of either.
ONLY_IN_3_1 = {"attribute": {"label"}, "service_area": {"service_at_location_id"}}

NUMBERS = {
    "organization": {"year_incorporated"},
    "service": {"minimum_age", "maximum_age"},
    "location": {"latitude", "longitude"},
    "phone": {"extension"},
    "schedule": {"timezone", "count", "interval"},
    "service_capacity": {"available", "maximum"},
    "cost_option": {"amount"},
}

# Text that the published schemas ask for; where the source gave none, an empty text stands in its place.
REQUIRED = {
    "organization": ("name", "description"),
    "program": ("name", "description"),
    "address": ("address_1", "city", "state_province", "postal_code", "country"),
    "organization_identifier": ("identifier_type", "identifier"),
    "url": ("url",),
    "taxonomy": ("name", "description"),
    "taxonomy_term": ("name", "description"),
    "unit": ("name",),
    "metadata": (
        "last_action_date", "last_action_type", "field_name", "previous_value", "replacement_value", "updated_by",
    ),
}  # fmt: skip


def columns(table: str, version: str) -> list[str]:
    """The published columns of a table in the tabular form of that version."""
    left_out = ONLY_IN_3_1.get(table, set()) if version == "3.0" else set()
    return [name for name in COLUMNS[table][1].split() if name not in left_out]


def is_published(table: str, name: str) -> bool:
    """Whether a column of this table is one that the format publishes."""
    return table in COLUMNS and name in COLUMNS[table][1].split()
