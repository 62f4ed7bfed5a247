"""Who can help a person: services for a need at a place, who of them cannot take this person and why. Two statements.

Chosen here, in the database, by what excludes and by nearness; put into their last order by `casework/helping.py`,
which knows holidays and what became of referrals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import JSONObject, Sqrt

from agencies.directory import Where, holding, narrowest
from agencies.hsds.places import centroid
from agencies.models import Capacity, Coverage, Hours, Location, Phone, Service

# Why a service is left out, in the order in which a reason counts, in words that follow a number.
LEFT_OUT = {
    "closed": "closed for now",
    "age": "not for this age",
    "gender": "not for this gender",
    "full": "full",
    "stale": "not verified for a year",
}
# These may be asked all the same when nothing better is there: in danger they stay, flagged and last.
_STILL_ASKED = ("full", "stale")
# How many are put in order; the nearest of those that nothing excludes.
_CHOSEN_FROM = 60


@dataclass(frozen=True)
class ForWhom:
    """One person: years of age from and to (None where not known), and gender as a code of the facts, or empty."""

    ages: tuple[int, int] | None = None
    gender: str = ""


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `is_danger` keeps what is full or stale on the list."""

    needs: Sequence[str]
    where: Where
    persons: Sequence[ForWhom] = ()
    languages: Sequence[str] = ()
    is_danger: bool = False


@dataclass(frozen=True)
class Found:
    """Services with `why` (empty, or a key of LEFT_OUT), `place` (rank of the coverage) and what hangs on them as
    lists of plain values; and how many were left out for which reason."""

    services: list[Any] = field(default_factory=list)
    left_out: Mapping[str, int] = field(default_factory=dict)


def find(
    wanted: Wanted,
    *,
    at: datetime,
    stale_after: timedelta,
    capacity_for: timedelta,
    also: Mapping[str, Any],
    shows_all: bool = False,
) -> Found:
    """Services for one of the needs whose coverage holds the place. `also` are annotations of the caller's own.

    A verification older than `stale_after` makes an entry stale; a count of free places older than `capacity_for`
    tells nothing any more. None without a need.
    """
    if not wanted.needs:
        return Found()
    here = Coverage.objects.filter(holding(wanted.where))
    services: QuerySet[Any] = Service.objects.filter(
        Q(pk__in=here.exclude(service=None).values("service_id"))
        | Q(agency__in=here.filter(service=None).values("agency_id")),
        needs__overlap=list(wanted.needs),
        agency__is_active=True,
        agency__succeeded_by=None,
    ).exclude(status=Service.Status.DEFUNCT)
    services = services.annotate(why=_why(wanted, at, at - stale_after, at - capacity_for))
    counts = dict(services.order_by().values_list("why").annotate(Count("pk")))
    stays = ("", *(LEFT_OUT if shows_all else _STILL_ASKED if wanted.is_danger else ()))
    chosen = _with_all(services.filter(why__in=stays), wanted.where, at - capacity_for, also)
    left_out = {why: counts[why] for why in LEFT_OUT if why in counts and why not in stays}
    return Found(list(chosen[:_CHOSEN_FROM]), left_out)


def _why(wanted: Wanted, at: datetime, verified_since: datetime, counted_since: datetime) -> Case:
    """The first reason for which a service cannot take any of the persons, or not now; else empty."""
    counted = Capacity.objects.filter(service=OuterRef("pk"), updated_at__gte=counted_since)
    is_full = Q(full_until__gt=at) | (Q(Exists(counted)) & ~Q(Exists(counted.filter(available__gt=0))))
    is_old = Q(assured_at__lt=verified_since.date()) & ~Q(agency__verified_at__gte=verified_since)
    is_old |= Q(assured_at=None, agency__verified_at__lt=verified_since)
    whens = [When(~Q(status=Service.Status.ACTIVE), then=Value("closed"))]
    if wanted.persons:
        too_old_or_young, not_for_gender = Q(), Q()
        for person in wanted.persons:
            too_old_or_young &= _wrong_age(person)
            not_for_gender &= _wrong_gender(person)
        whens.append(When(too_old_or_young, then=Value("age")))
        whens.append(When(not_for_gender, then=Value("gender")))
    whens += [When(is_full, then=Value("full")), When(is_old, then=Value("stale"))]
    return Case(*whens, default=Value(""), output_field=CharField())


_NEVER = Q(pk=None)


def _wrong_age(person: ForWhom) -> Q:
    if person.ages is None:
        return _NEVER
    least, most = person.ages
    return Q(minimum_age__gt=most) | Q(maximum_age__lt=least)


def _wrong_gender(person: ForWhom) -> Q:
    return ~Q(genders=[]) & ~Q(genders__contains=[person.gender]) if person.gender else _NEVER


def _with_all(
    services: "QuerySet[Any]", where: Where, counted_since: datetime, also: Mapping[str, Any]
) -> "QuerySet[Any]":
    """In the order of nearness, with hours, phones and free places; nothing of a confidential place."""
    mine = Q(service=OuterRef("pk")) | Q(service=None, agency=OuterRef("agency_id"))
    here = Coverage.objects.filter(holding(where)).filter(mine)
    shown = Q(location=None) | Q(location__is_confidential=False)
    timed = Hours.objects.filter(mine, shown, opens_at__isnull=False, closes_at__isnull=False)
    spoken = (
        Phone.objects.filter(mine, shown)
        .exclude(kind="fax")
        .order_by(F("service_id").asc(nulls_last=True), "-purpose", "pk")
    )
    counted = Capacity.objects.filter(service=OuterRef("pk"), updated_at__gte=counted_since, available__gt=0)
    hours = _json("service_id", "weekdays", "opens_at", "closes_at", "time_zone")
    numbers = _json("number", "extension", "purpose", "verified_on")
    place = here.annotate(rank=narrowest()).order_by("rank").values("rank")[:1]
    return (
        services.select_related("agency__kind")
        .annotate(
            place=Subquery(place),
            distance=_distance(where),
            opening=ArraySubquery(timed.order_by("pk").values(json=hours)),
            numbers=ArraySubquery(spoken.values(json=numbers)[:3]),
            free=ArraySubquery(counted.order_by("unit").values(json=_json("unit", "available"))),
            **also,
        )
        .order_by("why", "place", F("distance").asc(nulls_last=True), "agency__name", "name", "pk")
    )


def _json(*names: str) -> JSONObject:
    return JSONObject(**{name: F(name) for name in names})


_KM_OF_A_DEGREE = 111.2


def _distance(where: Where) -> Any:
    """Kilometres from the middle of the ZIP code to the nearest open place of the service; null where not known.

    On a flat map: over the distances that anybody travels for help it is wrong by less than one in a hundred.
    """
    middle = centroid(where.postal_code)
    if middle is None:
        return Value(None, output_field=FloatField())
    north, east = middle
    up = (F("latitude") - north) * _KM_OF_A_DEGREE
    right = (F("longitude") - east) * _KM_OF_A_DEGREE * cos(radians(north))
    places = Location.objects.filter(services=OuterRef("pk"), is_confidential=False).exclude(latitude=None)
    nearest = places.annotate(away=Sqrt(up * up + right * right)).order_by("away").values("away")[:1]
    return Subquery(nearest, output_field=FloatField())
