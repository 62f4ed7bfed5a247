"""The page of a rule's trial, in the admin's frame."""

from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import audit
from casework.models import RuleTrial
from casework.pages import trials as page
from casework.views.asking import actor, allow

SUPERVISORS = "Rules are for the supervisors of the hotline."


@require_safe
def trial(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far it is, and the tips that the rule would have changed, a page at a time."""
    user = actor(request)
    allow(user, "casework.manage_rules", SUPERVISORS)
    record = get_object_or_404(RuleTrial.objects.visible_to(user).select_related("rule"), pk=pk)
    number = request.GET.get("page", "")
    shown = page.changed_tips(record, user, page=int(number) if number.isdecimal() and len(number) < 6 else 1)
    audit.record("view", kind="rule_trial", by=user, at=timezone.now(), object_id=record.pk)
    context = {
        **admin.site.each_context(request),
        "title": f"{record.rule.code} version {record.rule.number}, tried on past tips",
        "trial": record,
        "shown": shown,
        "listed": len(record.changed_tips),
    }
    return TemplateResponse(request, "admin/trial.html", context)
