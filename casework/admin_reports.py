"""The reports' pages in the admin: definition, period, table, chart, CSV."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from agencies import audit
from agencies.models import User
from casework.reports import contacts_by_channel as r1
from casework.reports import csv_file
from casework.reports.catalogue import REPORTS
from casework.reports.chart import Chart, bar_chart
from casework.reports.definition import MARKING, Period

MOST_DAYS = 3 * 366


class PeriodForm(forms.Form):
    """First and last day, both counted."""

    since = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "Choose a last day that is not before the first day.")
        elif since and until and (until - since).days >= MOST_DAYS:
            self.add_error("since", "Choose at most three years.")
        return cleaned


def catalogue(request: HttpRequest) -> HttpResponse:
    """The reports that there are."""
    _reader(request)
    context = {**admin.site.each_context(request), "title": "Reports", "reports": REPORTS}
    return TemplateResponse(request, "admin/reports/catalogue.html", context)


def contacts(request: HttpRequest) -> HttpResponse:
    """R1: contacts by channel and month."""
    user = _reader(request)
    form = PeriodForm(request.GET if request.GET.keys() & {"since", "until"} else last_six_months())
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": r1.DEFINITION.title,
        "definition": r1.DEFINITION,
        "form": form,
        "marking": MARKING,
        "read_at": timezone.localtime(),
    }
    if not form.is_valid():
        return TemplateResponse(request, "admin/reports/contacts_by_channel.html", context, status=400)
    period = Period(form.cleaned_data["since"], form.cleaned_data["until"])
    table = r1.contacts_by_channel(period, user=user, zone=ZoneInfo(settings.TIME_ZONE))
    wants_csv = request.GET.get("format") == "csv"
    details = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    verb = "export" if wants_csv else "read"
    audit.record(verb, kind="report", by=user, object_id=r1.DEFINITION.code, details=details)
    if wants_csv:
        return _as_csv(table, user)
    context |= {"table": table, "chart": _chart(table), "period": period}
    return TemplateResponse(request, "admin/reports/contacts_by_channel.html", context)


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.has_perm("casework.read_reports"):
        raise PermissionDenied("Reports are open to supervisors. Ask one of them for the figures.")
    return request.user


def last_six_months() -> dict[str, date]:
    """The first days of a period form: this month and the five before it."""
    today = timezone.localdate()
    month = today.replace(day=1)
    for _ in range(5):
        month = (month - timedelta(days=1)).replace(day=1)
    return {"since": month, "until": today}


def _chart(table: r1.Table) -> Chart:
    return bar_chart(
        [
            (row.channel, [("substantive", row.substantive_total), ("non-actionable", row.non_actionable_total)])
            for row in table.rows
        ]
    )


def _as_csv(table: r1.Table, user: User) -> HttpResponse:
    now = timezone.localtime()
    head = [
        ("Report", f"{r1.DEFINITION.code} {r1.DEFINITION.title}"),
        ("Agency", user.acting.agency.name if user.acting else ""),
        ("Days", f"{table.period} ({settings.TIME_ZONE})"),
        ("Read at", now.isoformat(timespec="minutes")),
        ("Marking", MARKING),
        *r1.DEFINITION.rows(),
        ("Left out: still in progress", table.in_progress),
        ("Left out: made by the desk", table.outgoing),
    ]
    names = ["Channel", "Kind", *(f"{month:%Y-%m}" for month in table.months), "Total"]
    lines: list[list[object]] = []
    for row in (*table.rows, table.total):
        lines.append([row.channel, "Substantive", *row.substantive, row.substantive_total])
        lines.append([row.channel, "Non-actionable", *row.non_actionable, row.non_actionable_total])
    response = HttpResponse(csv_file.write(head, [names, *lines]), content_type="text/csv; charset=utf-8")
    name = f"{r1.DEFINITION.path}_{table.period.since}_{table.period.until}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
