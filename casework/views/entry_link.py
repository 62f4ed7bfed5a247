"""The page on which an agency without an account says what of its entry is still true; and the button that asks it."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from agencies import links
from agencies.lifecycle import Conflict
from agencies.models import Agency
from agencies.scope import acting_as, stand_in
from casework.actions import verifying
from casework.forms.entry import EntryForm
from casework.pages import links as pages
from casework.roles import BY_LINK
from casework.views.asking import NOT_VALID, actor, undo
from casework.views.link_pages import Gone, Visit


@login_required
@require_POST
def ask_agency(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mail the agency a link; where it has no verified address, say so."""
    user = actor(request)
    agency = get_object_or_404(Agency.objects.visible_to(user), pk=pk)
    try:
        verifying.ask(agency, by=user, at=timezone.now())
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
    else:
        messages.success(request, "Asked. A link went to the agency's verified address.")
    return redirect("agency", pk=pk)


def open_entry(token: str, browser: str, at: datetime) -> links.Way | None:
    """Bind the link to this browser."""
    return links.open_once(token, browser=browser, at=at)


def page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every part of the entry with its question; a POST answers all of them and uses the link up."""
    agency = Agency.objects.filter(pk=visit.way.about, is_active=True).first()
    if agency is None:
        raise Gone
    with acting_as(stand_in(agency, role=BY_LINK)):
        form = EntryForm(request.POST if request.method == "POST" else None, parts=verifying.parts(agency))
    if form.is_valid():
        try:
            verifying.answer(visit.token, browser=visit.browser, still_true=form.still_true(), at=visit.at)
        except Conflict as late:
            undo(request, late)
            raise Gone from late
        done = "Thank you. What is no longer true will be looked into; the desk calls you about it."
        return render(request, "links/done.html", {"done": done, "call": pages.public_number()})
    context = {"form": form, "agency": agency, "call": pages.public_number()}
    return render(request, "links/entry.html", context, status=NOT_VALID if form.is_bound else 200)
