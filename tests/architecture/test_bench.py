"""The bench seeds what it says, judges as its table says, and its plumbing runs; no time is tested here."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bench import database, table
from bench.rows import INSIDE, ROWS, Inside, Row, floor_page
from bench.run import measure
from bench.seed import seed
from bench.timing import Measured, percentile, side_by_side
from casework.postgres.roles import as_owner
from tests.factories import build_world

SEEDED = {
    "tips_tip": 200,
    "tips_tipaccess": 600,
    "tips_contact": 260,
    "tips_person": 400,
    "tips_place": 200,
    "tips_identifier": 1000,
    "tips_matchkey": 1000,
    "casework_referral": 400,
    "casework_clock": 600,
    "agencies_auditevent": 2000,
    "bench_step": 28,
}


def count(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {name}")
        return int(cursor.fetchone()[0])


@pytest.fixture
def seeded(real_db: None) -> Iterator[Any]:
    """Two hundred tips; the connection speaks as the owner, who sees all rows."""
    world = build_world()
    with as_owner():
        seed(world.hotline.pk, world.operator.pk, tips=200)
        yield world


def test_two_hundred_tips_come_with_all_that_hangs_on_them(seeded: Any) -> None:
    assert {name: count(name) for name in SEEDED} == SEEDED


def test_seeding_again_adds_nothing(seeded: Any) -> None:
    seed(seeded.hotline.pk, seeded.operator.pk, tips=200)
    assert {name: count(name) for name in SEEDED} == SEEDED


def test_seeding_goes_on_where_it_was_interrupted(seeded: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from tips_matchkey where form = 'plate'")
        cursor.execute("delete from bench_step where name = 'match keys 4'")
    seed(seeded.hotline.pk, seeded.operator.pk, tips=200)
    assert count("tips_matchkey") == 1000


def test_sort_keys_of_access_rows_are_those_of_their_tips(seeded: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from tips_tipaccess a join tips_tip t on t.id = a.tip_id"
            " where (a.status, a.urgency, a.created_at, a.next_due_at)"
            " is distinct from (t.status, t.urgency, t.created_at, casework_next_due(t.id))"
        )
        assert cursor.fetchone() == (0,)


def test_triggers_stand_again_after_seeding(seeded: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_trigger where not tgisinternal and tgenabled = 'D'")
        assert cursor.fetchone() == (0,)


def test_keys_stand_again_after_seeding(seeded: Any) -> None:
    def keys() -> set[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute("select conrelid::regclass::text, conname from pg_constraint where contype = 'f'")
            return set(cursor.fetchall())

    before = keys()
    assert ("casework_referral", "tips_tip") in {(table, target) for table, target in targets()}
    seed(seeded.hotline.pk, seeded.operator.pk, tips=200)
    assert keys() == before


def targets() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'"
        )
        return list(cursor.fetchall())


@pytest.mark.parametrize(("share", "expected"), [(0.5, 3), (0.95, 5), (0.2, 1), (1.0, 5)])
def test_percentile_is_a_sample_that_was_measured(share: float, expected: int) -> None:
    assert percentile([5, 1, 4, 2, 3], share) == expected


def test_acts_take_turns_and_warm_rounds_do_not_count() -> None:
    order: list[str] = []

    def act(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = side_by_side([lambda: act("a"), lambda: act("b")], 2, 1)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert found == [[3.0, 5.0], [4.0, 6.0]]


PAGE = Row("P0", "page", "page", 2, 1.15, 8, floor_page)
EVENTS = Inside("P0", "rate", "events/s", 200_000, 1.1, lambda site: 0.0, at_least=True)
MEMORY = Inside("P0", "memory", "MB", 160, 1.1, lambda site: 0.0, scales=False)


@pytest.mark.parametrize(
    ("row", "value", "floor", "expected"),
    [
        (PAGE, 16.0, 8.0, "met"),
        (PAGE, 16.1, 8.0, "NOT MET"),
        (PAGE, 32.0, 16.0, "met"),
        (EVENTS, 200_000.0, 8.0, "met"),
        (EVENTS, 199_999.0, 8.0, "NOT MET"),
        (EVENTS, 100_000.0, 16.0, "met"),
        (MEMORY, 160.0, 80.0, "met"),
        (MEMORY, 161.0, 80.0, "NOT MET"),
        (MEMORY, math.nan, 8.0, ""),
    ],
)
def test_verdict_follows_the_bound_and_the_floor_of_the_run(
    row: Row | Inside, value: float, floor: float, expected: str
) -> None:
    assert table.verdict(row, Measured(10_000, value, value, floor)) == expected


@pytest.mark.parametrize(("queries", "expected"), [(8, "met"), (9, "NOT MET")])
def test_statements_have_a_verdict_of_their_own(queries: int, expected: str) -> None:
    assert table.query_verdict(PAGE, Measured(10_000, 1, 1, 1, queries)) == expected


@pytest.mark.long
def test_every_row_is_measured_over_the_real_server(real_db: None, tmp_path: Path) -> None:
    name = connection.settings_dict["NAME"]
    database.fill(200, 50, "a test", lambda line: None)
    found, floors = measure({200: name}, logs=tmp_path, say=lambda line: None, rounds=2, warm=0)
    failures = [(row.what, measured.failure) for row, series in found for measured in series]
    everything: tuple[Row | Inside, ...] = (*ROWS, *INSIDE)
    assert failures == [(row.what, "") for row in everything]
    assert [floor.queries for floor in floors] == [4, 7]
    table.write(tmp_path / "result.json", found, floors)
    assert len(table.lines(found, floors)) == 2 + len(floors) + len(everything)
