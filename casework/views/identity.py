"""Names and contact details: asking a second person, answering, and one alone where a life is in danger."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agencies import audit
from agencies.disclosure import disclosed
from casework.actions import identity as verbs
from casework.forms.identity import EmergencyForm, IdentityForm
from casework.forms.work import SeenForm
from casework.models import IdentityAsk
from casework.pages.identity import page
from casework.views.asking import NOT_VALID, actor, check_seen
from tips.models import Person, Tip

_VERBS = {"give": verbs.give, "refuse": verbs.refuse, "lapse": verbs.take_back}
_DONE = {
    "give": "Opened to whoever asked, in both names, for an hour at most.",
    "refuse": "Refused: it stays closed.",
    "lapse": "Taken back.",
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two forms, the questions that wait, and what is open now."""
    user = actor(request)
    tip = get_object_or_404(Tip.objects.visible_to(user).select_related("holder_agency"), pk=pk)
    persons = list(Person.objects.filter(tip=tip).order_by("number"))
    for person in persons:
        person.tip = tip
    act = request.POST.get("act", "") if request.method == "POST" else ""
    asking = IdentityForm(request.POST if act == "ask" else None, persons=persons, prefix="ask")
    emergency = EmergencyForm(request.POST if act == "emergency" else None, persons=persons, prefix="now")
    if asking.is_valid():
        given = asking.cleaned_data
        verbs.ask(asking.whose, fields=given["fields_asked"], reason=given["reason"], by=user, at=timezone.now())
        messages.success(request, "Asked. It opens when a second person agrees.")
        return redirect("identity", pk=pk)
    if emergency.is_valid():
        given = emergency.cleaned_data
        verbs.open_in_emergency(
            emergency.whose, fields=given["fields_asked"], reason=given["reason"], by=user, at=timezone.now()
        )
        messages.success(request, "Open to you for an hour at most, on the tip. Auditors and the holder are told.")
        return redirect("tip", pk=pk)
    if not act:
        audit.record("view", kind="identity_ask", by=user, at=timezone.now(), object_id=tip.pk, tip=tip.pk)
    context = {
        "tip": disclosed(tip, to=user),
        "page": page(tip, user, at=timezone.now()),
        "asking": asking,
        "emergency": emergency,
    }
    return render(request, "desk/identity.html", context, status=NOT_VALID if act else 200)


@login_required
@require_POST
def identity_decide(request: HttpRequest, pk: UUID, question: UUID) -> HttpResponse:
    """The answer of the second person, or the asker taking it back."""
    user = actor(request)
    tip = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    record = get_object_or_404(IdentityAsk.objects.select_related("asked_by", "tip"), pk=question, tip=tip)
    verb, form = _VERBS.get(request.POST.get("act", "")), SeenForm(request.POST)
    if verb is None:
        raise Http404
    form.is_valid()
    check_seen(form)
    verb(record, by=user, at=timezone.now(), version=form.cleaned_data["version"])
    messages.success(request, _DONE[request.POST["act"]])
    return redirect("identity", pk=pk)
