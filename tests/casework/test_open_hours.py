"""P3 and P4 run in the receiver's open hours (ruling 25): weekend, holiday, change of clocks, night, no hours."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured

from agencies.models import Hours, Location, Service
from agencies.scope import acting_as_system
from casework import open_hours
from casework.actions import offices
from casework.env_hours import env_hours
from casework.open_hours import Office, Span
from tests.factories import NOW, World, make_referral

NEW_YORK = ZoneInfo("America/New_York")


def office(days: str, *times: tuple[str, str], zone: ZoneInfo = NEW_YORK) -> Office:
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    spans = [
        Span(names.index(day), time.fromisoformat(opens), time.fromisoformat(closes))
        for day in days.split()
        for opens, closes in times
    ]
    return open_hours.office(spans, zone)


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WEEK = "MO TU WE TH FR"
DAILY = f"{WEEK} SA SU"
BUSINESS = office(WEEK, ("09:00", "17:00"))
ALWAYS = office(DAILY, ("00:00", "00:00"))
NIGHT = office(DAILY, ("18:00", "08:00"))
WEEKEND = office("SA SU", ("10:00", "14:00"))


# 26 November 2026 is Thanksgiving Day, a Thursday; clocks change on 8 March and 1 November 2026.
@pytest.mark.parametrize(("there", "start", "limit", "unit", "due"), [
    # In the week.
    (BUSINESS, "2026-11-17T10:00", 3, "days", "2026-11-20T22:00"),
    (BUSINESS, "2026-11-17T10:00", 5, "business_days", "2026-11-24T22:00"),
    # At night, and on a day on which nobody is there: the next open day is the first.
    (BUSINESS, "2026-11-16T23:59", 3, "days", "2026-11-19T22:00"),
    (BUSINESS, "2026-11-15T12:00", 3, "days", "2026-11-18T22:00"),
    # Over a weekend.
    (BUSINESS, "2026-11-19T10:00", 3, "days", "2026-11-24T22:00"),
    (BUSINESS, "2026-11-20T18:00", 1, "days", "2026-11-23T22:00"),
    # Over a holiday.
    (BUSINESS, "2026-11-24T10:00", 3, "days", "2026-11-30T22:00"),
    (BUSINESS, "2026-11-20T10:00", 5, "business_days", "2026-11-30T22:00"),
    # Over a change of clocks: 17:00 is 21:00 UTC in summer and 22:00 in winter.
    (BUSINESS, "2026-03-05T10:00", 3, "days", "2026-03-10T21:00"),
    (BUSINESS, "2026-10-29T10:00", 3, "days", "2026-11-03T22:00"),
    # Two times a day: the last closing counts.
    (office(WEEK, ("09:00", "12:00"), ("13:00", "16:30")), "2026-11-17T10:00", 1, "days", "2026-11-18T21:30"),
    (office(WEEK, ("13:00", "16:30"), ("09:00", "12:00")), "2026-11-17T10:00", 1, "days", "2026-11-18T21:30"),
    # Around the clock: holidays and weekends count, and the day ends at midnight.
    (ALWAYS, "2026-11-24T10:00", 3, "days", "2026-11-28T05:00"),
    (office(DAILY, ("00:00", "23:59")), "2026-11-24T10:00", 3, "days", "2026-11-28T04:59"),
    (ALWAYS, "2026-11-24T10:00", 3, "business_days", "2026-12-01T05:00"),
    # Over night: it closes on the next morning, and does not open on the holiday.
    (NIGHT, "2026-11-24T10:00", 3, "days", "2026-11-29T13:00"),
    # A closing time that the change of clocks leaves out, or gives twice.
    (office("SA", ("20:00", "02:30")), "2026-03-04T10:00", 1, "days", "2026-03-08T07:30"),
    (office("SA", ("20:00", "01:30")), "2026-10-28T10:00", 1, "days", "2026-11-01T06:30"),
    # Weekends only; and no business day among its days, so that plain ones are counted.
    (WEEKEND, "2026-11-17T10:00", 3, "days", "2026-11-28T19:00"),
    (WEEKEND, "2026-11-17T10:00", 5, "business_days", "2026-11-25T04:59:59.999999"),
    # Hours and minutes are absolute, whoever is there.
    (BUSINESS, "2026-11-20T18:00", 24, "hours", "2026-11-21T23:00"),
    (WEEKEND, "2026-11-17T10:00", 15, "minutes", "2026-11-17T15:15"),
    (BUSINESS, "2026-11-17T10:00", 0, "days", "2026-11-17T15:00"),
])  # fmt: skip
def test_an_answer_is_due_when_the_office_closes(there: Office, start: str, limit: int, unit: str, due: str) -> None:
    # In UTC: two zones never agree about an hour that comes twice.
    assert open_hours.due_at(new_york(start), limit, unit, office=there).astimezone(UTC) == utc(due)


def test_days_are_counted_where_the_office_is() -> None:
    guam = office(WEEK, ("09:00", "17:00"), zone=ZoneInfo("Pacific/Guam"))
    # Tuesday 10:00 in New York is Wednesday 01:00 there.
    assert open_hours.due_at(new_york("2026-11-17T10:00"), 3, "days", office=guam) == utc("2026-11-23T07:00")


def test_a_time_without_a_zone_and_a_limit_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        open_hours.due_at(datetime(2026, 11, 17), 3, "days", office=BUSINESS)  # noqa: DTZ001 - that is the point.
    with pytest.raises(ValueError, match="counts forward"):
        open_hours.due_at(NOW, -1, "days", office=BUSINESS)


# --- From the directory -----------------------------------------------------------------------------------


def opens(world: World, days: str, opens: time | None, closes: time | None, **fields: Any) -> None:
    Hours.objects.create(agency=world.shelter, weekdays=days, opens_at=opens, closes_at=closes, **fields)


def due(world: World, urgency: str) -> datetime:
    return offices.answer_due(world.shelter, urgency, start=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(("urgency", "expected"), [
    ("P0", "2026-11-17T15:15"),
    ("P1", "2026-11-17T16:00"),
    ("P2", "2026-11-18T15:00"),
    ("", "2026-11-18T15:00"),
    ("P3", "2026-11-20T22:00"),
    ("P4", "2026-11-24T22:00"),
])  # fmt: skip
def test_an_agency_without_hours_keeps_office_hours(world: World, urgency: str, expected: str) -> None:
    assert due(world, urgency) == utc(expected)


@pytest.mark.django_db
def test_office_hours_are_the_deployments(world: World, settings: Any) -> None:
    settings.OFFICE_HOURS = ((1, time(8), time(20)), (5, time(8), time(12)))
    assert due(world, "P3") == utc("2026-11-28T17:00")


@pytest.mark.django_db
def test_own_hours_go_before_those_of_services_and_places(world: World) -> None:
    with acting_as_system("test"):
        service = Service.objects.create(agency=world.shelter, name="Beds")
        place = Location.objects.create(agency=world.shelter, name="Office")
    opens(world, "", None, None, description="Always, but knock")
    assert due(world, "P3") == utc("2026-11-20T22:00")
    opens(world, "SA,SU", time(10), time(14), service=service)
    opens(world, "SU", time(10), time(15), location=place)
    assert due(world, "P3") == utc("2026-11-28T19:00")
    opens(world, "MO,WE", time(9), time(12))
    assert due(world, "P3") == utc("2026-11-25T17:00")


@pytest.mark.django_db
@pytest.mark.parametrize(("agency_zone", "row_zones", "expected"), [
    ("America/Chicago", ("",), "2026-11-18T18:00"),
    ("America/Chicago", ("America/Denver",), "2026-11-18T19:00"),
    ("America/Chicago", ("America/Denver", "America/New_York"), "2026-11-18T18:00"),
    ("Nowhere/At_All", ("",), "2026-11-18T17:00"),
    ("America/Chicago", ("UTC-06:00?",), "2026-11-18T18:00"),
])  # fmt: skip
def test_hours_are_read_in_their_time_zone(
    world: World, settings: Any, agency_zone: str, row_zones: tuple[str, ...], expected: str
) -> None:
    settings.ANSWER_TIMES = {**settings.ANSWER_TIMES, "P3": (1, "days")}
    world.shelter.time_zone = agency_zone
    for zone in row_zones:
        opens(world, "MO,TU,WE,TH,FR", time(9), time(12), time_zone=zone)
    assert due(world, "P3") == utc(expected)


@pytest.mark.django_db
def test_a_sent_referral_is_due_by_the_receivers_hours(world: World, settings: Any) -> None:
    settings.ANSWER_TIMES = {**settings.ANSWER_TIMES, "P2": (2, "days")}
    opens(world, "SA,SU", time(10), time(14))
    assert make_referral(world, "sent").answer_due_at == utc("2026-11-22T19:00")


@pytest.mark.parametrize(("text", "expected"), [
    ("MO 09:00-17:00", ((0, time(9), time(17)),)),
    ("SA,SU 10:00-14:00; FR 22:00-02:00", ((5, time(10), time(14)), (6, time(10), time(14)), (4, time(22), time(2)))),
])  # fmt: skip
def test_office_hours_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: object
) -> None:
    monkeypatch.setenv("OFFICE_HOURS", text)
    assert env_hours("OFFICE_HOURS", "MO 00:00-00:00") == expected


@pytest.mark.parametrize("text", ["always", "MO", "XX 09:00-17:00", "MO 9-17", "MO 09:00-25:00", "MO 09:00-17:00;"])
def test_office_hours_that_are_none_are_named_with_what_to_write(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("OFFICE_HOURS", text)
    with pytest.raises(ImproperlyConfigured, match=r"OFFICE_HOURS holds .* Write it like MO,TU,WE,TH,FR 09:00-17:00"):
        env_hours("OFFICE_HOURS", "MO 00:00-00:00")
