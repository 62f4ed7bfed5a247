"""The tip page, its own moves, notes, and the recorded look at what is closed."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.disclosure import disclosed
from agencies.models import User
from casework.actions import closing, desk
from casework.forms.work import CloseForm, NoteForm, PurposeForm, ReopenForm, SeenForm
from casework.pages import merging as merged
from casework.pages.tip import shown_to, tips_for
from casework.views.asking import NOT_VALID, actor, check_seen
from tips.actions import notes, reveal, triage
from tips.models import Identifier, Indication, Narrative, PersonIdentity, Tip
from tips.states import TIP

_CLOSED: dict[str, type[reveal.Closed]] = {
    "identity": PersonIdentity,
    "identifier": Identifier,
    "narrative": Narrative,
    "indication": Indication,
}
# Moves that have a page of their own elsewhere.
_PAGES = {
    "triage": "tip-triage",
    "triage_again": "tip-triage",
    "route": "proposals",
    "merge": "tip-compare-find",
    "unmerge": "tip-unmerge",
}
# Done elsewhere: for several tips at once, or by the end of a shift.
_NOT_HERE = frozenset({"assign", "assign_new", "shift_ended"})
_DONE = {
    "take": "You hold this tip now.",
    "take_over": "You hold this tip now.",
    "give_back": "The tip stands in the queue again; nobody holds it.",
    "start": "Work began.",
    "close": "Closed.",
    "reopen": "Opened again: it stands in the queue.",
}


@never_cache
@login_required
@require_safe
def tip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything that this reader's level gives; opening it is an event."""
    user = actor(request)
    record = get_object_or_404(tips_for(user), pk=pk)
    desk.open_tip(record, by=user, at=timezone.now())
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    context = {
        "base": request.path,
        "shown": shown_to(user, record, before=before, after=after),
        "one": merged.of(record, user),
        "note_form": NoteForm(),
        "purpose_form": PurposeForm(),
    }
    return render(request, "desk/tip.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def tip_move(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One move of the tip's table. Closing has a page that names what still stands against it."""
    user = actor(request)
    record = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    if name not in {move.name for move in TIP.moves} - _NOT_HERE:
        raise Http404
    if name in _PAGES:
        return redirect(_PAGES[name], pk=pk)
    if name == "close":
        return _close(request, user, record)
    if name == "reopen":
        return _reopen(request, user, record)
    if request.method == "GET":
        return redirect("tip", pk=pk)
    form = SeenForm(request.POST)
    form.is_valid()
    check_seen(form)
    _make(record, name, user=user, version=form.cleaned_data["version"])
    messages.success(request, _DONE[name])
    return redirect("tip", pk=pk)


def _make(record: Tip, name: str, *, user: User, version: int) -> Tip:
    if name in ("take", "take_over"):
        return triage.take(record, by=user, at=timezone.now(), version=version)
    if name == "give_back":
        return triage.give_back(record, by=user, at=timezone.now(), version=version)
    return TIP.move(record, name, by=user, at=timezone.now(), version=version)


def _is_complete(form: SeenForm) -> bool:
    is_valid = form.is_valid()
    check_seen(form)
    return is_valid


def _close(request: HttpRequest, user: User, record: Tip) -> HttpResponse:
    """Closing names what still stands against it, and asks how it ends where no agency was asked."""
    data = request.POST if request.method == "POST" else None
    needs = closing.needs_disposition(record)
    form = CloseForm(data, needs_disposition=needs, initial={"version": record.version})
    against = closing.obstacles(record)
    if data is not None and _is_complete(form) and not against:
        given = form.cleaned_data
        closing.close(
            record,
            disposition=given.get("disposition", ""),
            by=user,
            at=timezone.now(),
            version=given["version"],
        )
        messages.success(request, _DONE["close"])
        return redirect("tip", pk=record.pk)
    context = {
        "tip": disclosed(record, to=user),
        "form": form,
        "obstacles": against,
        "may_close": "close" in {move.name for move in TIP.available(record, user)},
    }
    return render(request, "desk/tip_close.html", context, status=NOT_VALID if data is not None else 200)


def _reopen(request: HttpRequest, user: User, record: Tip) -> HttpResponse:
    if "reopen" not in {move.name for move in TIP.available(record, user)}:
        raise PermissionDenied("Only operators and supervisors of the desk reopen a tip, and only a closed one.")
    data = request.POST if request.method == "POST" else None
    form = ReopenForm(data, initial={"version": record.version})
    if data is not None and _is_complete(form):
        given = form.cleaned_data
        closing.reopen(record, reason=given["reason"], by=user, at=timezone.now(), version=given["version"])
        messages.success(request, _DONE["reopen"])
        return redirect("tip", pk=record.pk)
    context = {"tip": disclosed(record, to=user), "form": form}
    return render(request, "desk/tip_reopen.html", context, status=NOT_VALID if data is not None else 200)


@login_required
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a note; a text that cannot be saved stays in the form."""
    user = actor(request)
    record = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    if request.method == "GET":
        return redirect("tip", pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        notes.add(
            record,
            given["text"],
            pillar=given["pillar"],
            is_shared=given["is_shared"],
            by=user,
            at=timezone.now(),
        )
        messages.success(request, "Note saved.")
        return redirect("tip", pk=pk)
    return render(request, "desk/note.html", {"tip": disclosed(record, to=user), "form": form}, status=NOT_VALID)


@never_cache
@login_required
@require_POST
def reveal_closed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one closed value once, on this answer only. What is asked for travels in the body, never in an address."""
    user = actor(request)
    record = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    table, _, key = request.POST.get("row", "").partition(":")
    try:
        found = get_object_or_404(_CLOSED[table]._default_manager.filter(tip=record), pk=UUID(key))
    except (KeyError, ValueError) as error:
        raise Http404 from error
    form = PurposeForm(request.POST)
    context = {"tip": disclosed(record, to=user), "form": form, "row": f"{table}:{key}"}
    if not form.is_valid():
        return render(request, "desk/reveal.html", context, status=NOT_VALID)
    row = cast(reveal.Closed, found)
    try:
        seen = reveal.reveal(row, purpose=form.cleaned_data["purpose"], by=user, at=timezone.now())
    except ValidationError as error:
        form.add_error(None, error)
        return render(request, "desk/reveal.html", context, status=NOT_VALID)
    return render(request, "desk/reveal.html", {**context, "seen": seen})
