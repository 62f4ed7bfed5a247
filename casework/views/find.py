"""The find box of every page: from a reference to its tip."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agencies.ids import is_reference
from casework.views.asking import actor, allow
from tips.models import Tip

MISTYPED = "This is no reference. It looks like {prefix}-2026-000123-K; one wrong character is enough to miss it."
NOT_OPEN = "No tip with this reference is open to you. It may be mistyped, or your agency has no part in it."


@login_required
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """To the tip, or back with what to do. A POST: what is searched for stands in no address and no log."""
    user = actor(request)
    allow(user, "tips.read_content", "Only roles that read tips can look for one.")
    text = request.POST.get("q", "").strip().upper()
    if not is_reference(text, prefix=settings.REFERENCE_PREFIX):
        messages.warning(request, MISTYPED.format(prefix=settings.REFERENCE_PREFIX))
        return redirect("home")
    tip = Tip.objects.visible_to(user).filter(reference=text).first()
    if tip is None:
        messages.warning(request, NOT_OPEN)
        return redirect("home")
    return redirect("tip", pk=tip.pk)
