"""What takes two people: the page on which the second one decides."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.disclosure import disclosed
from casework.actions import approvals
from casework.forms.work import SeenForm
from casework.models import Approval
from casework.states import APPROVAL
from casework.views.asking import actor, check_seen
from tips.models import Tip, Urgency

_VERBS = {"give": approvals.give, "refuse": approvals.refuse, "lapse": approvals.take_back}
_DONE = {"give": "Done, in both names.", "refuse": "Refused: everything stays as it is.", "lapse": "Taken back."}


@login_required
@require_http_methods(["GET", "POST"])
def approval(request: HttpRequest, pk: UUID, approval: UUID) -> HttpResponse:
    """What is asked, by whom and why; the buttons of whoever may decide."""
    user = actor(request)
    tip = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    if tip.holder_agency_id != user.acting_agency_id or not user.has_perm("tips.triage"):
        raise PermissionDenied("Only the desk that holds the tip decides this.")
    record = get_object_or_404(Approval.objects.select_related("asked_by", "decided_by"), pk=approval, tip=tip)
    if request.method == "POST":
        verb, form = _VERBS.get(request.POST.get("act", "")), SeenForm(request.POST)
        if verb is None:
            raise Http404
        form.is_valid()
        check_seen(form)
        verb(record, by=user, at=timezone.now(), version=form.cleaned_data["version"])
        messages.success(request, _DONE[request.POST["act"]])
        return redirect("tip", pk=tip.pk)
    return _page(request, record, tip)


def _page(request: HttpRequest, record: Approval, tip: Tip) -> HttpResponse:
    user = actor(request)
    context = {
        "tip": disclosed(tip, to=user),
        "approval": disclosed(record, to=user),
        "wanted": Urgency(record.values["urgency"]).label,
        "moves": APPROVAL.available(record, user),
    }
    return render(request, "desk/approval.html", context)
