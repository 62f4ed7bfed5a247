"""Walls: a supervisor keeps an accused agency or person from a tip; anybody keeps themselves from one (ruling 29)."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import Agency, Role, User
from casework.actions.walls import keep_agency_away
from casework.forms.walls import ChooseForm, FindForm
from casework.pages import walls as pages
from casework.views.asking import NOT_VALID, TOO_LATE, actor, undo
from tips.actions import walls
from tips.gathering import together
from tips.models import Tip, Wall

_ONLY = "Only a supervisor of the desk that holds the tip decides who is kept from it."


def _record(request: HttpRequest, pk: UUID) -> tuple[User, Tip]:
    user = actor(request)
    record = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    if user.role != Role.SUPERVISOR or record.holder_agency_id != user.acting_agency_id:
        raise PermissionDenied(_ONLY)
    return user, record


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def tip_walls(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is kept from the tip; find somebody by name, choose, raise the wall. The name travels in the body."""
    user, record = _record(request, pk)
    now = timezone.now()
    form: FindForm = FindForm(request.POST if request.method == "POST" else None)
    problem, status = "", 200 if request.method == "GET" else NOT_VALID
    choices: list[tuple[str, str]] = []
    if form.is_valid():
        choices = pages.found(form.cleaned_data["find"], tip=record, user=user, at=now)
        status = 200
        if request.POST.get("act") == "raise":
            form = ChooseForm(request.POST)
            form.fields["who"].choices = choices  # type: ignore[attr-defined]
            status = NOT_VALID
            if form.is_valid():
                try:
                    return _raise(request, record, form.cleaned_data["who"], user, now)
                except Conflict as conflict:
                    problem, status = str(conflict), TOO_LATE
                    undo(request, conflict)
    context = {
        "tip": disclosed(record, to=user),
        "standing": pages.standing(record, user=user),
        "form": form,
        "choices": choices,
        "is_sought": form.is_bound and not form.errors.get("find"),
        "chosen": request.POST.get("who", ""),
        "problem": problem,
    }
    return render(request, "desk/walls.html", context, status=status)


def _raise(request: HttpRequest, record: Tip, who: str, user: User, now: datetime) -> HttpResponse:
    kind, _, key = who.partition(":")
    if kind == "agency":
        keep_agency_away(record, get_object_or_404(Agency, pk=key), by=user, at=now)
    else:
        walls.keep_person_away(record, get_object_or_404(User, pk=key), by=user, at=now)
    messages.success(request, "The wall stands. They see no trace of the tip and are not told.")
    return redirect("tip-walls", pk=record.pk)


@login_required
@require_POST
def wall_end(request: HttpRequest, pk: UUID, wall: UUID) -> HttpResponse:
    """Take a wall down that stood in error; what it ended stays ended."""
    user, record = _record(request, pk)
    found = get_object_or_404(Wall.objects.select_related("tip"), pk=wall, tip__in=together(record))
    walls.lift(found, by=user, at=timezone.now())
    messages.success(request, "The wall is down. What it ended stays ended.")
    return redirect("tip-walls", pk=pk)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def wall_off_oneself(request: HttpRequest, pk: UUID) -> HttpResponse:
    """I know somebody in this: never see the tip again. No reason is asked."""
    user = actor(request)
    record = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    if request.method == "POST":
        walls.wall_off_oneself(record, by=user, at=timezone.now())
        messages.success(request, "You will not see that tip again. Nobody was asked why.")
        return redirect("home")
    return render(request, "desk/wall_own.html", {"tip": disclosed(record, to=user)})
