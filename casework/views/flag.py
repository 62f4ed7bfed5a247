"""A supervisor's remark on a number that abuses the line."""

from datetime import datetime, time
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.disclosure import disclosed
from casework.forms.flag import FlagForm
from casework.views.asking import NOT_VALID, actor, allow
from tips.actions import contact_rows
from tips.models import Contact

_ONLY = "Only a supervisor can mark a number."


@login_required
@require_http_methods(["GET", "POST"])
def flag_number(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask until when; the remark ends with that day."""
    user = actor(request)
    allow(user, "tips.flag_number", _ONLY)
    contact = get_object_or_404(Contact.objects.visible_to(user), pk=pk)
    form = FlagForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        until = timezone.make_aware(datetime.combine(form.cleaned_data["until"], time.max))
        try:
            contact_rows.flag_number(contact, until=until, by=user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The number is marked. It hides no call.")
            return redirect("contact", pk=contact.pk)
    context = {"contact": disclosed(contact, to=user), "form": form}
    return render(request, "desk/flag.html", context, status=NOT_VALID if form.is_bound else 200)
