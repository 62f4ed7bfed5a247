"""One referral: the card, what may be done with it, and the pages of the moves that ask something."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import audit
from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict, Move
from agencies.models import User
from casework import cards
from casework.actions import referrals, side_by_side, silence
from casework.forms import referrals as asked
from casework.models import Referral
from casework.pages import offers, reaching, referral_words
from casework.states import AT_WORK, REFERRAL, WAITING
from casework.views.asking import NOT_VALID, TOO_LATE, actor, check_seen, undo


@dataclass(frozen=True)
class Deed:
    """What a move's page asks, the verb that does it, and the sentence afterwards."""

    form: type[asked.SeenForm]
    verb: Callable[..., Referral]
    done: str


DEEDS = {
    "accept": Deed(asked.SeenForm, referrals.accept, "Accepted. The tip is open to your agency until this ends."),
    "confirm": Deed(asked.SeenForm, side_by_side.confirm, "Confirmed. The others were told: found elsewhere."),
    "close_unheard": Deed(asked.SeenForm, silence.close_unheard, "Closed without information. The agency was told."),
    "decline": Deed(asked.DeclineForm, referrals.decline, "Declined. The sender was told why."),
    "ask_information": Deed(asked.QuestionForm, referrals.ask_information, "Asked. The time to answer goes on."),
    "give_information": Deed(asked.AnswerForm, referrals.give_information, "Answered. The agency was told."),
    "recall": Deed(asked.SeenForm, referrals.recall, "Recalled. The agency no longer sees the card."),
    "report_progress": Deed(asked.ProgressForm, referrals.report_progress, "Progress recorded. The sender sees it."),
    "close": Deed(asked.OutcomeForm, referrals.close, "Closed. Your agency's access to the tip has ended."),
    "ask_cancellation": Deed(asked.SeenForm, referrals.ask_cancellation, "Asked. The agency was told."),
    "confirm_cancellation": Deed(
        asked.SeenForm, referrals.confirm_cancellation, "Cancelled. Your agency's access to the tip has ended."
    ),
    "withdraw": Deed(asked.WithdrawForm, referrals.withdraw, "Cancelled. The agency's access has ended."),
}
_SAID_YES = "Your yes was sent. Others were asked too: the sender confirms one of you, and you are told."
# These ask nothing, but what they do deserves a page before it is done.
_SAID_FIRST = frozenset({"recall", "ask_cancellation", "confirm", "close_unheard"})


@login_required
@require_safe
def referral(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The referral as this reader may see it.

    Looking changes no state: browsers and mail scanners follow links by themselves. So a liaison who comes to an
    unopened referral sees who asks and until when, and the button that opens the card; the button is a POST, stamps
    `received`, and tells the sender that the card was seen. Others of the agency cannot stamp and see the card.
    """
    user, found = _find(request, pk)
    is_unopened = found.status == "sent" and "receive" in {move.name for move in REFERRAL.available(found, user)}
    shown = disclosed(found, to=user)
    audit.record(
        "view",
        kind="referral",
        by=user,
        at=timezone.now(),
        object_id=found.pk,
        tip=found.tip_id,
        pillar=found.pillar,
        fields=["envelope"] if is_unopened else sorted(shown.get("card", {})),
    )
    context = {
        "referral": shown,
        "is_sender": found.sender_id == user.acting_agency_id,
        "is_unopened": is_unopened,
        "card": [] if is_unopened else cards.rows(shown),
        "not_shared": cards.NOT_ON_CARD,
        "offer": referral_words.offer(shown),
        "base": reverse("referral", args=[pk]),
        "moves": _moves(found, user),
        "blocked": referral_words.blocked(found, user),
        "is_waiting": found.status in WAITING,
        "is_at_work": found.status in AT_WORK,
        "needs_another": found.status in ("declined", "expired", "recalled"),
        "told": referral_words.told(found, timezone.now()),
        "reached": reaching.reached(found, user, timezone.now()),
        "offers": offers.of_need(found, user) if found.sender_id == user.acting_agency_id else [],
        "tip_pk": found.tip_id if "tip_id" in shown else None,
    }
    return render(request, "referrals/referral.html", context)


@login_required
@require_POST
def open_card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The Open button of inbox and referral page: stamps that the receiver opened the card."""
    user, found = _find(request, pk)
    referrals.receive(found, by=user, at=timezone.now())
    return redirect("referral", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """GET shows what a move does and asks; POST makes it. A version other than the one seen is too late (409)."""
    if name not in DEEDS:
        raise Http404
    user, found = _find(request, pk)
    deed, row = DEEDS[name], REFERRAL.get(name)
    if request.method != "POST":
        _check_open(found, row, user)
        return _page(request, found, row, deed.form(initial={"version": found.version}))
    form = deed.form(request.POST)
    if not form.is_valid():
        check_seen(form)
        _check_open(found, row, user)
        return _page(request, found, row, form, status=NOT_VALID)
    try:
        deed.verb(found, by=user, at=timezone.now(), **form.cleaned_data)
    except Conflict as late:
        return _late(request, user, _again(found), row, form, late)
    except ValidationError as problem:
        form.add_error(None, problem if not hasattr(problem, "error_dict") else problem.messages)
        return _page(request, found, row, form, status=NOT_VALID)
    said_yes = name == "accept" and found.round is not None
    messages.success(request, _SAID_YES if said_yes else deed.done)
    return redirect("referral", pk=pk)


def _late(
    request: HttpRequest, user: User, now: Referral, row: Move, form: asked.SeenForm, failure: Conflict
) -> HttpResponse:
    """Who was faster, and everything that was typed; the button too, where the move can still be made (409)."""
    undo(request, failure)
    data = {**form.data.dict(), "version": str(now.version)}  # type: ignore[attr-defined]
    again = type(form)(data)
    words = referral_words.lost(now, row, failure, timezone.now())
    is_open = row in REFERRAL.available(now, user)
    return _page(request, now, row, again, status=TOO_LATE, conflict=words, is_over=not is_open)


def _find(request: HttpRequest, pk: UUID) -> tuple[User, Referral]:
    user = actor(request)
    found = Referral.objects.visible_to(user).select_related("sender", "receiver")
    return user, get_object_or_404(found, pk=pk)


def _again(found: Referral) -> Referral:
    return Referral.objects.select_related("sender", "receiver").get(pk=found.pk)


def _moves(found: Referral, user: User) -> list[Move]:
    """The moves as buttons; a move with needs leads to its own page."""
    return [
        replace(row, needs=row.needs or ("page",)) if row.name in _SAID_FIRST else row
        for row in REFERRAL.available(found, user)
        if row.name in DEEDS and referral_words.makes_sense(found, row.name)
    ]


def _check_open(found: Referral, row: Move, user: User) -> None:
    """The same answers as the verb would give, before anybody fills in a form for nothing."""
    if row in REFERRAL.available(found, user):
        return
    if found.status not in row.sources:
        raise Conflict(referral_words.lost(found, row, None, timezone.now()))
    raise PermissionDenied


def _page(
    request: HttpRequest, found: Referral, row: Move, form: forms.Form, *, status: int = 200, **more: Any
) -> HttpResponse:
    shown = disclosed(found, to=actor(request))
    context: dict[str, Any] = {
        "referral": shown,
        "move": row,
        "form": form,
        "card": [] if more else cards.rows(shown),
        "consequences": [] if more.get("is_over") else referral_words.consequences(found, row.name),
        **more,
    }
    return render(request, "referrals/move.html", context, status=status)
