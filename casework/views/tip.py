"""The tip page, its own moves, notes, and the recorded look at what is closed."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.disclosure import disclosed
from agencies.models import User
from casework.actions import closing, desk
from casework.forms.work import NoteForm, PurposeForm, SeenForm
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
    if request.method == "GET":
        return _close_page(request, user, record) if name == "close" else redirect("tip", pk=pk)
    form = SeenForm(request.POST)
    form.is_valid()
    check_seen(form)
    try:
        _make(record, name, user=user, version=form.cleaned_data["version"])
    except ValidationError as error:
        return _close_page(request, user, record, error.messages)
    messages.success(request, _DONE[name])
    return redirect("tip", pk=pk)


def _make(record: Tip, name: str, *, user: User, version: int) -> Tip:
    now = timezone.now()
    if name in ("take", "take_over"):
        return triage.take(record, by=user, at=now, version=version)
    if name == "give_back":
        return triage.give_back(record, by=user, at=now, version=version)
    if name == "close":
        return closing.close(record, by=user, at=now, version=version)
    if name == "reopen":
        return closing.reopen(record, by=user, at=now, version=version)
    return TIP.move(record, name, by=user, at=now, version=version)


def _close_page(request: HttpRequest, user: User, record: Tip, against: list[str] | None = None) -> HttpResponse:
    context = {
        "tip": disclosed(record, to=user),
        "obstacles": closing.obstacles(record) if against is None else against,
        "may_close": "close" in {move.name for move in TIP.available(record, user)},
    }
    return render(request, "desk/tip_close.html", context, status=NOT_VALID if against else 200)


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
    seen = reveal.reveal(row, purpose=form.cleaned_data["purpose"], by=user, at=timezone.now())
    return render(request, "desk/reveal.html", {**context, "seen": seen})
