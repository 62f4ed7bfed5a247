"""Who can help: kinds in order, narrowest coverage first, and nobody who does not cover the place."""

import pytest

from agencies.directory import Where, covering
from agencies.models import Agency, Coverage
from tests.factories import A_PHONE, World, make_agency

pytestmark = pytest.mark.django_db
MIAMI = Where(state="FL", county="Miami-Dade", postal_code="33101")


def county(name: str, county: str, **fields: object) -> Agency:
    agency = make_agency(name, "shelter", state="GA", **{"phone": A_PHONE, **fields})
    agency.coverages.all().delete()
    Coverage.objects.create(agency=agency, kind="county", country="US", state="FL", county=county)
    return agency


def names(where: Where, kinds: list[str], **options: object) -> list[str]:
    return [candidate.agency.name for candidate in covering(kinds, where, **options)]  # type: ignore[arg-type]


def test_the_narrowest_coverage_stands_first_and_says_why(world: World) -> None:
    county("Example County House", "Miami-Dade")
    found = covering(["shelter"], MIAMI)
    assert [(c.agency.name, c.reason) for c in found] == [
        ("Example County House", "covers this county"),
        ("Example Harbor Shelter", "covers the state"),
    ]
    assert found[0].is_unverified


def test_kinds_keep_the_order_of_the_rules(world: World) -> None:
    assert names(MIAMI, ["local_police", "shelter"]) == ["Example City Police", "Example Harbor Shelter"]
    assert names(MIAMI, ["shelter", "local_police"]) == ["Example Harbor Shelter", "Example City Police"]


@pytest.mark.parametrize(
    "where", [Where(state="GA"), Where(state="FL", country="MX"), Where(), Where(county="Miami-Dade")], ids=str
)
def test_other_places_are_not_covered(world: World, where: Where) -> None:
    county("Example County House", "Miami-Dade")
    expected = ["Example Harbor Shelter"] if where.state == "FL" else []
    assert names(where, ["shelter"]) == expected


def test_another_county_is_not_covered(world: World) -> None:
    county("Example County House", "Broward")
    assert names(MIAMI, ["shelter"]) == ["Example Harbor Shelter"]


@pytest.mark.parametrize("fields", [{"is_active": False}, {"accepts_by": "none"}], ids=str)
def test_who_takes_no_referrals_is_not_proposed(world: World, fields: dict[str, object]) -> None:
    Agency.objects.filter(pk=world.shelter.pk).update(**fields)
    assert names(MIAMI, ["shelter"]) == []


def test_a_succeeded_agency_is_not_proposed(world: World) -> None:
    Agency.objects.filter(pk=world.shelter.pk).update(succeeded_by=world.legal)
    assert names(MIAMI, ["shelter"]) == []


def test_who_was_asked_already_is_left_out(world: World) -> None:
    assert names(MIAMI, ["shelter"], exclude=[world.shelter.pk]) == []


def test_an_agency_with_two_coverages_stands_once(world: World) -> None:
    Coverage.objects.create(agency=world.shelter, kind="zip", country="US", code="33101")
    found = covering(["shelter"], MIAMI)
    assert [(c.agency.name, c.rank) for c in found] == [("Example Harbor Shelter", 1)]


def test_two_queries_whatever_the_number(world: World, django_assert_num_queries: object) -> None:
    for n in range(30):
        make_agency(f"Example House {n:02}", "shelter", phone=A_PHONE)
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = covering(["shelter"], MIAMI, limit=20)
        assert len({candidate.agency.kind.label for candidate in found}) == 1
    assert len(found) == 20
