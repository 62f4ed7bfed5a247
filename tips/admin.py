"""The admin of WHAT CAME IN: tips and contacts to look at, personal access for auditors."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from agencies.admin_base import ReadOnlyAdmin, TrailAdmin
from agencies.admin_words import column
from agencies.models import User
from tips.models import Contact, PersonalAccess, Tip


class ContentAdmin(ReadOnlyAdmin):
    """Case content: for whoever reads content and may open the admin, in their own agency's scope."""

    view_rights = ("tips.read_content",)
    page = ""

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows.visible_to(user)  # type: ignore[attr-defined]

    def page_url(self, record: Any) -> str:
        try:
            return reverse(self.page, args=[record.pk]) if self.page else ""
        except NoReverseMatch:
            return ""


def by_reference(rows: "QuerySet[Any]", term: str) -> "QuerySet[Any]":
    """Rows with exactly this reference: a part of one is no way to try them out."""
    return rows.filter(reference=term.strip().upper())


@admin.register(Tip)
class TipAdmin(ContentAdmin):
    page = "tip"
    list_display = (
        column("reference"),
        column("urgency"),
        column("status"),
        column("request_type"),
        column("state"),
        column("holder_agency"),
        column("created_at"),
    )
    list_filter = ("status", "urgency", "request_type")
    read_along = ("holder_agency", "holder")
    search_fields = ("reference",)
    search_help_text = "The whole reference of a tip"
    # The agency's own access rows drive the list: they carry the same time.
    ordering = ("-accesses__created_at",)

    def get_search_results(self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str) -> Any:
        return (by_reference(queryset, search_term) if search_term else queryset), False


@admin.register(Contact)
class ContactAdmin(ContentAdmin):
    list_display = (
        column("started_at"),
        column("channel"),
        column("status"),
        column("ended_as"),
        column("language"),
        column("taker"),
    )
    list_filter = ("channel", "status", "ended_as", "is_back_filled")
    read_along = ("taker", "agency")
    ordering = ("-started_at",)


@admin.register(PersonalAccess)
class PersonalAccessAdmin(TrailAdmin):
    list_display = (
        column("valid_from"),
        column("valid_until"),
        column("user"),
        column("level"),
        column("reason"),
        column("granted_by"),
        column("second_by"),
    )
    read_along = ("user", "granted_by", "second_by")
    ordering = ("-valid_from",)
