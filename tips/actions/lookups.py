"""Searches are in the trail; too many outside of contacts are told to the auditors (ruling 16)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from agencies import audit, notices
from agencies.models import AuditEvent, Membership, Role, User
from agencies.whole import whole
from tips.models import Draft

_WINDOW = timedelta(hours=1)
TOLD = "many_lookups"


@whole()
def record_search(tips: Sequence[UUID], *, forms: Sequence[str], by: User, at: datetime) -> None:
    """One event with the ids that were shown and what was matched, never the words.

    Outside of a contact it counts: at LOOKUPS_PER_HOUR within an hour the auditors get a notice, once an hour.
    """
    in_contact, count, was_told = _recent(by, at)
    where = "contact" if in_contact else "outside"
    audit.record(
        "search",
        kind="tip",
        by=by,
        at=at,
        reason=where,
        details={"tips": [str(tip) for tip in tips], "forms": sorted(forms)},
    )
    if in_contact or was_told or count + 1 < settings.LOOKUPS_PER_HOUR:
        return
    audit.record(TOLD, kind="user", by=by, at=at, object_id=by.pk, details={"count": count + 1})
    auditors = Membership.objects.current(at).filter(role=Role.AUDITOR).select_related("user").distinct("user")
    for seat in auditors:
        notices.queue(TOLD, user=seat.user, reference="", path="/admin/", at=at)


def _recent(by: User, at: datetime) -> tuple[bool, int, bool]:
    """Whether a contact is in progress, how many searches were made outside of one, whether auditors were told."""
    mine = AuditEvent.objects.filter(actor=by.pk, at__gt=at - _WINDOW, at__lte=at)
    outside = mine.filter(verb="search", reason="outside").values("actor").annotate(count=Count("pk")).values("count")
    drafts = Draft.objects.filter(Q(user=OuterRef("pk"), handed_to=None) | Q(handed_to=OuterRef("pk")))
    found = User.objects.filter(pk=by.pk).values_list(
        Exists(drafts),
        Coalesce(Subquery(outside, output_field=IntegerField()), 0),
        Exists(mine.filter(verb=TOLD)),
    )
    return found.get()
