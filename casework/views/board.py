"""The supervisor's board, in the admin's frame."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.pages import board as page
from casework.views.asking import actor, allow

SUPERVISORS = "The board is for the supervisors of the hotline's desk."


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Counts and who is on duty; `?wall=1` is for a screen that passers-by see: counts only, no names."""
    user, now = actor(request), timezone.now()
    allow(user, "tips.log_contact", SUPERVISORS)
    shown = page.board_for(user, now)
    context = {
        **admin.site.each_context(request),
        "title": "Board",
        "board": shown,
        "is_grave": shown.state in page.GRAVE,
        "is_wall": request.GET.get("wall") == "1",
        "read_at": timezone.localtime(now),
    }
    return TemplateResponse(request, "admin/board.html", context)
