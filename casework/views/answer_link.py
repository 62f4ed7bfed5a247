"""A referral on a phone, through a one-time link: the card, and the answers."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies import audit, links
from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.scope import acting_as
from casework import cards
from casework.actions import answering
from casework.forms import answers as forms
from casework.pages import links as pages
from casework.pages import referral_words
from casework.views.asking import NOT_VALID, undo
from casework.views.link_pages import Gone, Visit


@dataclass(frozen=True)
class Choice:
    """An answer that may be given: the words of its button, what follows, and the sentence afterwards."""

    button: str
    says: str
    form: type[forms.SpeakerForm]
    verb: str
    done: str


CHOICES = {
    "accept": Choice(
        "Accept",
        "Your agency takes this on. The desk calls you for the hand-off: who, where, how to reach the person.",
        forms.AcceptByLinkForm,
        "accept",
        "You accepted. The desk has been told and calls you for the hand-off.",
    ),
    "decline": Choice(
        "Decline",
        "The desk is told why and asks another agency.",
        forms.DeclineByLinkForm,
        "decline",
        "You declined. The desk has been told and asks another agency.",
    ),
    "ask": Choice(
        "Ask a question",
        "The desk answers and sends your agency a new link. The time to answer goes on.",
        forms.AskByLinkForm,
        "ask_information",
        "Your question was sent. A new link comes with the answer, to the same address.",
    ),
    "call": Choice(
        "Ask for a call",
        "The desk calls you before you decide. The time to answer goes on.",
        forms.ContactByLinkForm,
        "ask_information",
        "The desk has been told and calls you.",
    ),
}


def open_card(token: str, browser: str, at: datetime) -> links.Way | None:
    """The button that shows the card stamps that it was opened."""
    return answering.open_by_link(token, browser=browser, at=at)


def page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The card with its answers; `?do=` is the page of one answer. A POST there gives it and uses the link up."""
    choice = CHOICES.get(request.GET.get("do", ""))
    if choice is None or request.method != "POST":
        return _card(request, visit, choice, choice.form() if choice else None)
    form = choice.form(request.POST)
    if not form.is_valid():
        return _card(request, visit, choice, form, status=NOT_VALID)
    try:
        answering.answer_by_link(
            visit.token, choice.verb, browser=visit.browser, speaker=form.speaker(), at=visit.at, values=form.values()
        )
    except Conflict as late:
        undo(request, late)
        raise Gone from late
    return render(request, "links/done.html", {"done": choice.done, "call": pages.public_number()})


def _card(
    request: HttpRequest, visit: Visit, choice: Choice | None, form: forms.SpeakerForm | None, *, status: int = 200
) -> HttpResponse:
    reader = answering.reader_by_link(visit.way)
    with acting_as(reader):
        found = answering.waiting(visit.way.about, reader)
        if found is None:
            raise Gone
        shown = disclosed(found, to=reader)
        fields = sorted(shown.get("card", {}))
        audit.record(
            "view",
            kind="referral",
            by=reader,
            at=visit.at,
            object_id=found.pk,
            tip=found.tip_id,
            pillar=found.pillar,
            fields=fields,
        )
        context = {
            "referral": shown,
            "card": cards.rows(shown),
            "not_shared": cards.NOT_ON_CARD,
            "due": shown.answer_due_at,
            "question": shown.get("question", ""),
            "answer": shown.get("answer", ""),
            "told": referral_words.told(found, visit.at),
            "choices": CHOICES,
            "choice": choice,
            "form": form,
            "call": pages.number_of(found.sender),
        }
        return render(request, "links/referral.html", context, status=status)
