"""Triage: facts, urgency with the reasons of the rules, the shared account."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import audit
from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import User
from casework.actions import desk
from casework.forms import difference
from casework.forms.triage import Triage, questions
from casework.views.asking import NOT_VALID, actor, check_seen
from casework.views.differing import differing
from tips.facts_of import facts_of
from tips.models import Person, RequestType, Tip, Urgency
from tips.states import TIP

_ONLY_HOLDER = "Only operators and supervisors of the desk that holds the tip triage it, and only while it is open."
_MOST_QUESTIONS = 3
_MOVES = frozenset({"triage", "triage_again"})


@login_required
@require_http_methods(["GET", "POST"])
def tip_triage(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows what is known and what the rules suggest; POST asks them again (act=look) or saves."""
    user = actor(request)
    record = get_object_or_404(
        Tip.objects.visible_to(user).select_related("situation", "shared_account", "holder_agency"), pk=pk
    )
    is_over = request.method == "GET" and not _MOVES & {move.name for move in TIP.available(record, user)}
    if is_over or record.holder_agency_id != user.acting_agency_id or not user.has_perm("tips.triage"):
        raise PermissionDenied(_ONLY_HOLDER)
    persons = list(Person.objects.filter(tip=record).order_by("number"))
    known = facts_of(record, by=user)
    now = Triage(None, tip=record, known=known, persons=persons)
    if request.method == "POST":
        data = difference.resolved(request.POST, now.parts)
        return _act(request, user, record, Triage(data, tip=record, known=known, persons=persons), now)
    audit.record("view", kind="tip", by=user, at=timezone.now(), object_id=record.pk, tip=record.pk)
    return render(request, "desk/triage.html", _context(record, user, now, now))


def _act(request: HttpRequest, user: User, record: Tip, forms: Triage, now: Triage) -> HttpResponse:
    is_look = request.POST.get("act") == "look"
    is_valid = forms.is_valid()
    check_seen(forms.form)
    if is_look:
        # Only asking: what is still missing to decide is not an error yet.
        for name in ("request_type", "urgency"):
            forms.form.errors.pop(name, None)
        return render(request, "desk/triage.html", _context(record, user, forms, now, typed=not forms.form.errors))
    if not is_valid:
        return render(request, "desk/triage.html", _context(record, user, forms, now), status=NOT_VALID)
    version = forms.form.cleaned_data["version"]
    try:
        desk.save_triage(record, forms.coded(), by=user, at=timezone.now(), version=version)
    except Conflict as conflict:
        return differing(
            request,
            conflict,
            tip=record,
            user=user,
            what=f"Triage of {record.reference}",
            mine=forms.parts,
            now=now.parts,
            hidden={"version": record.version, "act": "save"},
            button="Save triage",
        )
    except ValidationError as error:
        for field, problems in _by_field(error):
            forms.form.add_error(field if field in forms.form.fields else None, problems)
        return render(request, "desk/triage.html", _context(record, user, forms, now), status=NOT_VALID)
    if desk.asks_second_person(record):
        messages.warning(request, "Saved. The tip stays P0 until a second person agrees to lower it.")
    messages.success(request, "Triage saved. Look at who can help.")
    return redirect("proposals", pk=record.pk)


def _by_field(error: ValidationError) -> list[tuple[str | None, list[str]]]:
    if hasattr(error, "error_dict"):
        return list(error.message_dict.items())
    return [(None, error.messages)]


def _context(record: Tip, user: User, forms: Triage, now: Triage, *, typed: bool = False) -> dict[str, Any]:
    facts, person_facts = (forms.form.changed(), forms.person_changes()) if typed else ({}, {})
    said = desk.suggestion(record, by=user, facts=facts, person_facts=person_facts)
    return {
        "tip": disclosed(record, to=user),
        "forms": forms,
        "form": forms.form,
        "seen": difference.seen_of(now.parts),
        "account": disclosed(record.shared_account, to=user),
        "is_imminent": desk.is_imminent(record, by=user),
        "has_errors": any(part.errors for part in forms.parts if part.is_bound),
        "suggested": {
            "urgency": said["urgency"],
            "urgency_label": Urgency(said["urgency"]).label if said["urgency"] else "",
            "request_type": RequestType(said["request_type"]).label if said["request_type"] else "",
            "rules": said["rules"],
            "questions": questions(said["missing_facts"], most=_MOST_QUESTIONS),
        },
    }
