"""The ledger of what was and was not passed on, in the admin's frame."""

from datetime import datetime, time, timedelta

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import audit
from casework.admin_reports import PeriodForm, last_six_months
from casework.pages import ledger as page
from casework.reports.ledger import LINES
from casework.views.asking import actor, allow

SUPERVISORS = "The ledger is for the supervisors of the hotline's desk."


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Each third-party tip about adults in one line; the look is recorded."""
    user = actor(request)
    allow(user, "casework.read_reports", SUPERVISORS)
    form = PeriodForm(request.GET if request.GET.keys() & {"since", "until"} else last_six_months())
    line = request.GET.get("line", "")
    context = {
        **admin.site.each_context(request),
        "title": "Tips of third parties about adults",
        "form": form,
        "line": LINES.get(line, ""),
        "code": line if line in LINES else "",
        "read_at": timezone.localtime(),
    }
    if not form.is_valid():
        return TemplateResponse(request, "admin/reports/ledger.html", context, status=400)
    first, last = form.cleaned_data["since"], form.cleaned_data["until"]
    since, until = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, last + timedelta(days=1)))
    keys = {name: request.GET.get(name, "") for name in ("before", "after")}
    context["shown"] = page.shown_to(user, since=since, until=until, line=line, **keys)
    details = {"since": first.isoformat(), "until": last.isoformat(), "line": context["code"]}
    audit.record("read", kind="report", by=user, object_id="ledger", details=details)
    return TemplateResponse(request, "admin/reports/ledger.html", context)
