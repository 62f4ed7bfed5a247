"""The tables of HSDS 3.0 and 3.1: under which names files and properties carry them, and how they hang together."""

# Every name that a file or a property may carry -> the table. Older names (1.1, 2.0) stand at the end.
TABLES = {
    "organization": "organization",
    "organizations": "organization",
    "service": "service",
    "services": "service",
    "location": "location",
    "locations": "location",
    "service_at_location": "service_at_location",
    "service_at_locations": "service_at_location",
    "services_at_location": "service_at_location",
    "address": "address",
    "addresses": "address",
    "phone": "phone",
    "phones": "phone",
    "schedule": "schedule",
    "schedules": "schedule",
    "service_area": "service_area",
    "service_areas": "service_area",
    "service_capacity": "service_capacity",
    "service_capacities": "service_capacity",
    "capacity": "service_capacity",
    "capacities": "service_capacity",
    "unit": "unit",
    "units": "unit",
    "language": "language",
    "languages": "language",
    "attribute": "attribute",
    "attributes": "attribute",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_terms": "taxonomy_term",
    "taxonomy": "taxonomy",
    "taxonomies": "taxonomy",
    "taxonomy_detail": "taxonomy",
    "contact": "contact",
    "contacts": "contact",
    "program": "program",
    "programs": "program",
    "funding": "funding",
    "fundings": "funding",
    "accessibility": "accessibility",
    "cost_option": "cost_option",
    "cost_options": "cost_option",
    "required_document": "required_document",
    "required_documents": "required_document",
    "organization_identifier": "organization_identifier",
    "organization_identifiers": "organization_identifier",
    "url": "url",
    "urls": "url",
    "additional_urls": "url",
    "additional_websites": "url",
    "metadata": "metadata",
    "meta_table_description": "meta_table_description",
    "meta_table_descriptions": "meta_table_description",
    "postal_address": "address",
    "postal_addresses": "address",
    "physical_address": "address",
    "physical_addresses": "address",
    "regular_schedule": "schedule",
    "regular_schedules": "schedule",
    "accessibility_for_disabilities": "accessibility",
    "service_attribute": "attribute",
    "service_attributes": "attribute",
    "other_attribute": "attribute",
    "other_attributes": "attribute",
}

# A single object below these properties is what its holder points at: the holder gets "<table>_id".
POINTS_AT = frozenset({"organization", "service", "location", "program", "unit", "taxonomy_term", "taxonomy"})

# Under which name a row of this table points back at its holder, where that is not "<holder's table>_id".
HOLDER_FIELD = {"attribute": "link_id", "metadata": "resource_id"}

# Who may hold a row of the other tables, most exact first; the row is kept among the holder's unused properties.
HOLDERS = ("service", "location", "organization")

# Property names that changed between versions -> the name of 3.x.
RENAMED = {
    "organization": {"url": "website", "alternative_name": "alternate_name"},
    "service": {"alternative_name": "alternate_name", "eligibility": "eligibility_description"},
    "location": {"alternative_name": "alternate_name"},
    "schedule": {"weekday": "byday"},
}

# Tables whose rows we do not model: they stay with their holder, under this property name.
KEPT_AS = {
    "accessibility": "accessibility",
    "attribute": "attributes",
    "contact": "contacts",
    "cost_option": "cost_options",
    "funding": "funding",
    "language": "languages",
    "metadata": "metadata",
    "organization_identifier": "organization_identifiers",
    "program": "programs",
    "required_document": "required_documents",
    "url": "additional_urls",
}

# Taxonomies of our own: a term of these sets one of our fields. Their terms' codes are the values.
OWN_TAXONOMIES = {
    "casework-agency-kind": "kind",
    "casework-accepts-by": "accepts_by",
    "casework-funded-under": "funded_under",
    "casework-agency-role": "role",
    "casework-place": "place",
    "casework-need": "needs",
    "casework-phone-purpose": "purpose",
}
