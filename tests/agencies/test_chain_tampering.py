"""What the owner of the tables may do to the trail, with the triggers off, and how it shows."""

import pytest
from django.db import DatabaseError, connection

from agencies import chain
from casework.postgres.roles import as_owner
from tests.agencies.trail import as_owner_do, broken, notes, roll_back, sentence, write

pytestmark = pytest.mark.usefixtures("real_db", "own_data_dir")


def test_runtime_role_cannot_touch_the_trail(five: None) -> None:
    for statement in (
        "update agencies_auditevent set verb = 'closed'",
        "delete from agencies_auditevent",
        "delete from agencies_sealedevent",
        "update agencies_seal set event_count = 1",
        "delete from agencies_anchor",
    ):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)


def test_owner_meets_the_trigger(five: None) -> None:
    with as_owner(), connection.cursor() as cursor, pytest.raises(DatabaseError, match="never changed or removed"):
        cursor.execute("delete from agencies_auditevent where id = 3")


def test_altered_event_is_named(five: None) -> None:
    as_owner_do("update agencies_auditevent set reason = 'other' where id = 3")
    assert broken() == {"altered": (3,)}
    assert sentence("altered") == "Altered after they were sealed, first event 3: 3."


CHANGES = (
    "at = at + interval '1 microsecond'",
    "recorded_at = recorded_at - interval '1 second'",
    "transaction = transaction + 1",
    "actor = '0190a0a0-0000-7000-8000-000000000000'",
    "actor_name = 'x'",
    "agency = '0190a0a0-0000-7000-8000-000000000000'",
    "agency_name = 'x'",
    "role = 'x'",
    "verb = 'x'",
    "kind = 'x'",
    "object_id = 'x'",
    "tip = '0190a0a0-0000-7000-8000-000000000000'",
    "pillar = 'x'",
    "outcome = 'x'",
    "reason = 'x'",
    "fields = '{x}'",
    "details = '{\"x\": 1}'",
)


def test_every_column_is_sealed() -> None:
    write(34)
    chain.seal()
    as_owner_do(*(f"update agencies_auditevent set {change} where id = {2 * n}" for n, change in enumerate(CHANGES, 1)))
    assert broken() == {"altered": (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34)}


def test_first_of_many_altered_events_is_named(real_db: None) -> None:
    write(8)
    chain.seal()
    as_owner_do("update agencies_auditevent set verb = 'x' where id >= 2")
    assert broken() == {"altered": (2, 3, 4, 5, 6, 7, 8)}
    assert sentence("altered") == "Altered after they were sealed, first event 2: 2, 3, 4, 5, 6 and 2 more."


def test_deleted_event_is_named(five: None) -> None:
    as_owner_do("delete from agencies_auditevent where id = 2")
    assert broken() == {"deleted": (2,)}


def test_event_deleted_with_its_hash_shows_in_its_seal(five: None) -> None:
    as_owner_do("delete from agencies_auditevent where id = 2", "delete from agencies_sealedevent where event = 2")
    assert broken() == {"seal_count": (1,)}
    assert sentence("seal_count") == "Seal 1 was made over 5 events and now names 4."


def test_swapped_events_are_named(five: None) -> None:
    as_owner_do(
        "update agencies_auditevent set id = 99, object_id = object_id where id = 2",
        "update agencies_auditevent set id = 2 where id = 4",
        "update agencies_auditevent set id = 4 where id = 99",
    )
    assert broken() == {"swapped": (2, 4)}


def test_swapped_hashes_are_named(five: None) -> None:
    as_owner_do(
        "update agencies_sealedevent set place = 99 where event = 2",
        "update agencies_sealedevent set place = 1 where event = 3",
        "update agencies_sealedevent set place = 2 where event = 2",
    )
    assert broken() == {"swapped": (2, 3)}


