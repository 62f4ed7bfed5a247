"""Possible matches beside a contact and on a tip; asking holders and answering them (ruling 16)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import audit
from agencies.disclosure import disclosed
from agencies.models import User
from casework.pages import matches as pages
from casework.views.asking import actor, allow
from tips.actions import contact_rows, drafts, matching
from tips.models import Draft, MatchAnswer, MatchQuestion, Tip

_ONLY_DESK = "Only the hotline's operators and supervisors look for repeats of a contact."
_ONLY_HOLDER = "Only the desk that holds the tip asks others."
_MOST_QUESTIONS = 50


@login_required
@require_safe
def contact_matches(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Repeats of what stands in the draft; a fragment for the page's script, a whole page without it."""
    user = actor(request)
    allow(user, "tips.log_contact", _ONLY_DESK)
    draft = get_object_or_404(Draft.objects.select_related("contact"), contact=pk)
    if draft.typist_id != user.pk:
        raise Http404
    values = drafts.read_draft(draft).get("values", {})
    number = contact_rows.read_number(draft.contact)
    said = pages.heard(values, day=draft.contact.started_at.date(), number=number)
    # Somebody who may not be who they say must not learn from the operator's face that there are repeats.
    shown = pages.MatchesShown() if said.is_doubtful else pages.beside(said, user=user)
    _record(shown, user, kind="contact", object_id=pk)
    return _answer(request, {"shown": shown, "contact_id": pk})


@login_required
@require_safe
def tip_matches(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Tips that may be about the same, what was asked of other holders, and what they ask about this tip."""
    user = actor(request)
    record = _tip(user, pk)
    shown = pages.of_tip(record, user=user)
    _record(shown, user, kind="tip", object_id=pk)
    is_desk = record.holder_agency_id == user.acting_agency_id and user.has_perm("tips.log_contact")
    context = {
        "shown": shown,
        "tip": disclosed(record, to=user),
        "asks": pages.asks_of(record, user=user) if is_desk else [],
        "may_ask": is_desk and shown.others > 0,
    }
    return _answer(request, context)


def _tip(user: User, pk: UUID) -> Tip:
    return get_object_or_404(Tip.objects.visible_to(user).select_related("shared_account"), pk=pk)


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    is_fragment = "HX-Request" in request.headers
    template = "matches/list.html" if is_fragment else "matches/page.html"
    return render(request, template, {**context, "is_fragment": is_fragment})


def _record(shown: pages.MatchesShown, user: User, *, kind: str, object_id: UUID) -> None:
    """Matches that were shown count as a view: one event with the ids."""
    if shown.rows or shown.others:
        audit.record(
            "match",
            kind=kind,
            by=user,
            object_id=object_id,
            tip=object_id if kind == "tip" else None,
            details={"tips": shown.ids, "others": shown.others},
        )


@login_required
@require_POST
def ask_holders(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask whoever holds the tips that may not be opened here. They hear only that something is shared."""
    user = actor(request)
    record = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    if record.holder_agency_id != user.acting_agency_id:
        raise PermissionDenied(_ONLY_HOLDER)
    asked = matching.ask_holders(record, by=user, at=timezone.now())
    messages.success(request, "The holder was asked." if asked else "Everybody was asked before. Wait for the answer.")
    return redirect("tip-matches", pk=pk)


@login_required
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """What other holders ask and nobody answered."""
    user = actor(request)
    allow(user, "tips.log_contact", _ONLY_DESK)
    rows = pages.questions_for(user, most=_MOST_QUESTIONS)
    return render(request, "matches/questions.html", {"questions": rows})


@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One question of another holder: which tip of ours, asked by whom, and the three answers."""
    user = actor(request)
    allow(user, "tips.log_contact", _ONLY_DESK)
    record = get_object_or_404(MatchQuestion.objects.visible_to(user).select_related("tip", "asker"), pk=pk)
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        if answer not in MatchAnswer.values:
            raise PermissionDenied("Choose one of the answers on the page.")
        matching.answer(record, answer=answer, by=user, at=timezone.now())
        messages.success(request, "Answered.")
        return redirect("match-question", pk=pk)
    context = {"question": disclosed(record, to=user), "tip": disclosed(record.tip, to=user), "answers": MatchAnswer}
    return render(request, "matches/question.html", context)
