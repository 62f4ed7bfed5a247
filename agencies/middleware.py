"""Two rules for every request: an idle session locks, and the database knows who reads."""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import get_user
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from agencies import audit, kept
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.scope import tell_database

GetResponse = Callable[[HttpRequest], HttpResponse]

# A request that only looks whether something is new must not keep a session alive.
POLL_HEADER = "X-Casework-Poll"
ACTIVE_KEY = "last_active"
# Whose session was locked in this browser; read by the sign-in page, gone after the next sign-in.
LOCKED_KEY = "locked"
LOCKED_SEAT_KEY = "locked_seat"
MEMBERSHIP_KEY = "membership"


def seconds_left(request: HttpRequest) -> int:
    """How long this session still lives without activity."""
    now = int(time.time())
    return max(0, int(request.session.get(ACTIVE_KEY, now)) + settings.SESSION_IDLE_MINUTES * 60 - now)


def locked_user(request: HttpRequest) -> User | None:
    """Whose session was locked in this browser, acting as before: for what may be written, and never read, meanwhile.

    None when nobody's was, or the account was closed since.
    """
    owner = request.session.get(LOCKED_KEY)
    if not owner or request.user.is_authenticated:
        return None
    user = User.objects.filter(pk=owner, is_active=True).first()
    seat = request.session.get(LOCKED_SEAT_KEY)
    if user is not None and seat:
        user.act_as(next((held for held in user.seats if str(held.pk) == str(seat)), None))
    return user


class SessionLockMiddleware:
    """Ends a session after SESSION_IDLE_MINUTES without activity (CLK-35); polling is not activity.

    What was sent too late is kept for the same person and offered after the next sign-in (agencies/kept.py). No answer
    stays in a cache.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            # PostgreSQL holds no such character, so no address of ours does.
            raise BadRequest
        response = self._answer(request)
        if "Cache-Control" not in response:
            # Nobody who comes to this browser later finds a page of a case in its history or on its disk.
            add_never_cache_headers(response)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        # The user himself instead of the stand-in that looks him up anew for each of a page's hundreds of questions.
        request.user = get_user(request)
        if request.user.is_authenticated:
            self._lock_or_touch(request)
        if isinstance(request.user, User):
            self._clear_after_sign_in(request, request.user)
            return self._drop_what_was_sent(request, self.get_response(request))
        response = self.get_response(request)
        if LOCKED_KEY in request.session:
            return self._send_to_sign_in(request, response)
        return response

    def _lock_or_touch(self, request: HttpRequest) -> None:
        now = int(time.time())
        last = request.session.get(ACTIVE_KEY)
        if last is not None and now - last > settings.SESSION_IDLE_MINUTES * 60:
            owner, seat = str(request.user.pk), request.session.get(MEMBERSHIP_KEY)
            auth.logout(request)
            request.session[LOCKED_KEY] = owner
            if seat:
                request.session[LOCKED_SEAT_KEY] = seat
        elif last is None or (POLL_HEADER not in request.headers and now - last >= settings.SESSION_TOUCH_SECONDS):
            request.session[ACTIVE_KEY] = now

    def _clear_after_sign_in(self, request: HttpRequest, user: User) -> None:
        if LOCKED_KEY in request.session:
            del request.session[LOCKED_KEY]
            request.session.pop(LOCKED_SEAT_KEY, None)
        if kept.SESSION_KEY in request.session:
            kept.drop_others(request.session, owner=user.pk)

    def _drop_what_was_sent(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        # What was refused may not be readable at all, and nothing of it was taken.
        if request.method == "POST" and response.status_code < HTTPStatus.BAD_REQUEST:
            sent = request.POST.get(kept.FIELD, "") if kept.SESSION_KEY in request.session else ""
            if sent:
                kept.drop(request.session, sent)
        return response

    def _send_to_sign_in(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The way to the sign-in page: with the form that came too late, and as a whole page for a fragment."""
        sign_in = reverse(settings.LOGIN_URL)
        if not response.get("Location", "").startswith(f"{sign_in}?"):
            return response
        owner = UUID(request.session[LOCKED_KEY])
        if request.method == "POST" and kept.keep_now(request, owner=owner):
            return redirect(f"{sign_in}?{urlencode({'next': reverse('session-kept')})}")
        if "HX-Request" in request.headers:
            page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
            answer = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
            answer["HX-Redirect"] = f"{sign_in}?{urlencode({'next': page})}"
            return answer
        return response


class ScopeMiddleware:
    """Opens the transaction, tells the database for whom it reads, and rolls back when the view failed.

    The view and the rendering of its response both run inside. A refusal is recorded after the rollback, in a
    transaction of its own. ATOMIC_REQUESTS stays off: with it, lazily rendered pages run after the commit
    and see nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = self._acting_user(request)
        # Settings end with the transaction; inside a surrounding one (a test's) they would outlive the request.
        is_nested = connection.in_atomic_block
        with transaction.atomic():
            tell_database(user)
            response = self.get_response(request)
            failed = getattr(request, "casework_failure", None)
            if failed is not None or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
            elif is_nested:
                tell_database(None)
        if failed is not None and isinstance(failed, Http404 | PermissionDenied | Conflict):
            self._record_refusal(request, user, failed)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Remember what the view raised. A Conflict becomes the page for whoever came second; Django does the rest."""
        request.casework_failure = exception  # type: ignore[attr-defined]
        if isinstance(exception, Conflict):
            return render(request, "409.html", {"message": str(exception)}, status=HTTPStatus.CONFLICT)
        return None

    def _acting_user(self, request: HttpRequest) -> User | None:
        user = request.user
        if not isinstance(user, User):
            return None
        chosen = request.session.get(MEMBERSHIP_KEY)
        if chosen:
            user.act_as(next((seat for seat in user.seats if str(seat.pk) == str(chosen)), None))
        return user

    def _record_refusal(self, request: HttpRequest, user: User | None, failure: Exception) -> None:
        match = request.resolver_match
        with transaction.atomic():
            tell_database(user)
            audit.record(
                "refused",
                kind="page",
                by=user,
                outcome="refused",
                reason=type(failure).__name__,
                object_id=_first_key(match.kwargs.values() if match else ()),
                details={"view": match.view_name if match else "", "method": request.method},
            )


def _first_key(values: Iterable[object]) -> str:
    """The first record key of an address; codes and tokens of an address never go into the trail."""
    return next((str(value) for value in values if isinstance(value, UUID)), "")
