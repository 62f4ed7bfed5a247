"""The page that the second of two people gets: both versions, field by field (409)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import User
from casework.forms import difference
from casework.pages import history
from casework.views.asking import TOO_LATE, undo
from tips.models import Tip


def differing(
    request: HttpRequest,
    failure: Conflict,
    *,
    tip: Tip,
    user: User,
    what: str,
    mine: Sequence[forms.BaseForm],
    now: Sequence[forms.BaseForm],
    hidden: Mapping[str, Any],
    button: str,
) -> HttpResponse:
    """Both versions of what two people wrote at once. `hidden` goes back with the choice: version and act.

    `mine` and `now` are the same forms, bound and unbound; the page posts to the address that it answers.
    """
    undo(request, failure)
    found = difference.compare(mine, now, request.POST.get(difference.SEEN, ""))
    context = {
        "tip": disclosed(tip, to=user),
        "what": what,
        "conflict": str(failure),
        "last": history.last_deed(tip, to=user),
        "difference": found,
        "hidden": [*found.values, *hidden.items()],
        "seen": difference.seen_of(now),
        "button": button,
    }
    return render(request, "desk/differing.html", context, status=TOO_LATE)
