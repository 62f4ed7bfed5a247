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
from casework.cards import propose_summary
from casework.forms.triage import Triage
from casework.views.asking import NOT_VALID, actor, check_seen, too_late
from tips.facts_of import facts_of
from tips.models import Person, RequestType, Tip, Urgency
from tips.states import TIP

_ONLY_HOLDER = "Only operators and supervisors of the desk that holds the tip triage it, and only while it is open."
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
    forms = Triage(
        request.POST if request.method == "POST" else None,
        tip=record,
        known=known,
        persons=persons,
        proposed_account=_account(known, persons),
    )
    if request.method == "POST":
        return _act(request, user, record, forms)
    audit.record("view", kind="tip", by=user, at=timezone.now(), object_id=record.pk, tip=record.pk)
    return render(request, "desk/triage.html", _context(record, user, forms))


def _act(request: HttpRequest, user: User, record: Tip, forms: Triage) -> HttpResponse:
    is_look = request.POST.get("act") == "look"
    is_valid = forms.is_valid()
    check_seen(forms.form)
    if is_look:
        # Only asking: what is still missing to decide is not an error yet.
        for name in ("request_type", "urgency", "is_read"):
            forms.form.errors.pop(name, None)
        return render(request, "desk/triage.html", _context(record, user, forms, typed=not forms.form.errors))
    if not is_valid:
        return render(request, "desk/triage.html", _context(record, user, forms), status=NOT_VALID)
    version = forms.form.cleaned_data["version"]
    try:
        desk.save_triage(record, forms.coded(), by=user, at=timezone.now(), version=version)
    except Conflict as conflict:
        return too_late(request, "desk/triage.html", _context(record, user, forms), conflict)
    except ValidationError as error:
        forms.form.add_error(None, error.messages)
        return render(request, "desk/triage.html", _context(record, user, forms), status=NOT_VALID)
    messages.success(request, "Triage saved. Look at who can help.")
    return redirect("proposals", pk=record.pk)


def _context(record: Tip, user: User, forms: Triage, *, typed: bool = False) -> dict[str, Any]:
    facts, person_facts = (forms.form.changed(), forms.person_changes()) if typed else ({}, {})
    said = desk.suggestion(record, by=user, facts=facts, person_facts=person_facts)
    return {
        "tip": disclosed(record, to=user),
        "forms": forms,
        "form": forms.form,
        "has_errors": any(part.errors for part in forms.parts if part.is_bound),
        "suggested": {
            "urgency": said["urgency"],
            "urgency_label": Urgency(said["urgency"]).label if said["urgency"] else "",
            "request_type": RequestType(said["request_type"]).label if said["request_type"] else "",
            "rules": said["rules"],
        },
    }


def _account(known: dict[str, Any], persons: list[Person]) -> str:
    """A first wording from codes alone; the operator writes the rest."""
    people: dict[str, int] = {}
    for person in persons:
        people[person.get_role_display().lower()] = people.get(person.get_role_display().lower(), 0) + 1
    counted = ", ".join(f"{count} {role}" for role, count in people.items())
    return ". ".join(part for part in (propose_summary(known), counted) if part)
