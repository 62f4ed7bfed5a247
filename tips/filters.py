"""Filters of tips, for pages and API. They filter the agency's access rows, which drive every list of tips."""

import django_filters

from tips.models import RequestType, TipAccess, TipStatus, Urgency


class TipFilter(django_filters.FilterSet):
    """By state, urgency and request type; several values of one are alternatives."""

    status = django_filters.MultipleChoiceFilter(choices=TipStatus.choices, label="State")
    urgency = django_filters.MultipleChoiceFilter(choices=Urgency.choices, label="Urgency")
    request_type = django_filters.MultipleChoiceFilter(
        field_name="tip__request_type", choices=RequestType.choices, label="Request type"
    )

    class Meta:
        model = TipAccess
        fields: list[str] = []
