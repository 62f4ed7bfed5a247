"""Who is on duty, who is on call, and the alarms that reach them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.actions import alarms, duty
from agencies.models import Alarm, OnCall
from casework import frame
from casework.forms.duty import DutyForm, OnCallForm
from casework.pages import duty as page
from casework.views.asking import NOT_VALID, actor, allow

DESK_ONLY = "Duty is for the hotline's operators and supervisors."
LOG = "tips.log_contact"


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def duty_page(request: HttpRequest) -> HttpResponse:
    """The desk's duty; POST goes on duty, or moves the end."""
    user, now = actor(request), timezone.now()
    allow(user, LOG, DESK_ONLY)
    form = DutyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        duty.go_on_duty(until=form.until(now), by=user, at=now)
        messages.success(request, "You are on duty. Alarms reach you on every page.")
        return redirect("duty")
    chain = OnCallForm(desk=user.acting_agency_id, at=now)
    context = {"shown": page.shown_to(user, now), "form": form, "on_call_form": chain}
    return render(request, "desk/duty.html", context, status=NOT_VALID if form.is_bound else 200)


@login_required
@require_POST
def go_off(request: HttpRequest) -> HttpResponse:
    """Off duty at once; what is still held is on the hand-over page."""
    duty.go_off_duty(by=actor(request), at=timezone.now())
    messages.success(request, "You are off duty. No alarm reaches you here now.")
    return redirect("duty")


@never_cache
@login_required
@require_safe
def alarms_now(request: HttpRequest) -> HttpResponse:
    """The alarms of the banner, for the script that looks every few seconds; nothing of it is activity.

    `X-Casework-Alarms` names what sounds, so that the page is changed only when that has changed; `off` when the
    reader's duty has ended.
    """
    user = actor(request)
    allow(user, LOG, DESK_ONLY)
    if not duty.is_on_duty(user, timezone.now()):
        response = HttpResponse(status=204)
        response["X-Casework-Alarms"] = "off"
        return response
    sounding = frame.alarms_for(user)
    response = render(request, "components/alarms_banner.html", {"alarms": sounding})
    response["X-Casework-Alarms"] = " ".join(f"{alarm.pk}:{alarm.calls}" for alarm in sounding) or "none"
    return response


@login_required
@require_POST
def alarm_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer by name, and go to where help is needed. A later answer is told who was first (409)."""
    user = actor(request)
    alarm = get_object_or_404(Alarm.objects.visible_to(user), pk=pk)
    answered = alarms.answer(alarm, by=user, at=timezone.now())
    messages.success(request, "You answered the alarm. Your colleagues see that you look after it.")
    return redirect(answered.path)


@login_required
@require_POST
def on_call_add(request: HttpRequest) -> HttpResponse:
    """Put somebody at the end of the chain."""
    user, now = actor(request), timezone.now()
    allow(user, LOG, DESK_ONLY)
    form = OnCallForm(request.POST, desk=user.acting_agency_id, at=now)
    if form.is_valid():
        try:
            duty.put_on_call(form.cleaned_data["person"], pager=form.cleaned_data["pager"], by=user, at=now)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "The chain is changed.")
            return redirect("duty")
    context = {"shown": page.shown_to(user, now), "form": DutyForm(), "on_call_form": form, "has_errors": True}
    return render(request, "desk/duty.html", context, status=NOT_VALID)


@login_required
@require_POST
def on_call_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take somebody out of the chain."""
    user = actor(request)
    place = get_object_or_404(OnCall.objects.visible_to(user), pk=pk)
    duty.take_off_call(place, by=user, at=timezone.now())
    messages.success(request, "The chain is changed.")
    return redirect("duty")
