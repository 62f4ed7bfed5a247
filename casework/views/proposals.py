"""From what the rules propose to referrals: whom to ask, what each is told, the check page, one confirm."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import audit
from agencies.lifecycle import Conflict
from agencies.models import Agency, User
from agencies.named import with_names
from agencies.reach import reachable
from casework import cards
from casework.actions import may_tell
from casework.actions import proposals as verbs
from casework.forms.proposals import FindForm, LineForm, OverrideForm
from casework.models import Proposal
from casework.pages import proposals as proposing
from casework.views.asking import NOT_VALID, TOO_LATE, actor, undo
from tips.facts_of import with_beginning
from tips.models import Person, Tip

SUPERVISOR = "supervisor"
_ONLY_HOLDER = "Only the desk that holds the tip chooses whom to ask. Ask its holder."
_HELD_BACK = "The rules hold back {kind}. Only a supervisor can send it all the same: ask one, or leave it out."


@dataclass
class Writing:
    """The referrals being written: agencies, a form each, and the reason where the rules did not propose one."""

    tip: Tip
    user: User
    proposal: Proposal
    receivers: list[Agency]
    lines: list[LineForm]
    override: OverrideForm | None
    problems: list[str]

    def is_valid(self) -> bool:
        """Every form is looked at, so that all errors are named at once."""
        forms = [*self.lines, *([self.override] if self.override else [])]
        checked = [form.is_valid() for form in forms]
        return all(checked) and bool(self.receivers) and not self.problems

    def reason(self) -> str:
        return str(self.override.cleaned_data["override_reason"]) if self.override else ""

    def hold_back(self, data: QueryDict) -> None:
        """What the table of what may be told does not open; a supervisor may say why it is told all the same."""
        held = [answer for line in self.answers() for answer in may_tell.held_back(line)]
        if self.user.role != SUPERVISOR:
            self.problems += [may_tell.words(answer) for answer in held]
        elif any(answer.row.absolute for answer in held):
            self.problems += [may_tell.words(answer) for answer in held if answer.row.absolute]
        elif held and self.override is None:
            self.override = OverrideForm(data if "override_reason" in data else None)
            self.problems += [] if self.override.is_valid() else [may_tell.words(answer) for answer in held]

    def answers(self) -> list[list[may_tell.Answer]]:
        """What the table says of each referral; only of valid forms."""
        asked = [form.line().asked for form in self.lines]
        return may_tell.answers(self.tip, asked, place=verbs.where(self.tip), by=self.user, at=timezone.now())

    def previews(self) -> list[dict[str, Any]]:
        """Each agency with the card exactly as it will read it, and what the table says of every level."""
        found = []
        for form, answers in zip(self.lines, self.answers(), strict=True):
            line = form.line()
            card = cards.propose_card(
                self.tip,
                line.persons,
                sender=self.tip.holder_agency,
                need=line.need,
                purpose=line.purpose,
                place=self.tip.places.first(),
            )
            card["summary"] = line.summary.strip() or card["summary"]
            rows = [(label, card[name]) for name, label in cards.LABELS.items() if card.get(name)]
            found.append({"agency": line.receiver, "line": line, "card": card, "rows": rows, "answers": answers})
        return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One address for all steps: what was ticked and typed travels in the form, so that nothing is half-kept."""
    user = actor(request)
    tips = with_beginning(with_names(Tip.objects.visible_to(user), "holder_agency", "situation"))
    tip = get_object_or_404(tips, pk=pk)
    if tip.holder_agency_id != user.acting_agency_id or not user.has_perm("casework.route"):
        raise PermissionDenied(_ONLY_HOLDER)
    if request.method != "POST":
        audit.record("view", kind="proposal", by=user, at=timezone.now(), object_id=tip.pk, tip=tip.pk)
        return _choose(request, tip, user, receivers=[])
    step = STEPS.get(request.POST.get("do", ""), _ticked_again)
    return step(request, tip, user)


def _ask(request: HttpRequest, tip: Tip, user: User) -> HttpResponse:
    """Run the rules over the facts as they are now."""
    verbs.make(tip, by=user, at=timezone.now())
    messages.success(request, "The rules were asked with the facts as they are now.")
    return redirect("proposals", pk=tip.pk)


def _ticked_again(request: HttpRequest, tip: Tip, user: User) -> HttpResponse:
    """Finding by name, and the way back: what was ticked stays ticked."""
    return _choose(request, tip, user, receivers=_receivers(request))


def _write(request: HttpRequest, tip: Tip, user: User) -> HttpResponse:
    writing = _writing(request, tip, user)
    if not writing.receivers:
        problem = "Tick at least one agency, or say on the tip why nobody is asked."
        return _choose(request, tip, user, receivers=[], problem=problem)
    return render(request, "proposals/write.html", _shown(writing))


def _check(request: HttpRequest, tip: Tip, user: User) -> HttpResponse:
    writing = _writing(request, tip, user)
    if writing.is_valid():
        writing.hold_back(request.POST)
    if not writing.is_valid():
        return render(request, "proposals/write.html", _shown(writing), status=NOT_VALID)
    return _check_page(request, writing)


def _check_page(request: HttpRequest, writing: Writing, *, conflict: str = "", status: int = 200) -> HttpResponse:
    previews = writing.previews()
    context = {
        **_shown(writing),
        "previews": previews,
        "seal": _seal(writing.tip, previews),
        "sent": _as_sent(request),
        "not_shared": cards.NOT_ON_CARD,
        "conflict": conflict,
        "reason": writing.reason(),
    }
    return render(request, "proposals/check.html", context, status=status)


