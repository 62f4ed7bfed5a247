"""The contact page: one form, typed while listening, until the contact ends in one of its three ways."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import audit
from agencies.directory import other_lines
from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import User
from casework.actions import desk
from casework.form_marks import problems
from casework.forms.contact import ContactForms, OpenForm, begun_again
from casework.forms.contact.ending import REQUEST_TYPE_OF
from casework.forms.contact.page import ADDS, begin, prepare
from casework.pages import conversation
from casework.pages.resources import Near, near
from casework.views import contact_aside, deeds, saving
from casework.views.asking import NOT_VALID, actor, allow, too_late
from tips.actions import contact_rows, drafts, intake, resources_given
from tips.models import AnsweredAs, Contact, ContactStatus, Draft, Interpretation, NonActionable

# Where the page stands after a button that leads nowhere else.
_AFTER = {"look": "#help", "told_duty": "#minor", "doubt": "#doubt_part", "on_tip": "#next"}


@dataclass(frozen=True)
class Typed:
    """The page's sections over what was typed, and who can help there."""

    data: QueryDict
    forms: ContactForms
    near: Callable[[], Near]


@login_required
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest) -> HttpResponse:
    """Open a contact; the button in the frame posts nothing but its channel's default."""
    user = actor(request)
    allow(user, "tips.log_contact", contact_aside.ONLY_DESK)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        data.setdefault("channel", "call")
    form = OpenForm(data)
    if data is None or not form.is_valid():
        return render(request, "desk/contact_new.html", {"form": form}, status=NOT_VALID if data else 200)
    now, given = timezone.now(), form.cleaned_data
    contact = intake.open_contact(
        channel=given["channel"],
        started_at=given["started_at"] or now,
        is_outgoing=given["is_outgoing"],
        by=user,
        at=now,
    )
    return redirect("contact", pk=contact.pk)


