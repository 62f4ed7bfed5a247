"""Consent of the persons of a tip: what stands, a yes with the words that are read out, a no, a yes taken back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import audit
from agencies.disclosure import disclosed
from agencies.models import User
from casework import consent_words
from casework.actions import consents as verbs
from casework.forms.consents import AgreeForm, RefuseForm, WithdrawForm
from casework.pages import consents as shown
from casework.views.asking import NOT_VALID, TOO_LATE, actor
from tips.models import Person, Tip

_ONLY_HOLDER = "Only the desk that holds the tip keeps what a person agrees to. Tell its holder at once."


def _tip(user: User, pk: UUID) -> Tip:
    tip = get_object_or_404(Tip.objects.visible_to(user).select_related("holder_agency", "situation"), pk=pk)
    if tip.holder_agency_id != user.acting_agency_id or not user.has_perm("casework.route"):
        raise PermissionDenied(_ONLY_HOLDER)
    return tip


def _person(user: User, pk: UUID, person: UUID) -> Person:
    tip = _tip(user, pk)
    found = get_object_or_404(Person.objects.filter(tip=tip), pk=person)
    found.tip = tip
    return found


@login_required
@require_safe
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What each person said, what stands on it, what was told."""
    user = actor(request)
    tip, now = _tip(user, pk), timezone.now()
    audit.record("view", kind="consent", by=user, at=now, object_id=tip.pk, tip=tip.pk)
    context = {"tip": disclosed(tip, to=user), "people": shown.of_tip(tip, user, at=now)}
    return render(request, "consent/consent.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Choose, see the words, read them out, record: the words that are kept are those that were shown."""
    user = actor(request)
    record = _person(user, pk, person)
    data = request.POST if request.method == "POST" else None
    agencies = shown.agencies_for(record.tip, name=request.POST.get("agency_name", ""))
    form = AgreeForm(data, person=record, agencies=agencies)
    context = {"tip": disclosed(record.tip, to=user), "person": str(record), "form": form}
    if data is None or data.get("do") == "find":
        form = AgreeForm(person=record, agencies=agencies) if data is None else form
        return render(request, "consent/agree.html", {**context, "form": form, "is_finding": data is not None})
    if not form.is_valid():
        return render(request, "consent/agree.html", context, status=NOT_VALID)
    now = timezone.now()
    given = form.cleaned_data
    text = consent_words.text(
        record.tip.holder_agency, form.agency, need=given["need"], fields=given["fields_told"], at=now
    )
    seal = verbs.digest(text)
    sent = [(name, value) for name, values in data.lists() if name not in _NOT_SENT for value in values]
    read = {**context, "text": text, "seal": seal, "sent": sent}
    if data.get("do") != "record":
        return render(request, "consent/read.html", read)
    if data.get("seal") != seal:
        late = "The words changed since you read them out, for instance by midnight. Read these out."
        return render(request, "consent/read.html", {**read, "conflict": late}, status=TOO_LATE)
    try:
        verbs.record(record, form.said(text), by=user, at=now)
    except ValidationError as refused:
        _show_errors(form, refused)
        return render(request, "consent/agree.html", context, status=NOT_VALID)
    messages.success(request, f"Kept: {record} agreed. It ends by itself, and one sentence takes it back.")
    return redirect("consent", pk=pk)


_NOT_SENT = frozenset({"csrfmiddlewaretoken", "do", "seal", "_kept"})
_FORM_FIELD = {"fields": "fields_told"}


def _show_errors(form: AgreeForm, refused: ValidationError) -> None:
    for name, sentences in refused.message_dict.items():
        for sentence in sentences:
            form.add_error(_FORM_FIELD.get(name, name), sentence)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Keep a no as a fact."""
    user = actor(request)
    record = _person(user, pk, person)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        verbs.refuse(
            record,
            form.cleaned_data["kind"],
            language=form.cleaned_data["language"],
            by=user,
            at=timezone.now(),
        )
        messages.success(request, f"Kept: {record} said no. The rules leave it out from now on.")
        return redirect("consent", pk=pk)
    context = {"tip": disclosed(record.tip, to=user), "person": str(record), "form": form}
    return render(request, "consent/refuse.html", context, status=NOT_VALID if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID, person: UUID) -> HttpResponse:
    """Take a yes back; says before what ends and what stays told."""
    user = actor(request)
    record = _person(user, pk, person)
    rows = next(one for one in shown.of_tip(record.tip, user, at=timezone.now()) if one.person.pk == record.pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None, agencies=rows.agencies)
    if form.is_valid():
        done = verbs.withdraw(
            record,
            channel=form.cleaned_data["channel"],
            recipient=form.agency,
            by=user,
            at=timezone.now(),
        )
        ended = f"{len(done.ended)} referrals" if len(done.ended) != 1 else "1 referral"
        messages.success(request, f"Taken back at once. {ended} ended; whoever had them is told.")
        return redirect("consent", pk=pk)
    context = {"tip": disclosed(record.tip, to=user), "rows": rows, "person": str(record), "form": form}
    return render(request, "consent/withdraw.html", context, status=NOT_VALID if form.is_bound else 200)
