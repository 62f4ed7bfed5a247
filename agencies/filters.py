"""Filters of the directory, for pages and API."""

import django_filters
from django.db.models import QuerySet

from agencies.models import Agency


class AgencyFilter(django_filters.FilterSet):
    """By name (a part of it), kind (a code), state covered, and how it takes referrals."""

    name = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Part of the name")
    kind = django_filters.CharFilter(field_name="kind_id", label="Code of the kind")
    accepts_by = django_filters.ChoiceFilter(choices=Agency.AcceptsBy.choices, label="How it takes referrals")
    covers_state = django_filters.CharFilter(method="in_state", label="State, two letters")
    is_active = django_filters.BooleanFilter(label="In the directory now")

    class Meta:
        model = Agency
        fields: list[str] = []

    def in_state(self, rows: "QuerySet[Agency]", _name: str, value: str) -> "QuerySet[Agency]":
        """Agencies with a coverage row in this state; the nationwide ones are not repeated in every state."""
        return rows.filter(coverages__state=value.upper()).distinct()