@login_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A contact in progress as one form; an ended one as a summary."""
    user = actor(request)
    record = get_object_or_404(Contact.objects.visible_to(user).select_related("tip", "draft"), pk=pk)
    draft = getattr(record, "draft", None)
    if record.status == ContactStatus.DRAFT and (draft is None or draft.typist_id != user.pk):
        return contact_aside.aside(request, user, record, draft)
    if request.method == "POST" and request.POST.get("act", "").startswith("offered:"):
        return _offered(request, user, record)
    if request.method == "POST":
        return _act(request, user, record, draft)
    if draft is None:
        return _ended(request, user, record)
    typed = _loaded(record, draft, user, request.GET.get("focus", ""))
    return render(request, "desk/contact.html", _context(record, typed, user, timezone.now()))


def _act(request: HttpRequest, user: User, record: Contact, draft: Draft | None) -> HttpResponse:
    """Do what the pressed button says; what was typed is kept first, so that no answer of ours can lose it."""
    act, _, argument = request.POST.get("act", "save").partition(":")
    data = request.POST.copy()
    prepare(data, act, argument)
    now = timezone.now()
    typed = _typed(record, data, user)
    try:
        if act == "not_actionable":
            return _not_actionable(request, record, argument, user, now)
        # The script counts on from its own saves: one that is still on its way must not pass for another page.
        latest = max(draft.sequence + 1 if draft else 0, saving.or_zero(data.get("saves", "")))
        base = saving.or_zero(data.get("base", ""))
        saving.keep(record.pk, dict(data.lists()), number=latest, base=base, user=user, now=now)
        if act in ("triage", "answered"):
            return _end(request, record, act, typed, user, now, argument)
        if act == "told_duty":
            contact_rows.stamp_told_duty(record, by=user, at=now)
        if act in deeds.DEEDS:
            return deeds.DEEDS[act](deeds.Asked(request, record, typed.forms, argument, user, now))
    except ValidationError as error:
        typed.forms.telling.is_valid()
        typed.forms.telling.add_error(None, error.messages)
        return render(request, "desk/contact.html", _context(record, typed, user, now), status=NOT_VALID)
    except Conflict as conflict:
        return too_late(request, "desk/contact.html", _context(record, typed, user, now), conflict)
    if act == "later":
        messages.success(request, "Saved. The contact stays open until you end it.")
        return redirect("desk")
    # A fragment would keep the browser from giving the new field the cursor.
    where = f"?focus={ADDS[act]}" if act in ADDS else _AFTER.get(act, "")
    return redirect(reverse("contact", args=[record.pk]) + where)


def _not_actionable(request: HttpRequest, record: Contact, reason: str, user: User, now: datetime) -> HttpResponse:
    if reason not in NonActionable.values:
        raise PermissionDenied("Choose one of the reasons on the page.")
    intake.end_non_actionable(record, reason=reason, by=user, at=now)
    messages.success(request, f"Counted as not actionable: {NonActionable(reason).label}.")
    # Whoever is at the wrong place is given the right number; which one is written down there.
    return redirect("contact", pk=record.pk) if reason == NonActionable.OUT_OF_SCOPE else redirect("desk")


def _offered(request: HttpRequest, user: User, record: Contact) -> HttpResponse:
    line = next((row.agency for row in other_lines() if f"offered:{row.agency.pk}" == request.POST["act"]), None)
    if line is None:
        raise Http404
    resources_given.offer_number(record, line, by=user, at=timezone.now())
    messages.success(request, f"Written down: {line} was offered.")
    return redirect("contact", pk=record.pk)


def _end(
    request: HttpRequest, record: Contact, act: str, typed: Typed, user: User, now: datetime, answered_as: str
) -> HttpResponse:
    if typed.forms.is_valid():
        ending = typed.forms["next"]
        if answered_as in AnsweredAs.values and not ending.cleaned_data["request_type"]:
            ending.cleaned_data["request_type"] = REQUEST_TYPE_OF[AnsweredAs(answered_as)]
        if act == "answered" and not ending.cleaned_data["request_type"]:
            ending.add_error("request_type", "Choose the request type of what was answered.")
        else:
            try:
                return _ended_as(request, record, act, typed, user, now, answered_as)
            except ValidationError as error:
                typed.forms.telling.add_error(None, error.messages)
    return render(request, "desk/contact.html", _context(record, typed, user, now), status=NOT_VALID)


def _ended_as(
    request: HttpRequest, record: Contact, act: str, typed: Typed, user: User, now: datetime, answered_as: str
) -> HttpResponse:
    helping = typed.forms["help"].cleaned_data
    given = {helper.service_id: helper for helper in (typed.near().helpers if helping["resources"] else ())}
    how = helping["resource_how"] or "read_out"
    resources = [given[pk].as_resource(how) for pk in helping["resources"] if pk in given]
    values = typed.forms.contact_values()
    values |= begun_again(record, values["started_at"], now)
    if act == "answered":
        request_type = typed.forms["next"].cleaned_data["request_type"]
        values |= {"answered_as": answered_as if answered_as in AnsweredAs.values else ""}
        intake.end_answered(
            record,
            request_type=request_type,
            resources=resources,
            values=values,
            interpretation=typed.forms.interpretation,
            by=user,
            at=now,
        )
        messages.success(request, "Counted as answered.")
        return redirect("desk")
    on = typed.forms.tip
    tip = desk.log_on_tip(
        record,
        typed.forms.told(),
        by=user,
        at=now,
        values=values,
        tip=on,
        resources=resources,
        accused=typed.forms.danger.accused_agencies(),
    )
    messages.success(request, f"Saved on tip {tip.reference}.")
    return redirect("tip" if on else "tip-triage", pk=tip.pk)


def _typed(record: Contact, data: QueryDict, user: User) -> Typed:
    found = cache(partial(near, data, at=timezone.now()))
    # The directory is asked only where somebody of it was ticked, or the page is drawn.
    nearby = {helper.service_id: helper.label for helper in found().helpers} if data.getlist("resources") else {}
    return Typed(data, ContactForms(data, contact=record, user=user, nearby=nearby), found)


def _loaded(record: Contact, draft: Draft, user: User, focus: str) -> Typed:
    """The page as it was left: filled from the draft, without messages about what is not finished."""
    data = QueryDict(mutable=True)
    for name, words in drafts.read_draft(draft).get("values", {}).items():
        data.setlist(name, words)
    begin(data, record)
    typed = _typed(record, data, user)
    typed.forms.forget_errors()
    typed.forms.focus(focus)
    return typed


def _context(record: Contact, typed: Typed, user: User, now: datetime) -> dict[str, Any]:
    draft = Draft.objects.filter(contact=record).first()
    values = {name: list(words) for name, words in typed.data.lists()}
    panel = conversation.danger_panel(record, typed.data, now=now)
    before = conversation.handed(record)
    return {
        "contact": record,
        "typed": typed.forms,
        "form": typed.forms.telling,
        "near": typed.near(),
        "has_errors": bool(problems(typed.forms.parts)),
        "reasons": [row for row in NonActionable.choices if row[0] != NonActionable.CONTINUED],
        "answers": AnsweredAs.choices,
        "contact_flag": contact_rows.flag_of(record, at=now),
        "sequence": draft.sequence if draft else 0,
        "saved_at": draft.saved_at if draft else None,
        "page_key": secrets.token_hex(8),
        **panel,
        **conversation.line_panel(record, user, typed.data, now=now),
        "handed": before,
        "told_so_far": conversation.told_so_far(values, panel["emergency"]) if before else [],
        "tray": conversation.mine(user, here=record),
    }


def _ended(request: HttpRequest, user: User, record: Contact) -> HttpResponse:
    audit.record("view", kind="contact", by=user, object_id=record.pk, tip=record.tip_id)
    given = record.resources.select_related("given", "service").order_by("given_at")
    heard = Interpretation.objects.filter(contact=record).first()
    files = record.attachments.filter(removed_at=None).order_by("created_at")
    context = {
        "contact": disclosed(record, to=user),
        "resources": [disclosed(row, to=user) for row in given],
        "lines": other_lines() if record.end_reason == NonActionable.OUT_OF_SCOPE else [],
        "interpretation": disclosed(heard, to=user) if heard else None,
        "files": [disclosed(row, to=user) for row in files],
        "may_flag": bool(record.number_hash) and user.has_perm("tips.flag_number"),
        "flag": contact_rows.flag_of(record, at=timezone.now()),
    }
    return render(request, "desk/contact_ended.html", context)
