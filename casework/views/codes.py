"""Finding a code by everyday words: the server's side of the type-ahead."""

import json

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from casework.views.asking import actor, allow
from tips import codes

_LONGEST = 200
_ONLY_READERS = "Only people who work on tips look up codes."


@login_required
@require_POST
def find_codes(request: HttpRequest, name: str) -> JsonResponse:
    """Codes that what was typed may mean. A POST, so that no log keeps what somebody typed while listening."""
    allow(actor(request), "tips.read_content", _ONLY_READERS)
    if name not in codes.code_lists():
        raise Http404
    try:
        typed = json.loads(request.body)["typed"]
    except (ValueError, KeyError, TypeError, RecursionError):
        typed = None
    if not isinstance(typed, str):
        return JsonResponse({"detail": "This could not be read. Type again."}, status=400)
    found = codes.find(name, typed[:_LONGEST])
    return JsonResponse({"found": [vars(row) for row in found]})
