"""Working a track: the moves of its steps, and its outcome."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from casework.actions import clocks, tracks
from casework.forms import difference
from casework.forms.work import GateForm, OutcomeForm, ReasonForm, SeenForm
from casework.models import Clock, Step, Track
from casework.states import STEP, TRACK
from casework.views.asking import NOT_VALID, actor, check_seen, too_late
from casework.views.differing import differing
from tips.models import Tip


@login_required
@require_http_methods(["GET", "POST"])
def step_move(request: HttpRequest, pk: UUID, step: UUID, name: str) -> HttpResponse:
    """One move of a step; where a reason is needed, with a page that asks for it."""
    user = actor(request)
    tip = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    record = get_object_or_404(Step.objects.select_related("track__tip"), pk=step, tip=tip)
    move = next((move for move in STEP.moves if move.name == name), None)
    if move is None:
        raise Http404
    form_class = GateForm if name in ("wait", "block") else ReasonForm if move.asks else SeenForm
    there = {"version": record.version, "reason": record.reason, "gate": record.gate}
    now = form_class(None, initial=there if name in ("wait", "block") else {"version": record.version})
    data = difference.resolved(request.POST, [now]) if request.method == "POST" else None
    form = now if data is None else form_class(data)
    what = disclosed(record, to=user)["title"]
    context = {
        "tip": disclosed(tip, to=user),
        "what": what,
        "move": move,
        "form": form,
        "seen": request.POST.get(difference.SEEN, "") or difference.seen_of([now]),
    }
    if data is None or not form.is_valid():
        check_seen(form)
        return render(request, "desk/work_move.html", context, status=NOT_VALID if data is not None else 200)
    given = form.cleaned_data
    try:
        tracks.move_step(
            record,
            name,
            reason=given.get("reason", ""),
            gate=given.get("gate", ""),
            version=given["version"],
            by=user,
            at=timezone.now(),
        )
    except Conflict as conflict:
        is_possible = move in STEP.available(record, user)
        return _late(request, conflict, tip, what, form, now, context, is_possible=is_possible)
    messages.success(request, f"{record.title}: {move.button}.")
    return redirect("tip", pk=pk)


def _late(
    request: HttpRequest,
    failure: Conflict,
    tip: Tip,
    what: str,
    form: SeenForm,
    now: SeenForm,
    context: dict[str, Any],
    *,
    is_possible: bool,
) -> HttpResponse:
    """Somebody changed it. Can the move still be made: both versions and a choice; else what was typed, to be read."""
    if not is_possible:
        return too_late(request, "desk/work_move.html", context, failure)
    return differing(
        request,
        failure,
        tip=tip,
        user=actor(request),
        what=what,
        mine=[form],
        now=[now],
        hidden={"version": now.initial["version"]},
        button=context["move"].button,
    )


@login_required
@require_POST
def clock_done(request: HttpRequest, pk: UUID, clock: UUID) -> HttpResponse:
    """Say that what a clock waits for was done."""
    user = actor(request)
    tip = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    record = get_object_or_404(Clock.objects.filter(duty=Clock.Duty.OURS), pk=clock, tip=tip)
    clocks.mark_done(record, by=user, at=timezone.now())
    messages.success(request, f"{record.label}: done.")
    return redirect("tip", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def track_close(request: HttpRequest, pk: UUID, track: UUID) -> HttpResponse:
    """Record a track's outcome."""
    user = actor(request)
    tip = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    record = get_object_or_404(Track.objects.select_related("tip"), pk=track, tip=tip)
    now = OutcomeForm(None, initial={"version": record.version})
    data = difference.resolved(request.POST, [now]) if request.method == "POST" else None
    form = now if data is None else OutcomeForm(data)
    what = f"{disclosed(record, to=user)['pillar_label']} track"
    context = {
        "tip": disclosed(tip, to=user),
        "what": what,
        "move": TRACK.get("close"),
        "form": form,
        "seen": difference.seen_of([now]),
    }
    if data is None or not form.is_valid():
        check_seen(form)
        return render(request, "desk/work_move.html", context, status=NOT_VALID if data is not None else 200)
    given = form.cleaned_data
    try:
        tracks.close_track(record, outcome=given["outcome"], version=given["version"], by=user, at=timezone.now())
    except Conflict as conflict:
        is_possible = TRACK.get("close") in TRACK.available(record, user)
        return _late(request, conflict, tip, what, form, now, context, is_possible=is_possible)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return render(request, "desk/work_move.html", context, status=NOT_VALID)
    messages.success(request, f"{record.get_pillar_display()} track: outcome recorded.")
    return redirect("tip", pk=pk)
