"""The admin of WHAT WE DO ABOUT IT: referrals, tracks and clocks to look at, disclosures, rule versions."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from agencies.admin_base import Deed, ReadOnlyAdmin, TrailAdmin
from agencies.admin_words import column
from agencies.models import User
from casework.actions import rules
from casework.models import Clock, Disclosure, Referral, RuleVersion, Track
from casework.states import RULE
from tips.admin import ContentAdmin, by_reference
from tips.models import Tip


@admin.register(Referral)
class ReferralAdmin(ContentAdmin):
    page = "referral"
    list_display = (
        column("reference"),
        column("status"),
        column("urgency"),
        column("need"),
        column("sender"),
        column("receiver"),
        column("answer_due_at"),
    )
    # Only what both parties always hold: a filter on more would tell what was recalled.
    list_filter = ("status",)
    read_along = ("sender", "receiver", "service", "created_by")
    search_fields = ("reference",)
    search_help_text = "The whole reference of a tip"
    ordering = ("-pk",)

    def get_search_results(self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str) -> Any:
        return (by_reference(queryset, search_term) if search_term else queryset), False


@admin.register(Track)
class TrackAdmin(ContentAdmin):
    list_display = (column("pillar"), column("status"), column("lead"), column("outcome"), column("opened_at"))
    list_filter = ("status", "pillar")
    read_along = ("lead",)
    ordering = ("-pk",)

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows.filter(tip__in=Tip.objects.visible_to(user))


@admin.register(Clock)
class ClockAdmin(ContentAdmin):
    """The clocks that the own agency watches."""

    list_display = (
        column("label"),
        column("holder"),
        column("duty"),
        column("due_at"),
        column("breached_at"),
        column("ended_as"),
    )
    list_filter = ("duty", "ended_as")
    read_along = ("agency",)
    ordering = ("-due_at",)

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows.filter(agency=user.acting_agency_id) if user.has_perm("tips.read_content") else rows.none()


@admin.register(Disclosure)
class DisclosureAdmin(TrailAdmin):
    """What was shown to whom, on what basis: field names, not the card."""

    list_display = (column("at"), column("level"), column("sender"), column("recipient"), column("basis"))
    list_filter = ("level",)
    read_along = ("sender", "recipient", "by")
    ordering = ("-at",)


@admin.register(RuleVersion)
class RuleVersionAdmin(ReadOnlyAdmin):
    view_rights = ("casework.manage_rules",)
    list_display = (column("code"), column("number"), column("kind"), column("status"), column("in_force_from"))
    list_filter = ("kind", "status")
    read_along = ("proposed_by", "approved_by")
    search_fields = ("code",)
    ordering = ("kind", "code", "-number")

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows if user.has_perm("casework.manage_rules") else rows.none()

    def deeds(self, record: RuleVersion, user: User) -> list[Deed]:
        return [Deed(move.name, move.button, move.says) for move in RULE.available(record, user)]

    def do(self, name: str, record: RuleVersion, *, by: User, at: datetime, version: int | None) -> None:
        verb = {"put_in_force": rules.put_in_force, "retire": rules.retire}[name]
        verb(record, by=by, at=at, version=version)
