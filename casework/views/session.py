"""The session itself: how long it lives, staying signed in, and what was sent too late."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import kept
from agencies.middleware import seconds_left
from agencies.models import User


@never_cache
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """GET tells how long the session lives, whose it is, and its token; POST is activity: it stays signed in."""
    if not request.user.is_authenticated:
        return JsonResponse({"signed_in": False, "seconds_left": 0})
    left, user = seconds_left(request), str(request.user.pk)
    return JsonResponse({"signed_in": True, "seconds_left": left, "user": user, "token": get_token(request)})


@never_cache
@login_required
@require_safe
def kept_forms(request: HttpRequest) -> HttpResponse:
    """What this person sent after the session had ended, each to be sent now or dropped."""
    user = request.user
    forms = kept.kept_for(request.session, owner=user.pk) if isinstance(user, User) else []
    return render(request, "account/kept.html", {"kept_forms": forms, "kept_field": kept.FIELD})


@login_required
@require_POST
def drop_kept(request: HttpRequest) -> HttpResponse:
    """Forget one of them."""
    kept.drop(request.session, request.POST.get("id", ""))
    return redirect("session-kept" if kept.SESSION_KEY in request.session else "home")
