"""Filters of referrals, for pages and API: only by what both parties always hold."""

import django_filters
from django.db.models import QuerySet

from casework.models import Referral
from casework.models.referral import ReferralStatus

BOXES = [("inbox", "Sent to the own agency"), ("outbox", "Sent by the own agency")]


class ReferralFilter(django_filters.FilterSet):
    """By state and direction. Urgency is on the card: as a filter it would tell of a card that was recalled."""

    status = django_filters.MultipleChoiceFilter(choices=ReferralStatus.choices, label="State")
    box = django_filters.ChoiceFilter(choices=BOXES, method="in_box", label="Direction")

    class Meta:
        model = Referral
        fields: list[str] = []

    def in_box(self, rows: "QuerySet[Referral]", _name: str, value: str) -> "QuerySet[Referral]":
        agency = self.request.user.acting_agency_id
        return rows.filter(receiver_id=agency) if value == "inbox" else rows.filter(sender_id=agency)
