"""Promised call-backs: the list by due time, promising one, trying, agreeing on another time, stopping."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import audit
from agencies.disclosure import disclosed
from agencies.models import User
from casework import keyset
from casework.actions import call_backs
from casework.forms.call_backs import AttemptForm, PromiseForm, StopForm, WindowForm
from casework.models import CallBack
from casework.pages import call_backs as page
from casework.views.asking import NOT_VALID, actor, allow
from tips.models import Person, Tip

CALL = "casework.reveal"
DESK_ONLY = "Call-backs are for the hotline's operators and supervisors."
# The names of the verbs' windows are those of the form.
_FIELDS = {"until": "end"}


@never_cache
@login_required
@require_safe
def call_back_list(request: HttpRequest) -> HttpResponse:
    """The next due first, 50 a page."""
    user, now = actor(request), timezone.now()
    allow(user, CALL, DESK_ONLY)
    view = request.GET.get("view", "open")
    view = view if view in page.VIEWS else "open"
    rows = keyset.page(
        page.drawn(page.open_to(user, view)),
        page.ORDER,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    audit.record("list", kind="call_back", by=user, at=now, details={"ids": [str(row.pk) for row in rows.rows]})
    context = {
        "rows": page.shown(rows.rows, user=user, now=now),
        "page": rows,
        "view": view,
        "views": page.VIEWS.items(),
    }
    return render(request, "desk/call_backs.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def promise(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Promise one to a person of this tip."""
    user = actor(request)
    allow(user, CALL, DESK_ONLY)
    tip = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    people = [disclosed(person, to=user) for person in Person.objects.filter(tip=tip).order_by("number")]
    labels = {row["pk"]: f"Person {row['number']}: {row['role_label'].lower()}" for row in people}
    first = {"day": timezone.localdate(), "person": next((row["pk"] for row in people if row["is_in_contact"]), None)}
    form = PromiseForm(request.POST if request.method == "POST" else None, tip=tip, labels=labels, initial=first)
    if form.is_valid():
        given = form.cleaned_data
        try:
            call_backs.promise(
                given["person"],
                way=given["way"],
                window=form.window(),
                words=given["words"],
                by=user,
                at=timezone.now(),
            )
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Promised. It stands in the queue by its time.")
            return redirect("tip", pk=pk)
    context = {"tip": disclosed(tip, to=user), "form": form}
    return render(request, "desk/call_back_promise.html", context, status=NOT_VALID if form.is_bound else 200)


def tell(form: forms.Form, error: ValidationError) -> None:
    """Put what a verb refused at the field that it is about."""
    for name, sentences in _by_field(error).items():
        form.add_error(_FIELDS.get(name, name) if _FIELDS.get(name, name) in form.fields else None, sentences)


def _by_field(error: ValidationError) -> dict[str, Any]:
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


@never_cache
@login_required
@require_safe
def call_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them, with what may be done."""
    user = actor(request)
    record = _found(user, pk)
    audit.record("view", kind="call_back", by=user, object_id=record.pk, tip=record.tip_id)
    return _drawn(request, user, record)


def _found(user: User, pk: UUID) -> CallBack:
    allow(user, CALL, DESK_ONLY)
    return get_object_or_404(page.drawn(CallBack.objects.visible_to(user)), pk=pk)


def _drawn(
    request: HttpRequest, user: User, record: CallBack, bound: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    seen = {"version": record.version, "zone": record.time_zone, "day": timezone.localdate()}
    shown = {name: _form(name, None, initial=seen) for name in _FORMS}
    shown |= {name: bound for name, kind in _FORMS.items() if isinstance(bound, forms.Form) and type(bound) is kind}
    shown["attempt"].fields["result"].choices = page.results(record)  # type: ignore[attr-defined]
    context = {
        **page.page_of(record, user, timezone.now()),
        **{f"{name}_form": form for name, form in shown.items()},
        "has_errors": bound is not None,
        "bound": bound,
    }
    return render(request, "desk/call_back.html", context, status=status)


_FORMS: dict[str, type[forms.Form]] = {"attempt": AttemptForm, "agree": WindowForm, "stop": StopForm}


def _form(name: str, data: Any, **given: Any) -> forms.Form:
    # Three forms on one page: their ids are kept apart.
    return _FORMS[name](data, auto_id=f"{name}-%s", **given)


_DONE = {
    "attempt": "The try is stamped.",
    "agree": "The new time is set.",
    "stop": "Stopped. Nobody tries again.",
    "take": "It is yours now.",
    "give-back": "Nobody holds it now.",
}


@login_required
@require_POST
def call_back_move(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """One deed; what was entered stays in the form after an error."""
    user = actor(request)
    record = _found(user, pk)
    if name not in _DONE:
        raise Http404
    form = _form(name, request.POST) if name in _FORMS else None
    if form is not None and not form.is_valid():
        return _drawn(request, user, record, form, NOT_VALID)
    try:
        _do(name, record, form, user)
    except ValidationError as error:
        if form is None:
            raise
        tell(form, error)
        return _drawn(request, user, record, form, NOT_VALID)
    messages.success(request, _DONE[name])
    return redirect("call-back", pk=pk)


def _do(name: str, record: CallBack, form: Any, user: User) -> None:
    by: dict[str, Any] = {"by": user, "at": timezone.now()}
    if form is None:
        verb = call_backs.take if name == "take" else call_backs.give_back
        verb(record, **by)
        return
    given = form.cleaned_data
    by["version"] = given["version"]
    if name == "attempt":
        call_backs.attempt(record, given["result"], **by)
    elif name == "agree":
        call_backs.agree(record, form.window(), **by)
    else:
        call_backs.stop(record, given["why"], **by)
