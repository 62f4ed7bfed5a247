"""The find box of every page: a reference leads to its tip, anything else to what was found and why."""

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agencies.ids import is_reference
from casework.pages import search
from casework.views.asking import actor, allow
from tips.actions import lookups
from tips.models import Tip

MISTYPED = "This is no reference. It looks like {prefix}-2026-000123-K; one wrong character is enough to miss it."
NOT_OPEN = "No tip with this reference is open to you. It may be mistyped, or your agency has no part in it."
NOTHING = "Type a reference, a number, a handle, a plate, an address, a name or words."
_ONLY_READERS = "Only roles that read tips can look for one."
_LIKE_A_REFERENCE = re.compile(r"[A-Z]{1,6}-\d{4}-\d+(?:-.?)?")


@login_required
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """To the tip, or to what was found. A POST: what is searched for stands in no address and no log."""
    user = actor(request)
    allow(user, "tips.read_content", _ONLY_READERS)
    text = request.POST.get("q", "").strip()
    if not text:
        messages.warning(request, NOTHING)
        return redirect("home")
    if is_reference(text.upper(), prefix=settings.REFERENCE_PREFIX):
        tip = Tip.objects.visible_to(user).filter(reference=text.upper()).first()
        if tip is not None:
            return redirect("tip", pk=tip.pk)
        lookups.record_search([], forms=["reference"], by=user, at=timezone.now())
        messages.warning(request, NOT_OPEN)
        return redirect("home")
    if _LIKE_A_REFERENCE.fullmatch(text.upper()):
        messages.warning(request, MISTYPED.format(prefix=settings.REFERENCE_PREFIX))
        return redirect("home")
    results = search.search(text, user=user)
    lookups.record_search(results.ids, forms=results.forms, by=user, at=timezone.now())
    return render(request, "find/results.html", {"results": results, "text": text[: search.LONGEST]})


@login_required
@require_safe
def recent(request: HttpRequest) -> HttpResponse:
    """The last five tips that this user looked at."""
    user = actor(request)
    allow(user, "tips.read_content", _ONLY_READERS)
    return render(request, "find/recent.html", {"hits": search.recent(user)})
