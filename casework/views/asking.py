"""What every staff view asks first: who acts, and whether the role may do this."""

from typing import Any

from django import forms
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies.lifecycle import Conflict
from agencies.models import User

NOT_VALID = 422
TOO_LATE = 409


def actor(request: HttpRequest) -> User:
    """The signed-in user; views stand behind `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


def allow(user: User, right: str, sentence: str) -> None:
    """Refuse whoever lacks a right; `sentence` says which role has it."""
    if not user.has_perm(right):
        raise PermissionDenied(sentence)


def check_seen(form: forms.Form) -> None:
    """Refuse a form that does not say which version its sender saw: each of our pages does. After `is_valid`."""
    if "version" in form.errors:
        raise BadRequest("The version is missing.")


def undo(request: HttpRequest, failure: Conflict | ValidationError | PermissionDenied) -> None:
    """Roll this request back and record the refusal, though the view answers with a page of its own."""
    request.casework_failure = failure  # type: ignore[attr-defined]


def too_late(request: HttpRequest, template: str, context: dict[str, Any], failure: Conflict) -> HttpResponse:
    """The page again with everything that was typed, and what is true now (409)."""
    undo(request, failure)
    return render(request, template, {**context, "conflict": str(failure)}, status=TOO_LATE)
