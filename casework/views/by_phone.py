"""Referrals of agencies where nobody signs in: the calls to make, what to read out, and what was answered."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import audit
from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import User
from casework import cards
from casework.actions import answering
from casework.forms import answers as forms
from casework.models import Referral
from casework.pages import calls, referral_words
from casework.states import REFERRAL, WAITING
from casework.views.asking import NOT_VALID, actor, check_seen


@dataclass(frozen=True)
class Answer:
    """What the operator enters, in the words of its page."""

    button: str
    says: str
    form: type[forms.ByPhoneForm]
    done: str


ANSWERS = {
    "receive": Answer(
        "Somebody took it",
        "Stamps that the agency knows of it. Its answer comes later.",
        forms.ByPhoneForm,
        "Recorded: the agency has taken it down.",
    ),
    "accept": Answer("They accept", "The agency takes it on.", forms.ByPhoneForm, "Recorded: the agency said yes."),
    "decline": Answer(
        "They decline",
        "Ask why: it says whom to ask next.",
        forms.DeclineByPhoneForm,
        "Recorded: the agency declined.",
    ),
    "ask_information": Answer(
        "They ask something",
        "Write the question. Answer it on the referral's page, then call them.",
        forms.AskByPhoneForm,
        "Recorded: the agency asks.",
    ),
    "report_progress": Answer(
        "They say how it goes", "The next word is due later.", forms.ProgressByPhoneForm, "Recorded: how it goes."
    ),
    "close": Answer(
        "They say how it ended",
        "Closes the referral with its outcome.",
        forms.OutcomeByPhoneForm,
        "Closed with what they said.",
    ),
    "confirm_cancellation": Answer(
        "They end it as asked", "Ends the referral.", forms.ByPhoneForm, "Recorded: the agency ended it."
    ),
}


@login_required
@permission_required("casework.route", raise_exception=True)
@require_safe
def to_call(request: HttpRequest) -> HttpResponse:
    """Whom to call now: referrals that no inbox and no link carries, most urgent first. One event names the rows."""
    user = actor(request)
    page = calls.page(user, at=timezone.now())
    audit.record(
        "view",
        kind="list",
        by=user,
        at=timezone.now(),
        details={"list": "calls to make", "ids": [str(call.referral.pk) for call in page.calls]},
    )
    return render(request, "referrals/calls.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_phone(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """The sheet to read out, and one answer; entered in the agency's name, with who said it."""
    user, found = _find(request, pk)
    answering.check_by_phone(found, user)
    answer = ANSWERS.get(name)
    if answer is None:
        raise Http404
    row = REFERRAL.get(name)
    if found.status not in row.sources or not referral_words.makes_sense(found, name):
        raise Conflict(referral_words.lost(found, row, None, timezone.now()))
    if request.method != "POST":
        return _sheet(request, user, found, name, answer.form(initial={"version": found.version}))
    form = answer.form(request.POST)
    if not form.is_valid():
        check_seen(form)
        return _sheet(request, user, found, name, form, status=NOT_VALID)
    try:
        answering.answer_by_phone(
            found,
            name,
            speaker=form.speaker(),
            by=user,
            at=timezone.now(),
            values=form.values(),
            version=form.cleaned_data["version"],
        )
    except ValidationError as problem:
        form.add_error(None, problem.messages)
        return _sheet(request, user, found, name, form, status=NOT_VALID)
    messages.success(request, answer.done)
    return redirect("referral", pk=pk)


@login_required
@require_POST
def new_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send another one-time link to the agency's verified address."""
    user, found = _find(request, pk)
    try:
        answering.send_new_link(found, by=user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        messages.success(request, "A new link is on its way to the agency's verified address. The one before ends.")
    return redirect("referral", pk=pk)


def _find(request: HttpRequest, pk: UUID) -> tuple[User, Referral]:
    user = actor(request)
    found = Referral.objects.visible_to(user).select_related("sender", "receiver")
    return user, get_object_or_404(found, pk=pk)


def _sheet(
    request: HttpRequest, user: User, found: Referral, name: str, form: forms.ByPhoneForm, *, status: int = 200
) -> HttpResponse:
    shown = disclosed(found, to=user)
    context = {
        "referral": shown,
        "name": name,
        "answer": ANSWERS[name],
        "form": form,
        "card": cards.rows(shown),
        "not_shared": cards.NOT_ON_CARD,
        "is_waiting": found.status in WAITING,
        "sheet": calls.sheet(found, user),
    }
    return render(request, "referrals/by_phone.html", context, status=status)