def test_event_put_in_between_sealed_ones_is_named(five: None) -> None:
    roll_back(1)
    write(2)
    chain.seal()
    assert notes() == {"gap": (6,), "checked": ()}
    as_owner_do(
        "insert into agencies_auditevent (id, at, actor_name, agency_name, role, verb, kind, object_id, pillar,"
        " outcome, reason, fields, details) values (6, now(), '', '', '', 'v', 'k', '', '', 'done', '', '{}', '{}')"
    )
    assert broken() == {"inserted": (6,)}
    chain.seal()
    assert broken() == {"inserted": (6,)}


def test_event_with_a_hash_of_its_own_shows_in_its_seal(five: None) -> None:
    write(1)
    as_owner_do("insert into agencies_sealedevent (event, seal_id, place, hash) values (6, 1, 5, sha256('x'))")
    assert broken() == {"seal_count": (1,), "altered": (6,), "seal_broken": (1,)}


def test_altered_seal_is_named(five: None) -> None:
    as_owner_do("update agencies_seal set sealed_at = sealed_at - interval '1 day' where id = 1")
    assert broken() == {"seal_broken": (1,)}


def test_missing_seal_is_named(five: None) -> None:
    for _ in range(2):
        write(1)
        chain.seal()
    as_owner_do("delete from agencies_seal where id = 2")
    assert broken() == {"seal_missing": (2,)}
    as_owner_do("delete from agencies_seal where id = 1")
    assert broken()["seal_missing"] == (3,)


def test_replaced_seal_is_named(five: None) -> None:
    write(1)
    chain.seal()
    as_owner_do("update agencies_seal set previous_hash = sha256('x') where id = 2")
    assert broken() == {"seal_broken": (2,), "altered": (6,)}


def test_gap_of_a_rolled_back_deed_is_only_a_note(five: None) -> None:
    roll_back(3)
    assert broken() == {}
    assert notes() == {"tail": (8,), "checked": ()}
    write(1)
    assert broken() == {}
    assert notes() == {"gap": (6,), "unsealed": (), "checked": ()}
    assert sentence("gap").startswith("3 ids were never sealed and are not there, from event 6 on.")


def test_unsealed_events_are_counted(five: None) -> None:
    write(3)
    assert broken() == {}
    assert sentence("unsealed") == "3 events are not sealed yet, the oldest for 0 minutes."


def test_events_unsealed_for_more_than_a_day_break_the_trail(five: None) -> None:
    write(1)
    as_owner_do("update agencies_auditevent set recorded_at = now() - interval '25 hours' where id = 6")
    assert broken() == {"unsealed": ()}
    assert sentence("unsealed").startswith("1 events are not sealed yet, the oldest for 1500 minutes.")


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        (
            "alter table agencies_auditevent disable trigger agencies_auditevent_append_only",
            "trigger",
            "is switched off",
        ),
        ("alter table agencies_seal enable replica trigger agencies_seal_append_only", "trigger", "is switched off"),
        ("drop trigger agencies_anchor_append_only on agencies_anchor", "trigger", "agencies_anchor has lost"),
        (
            "drop trigger agencies_auditevent_append_only on agencies_auditevent;"
            " create trigger agencies_auditevent_append_only before truncate on agencies_auditevent"
            " for each statement execute function casework_append_only()",
            "trigger",
            "was replaced",
        ),
        (
            "create or replace function casework_append_only() returns trigger language plpgsql as"
            " $$ begin return null; end $$",
            "trigger",
            "The function behind the triggers",
        ),
        ("drop policy audit_written_in_ones_own_name on agencies_auditevent", "policy", "has lost its policy"),
        (
            "create policy open on agencies_auditevent using (true)",
            "policy",
            "a policy open that Casework does not know",
        ),
        ("alter table agencies_auditevent disable row level security", "policy", "is switched off"),
    ],
)
def test_missing_guard_is_named(five: None, statement: str, kind: str, words: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert broken() == {kind: ()}
    assert words in sentence(kind)
