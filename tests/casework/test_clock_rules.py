"""Clocks: when they run out (ruling 25), and that the table of 40 is whole."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.clock_rules import due_at
from casework.rulebook import installed

NEW_YORK = ZoneInfo("America/New_York")
HONOLULU = ZoneInfo("Pacific/Honolulu")
ZONES = st.sampled_from([NEW_YORK, HONOLULU, ZoneInfo("America/Anchorage"), ZoneInfo("Pacific/Guam"), ZoneInfo("UTC")])
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def last_moment(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return at(f"{text}T23:59:59.999999", zone)


@pytest.mark.parametrize(
    ("start", "limit", "unit", "due"),
    [
        # Clocks go forward on 8 March 2026 and back on 1 November 2026: 24 hours stay 24 hours.
        ("2026-03-07T12:00", 24, "hours", "2026-03-08T13:00"),
        ("2026-10-31T12:00", 24, "hours", "2026-11-01T11:00"),
        ("2026-11-24T10:00", 5, "minutes", "2026-11-24T10:05"),
    ],
)
def test_hours_and_minutes_are_absolute(start: str, limit: int, unit: str, due: str) -> None:
    assert due_at(at(start), limit, unit, zone=NEW_YORK) == at(due)


@pytest.mark.parametrize(
    ("start", "limit", "unit", "due"),
    [
        ("2026-01-31T09:00", 1, "months", "2026-02-28"),
        ("2028-01-31T09:00", 1, "months", "2028-02-29"),
        ("2026-08-31T09:00", 6, "months", "2027-02-28"),
        ("2026-12-31T09:00", 2, "months", "2027-02-28"),
        ("2028-02-29T09:00", 1, "years", "2029-02-28"),
        ("2028-02-29T09:00", 4, "years", "2032-02-29"),
        ("2026-11-24T09:00", 2, "years", "2028-11-24"),
        ("2026-11-24T09:00", 90, "days", "2027-02-22"),
        ("2026-03-07T23:30", 1, "days", "2026-03-08"),
        ("2026-11-24T09:00", 0, "days", "2026-11-24"),
        ("2022-10-31T09:00", 2, "months_to_15th", "2022-12-15"),
        ("2026-12-31T09:00", 2, "months_to_15th", "2027-02-15"),
        ("2008-11-25T00:00", 18, "birthday", "2026-11-24"),
        ("2008-02-29T00:00", 18, "birthday", "2026-02-27"),
    ],
)
def test_longer_periods_end_with_their_last_day(start: str, limit: int, unit: str, due: str) -> None:
    assert due_at(at(start), limit, unit, zone=NEW_YORK) == last_moment(due)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-11-24T09:00", 1, "2026-11-25"),
        ("2026-11-25T09:00", 1, "2026-11-27"),  # Over Thanksgiving.
        ("2026-11-24T09:00", 5, "2026-12-02"),
        ("2026-07-02T09:00", 1, "2026-07-06"),  # 4 July is a Saturday: Friday the 3rd is observed.
        ("2026-12-31T09:00", 1, "2027-01-04"),
        ("2026-11-21T09:00", 1, "2026-11-23"),
        ("2026-11-21T09:00", 0, "2026-11-21"),
    ],
)
def test_business_days_follow_the_federal_calendar(start: str, limit: int, due: str) -> None:
    assert due_at(at(start), limit, "business_days", zone=NEW_YORK) == last_moment(due)


def test_calendar_of_the_duty_holder_is_used_where_there_is_one() -> None:
    own = {date(2026, 11, 25): "Example founding day"}
    assert due_at(at("2026-11-24T09:00"), 1, "business_days", zone=NEW_YORK, holidays_of=own) == last_moment(
        "2026-11-26"
    )
    assert due_at(at("2026-11-24T09:00"), 1, "business_days", zone=NEW_YORK, holidays_of={}) == last_moment(
        "2026-11-25"
    )


def test_day_is_the_day_of_the_deployments_time_zone() -> None:
    start = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 24 November in both zones, the 25th in UTC.
    assert due_at(start, 1, "days", zone=HONOLULU) == last_moment("2026-11-25", HONOLULU)
    assert due_at(start, 1, "days", zone=ZoneInfo("UTC")) == last_moment("2026-11-26", ZoneInfo("UTC"))


def test_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_at(datetime(2026, 11, 24, 9), 1, "days", zone=NEW_YORK)  # noqa: DTZ001


@pytest.mark.parametrize("unit", ["fortnights", "fields", "none", ""])
def test_unit_that_measures_no_time_is_refused(unit: str) -> None:
    with pytest.raises(ValueError, match="measures no time"):
        due_at(at("2026-11-24T09:00"), 1, unit, zone=NEW_YORK)


def test_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="counts forward"):
        due_at(at("2026-11-24T09:00"), -1, "days", zone=NEW_YORK)


@settings(deadline=None)
@given(start=MOMENTS, hours=st.integers(0, 5000), zone=ZONES)
def test_any_hours_are_that_many_hours_later(start: datetime, hours: int, zone: ZoneInfo) -> None:
    due = due_at(start, hours, "hours", zone=zone)
    assert due.astimezone(UTC) - start == timedelta(hours=hours)
    assert due.tzinfo is zone


@settings(deadline=None)
@given(start=MOMENTS, limit=st.integers(0, 400), zone=ZONES, unit=st.sampled_from(["days", "business_days"]))
def test_any_days_end_one_microsecond_before_midnight_and_not_before_the_start(
    start: datetime, limit: int, zone: ZoneInfo, unit: str
) -> None:
    due = due_at(start, limit, unit, zone=zone)
    assert (due.hour, due.minute, due.second, due.microsecond) == (23, 59, 59, 999999)
    assert due >= start
    assert (due.date() - start.astimezone(zone).date()).days >= limit


@settings(deadline=None)
@given(start=MOMENTS, limit=st.integers(0, 600), zone=ZONES)
def test_any_months_keep_the_day_or_take_the_last_of_the_month(start: datetime, limit: int, zone: ZoneInfo) -> None:
    first, due = start.astimezone(zone), due_at(start, limit, "months", zone=zone)
    assert (due.year - first.year) * 12 + due.month - first.month == limit
    assert due.day == first.day or (due.day < first.day and (due + timedelta(days=1)).day == 1)


@settings(deadline=None)
@given(start=MOMENTS, limit=st.integers(1, 60), zone=ZONES)
def test_any_business_day_is_no_weekend(start: datetime, limit: int, zone: ZoneInfo) -> None:
    assert due_at(start, limit, "business_days", zone=zone).weekday() < 5


@settings(deadline=None)
@given(start=MOMENTS, limit=st.integers(0, 100), zone=ZONES)
def test_one_more_day_is_never_earlier(start: datetime, limit: int, zone: ZoneInfo) -> None:
    for unit in ("days", "business_days", "months", "years"):
        assert due_at(start, limit, unit, zone=zone) <= due_at(start, limit + 1, unit, zone=zone)


def test_table_holds_24_clocks_9_checks_and_7_gates() -> None:
    found = [clock.kind for clock in installed().clocks]
    assert (found.count("clock"), found.count("check"), found.count("gate")) == (24, 9, 7)


def test_every_line_of_the_table_has_a_holder_a_citation_and_a_confidence() -> None:
    for clock in installed().clocks:
        assert clock.holder
        assert clock.citation
        assert clock.confidence
        assert clock.source
        assert clock.why.endswith(".")


@pytest.mark.parametrize(
    ("line", "limit", "unit"),
    [
        ("CLK-01", 24, "hours"),
        ("CLK-02", 90, "days"),
        ("CLK-05", 24, "hours"),
        ("CLK-06", 24, "hours"),
        ("CLK-07", 2, "hours"),
        ("CLK-10", 48, "hours"),
        ("CLK-11", 5, "minutes"),
        ("CLK-12", 24, "hours"),
        ("CLK-15", 2, "years"),
        ("CLK-17", 6, "months"),
        ("CLK-25", 5, "years"),
        ("CLK-32", 2, "months_to_15th"),
        ("CLK-33", 1, "years"),
        ("CLK-39", 90, "days"),
    ],
)
def test_limit_of_the_law_is_data(line: str, limit: int, unit: str) -> None:
    clock = next(clock for clock in installed().clocks if clock.id == line)
    assert (clock.limit, clock.unit) == (limit, unit)


def test_interim_assistance_has_one_extension_to_120_days() -> None:
    clock = next(clock for clock in installed().clocks if clock.id == "CLK-02")
    assert clock.extended_limit == 120
    assert clock.reminders == ("day 60", "day 80")
