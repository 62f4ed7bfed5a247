"""The policies in force, for everybody: which answer, since when, by whom (ruling 3)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework.pages import policy


@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Open without a sign-in."""
    return render(request, "policy.html", {"policies": policy.policies_in_force()})
