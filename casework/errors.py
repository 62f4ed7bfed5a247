"""Exceptions into HTTP: the same four ways to fail on pages and in the API."""

import contextlib
import logging
import math
import secrets
import sys
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from psycopg_pool import PoolTimeout
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from agencies import kept
from agencies.lifecycle import Conflict
from agencies.models import User

logger = logging.getLogger(__name__)

# The page and the script's save of a contact in progress.
_CONTACT = frozenset({"contact", "contact-draft"})
_CHUNK = 65_536
# Somebody who sends more than this has no page of ours before them.
_MOST_THROWN_AWAY = 50_000_000
STALE = "This page was open too long, or your browser sent no token. Go back, load the page again, and send once more."


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler plus ours: Conflict is 409, a domain ValidationError 400; every refusal undoes the request."""
    request: HttpRequest = context["request"]._request
    request.casework_failure = error  # type: ignore[attr-defined]
    if isinstance(error, Conflict):
        return Response({"detail": str(error), "code": "conflict"}, status=status.HTTP_409_CONFLICT)
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    return exception_handler(error, context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that no page of ours sends, or one that is longer than we read."""
    if isinstance(exception, RequestDataTooBig):
        return _too_much(request)
    return render(request, "400.html", status=400)


def _too_much(request: HttpRequest) -> HttpResponse:
    """What to do with a text that is too long (413). Of a contact, what was saved before is still there."""
    _read_to_the_end(request)
    most, sent = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0), int(request.META.get("CONTENT_LENGTH") or 0)
    too_much = max(0, sent - most)
    match = request.resolver_match
    if match and match.view_name in _CONTACT and "application/json" in request.headers.get("Accept", ""):
        detail = f"Not saved: {size_words(too_much)} too much. What was saved before is kept. Shorten the text."
        return JsonResponse({"detail": detail}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    context = {
        "most": size_words(most),
        "too_much": size_words(too_much),
        "contact": match.kwargs.get("pk") if match and match.view_name in _CONTACT else None,
    }
    return render(request, "413.html", context, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def size_words(count: int) -> str:
    """A number of bytes as people say it, rounded up: `1 kB`, `2.6 MB`."""
    if count < 1_000_000:
        return f"{math.ceil(count / 1000)} kB"
    return f"{math.ceil(count / 100_000) / 10:g} MB"


def _read_to_the_end(request: HttpRequest) -> None:
    """Take what is still on its way: a browser that is cut off while it sends shows no page of ours."""
    left = _MOST_THROWN_AWAY
    with contextlib.suppress(OSError):
        while left > 0 and (chunk := request.read(_CHUNK)):
            left -= len(chunk)


def forbidden(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """Visible, but not for this role; the view's own sentence says which role can."""
    return render(request, "403.html", {"message": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """Not there, or not to be known: the same page, word for word."""
    return render(request, "404.html", status=404)


def closed(request: HttpRequest, **_kwargs: str) -> HttpResponse:
    """An address of a package that Casework does not offer."""
    raise Http404


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page that stayed open over a sign-in: the text comes back with a fresh token. Anything else is refused.

    Only the browser itself can say "same-origin": a foreign page can neither set nor change that header.
    """
    user = request.user
    if isinstance(user, User) and request.headers.get("Sec-Fetch-Site") == "same-origin":
        if request.path in (reverse("account_login"), reverse("account_logout")):
            return redirect("home")
        if kept.keep_now(request, owner=user.pk):
            return redirect("session-kept")
    return render(request, "403.html", {"message": STALE}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault (500), or the database is away (503). Asks nothing of the database, and no context processor."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | PoolTimeout)
    reference = secrets.token_hex(4)
    logger.error("Error page shown, reference %s", reference)
    page = "503.html" if is_away else "500.html"
    text = render_to_string(page, {"reference": reference, "style": _style(), "site_name": settings.SITE_NAME})
    response = HttpResponse(text, status=503 if is_away else 500)
    if is_away:
        response["Retry-After"] = "60"
    return response


def _style() -> list[str]:
    try:
        return [static("uswds/css/uswds.min.css"), static("casework.css")]
    except ValueError:  # Not collected: the page is readable without.
        return []
