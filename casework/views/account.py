"""The shared account: proposed from what was told with marks, undone span by span, confirmed by a human who read it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import User
from casework.forms import difference
from casework.forms.account import AccountForm
from casework.views.asking import NOT_VALID, actor
from casework.views.differing import differing
from tips.actions import account, triage
from tips.models import SharedAccount, Tip

_ONLY_HOLDER = "Only operators and supervisors of the desk that holds the tip write its shared account."


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def tip_account(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows the wording in force; POST proposes one (act=propose), takes it over (act=replace) or confirms it."""
    user = actor(request)
    record = get_object_or_404(Tip.objects.visible_to(user).select_related("shared_account"), pk=pk)
    if record.holder_agency_id != user.acting_agency_id or not user.has_perm("tips.triage"):
        raise PermissionDenied(_ONLY_HOLDER)
    standing = record.shared_account
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act in ("propose", "replace"):
        return _propose(request, user, record, takes_over=act == "replace")
    if request.method == "GET":
        return _page(request, user, record, AccountForm(account=standing))
    data = difference.resolved(request.POST, [AccountForm(account=standing)])
    form = AccountForm(data, account=standing)
    if not form.is_valid():
        return _page(request, user, record, form, status=NOT_VALID)
    return _confirm(request, user, record, form, standing)


def _confirm(request: HttpRequest, user: User, record: Tip, form: AccountForm, standing: SharedAccount) -> HttpResponse:
    given = form.cleaned_data
    try:
        triage.confirm_shared_account(record, given["text"], number=given["number"], by=user, at=timezone.now())
    except Conflict as conflict:
        fresh = AccountForm(account=standing)
        hidden = {"number": standing.number}
        return differing(
            request,
            conflict,
            tip=record,
            user=user,
            what=f"Shared account of {record.reference}",
            mine=[form],
            now=[fresh],
            hidden=hidden,
            button="Confirm",
        )
    messages.success(request, "Confirmed: the agencies on this tip read this wording now.")
    return redirect("tip", pk=record.pk)


def _propose(request: HttpRequest, user: User, record: Tip, *, takes_over: bool) -> HttpResponse:
    """What was told, marked; or the form with what is left after the human undid some marks."""
    proposed = account.propose(record, by=user, at=timezone.now())
    mark = account.digest(proposed)
    if takes_over and request.POST.get("digest") == mark:
        wording = account.wording(proposed, set(request.POST.getlist("keep")))
        return _page(request, user, record, AccountForm(account=record.shared_account, text=wording), is_new=True)
    context = {
        "tip": disclosed(record, to=user),
        "proposed": [told.parts() for told in proposed],
        "digest": mark,
        "is_changed": takes_over,
    }
    return render(request, "desk/account_proposed.html", context)


def _page(
    request: HttpRequest, user: User, record: Tip, form: AccountForm, *, status: int = 200, is_new: bool = False
) -> HttpResponse:
    context = {
        "tip": disclosed(record, to=user),
        "account": disclosed(record.shared_account, to=user),
        "form": form,
        "seen": difference.seen_of([AccountForm(account=record.shared_account)]),
        "is_new": is_new,
    }
    return render(request, "desk/account.html", context, status=status)
