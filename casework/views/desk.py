"""The desk's queue: what is next."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import audit
from agencies.models import User
from casework import keyset
from casework.forms.desk import FILTERS, QueueFilter
from casework.pages import queue
from casework.views.asking import actor, allow
from tips.models import TipAccess

PAGE = 50


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Open tips by urgency and nearest clock, 50 a page; the list view is one event with the ids shown."""
    user, now = actor(request), timezone.now()
    allow(user, "tips.log_contact", "The desk is for the hotline's operators and supervisors.")
    form = QueueFilter(request.GET)
    view = request.GET.get("view", "all")
    view = view if view in queue.VIEWS else "all"
    page = keyset.page(
        rows_of(user, view, form),
        queue.ORDER,
        dress=queue.drawn,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
        size=PAGE,
    )
    beside = queue.beside(user)
    audit.record("list", kind="tip", by=user, at=now, details={"ids": [str(row.tip_id) for row in page.rows]})
    context = {
        "form": form,
        "is_filtered": any(form.cleaned_data.get(name) for name in FILTERS),
        "view": view,
        "views": [(code, label, beside.counts[code]) for code, label in queue.VIEWS.items()],
        "count": beside.counts[view],
        "drafts": beside.drafts,
        "call_backs": beside.call_backs,
        "questions": beside.questions,
        "urgent": beside.urgent,
        "groups": queue.grouped(page.rows, user=user, now=now),
        "page": page,
    }
    return render(request, "desk/queue.html", context)


def rows_of(user: User, view: str, form: QueueFilter) -> QuerySet[TipAccess]:
    """The rows of a view under its filters."""
    # A filter that cannot be read filters nothing; its message stands at the field.
    form.is_valid()
    states, urgencies = form.cleaned_data.get("state"), form.cleaned_data.get("urgency")
    rows = queue.with_state(user, view, states) if states else queue.open_to(user, view)
    if urgencies:
        rows = rows.filter(urgency__in=urgencies)
    rows = queue.narrowed(rows, form.cleaned_data)
    return queue.found_by(form.cleaned_data["find"], rows) if form.cleaned_data.get("find") else rows
