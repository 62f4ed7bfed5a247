"""Filters of admin lists that are typed: no list of what there is, so nothing to read out of it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from agencies.models import Agency, User

RECENT_DAYS = 30


class TypedFilter(admin.SimpleListFilter):
    """A box instead of a list of choices. `narrow` raises ValueError for what it cannot read."""

    template = "admin/typed_filter.html"
    input_type = "text"
    hint = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("", "")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        others = [
            (name, value)
            for name, values in changelist.get_filters_params().items()
            if name != self.parameter_name
            for value in values
        ]
        yield {
            "name": self.parameter_name,
            "value": self.value() or "",
            "hint": self.hint,
            "input_type": self.input_type,
            "others": others,
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = (self.value() or "").strip()
        if not value:
            return queryset
        try:
            return self.narrow(queryset, value)
        except ValueError:
            messages.error(request, f"Filter {self.title}: {self.hint}")
            return queryset.none()

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows that fit. Raises ValueError for a value that cannot be one."""
        raise NotImplementedError


class ActorFilter(TypedFilter):
    title = "who"
    parameter_name = "actor"
    hint = "Write a sign-in name or an account's id."

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        found = User.objects.filter(username=value).values_list("pk", flat=True).first()
        return rows.filter(actor=found or UUID(value))


class AgencyFilter(TypedFilter):
    title = "agency"
    parameter_name = "agency"
    hint = "Write an agency's full name or its id."

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        found = list(Agency.objects.filter(name__iexact=value).values_list("pk", flat=True)[:20])
        return rows.filter(agency__in=found or [UUID(value)])


class VerbFilter(TypedFilter):
    title = "deed"
    parameter_name = "verb"
    hint = "Write the word of the deed column, such as accept or view."

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(verb=value.lower())


class TipFilter(TypedFilter):
    title = "tip"
    parameter_name = "tip"
    hint = "Write the tip's id, as the tip column shows it."

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(tip=UUID(value))


class SinceFilter(TypedFilter):
    """Without a person, a tip or a date, the last 30 days: a trail of years is not searched by accident."""

    title = "first day"
    parameter_name = "since"
    input_type = "date"
    hint = f"Write a day as year-month-day. Without a day, person or tip: the last {RECENT_DAYS} days."

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not any(request.GET.get(name) for name in ("since", "until", "actor", "tip")):
            return queryset.filter(at__gte=timezone.now() - timedelta(days=RECENT_DAYS))
        return super().queryset(request, queryset)

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(at__gte=_midnight(value))


class UntilFilter(TypedFilter):
    title = "last day"
    parameter_name = "until"
    input_type = "date"
    hint = "Write a day as year-month-day."

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(at__lt=_midnight(value) + timedelta(days=1))


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), tzinfo=timezone.get_current_timezone())
