"""Who can help: ranked with reasons, and every service that is left out counted with its reason."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from agencies.directory import Where
from agencies.helping import ForWhom, Wanted
from agencies.models import Agency, Capacity, Coverage, Hours, Location, Phone, Service
from agencies.scope import acting_as, acting_as_system
from casework.helping import Help, who_can_help
from tests.factories import World, make_agency, make_referral

pytestmark = pytest.mark.django_db
# A Tuesday, 10:00 in New York.
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MIAMI = Where(state="FL", county="Miami-Dade", postal_code="33101")


def offer(name: str, *, kind: str = "county", verified: date | None = date(2026, 9, 1), **fields: Any) -> Service:
    agency = make_agency(name, "shelter")
    agency.coverages.all().delete()
    county = {"county": "Miami-Dade"} if kind == "county" else {}
    Coverage.objects.create(agency=agency, kind=kind, country="US", state="FL", **county)
    return Service.objects.create(
        agency=agency, **{"name": "Beds", "needs": ["shelter"], "assured_at": verified, **fields}
    )


def help_for(*needs: str, limit: int = 20, shows_all: bool = False, **wanted: Any) -> Help:
    asked = Wanted(needs=needs or ("shelter",), **{"where": MIAMI, **wanted})
    return who_can_help(asked, at=NOW, limit=limit, shows_all=shows_all)


def names(found: Help) -> list[str]:
    return [line.agency.name for line in found.lines]


def reasons(found: Help, name: str) -> tuple[str, ...]:
    return next(line.reasons for line in found.lines if line.agency.name == name)


def test_twelve_left_out_are_counted_by_reason(world: World) -> None:
    for n in range(5):
        offer(f"Example Old {n}", verified=date(2025, 11, 1))
    for n in range(4):
        offer(f"Example Adults {n}", minimum_age=18)
    for n in range(3):
        offer(f"Example Full {n}", full_until=NOW + timedelta(days=1))
    offer("Example Open House")
    found = help_for(persons=[ForWhom((13, 17))])
    assert names(found) == ["Example Open House"]
    assert found.left_out == "12 left out: 4 not for this age, 3 full, 5 not verified for a year"


def test_in_danger_the_full_and_the_old_stay_flagged_and_last(world: World) -> None:
    offer("Example A Full", full_until=datetime(2026, 11, 27, 15, 0, tzinfo=UTC))
    offer("Example B Old", verified=date(2025, 11, 1))
    offer("Example C Adults", minimum_age=18)
    offer("Example Z Free")
    found = help_for(is_danger=True, persons=[ForWhom((13, 17))])
    assert names(found) == ["Example Z Free", "Example A Full", "Example B Old"]
    assert [line.flags for line in found.lines] == [
        (),
        ("Full until Friday, 27 November",),
        ("Not verified for a year",),
    ]
    assert found.left_out == "1 left out: 1 not for this age"


def test_those_left_out_are_shown_on_request_with_their_reason(world: World) -> None:
    offer("Example Adults", minimum_age=18)
    found = help_for(persons=[ForWhom((13, 17))], shows_all=True)
    assert [(line.agency.name, line.flags) for line in found.lines] == [("Example Adults", ("Not for this age",))]
    assert found.left_out == ""


@pytest.mark.parametrize(
    ("persons", "is_there"),
    [
        ([ForWhom((18, 20))], False),  # All of that age are too young for it.
        ([ForWhom((18, 199))], True),  # Some of them are not.
        ([ForWhom(None)], True),
        ([ForWhom((18, 20)), ForWhom((21, 199))], True),  # It can take one of the two.
        ([ForWhom((21, 64), "masculine")], False),
        ([ForWhom((21, 64), "feminine")], True),
        ([ForWhom((21, 64), "")], True),
        ([ForWhom((18, 20), "feminine"), ForWhom((21, 64), "feminine")], True),
        ([ForWhom((65, 70))], False),
        ([], True),
    ],
)
def test_age_and_gender_exclude_only_what_is_sure(world: World, persons: list[ForWhom], is_there: bool) -> None:
    offer("Example House", minimum_age=21, maximum_age=64, genders=["feminine"])
    assert bool(names(help_for(persons=persons))) is is_there


def test_order_is_language_open_free_narrow_near(world: World) -> None:
    def open_at(service: Service, opens: int, closes: int) -> None:
        Hours.objects.create(
            agency=service.agency, service=service, weekdays="TU", opens_at=time(opens), closes_at=time(closes),
            time_zone="America/New_York",
        )  # fmt: skip

    offer("Example 6 No Spanish")
    spanish = {"languages": ["spanish"]}
    open_at(offer("Example 5 Closed", **spanish), 11, 12)
    offer("Example 4 Hours not known", **spanish)
    open_at(offer("Example 3 Open, state", kind="state", **spanish), 9, 17)
    open_at(offer("Example 2 Open, county", **spanish), 9, 17)
    free = offer("Example 1 Open and free", kind="state", **spanish)
    open_at(free, 9, 17)
    Capacity.objects.create(service=free, unit="beds", available=2, updated_at=NOW - timedelta(hours=2))
    found = help_for(languages=["Spanish"])
    assert names(found) == [
        "Example 1 Open and free",
        "Example 2 Open, county",
        "Example 3 Open, state",
        "Example 4 Hours not known",
        "Example 5 Closed",
        "Example 6 No Spanish",
    ]
    assert reasons(found, "Example 1 Open and free") == (
        "covers the state", "open now until 17:00 there", "speaks Spanish", "2 beds free", "verified 1 September 2026",
    )  # fmt: skip
    assert reasons(found, "Example 6 No Spanish") == (
        "covers this county", "hours not known", "Spanish not listed", "verified 1 September 2026",
    )  # fmt: skip


def test_nearest_open_place_counts_and_never_a_confidential_one(world: World) -> None:
    near, far = offer("Example Near"), offer("Example Far")
    with acting_as_system("test"):
        for service, latitude, hidden in ((near, 25.80, False), (far, 26.60, False), (far, 25.78, True)):
            place = Location.objects.create(
                agency=service.agency, latitude=latitude, longitude=-80.20, is_confidential=hidden
            )
            place.services.add(service)
            Phone.objects.create(agency=service.agency, location=place, number=f"305-555-01{int(hidden)}9")
        found = help_for()
    assert names(found) == ["Example Near", "Example Far"]
    assert [line.reasons[1] for line in found.lines] == ["1 miles away", "57 miles away"]
    assert [phone["number"] for line in found.lines for phone in line.phones] == ["305-555-0109", "305-555-0109"]


@pytest.mark.parametrize(("age", "is_full"), [(23, True), (25, False)])
def test_no_free_bed_is_full_only_while_the_count_is_fresh(world: World, age: int, is_full: bool) -> None:
    service = offer("Example House")
    Capacity.objects.create(service=service, unit="beds", available=0, updated_at=NOW - timedelta(hours=age))
    found = help_for()
    assert (found.left_out == "1 left out: 1 full") is is_full
    assert bool(found.lines) is not is_full


def test_a_free_unit_of_another_kind_is_not_full(world: World) -> None:
    service = offer("Example House")
    for unit, count in (("beds", 0), ("family rooms", 1)):
        Capacity.objects.create(service=service, unit=unit, available=count, updated_at=NOW)
    assert "1 family rooms free" in reasons(help_for(), "Example House")


def test_coverage_of_another_service_covers_nothing(world: World) -> None:
    service = offer("Example House")
    other = Service.objects.create(agency=service.agency, name="Advice", needs=["legal"])
    service.agency.coverages.update(service=other)
    assert names(help_for()) == []


@pytest.mark.parametrize("fields", [{"is_active": False}, {"succeeded": True}], ids=str)
def test_closed_and_succeeded_agencies_are_not_there(world: World, fields: dict[str, bool]) -> None:
    agency = offer("Example House").agency
    values = {"succeeded_by": world.legal} if "succeeded" in fields else fields
    Agency.objects.filter(pk=agency.pk).update(**values)
    assert help_for() == Help()


def test_never_verified_is_flagged_and_ranked_down(world: World) -> None:
    offer("Example A", verified=None)
    offer("Example B")
    found = help_for()
    assert names(found) == ["Example B", "Example A"]
    assert found.lines[1].flags == ("Never verified: try the number before you read it out",)


def test_three_referrals_without_an_answer_rank_down_and_are_said(world: World) -> None:
    silent = Service.objects.create(agency=world.shelter, name="Beds", needs=["shelter"], assured_at=date(2026, 9, 1))
    offer("Example Z Answers")
    with acting_as(world.operator):
        for _ in range(3):
            make_referral(world, "expired", receiver=world.shelter)
        found = help_for()
        assert names(found) == ["Example Z Answers", str(silent.agency)]
        assert found.lines[1].flags == ("Did not answer the last 3 referrals",)
        make_referral(world, "declined", receiver=world.shelter, at=NOW)
        assert help_for().lines[0].flags == ()


def test_two_statements_however_many_there_are(world: World, django_assert_num_queries: Callable[[int], Any]) -> None:
    for n in range(30):
        offer(f"Example {n:02}")
    with django_assert_num_queries(2):
        assert len(help_for().lines) == 20


def test_nothing_is_asked_without_a_need(world: World, django_assert_num_queries: Callable[[int], Any]) -> None:
    with django_assert_num_queries(0):
        assert who_can_help(Wanted(needs=(), where=MIAMI), at=NOW) == Help()
