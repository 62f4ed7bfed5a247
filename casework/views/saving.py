"""What is typed in a contact: kept as it is typed, also while the desk is locked."""

import json
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from agencies.lifecycle import Conflict
from agencies.middleware import locked_user
from agencies.models import User
from agencies.scope import acting_as
from casework.views.asking import actor
from tips.actions import danger, drafts
from tips.models import Contact

LONGEST_NUMBER = 8
# Of the page itself, and the line to a colleague that is no part of the record.
_NOT_KEPT = frozenset({"page", "base", "saves", "act", "csrfmiddlewaretoken", "help_line", "hand_to", "danger_back"})


@require_POST
def contact_draft(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Keep what the page's script sends; 409 with a sentence when another page was first, or the contact ended.

    While a session is locked its owner goes on typing, and may raise danger: nothing is read back.
    """
    locked = locked_user(request)
    if locked is not None:
        with acting_as(locked):
            return _save(request, pk, locked, is_locked=True)
    if not request.user.is_authenticated:
        return JsonResponse({"detail": "Sign in again. Your words are still in this page."}, status=401)
    return _save(request, pk, actor(request), is_locked=False)


def _save(request: HttpRequest, pk: UUID, user: User, *, is_locked: bool) -> JsonResponse:
    try:
        sent = json.loads(request.body)
        values = {_whole(name): [_whole(word) for word in words] for name, words in sent["values"].items()}
        number, base = number_of(sent["sequence"]), number_of(values["base"][0])
        is_danger = sent.get("danger") is True
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        _there(pk, user)
        return JsonResponse({"detail": "This save could not be read. Load the page again."}, status=400)
    now = timezone.now()
    more = {name: True for name, is_so in (("locked", is_locked), ("danger", is_danger)) if is_so}
    try:
        if is_danger:
            # First: it waits for nothing, not even for words that cannot be kept here.
            danger.raise_danger(_there(pk, user), {}, by=user, at=now)
        keep(pk, values, number=number, base=base, user=user, now=now)
    except Conflict as conflict:
        _there(pk, user)
        return JsonResponse({"detail": str(conflict), **more}, status=409)
    return JsonResponse({"saved_at": f"{timezone.localtime(now):%H:%M:%S}", **more})


def _there(pk: UUID, user: User) -> Contact:
    """Raises Http404 for whoever may not see the contact: such a user is told nothing more about it."""
    return get_object_or_404(Contact.objects.visible_to(user), pk=pk)


def _whole(word: object) -> str:
    """Half a character, as a cut emoji leaves it, becomes a question mark: no page could show it."""
    return str(word).encode("utf-8", "replace").decode()


def number_of(text: object) -> int:
    """The number of a save. Raises ValueError for what no page counted."""
    words = str(text)
    if not words.isdecimal() or len(words) > LONGEST_NUMBER:
        raise ValueError("not the number of a save")
    return int(words)


def keep(pk: UUID, values: dict[str, list[str]], *, number: int, base: int, user: User, now: datetime) -> None:
    """Keep what a page sent, in the draft's shape. Raises Conflict as `drafts.save_draft` does."""
    page = values.get("page", [""])[0]
    kept = {name: words for name, words in values.items() if name not in _NOT_KEPT}
    drafts.save_draft(pk, {"values": kept, "page": page, "number": number}, sequence=base, by=user, at=now)


def or_zero(text: str) -> int:
    """The number of a save; 0 for what no page counted."""
    try:
        return number_of(text)
    except ValueError:
        return 0
