"""The floors: what a page and a post cost that do next to nothing, behind the same server and middleware."""

from datetime import datetime

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agencies import audit
from agencies.models import User
from agencies.whole import whole
from tips.models import TipAccess

ROWS = 50
FIELDS = [f"field_{n}" for n in range(20)]
CHOICES = [(code, code.capitalize()) for code in ("one", "two", "three", "four")]


class FloorForm(forms.Form):
    """Twenty fields: words, numbers, choices, times."""

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        makers = (
            lambda: forms.CharField(max_length=80),
            lambda: forms.IntegerField(min_value=0),
            lambda: forms.ChoiceField(choices=CHOICES),
            lambda: forms.DateTimeField(),
        )
        for number, name in enumerate(FIELDS):
            self.fields[name] = makers[number % len(makers)]()


def filled() -> dict[str, str]:
    """What a browser would send."""
    values = ("Some words", "7", "two", "2026-11-24T10:00")
    return {name: values[number % len(values)] for number, name in enumerate(FIELDS)}


@login_required
@require_safe
def floor_page(request: HttpRequest) -> HttpResponse:
    """Fifty rows of six cells, from one query that an index serves."""
    rows = TipAccess.objects.none()
    if isinstance(request.user, User) and request.user.acting_agency_id:
        rows = TipAccess.objects.filter(agency_id=request.user.acting_agency_id).order_by("-created_at")
    return render(request, "bench/floor.html", {"rows": rows[:ROWS]})


@login_required
@require_POST
def floor_post(request: HttpRequest) -> HttpResponse:
    """One row and one audit row in a transaction, then a redirect; `events` more audit rows for the price of them."""
    form = FloorForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return HttpResponse("not valid", status=422)
    marks = ", ".join(["%s"] * (len(FIELDS) + 1))
    values: list[datetime | str] = [timezone.now(), *(str(form.cleaned_data[name])[:80] for name in FIELDS)]
    with whole(), connection.cursor() as cursor:
        cursor.execute(f"insert into bench_floor (at, {', '.join(FIELDS)}) values ({marks})", values)
        audit.record("floor", kind="bench", by=request.user)
        for _ in range(int(request.GET.get("events", "0"))):
            audit.record("floor", kind="bench", by=request.user)
    return redirect("help")
