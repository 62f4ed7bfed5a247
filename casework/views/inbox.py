"""The referral inbox of a liaison, and the outbox of the hotline."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import audit
from agencies.disclosure import disclosed
from agencies.models import User
from casework import keyset
from casework.models import Referral
from casework.pages import referral_lists
from casework.views.asking import actor


@login_required
@permission_required("tips.read_content", raise_exception=True)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """`?box=sent` is the outbox: the default of those who send. One event tells which rows were shown."""
    user = actor(request)
    sent = _is_sent_box(request, user)
    referrals = referral_lists.box(user, sent=sent)
    counted = referral_lists.counts(user, referrals)
    page = referral_lists.page(
        referrals,
        beside="receiver" if sent else "sender",
        counted=counted,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    audit.record(
        "view",
        kind="list",
        by=user,
        at=timezone.now(),
        details={"list": "sent referrals" if sent else "referral inbox", "ids": [str(row.pk) for row in page.rows]},
    )
    shown = {
        "sent": sent,
        "counts": {name: keyset.count_words(count) for name, count in counted.items()},
        "groups": _groups(page, user, sent=sent),
        "page": page,
        "has_both": user.acting is not None and user.acting.agency.is_hotline,
    }
    return render(request, "referrals/inbox.html", shown)


def _is_sent_box(request: HttpRequest, user: User) -> bool:
    asked = request.GET.get("box", "")
    if asked in ("sent", "received"):
        return asked == "sent"
    return user.has_perm("casework.route") and not user.has_perm("casework.answer")


def _groups(page: referral_lists.Page, user: User, *, sent: bool) -> list[dict[str, Any]]:
    """Headings with their rows; a part without rows on this page has no heading."""
    found: list[dict[str, Any]] = []
    for referral in page.rows:
        group = referral_lists.group_of(referral)
        if not found or found[-1]["group"] is not group:
            found.append({"group": group, "rows": []})
        found[-1]["rows"].append(_row(referral, user, sent=sent))
    return found


def _row(referral: Referral, user: User, *, sent: bool) -> dict[str, Any]:
    shown = disclosed(referral, to=user, only=referral_lists.SHOWN)
    return {
        "referral": shown,
        "other": shown.receiver if sent else shown.sender,
        # A card of an earlier version of the software may lack a field: the row stands all the same.
        "need": shown.get("card", {}).get("need", ""),
        "place": shown.get("card", {}).get("place", ""),
        "is_unopened": not sent and referral.status == "sent" and user.has_perm("casework.answer"),
    }
