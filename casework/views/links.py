"""The page behind a one-time link: no account, no menu, no script; what it is about says its purpose (ruling 27)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agencies import links
from agencies.models import Agency
from casework.actions import verifying
from casework.pages import links as pages
from casework.views import answer_link, entry_link
from casework.views.link_pages import Gone, Visit

COOKIE = "answer"


@dataclass(frozen=True)
class Purpose:
    """What a kind of link is for.

    `asks` and `button` are the words of the page that is shown before anything is opened; `open` binds the link to the
    browser and says whether it leads somewhere; `page` answers every request after that. Both raise Gone, or give None,
    for what has ended.
    """

    asks: str
    button: str
    open: Callable[[str, str, datetime], links.Way | None]
    page: Callable[[HttpRequest, Visit], HttpResponse]


PURPOSES = {
    "referral": Purpose(
        asks="asks whether your agency can help somebody.",
        button="Show the referral",
        open=answer_link.open_card,
        page=answer_link.page,
    ),
    verifying.ENTRY_LINK: Purpose(
        asks="asks whether your entry in its directory is still true.",
        button="Show the entry",
        open=entry_link.open_entry,
        page=entry_link.page,
    ),
}


# The address itself is the secret that a forged form would lack. Without this exception the page could not hide its
# address from Referer: a browser told "no-referrer" sends its forms with an origin of null, which the check refuses.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponseBase:
    """Looking changes nothing: mail scanners open links by themselves. The button binds the link to this browser."""
    visit_at = timezone.now()
    browser = request.COOKIES.get(COOKIE, "")
    way = links.look(token, browser=browser, at=visit_at)
    purpose = PURPOSES.get(way.purpose) if way else None
    if way is None or purpose is None:
        return gone(request)
    try:
        if way.is_opened:
            return _private(purpose.page(request, Visit(token, browser, way, visit_at)))
        if request.method == "POST" and "show" in request.POST:
            return _open(token, browser or links.new_browser(), purpose, request, visit_at)
    except Gone:
        return gone(request)
    who = Agency.objects.get(pk=way.agency)
    asked = {"who": who, "purpose": purpose, "call": pages.number_of(who)}
    return _private(render(request, "links/door.html", asked))


def _open(token: str, browser: str, purpose: Purpose, request: HttpRequest, at: datetime) -> HttpResponse:
    if purpose.open(token, browser, at) is None:
        return gone(request)
    response = redirect("answer", token=token)
    response.set_cookie(
        COOKIE,
        browser,
        max_age=timedelta(minutes=settings.LINK_OPEN_MINUTES),
        path=links.PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return _private(response)


def gone(request: HttpRequest) -> HttpResponse:
    """One page for a link that is spent, late, withdrawn, altered, opened elsewhere, or never was."""
    return _private(render(request, "links/gone.html", {"call": pages.public_number()}, status=404))


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
