"""The shift: one page to hand over, taking by name, notices for all; what is new at the desk, who is on a tip."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import audit
from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import User
from casework import keyset
from casework.actions import call_backs
from casework.actions import shift as verbs
from casework.forms.desk import QueueFilter
from casework.forms.shift import AssignForm, NoticeForm
from casework.models import CallBack, DeskNotice, Presence
from casework.pages import hand_over as page
from casework.views.asking import NOT_VALID, actor, allow
from casework.views.desk import rows_of
from tips.actions import triage
from tips.models import ContactStatus, HandOver, Tip

LOG = "tips.log_contact"
DESK_ONLY = "The desk is for the hotline's operators and supervisors."
# A page of the queue; more at once is not looked at.
MOST = 50


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """GET shows what there is; POST ends the shift: what nobody took stands in the queue again."""
    user, now = actor(request), timezone.now()
    allow(user, LOG, DESK_ONLY)
    if request.method == "POST":
        try:
            handed = verbs.hand_over(by=user, at=now)
        except ValidationError as error:
            return _drawn(request, user, NOT_VALID, against=error.messages)
        went = f"{_counted(handed.tips, 'tip')} and {_counted(handed.call_backs, 'call-back')} went back to the queue"
        nothing = "Nothing was held any more"
        messages.success(request, f"You are off duty. {went if handed.tips or handed.call_backs else nothing}.")
        return redirect("duty")
    shown = page.shown_to(user, now)
    seen = [row.tip["pk"] for part in (shown.mine, shown.urgent, shown.stranded) for row in part.rows]
    audit.record("list", kind="tip", by=user, at=now, details={"ids": sorted({str(pk) for pk in seen})})
    return _drawn(request, user, shown=shown)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _drawn(
    request: HttpRequest,
    user: User,
    status: int = 200,
    *,
    against: list[str] | None = None,
    form: NoticeForm | None = None,
    shown: page.HandOver | None = None,
) -> HttpResponse:
    context = {
        "shown": shown or page.shown_to(user, timezone.now()),
        "against": against or [],
        "notice_form": form or NoticeForm(),
        "has_errors": bool(form),
    }
    return render(request, "desk/hand_over.html", context, status=status)


@login_required
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take one line by name. The second of two who take at once is told (409)."""
    user, now = actor(request), timezone.now()
    allow(user, LOG, DESK_ONLY)
    kind, _, key = request.POST.get("line", "").partition(":")
    try:
        pk = UUID(key)
    except ValueError as error:
        raise Http404 from error
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() else None
    if kind == "tip":
        tip = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
        triage.take(tip, by=user, at=now, version=seen)
    elif kind == "call_back":
        promised = get_object_or_404(CallBack.objects.visible_to(user), pk=pk)
        call_backs.take(promised, by=user, at=now, version=seen)
    else:
        raise Http404
    messages.success(request, "It is yours now.")
    return redirect("hand-over")


@login_required
@require_POST
def notice_add(request: HttpRequest) -> HttpResponse:
    """A notice for all, by a supervisor."""
    user, now = actor(request), timezone.now()
    allow(user, LOG, DESK_ONLY)
    allow(user, "casework.read_reports", "Only a supervisor writes notices for all.")
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return _drawn(request, user, NOT_VALID, form=form)
    verbs.post_notice(form.cleaned_data["text"], until=form.until(now), by=user, at=now)
    messages.success(request, "Everybody at the desk reads it now.")
    return redirect("hand-over")


@login_required
@require_POST
def notice_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a notice down."""
    user = actor(request)
    notice = get_object_or_404(DeskNotice.objects.visible_to(user), pk=pk)
    allow(user, "casework.read_reports", "Only a supervisor takes notices down.")
    verbs.end_notice(notice, by=user, at=timezone.now())
    messages.success(request, "The notice is down.")
    return redirect("hand-over")


@never_cache
@login_required
@require_safe
def what_is_new(request: HttpRequest) -> JsonResponse:
    """How many tips came since the page was read, under its own filters; no rows, so nothing on the page moves."""
    user = actor(request)
    allow(user, LOG, DESK_ONLY)
    since = parse_datetime(request.GET.get("since", "").replace(" ", "+"))
    if since is None or since.tzinfo is None:
        raise Http404
    rows = rows_of(user, request.GET.get("view", "all"), QueueFilter(request.GET)).filter(created_at__gt=since)
    handed = HandOver.objects.filter(to_user=user, at__gt=since, contact__status=ContactStatus.DRAFT)
    asked = User.objects.filter(pk=user.pk).values_list(keyset.capped_count(rows), Exists(handed))
    count, is_handed = asked[0]
    parts = ["A colleague handed you a conversation."] if is_handed else []
    parts += [f"{keyset.count_words(count)} new tip{'' if count == 1 else 's'}."] if count else []
    words = f"{' '.join(parts)} Show {'it' if count + is_handed == 1 else 'them'}" if parts else ""
    return JsonResponse({"count": count, "words": words})


@login_required
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give the chosen tips to a colleague: first the page that asks to whom, then the deed."""
    user, now = actor(request), timezone.now()
    allow(user, "tips.triage", DESK_ONLY)
    tips = list(Tip.objects.visible_to(user).filter(pk__in=_chosen(request)).order_by("reference"))
    if not tips:
        messages.info(request, "Choose at least one tip first.")
        return redirect("desk")
    form = AssignForm(request.POST if "person" in request.POST else None, desk=user.acting_agency_id, at=now)
    if not form.is_valid():
        context = {"tips": [disclosed(tip, to=user) for tip in tips], "form": form}
        return render(request, "desk/assign.html", context, status=NOT_VALID if form.is_bound else 200)
    person = form.cleaned_data["person"]
    late = [tip.reference for tip in tips if not _gave(tip, person, user)]
    given = len(tips) - len(late)
    messages.success(request, f"{_counted(given, 'tip')} given to {person}.")
    if late:
        messages.warning(request, f"Not given, because somebody was faster: {', '.join(late)}.")
    return redirect("desk")


def _chosen(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(key) for key in request.POST.getlist("tip")[:MOST]]
    except ValueError as error:
        raise Http404 from error


def _gave(tip: Tip, person: User, user: User) -> bool:
    try:
        triage.assign(tip, to=person, by=user, at=timezone.now())
    except Conflict:
        return False
    return True


@never_cache
@login_required
@require_POST
def here(request: HttpRequest, pk: UUID) -> JsonResponse:
    """The page of a tip says that it is open, and learns who else has it open. No activity, no content."""
    user, now = actor(request), timezone.now()
    tip = get_object_or_404(Tip.objects.visible_to(user), pk=pk)
    if tip.holder_agency_id != user.acting_agency_id:
        return JsonResponse({"words": ""})
    verbs.be_here(tip, by=user, at=now)
    lately = now - timedelta(seconds=3 * settings.LOOK_SECONDS)
    others = Presence.objects.filter(tip=tip, agency=tip.holder_agency_id, seen_at__gt=lately).exclude(user=user)
    names = [str(row.user) for row in others.select_related("user").order_by("user__display_name")]
    return JsonResponse({"words": f"Also on this tip now: {', '.join(names)}" if names else ""})
