"""A running conversation seen by those who do not type it: who has it, what is urgent in it, and help from beside."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agencies import audit
from agencies.lifecycle import Conflict
from agencies.middleware import POLL_HEADER
from agencies.models import Role, User
from casework.forms.contact import ContactForms
from casework.forms.contact.page import begin
from casework.forms.contact.reading import Rows, read_out
from casework.pages import conversation
from casework.pages.resources import near
from casework.views import deeds
from casework.views.asking import NOT_VALID, actor, allow
from tips.actions import cut_off, drafts, hand_over, help_me
from tips.models import Contact, ContactStatus, CutOff, Draft, Emergency, HelpCall

ONLY_DESK = "Only the hotline's operators and supervisors log contacts."
_NOT_YOURS = "A colleague types this contact. Ask them to hand it over to you."


def aside(request: HttpRequest, user: User, record: Contact, draft: Draft | None) -> HttpResponse:
    """The page of somebody who does not type; 403 where there is nothing for them to do."""
    is_supervisor = user.role == Role.SUPERVISOR
    help_call = help_me.open_help(record.pk)
    is_urgent = Emergency.objects.filter(contact=record, ended_at=None).exists()
    if draft is None and not is_urgent:
        raise PermissionDenied(_NOT_YOURS)
    problem, status = "", 200
    if request.method == "POST":
        try:
            return _act(request, user, record, timezone.now())
        except ValidationError as error:
            problem, status = " ".join(error.messages), NOT_VALID
        except Conflict as conflict:
            problem, status = str(conflict), 409
    return _page(request, user, record, draft, help_call if is_supervisor else None, problem, status)


def _page(
    request: HttpRequest,
    user: User,
    record: Contact,
    draft: Draft | None,
    help_call: HelpCall | None,
    problem: str,
    status: int,
) -> HttpResponse:
    now = timezone.now()
    data = QueryDict(mutable=True)
    if help_call is not None and draft is not None:
        for name, words in drafts.read_draft(draft).get("values", {}).items():
            data.setlist(name, words)
        if POLL_HEADER not in request.headers:
            audit.record("view", kind="contact", by=user, at=now, object_id=record.pk, reason="help")
        begin(data, record)
    values = {name: list(words) for name, words in data.lists()}
    panel = conversation.danger_panel(record, data, now=now)
    context = {
        "contact": record,
        "typist": User.objects.get(pk=draft.typist_id) if draft else record.taker,
        "is_former": draft is not None and user.pk in (draft.user_id, draft.handed_from_id),
        "is_supervisor": user.role == Role.SUPERVISOR,
        "colleagues": hand_over.colleagues(record.agency_id, at=now) if user.role == Role.SUPERVISOR else [],
        "cut_off": CutOff.objects.filter(contact=record, ended_at=None).select_related("step_by").first(),
        "can_take_up": bool(cut_off.waiting(user, at=now, contact=record)),
        "help_call": help_call,
        "help_lines": help_me.lines(help_call) if help_call else [],
        "narrative": data.get("narrative", ""),
        "read_out": _read_out(data, record, user, now) if help_call else [],
        "told_so_far": conversation.told_so_far(values, panel["emergency"]) if help_call else [],
        "handed": conversation.handed(record),
        "problem": problem,
        **panel,
    }
    return render(request, "desk/contact_aside.html", context, status=status)


def _read_out(data: QueryDict, record: Contact, user: User, now: datetime) -> list[tuple[str, Rows]]:
    helpers = near(data, at=timezone.now()).helpers if data.getlist("resources") else ()
    nearby = {helper.service_id: helper.label for helper in helpers}
    return read_out(ContactForms(data, contact=record, user=user, nearby=nearby))


def _act(request: HttpRequest, user: User, record: Contact, now: datetime) -> HttpResponse:
    act, _, argument = request.POST.get("act", "").partition(":")
    if act == "take_up":
        return deeds.take_up(request, user, now, record.pk)
    if act == "take":
        hand_over.hand_over(record, to=user, by=user, at=now)
    elif act == "hand_over":
        to = deeds.colleague(record, request.POST.get("hand_to", ""), now)
        hand_over.hand_over(record, to=to, by=user, at=now)
    elif act == "welfare":
        row = get_object_or_404(CutOff.objects.filter(contact=record, ended_at=None).select_related("contact"))
        cut_off.answer_welfare(row, agrees=argument == "yes", by=user, at=now)
    elif act == "help":
        deeds.help_deed(request, record, argument, user, now)
    else:
        raise PermissionDenied(_NOT_YOURS)
    return redirect("contact", pk=record.pk)


@never_cache
@login_required
@require_safe
def contact_tray(request: HttpRequest) -> HttpResponse:
    """The conversations of whoever asks, again and again: what a colleague hands over stands there without a reload.

    `here` is the conversation on whose page it is shown.
    """
    user = actor(request)
    allow(user, "tips.log_contact", ONLY_DESK)
    try:
        key = UUID(request.GET.get("here", ""))
    except ValueError as error:
        raise Http404 from error
    here = get_object_or_404(Contact.objects.visible_to(user), pk=key)
    return render(request, "desk/contact/tray.html", {"tray": conversation.mine(user, here=here)})


@login_required
@require_safe
def contact_lines(request: HttpRequest, pk: str) -> HttpResponse:
    """The lines between the two, asked for again and again while help is open; for nobody else."""
    user = actor(request)
    record = get_object_or_404(Contact.objects.visible_to(user).only("pk", "status"), pk=pk)
    draft = Draft.objects.filter(contact=record).first()
    row = help_me.open_help(record.pk)
    is_typist = draft is not None and draft.typist_id == user.pk
    if record.status != ContactStatus.DRAFT or row is None or not (is_typist or user.role == Role.SUPERVISOR):
        raise Http404
    return render(request, "desk/contact/lines.html", {"help_lines": help_me.lines(row)})