def _send(request: HttpRequest, tip: Tip, user: User) -> HttpResponse:
    """Send exactly what was shown: if a card would read differently now, the check page comes back."""
    writing = _writing(request, tip, user)
    if writing.is_valid():
        writing.hold_back(request.POST)
    if not writing.is_valid():
        return render(request, "proposals/write.html", _shown(writing), status=NOT_VALID)
    if request.POST.get("seal") != _seal(tip, writing.previews()):
        late = Conflict("The tip was changed after you looked. Check what each agency will see now, then send.")
        undo(request, late)
        return _check_page(request, writing, conflict=str(late), status=TOO_LATE)
    lines = [form.line() for form in writing.lines]
    try:
        sent = verbs.confirm(
            writing.proposal,
            lines,
            by=user,
            at=timezone.now(),
            override_reason=writing.reason(),
            version=tip.version,
        )
    except Conflict as late:
        undo(request, late)
        return _check_page(request, writing, conflict=str(late), status=TOO_LATE)
    except ValidationError as problem:
        writing.problems += problem.messages
        return render(request, "proposals/write.html", _shown(writing), status=NOT_VALID)
    messages.success(request, "1 referral sent." if len(sent) == 1 else f"{len(sent)} referrals sent.")
    return redirect("proposals" if len(sent) != 1 else "referral", pk=tip.pk if len(sent) != 1 else sent[0].pk)


STEPS: dict[str, Callable[[HttpRequest, Tip, User], HttpResponse]] = {
    "ask": _ask,
    "write": _write,
    "check": _check,
    "send": _send,
}


def _choose(
    request: HttpRequest, tip: Tip, user: User, *, receivers: Sequence[Agency], problem: str = ""
) -> HttpResponse:
    find = FindForm(request.POST if request.method == "POST" else None)
    found = find.cleaned_data["agency_name"] if find.is_valid() else ""
    context = {
        "tip": tip,
        "has_errors": bool(problem),
        "problem": problem,
        "find": find,
        "typed": [(name, value) for name, value in _as_sent(request) if name != "receiver"],
        "page": proposing.page(tip, user, found=found, ticked=receivers),
    }
    return render(request, "proposals/choose.html", context, status=NOT_VALID if problem else 200)


def _writing(request: HttpRequest, tip: Tip, user: User) -> Writing:
    """A form for each ticked agency: as it was typed, or filled in for an agency that is new."""
    proposal = proposing.latest(tip)
    if proposal is None:
        raise Conflict("The rules were not asked for this tip yet. Ask them first, then choose agencies.")
    receivers = _receivers(request)
    proposed = {line["kind"] for line in proposal.result["agency_kinds"]}
    withheld = {line["kind"] for line in proposal.result["withheld"]}
    persons = list(Person.objects.filter(tip=tip).order_by("number"))
    may_override = user.role == SUPERVISOR
    lines = [
        LineForm(
            request.POST if f"line-{agency.pk.hex}-need" in request.POST else None,
            prefix=f"line-{agency.pk.hex}",
            tip=tip,
            agency=agency,
            persons=persons,
            pillars=proposal.result["pillars"],
            may_override=may_override,
            is_alone=len(receivers) == 1,
        )
        for agency in receivers
    ]
    is_override = any(agency.kind_id not in proposed for agency in receivers)
    reason_typed = request.POST if "override_reason" in request.POST else None
    held = [] if may_override else [agency for agency in receivers if agency.kind_id in withheld]
    return Writing(
        tip=tip,
        user=user,
        proposal=proposal,
        receivers=receivers,
        lines=lines,
        override=OverrideForm(reason_typed) if is_override else None,
        problems=[_HELD_BACK.format(kind=agency) for agency in held],
    )


def _receivers(request: HttpRequest) -> list[Agency]:
    """The ticked agencies in the order of the page; what is no id, or cannot be asked now, is left out."""
    ids = []
    for text in request.POST.getlist("receiver"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    found = reachable(Agency.objects.receiving()).select_related("kind").prefetch_related("services").in_bulk(ids)
    return [found[identity] for identity in dict.fromkeys(ids) if identity in found]


def _shown(writing: Writing) -> dict[str, Any]:
    forms = [*writing.lines, *([writing.override] if writing.override else [])]
    return {
        "tip": writing.tip,
        "writing": writing,
        "forms": forms,
        "pairs": list(zip(writing.receivers, writing.lines, strict=True)),
        "has_errors": bool(writing.problems) or any(form.is_bound and form.errors for form in forms),
    }


def _as_sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field of the forms, to travel on with the check page."""
    left_out = {"csrfmiddlewaretoken", "do", "seal", "agency_name", "_kept"}
    return [(name, value) for name, values in request.POST.lists() if name not in left_out for value in values]


def _seal(tip: Tip, previews: Sequence[dict[str, Any]]) -> str:
    """A short sum over what was shown, to notice when it would read differently at the moment of sending."""
    shown = [[str(row["agency"].pk), row["line"].pillar, row["line"].legal_basis, row["card"]] for row in previews]
    return hashlib.sha256(json.dumps([tip.version, shown], sort_keys=True).encode()).hexdigest()
