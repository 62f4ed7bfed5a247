"""What the directory learns from a decline or a wrong number, at once and for a time: full, news, doubts."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from agencies import audit
from agencies.actions.agencies import keeps_directory, keeps_own
from agencies.models import Agency, Doubt, Phone, Service, User
from agencies.scope import Actor

NO_SPACE = "no_capacity"
OF_A_PHONE = (Doubt.Reason.WRONG_NUMBER, Doubt.Reason.NO_ANSWER)
_DOUBTED = frozenset(Doubt.Reason.values)


@transaction.atomic
def learn_from_decline(
    agency: Agency,
    *,
    reason: str,
    need: str,
    by: Actor,
    at: datetime,
    service: Service | None = None,
    until: date | None = None,
    news: str = "",
) -> None:
    """Set what a decline says of the agency's services for this need (or of the one service that was asked).

    No space makes them full, `news` (words of the agency about itself) stands beside their alert, both through the day
    `until` in the agency's time zone or for DECLINE_HOLDS_DAYS. A reason that contradicts the entry opens a doubt.
    Nothing of the referral but its need and the code of the reason comes here.
    """
    services = Service.objects.select_for_update().filter(agency=agency, status=Service.Status.ACTIVE)
    chosen = list(services.filter(pk=service.pk) if service else services.filter(needs__contains=[need]))
    end = _end_of(until, agency) if until else at + timedelta(days=settings.DECLINE_HOLDS_DAYS)
    changed: dict[str, object] = {"full_until": end} if reason == NO_SPACE else {}
    if news.strip():
        changed |= {"news": news.strip(), "news_until": end}
    for row in chosen if changed else ():
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        _record("change", row, by=by, at=at, fields=sorted(changed))
    if reason in _DOUBTED:
        doubted_of: list[Service | None] = [*chosen] or [None]
        for doubted in doubted_of:
            doubt(agency, Doubt.Reason(reason), by=by, at=at, service=doubted)


def _end_of(day: date, agency: Agency) -> datetime:
    """The last moment of a day where the agency is."""
    try:
        zone = ZoneInfo(agency.time_zone)
    except (KeyError, ValueError, OSError):
        zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)


@transaction.atomic
def doubt_phone(phone: Phone, *, reason: str, by: User, at: datetime) -> None:
    """Say that a number is wrong or that nobody answers: it counts as not verified until somebody looked into it.

    For everybody who may read the directory. A second such doubt changes nothing.
    """
    if reason not in OF_A_PHONE:
        raise ValidationError({"reason": "Choose what is wrong with the number."})
    if not (by.is_active and by.acting_agency_id):
        raise PermissionDenied("Sign in for an agency first.")
    doubt(phone.agency, Doubt.Reason(reason), by=by, at=at, service=phone.service, phone=phone)


@transaction.atomic
def settle(doubt: Doubt, *, settled_as: str, by: User, at: datetime) -> bool:
    """Close a doubt after looking into it; what it doubted counts as verified now. False when somebody was faster.

    For the directory's keepers, and the agency's own for its entries. Raises PermissionDenied for others.
    """
    if settled_as not in Doubt.Settled.values:
        raise ValidationError({"settled_as": "Choose whether the entry is right or was corrected."})
    if not (keeps_directory(by) or (keeps_own(by) and doubt.agency_id == by.acting_agency_id)):
        raise PermissionDenied("Your role looks after the entries of its own agency only.")
    values = {"settled_at": at, "settled_by": by, "settled_as": settled_as}
    if not Doubt.objects.filter(pk=doubt.pk, settled_at=None).update(**values):
        return False
    if doubt.phone_id:
        Phone.objects.filter(pk=doubt.phone_id).update(verified_on=at.date())
    if doubt.service_id and not doubt.phone_id:
        Service.objects.filter(pk=doubt.service_id).update(assured_at=at.date())
    audit.record(
        "settle", kind="doubt", by=by, at=at, object_id=doubt.pk, reason=settled_as,
        details={"agency": str(doubt.agency_id), "doubt": doubt.reason},
    )  # fmt: skip
    return True


def doubt(
    agency: Agency,
    reason: Doubt.Reason,
    *,
    by: Actor,
    at: datetime,
    service: Service | None = None,
    phone: Phone | None = None,
) -> None:
    """Give the entry's keeper a date. One open doubt for each reason: of two at once the second finds the first's."""
    made = Doubt(agency=agency, service=service, phone=phone, reason=reason, raised_at=at)
    made.raised_by_id = by.pk  # None for an agency that answered by a one-time link.
    made.due_at = at + timedelta(days=settings.VERIFY_WITHIN_DAYS)
    Doubt.objects.bulk_create([made], ignore_conflicts=True)
    if not Doubt.objects.filter(pk=made.pk).exists():
        return
    if phone is not None:
        Phone.objects.filter(pk=phone.pk).update(verified_on=None)
    audit.record(
        "raise", kind="doubt", by=by, at=at, object_id=made.pk, reason=reason, details={"agency": str(agency.pk)}
    )


def _record(verb: str, row: Service, *, by: Actor, at: datetime, fields: Iterable[str]) -> None:
    details = {"agency": str(row.agency_id), "why": "decline"}
    audit.record(verb, kind="service", by=by, at=at, object_id=row.pk, fields=list(fields), details=details)
