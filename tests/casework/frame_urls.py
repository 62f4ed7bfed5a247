"""The real addresses, and pages that fail in every way, for the tests of the frame."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_POST

from agencies.lifecycle import Conflict
from casework import urls

FAILURES: dict[str, Exception] = {
    "400": SuspiciousOperation("internal words"),
    "403": PermissionDenied("Only a supervisor can approve this. Ask for approval."),
    "404": Http404("internal words"),
    "409": Conflict("The agency accepted at 02:20. It can no longer be recalled."),
    "500": RuntimeError("the caller said her name is Example"),
    "503": OperationalError("connection to server at 10.0.0.1 failed"),
}


def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Raise what `how` names."""
    raise FAILURES[how]


def break_transaction(request: HttpRequest) -> HttpResponse:
    """Leave the database connection in an aborted transaction, as a failed statement does."""
    with connection.cursor() as cursor:
        cursor.execute("select 1 / 0")
    return HttpResponse("never")


@login_required
def note(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """A form of somebody's: says back what arrived."""
    text = request.POST.get("narrative", "")
    return HttpResponse(
        f"<form method='post'><p id='got'>{request.method} {len(text)} {request.POST.get('version', '')}</p></form>"
    )


DRAFT = """{% extends "base.html" %}{% block title %}Draft{% endblock %}{% block content %}<h1>Draft</h1>
<form method="post" data-save-url="/draft/save/" data-save-seq="3">{% csrf_token %}
<label for="what">What is happening</label><textarea id="what" name="what"></textarea>
<label><input type="checkbox" name="flag" value="a"> A</label>
<label><input type="checkbox" name="flag" value="b"> B</label>
<button class="usa-button usa-button--outline" name="later">Later</button>
<button class="usa-button">Send</button></form>
<p id="saved" class="saved"></p><a href="/help/" data-key="F2">Danger</a>
<table><tbody><tr><td><a href="/help/?1">One</a></td></tr>
<tr><td><a href="/help/?2">Two</a></td></tr></tbody></table>
{% endblock %}"""
SAVED: list[dict[str, Any]] = []
# What the next saves are answered with, first first; 200 when empty.
ANSWERS: list[int] = []


@login_required
def draft(request: HttpRequest) -> HttpResponse:
    """A page with a form that saves itself, a danger button and a table."""
    if request.method == "POST":
        return HttpResponse(f"<h1>Sent {request.POST['what']}</h1>")
    return HttpResponse(engines["django"].from_string(DRAFT).render({}, request))


@login_required
@require_POST
def save_draft(request: HttpRequest) -> JsonResponse:
    """Keeps what the script sends, and answers as the test wants."""
    status = ANSWERS.pop(0) if ANSWERS else 200
    if status == 200:
        SAVED.append(json.loads(request.body))
    return JsonResponse({"saved_at": "02:21:40", "detail": "Changed in another window."}, status=status)


urlpatterns = [
    path("fail/<str:how>/", fail),
    path("break/", break_transaction),
    path("note/", note, name="note"),
    path("draft/", draft),
    path("draft/save/", save_draft),
    *urls.urlpatterns,
]

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
