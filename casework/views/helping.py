"""Who can help, asked of the directory outside a contact; and doubts about its entries."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agencies.actions import lessons
from agencies.actions.agencies import keeps_directory, keeps_own
from agencies.disclosure import disclosed
from agencies.models import Agency, Doubt, Location, Phone
from casework import helping, keyset
from casework.forms.helping import HelpForm
from casework.views.asking import actor

_KEEPERS_ONLY = "Doubts about entries are settled by the hotline's supervisors and by the agency's own administrators."


@login_required
@require_safe
def who_can_help(request: HttpRequest) -> HttpResponse:
    """Twenty services for a need at a place. An impossible value is said at its field, and nothing is listed."""
    user = actor(request)
    form = HelpForm(request.GET or None)
    found = helping.Help()
    if form.is_valid() and user.acting_agency_id:
        shows_all = form.cleaned_data["show"] == "all"
        found = helping.who_can_help(form.wanted(), at=timezone.now(), shows_all=shows_all)
    query = request.GET.copy()
    query["show"] = "all"
    context = {"form": form, "found": found, "is_asked": form.is_valid(), "all_query": query.urlencode()}
    return render(request, "directory/help.html", context)


@login_required
@require_POST
def doubt_phone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A number of an entry is wrong, or nobody answers it: its keeper is given a day to look into it."""
    user = actor(request)
    get_object_or_404(Agency.objects.visible_to(user), phones=pk)
    # The database shows a confidential place to few; a phone there is nobody else's.
    shown = Q(location=None) | Q(location__in=Location.objects.all())
    phone = get_object_or_404(Phone.objects.filter(shown).select_related("agency", "service"), pk=pk)
    reason = request.POST.get("reason", "")
    if reason not in lessons.OF_A_PHONE:
        raise BadRequest("The page names what may be wrong with a number.")
    lessons.doubt_phone(phone, reason=reason, by=user, at=timezone.now())
    messages.success(request, "Noted. The number counts as not verified until somebody has looked into it.")
    return redirect("agency", pk=phone.agency_id)


@login_required
@require_safe
def doubts(request: HttpRequest) -> HttpResponse:
    """What is to be looked into, soonest first: everything for the directory's keepers, the own agency's for others."""
    user = actor(request)
    if not keeps_own(user):
        raise PermissionDenied(_KEEPERS_ONLY)
    rows = Doubt.objects.filter(settled_at=None)
    if not keeps_directory(user):
        rows = rows.filter(agency=user.acting_agency_id)
    page = keyset.page(
        rows.select_related("agency", "service", "phone"),
        ("due_at", "id"),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    shown = [disclosed(row, to=user) for row in page.rows]
    context = {"rows": shown, "page": page, "answers": Doubt.Settled.choices}
    return render(request, "directory/doubts.html", context)


@login_required
@require_POST
def settle_doubt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Looked into: the entry is right, or was corrected. Whoever comes second is told so."""
    user = actor(request)
    doubt = get_object_or_404(Doubt, pk=pk)
    settled_as = request.POST.get("settled_as", "")
    if settled_as not in Doubt.Settled.values:
        raise BadRequest("The page names how a doubt is settled.")
    settled = lessons.settle(doubt, settled_as=settled_as, by=user, at=timezone.now())
    if settled:
        messages.success(request, "Settled. The entry counts as verified today.")
    else:
        messages.info(request, "A colleague settled this first.")
    return redirect("doubts")
