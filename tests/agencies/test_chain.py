"""The sealed chain: what the owner of the tables may do to the trail, with triggers off, and how it shows."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction

from agencies import audit, chain
from agencies.chain import form, sealing
from agencies.models import AuditEvent, SealedEvent
from agencies.scope import acting_as_system
from casework.postgres.roles import as_owner

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 in New York.

pytestmark = pytest.mark.usefixtures("real_db", "own_data_dir")


@pytest.fixture
def own_data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.ANCHOR_EMAIL = ""


@pytest.fixture
def five(real_db) -> None:
    """Events 1 to 5 in seal 1."""
    write(5)
    assert chain.seal() == 5


def write(count: int, **fields: str) -> None:
    for _ in range(count):
        audit.record("opened", kind="tip", by=None, at=NOW, **fields)


def roll_back(count: int) -> None:
    """Deeds that use up ids and leave nothing."""
    with transaction.atomic():
        write(count)
        transaction.set_rollback(True)


def as_owner_do(*statements: str) -> None:
    """Tamper with the trail as its owner, with the triggers off, and put them back."""
    tables = ("agencies_auditevent", "agencies_seal", "agencies_sealedevent", "agencies_anchor")
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(
            "select conname from pg_constraint where conrelid = 'agencies_sealedevent'::regclass and contype = 'f'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"alter table agencies_sealedevent drop constraint {name}")
        for statement in statements:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger user")


def broken() -> dict[str, tuple[int, ...]]:
    return {finding.kind: finding.numbers for finding in chain.verify() if finding.breaks}


def notes() -> dict[str, tuple[int, ...]]:
    return {finding.kind: finding.numbers for finding in chain.verify() if not finding.breaks}


def sentence(kind: str) -> str:
    return next(finding.sentence for finding in chain.verify() if finding.kind == kind)


# --- Whole ---------------------------------------------------------------------------------------------


def test_untouched_trail_is_whole(five):
    write(2)
    assert chain.seal() == 2
    assert broken() == {}
    assert notes() == {"checked": ()}
    assert sentence("checked") == "7 events in 2 seals were read."


def test_empty_trail_is_whole():
    assert chain.seal() == 0
    assert broken() == {}


def test_nothing_new_makes_no_seal(five):
    assert chain.seal() == 0
    assert sentence("checked") == "5 events in 1 seals were read."


def test_verification_only_reads(five):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction read only")
        assert [finding.kind for finding in chain.verify()] == ["checked"]


def test_form_holds_every_column_of_an_event():
    assert set(form.COLUMNS[form.FORM]) == {field.column for field in AuditEvent._meta.concrete_fields}


def test_canonical_line_is_the_same_in_every_session():
    values = {
        "id": 41,
        "at": datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        "recorded_at": datetime(2026, 11, 24, 15, 0, 1, 500, tzinfo=UTC),
        "transaction": 7,
        "verb": "opened",
        "kind": "tip",
        "reason": "a\tb\\c",
        "fields": ["one", "two words"],
        "details": {"to": "new", "id": 1},
    }
    with acting_as_system("test"), connection.cursor() as cursor:
        AuditEvent.objects.create(**values)
        cursor.execute("set local timezone to 'Asia/Kathmandu'; set local datestyle to 'German'")
        lines = list(form.canonical_lines(cursor, "a.id = %s", [41], form=1))
    assert lines == [
        b"41\t2026-11-24 15:00:00+00\t2026-11-24 15:00:01.0005+00\t7\t\\N\t\t\\N\t\t\topened\ttip\t\t\\N\t\tdone"
        b'\ta\\tb\\\\c\t{one,"two words"}\t{"id": 1, "to": "new"}\n'
    ]


# --- Tampering -----------------------------------------------------------------------------------------


def test_runtime_role_cannot_touch_the_trail(five):
    for statement in (
        "update agencies_auditevent set verb = 'closed'",
        "delete from agencies_auditevent",
        "delete from agencies_sealedevent",
        "update agencies_seal set event_count = 1",
        "delete from agencies_anchor",
    ):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)


def test_owner_meets_the_trigger(five):
    with as_owner(), connection.cursor() as cursor, pytest.raises(DatabaseError, match="never changed or removed"):
        cursor.execute("delete from agencies_auditevent where id = 3")


def test_altered_event_is_named(five):
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


def test_every_column_is_sealed():
    write(34)
    chain.seal()
    as_owner_do(*(f"update agencies_auditevent set {change} where id = {2 * n}" for n, change in enumerate(CHANGES, 1)))
    assert broken() == {"altered": (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34)}


def test_first_of_many_altered_events_is_named(real_db):
    write(8)
    chain.seal()
    as_owner_do("update agencies_auditevent set verb = 'x' where id >= 2")
    assert broken() == {"altered": (2, 3, 4, 5, 6, 7, 8)}
    assert sentence("altered") == "Altered after they were sealed, first event 2: 2, 3, 4, 5, 6 and 2 more."


def test_deleted_event_is_named(five):
    as_owner_do("delete from agencies_auditevent where id = 2")
    assert broken() == {"deleted": (2,)}


def test_event_deleted_with_its_hash_shows_in_its_seal(five):
    as_owner_do("delete from agencies_auditevent where id = 2", "delete from agencies_sealedevent where event = 2")
    assert broken() == {"seal_count": (1,)}
    assert sentence("seal_count") == "Seal 1 was made over 5 events and now names 4."


def test_swapped_events_are_named(five):
    as_owner_do(
        "update agencies_auditevent set id = 99, object_id = object_id where id = 2",
        "update agencies_auditevent set id = 2 where id = 4",
        "update agencies_auditevent set id = 4 where id = 99",
    )
    assert broken() == {"swapped": (2, 4)}


def test_swapped_hashes_are_named(five):
    as_owner_do(
        "update agencies_sealedevent set place = 99 where event = 2",
        "update agencies_sealedevent set place = 1 where event = 3",
        "update agencies_sealedevent set place = 2 where event = 2",
    )
    assert broken() == {"swapped": (2, 3)}


def test_event_put_in_between_sealed_ones_is_named(five):
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


def test_event_with_a_hash_of_its_own_shows_in_its_seal(five):
    write(1)
    as_owner_do("insert into agencies_sealedevent (event, seal_id, place, hash) values (6, 1, 5, sha256('x'))")
    assert broken() == {"seal_count": (1,), "altered": (6,), "seal_broken": (1,)}


def test_altered_seal_is_named(five):
    as_owner_do("update agencies_seal set sealed_at = sealed_at - interval '1 day' where id = 1")
    assert broken() == {"seal_broken": (1,)}


def test_missing_seal_is_named(five):
    for _ in range(2):
        write(1)
        chain.seal()
    as_owner_do("delete from agencies_seal where id = 2")
    assert broken() == {"seal_missing": (2,)}
    as_owner_do("delete from agencies_seal where id = 1")
    assert broken()["seal_missing"] == (3,)


def test_replaced_seal_is_named(five):
    write(1)
    chain.seal()
    as_owner_do("update agencies_seal set previous_hash = sha256('x') where id = 2")
    assert broken() == {"seal_broken": (2,), "altered": (6,)}


# --- The end of the trail ------------------------------------------------------------------------------

CUT = (
    "delete from agencies_sealedevent where seal_id = 2",
    "delete from agencies_seal where id = 2",
    "delete from agencies_auditevent where id > 5",
)


@pytest.fixture
def anchored(five) -> None:
    """Event 6 in seal 2, which is anchored."""
    write(1)
    chain.seal()
    assert chain.anchor(at=NOW).seal == 2


def test_cut_tail_shows_against_the_anchor(anchored):
    as_owner_do(*CUT)
    assert broken() == {"cut": (2,)}


def test_cut_tail_shows_against_the_file_when_the_row_is_gone(anchored):
    as_owner_do(*CUT, "delete from agencies_anchor")
    found = {finding.sentence for finding in chain.verify() if finding.breaks}
    assert found == {
        "The anchor file 2026-11-24.json has no row in the table of anchors: it was removed or changed.",
        "Seal 2, which the anchor file 2026-11-24.json names, is gone: the end of the trail was cut off.",
    }


def test_cut_tail_shows_against_an_anchor_from_a_mail(anchored, tmp_path):
    with acting_as_system("test"):
        digest = bytes(SealedEvent.objects.get(event=6).seal.hash).hex()
    as_owner_do(*CUT, "delete from agencies_anchor")
    (tmp_path / "anchors" / "2026-11-24.json").unlink()
    assert broken() == {}
    assert notes() == {"tail": (6,), "checked": ()}
    assert [f.kind for f in chain.verify(heads=[(2, digest)]) if f.breaks] == ["cut"]


def test_chain_made_anew_shows_against_the_anchor(anchored):
    as_owner_do(
        "delete from agencies_sealedevent",
        "delete from agencies_seal",
        "update agencies_auditevent set reason = 'x' where id = 2",
    )
    assert chain.seal() == 6
    write(1)
    assert chain.seal() == 1
    assert broken() == {"anchor": (2,)}


def test_anchor_file_that_cannot_be_read_is_named(anchored, tmp_path):
    (tmp_path / "anchors" / "2026-11-24.json").write_text("[]")
    assert [f.sentence for f in chain.verify() if f.breaks] == ["The anchor file 2026-11-24.json cannot be read."]


def test_later_anchor_of_a_day_keeps_the_earlier_file(anchored, tmp_path):
    chain.anchor(at=NOW)
    assert sorted(file.name for file in (tmp_path / "anchors").iterdir()) == ["2026-11-24.2.json", "2026-11-24.json"]
    assert broken() == {}


def test_anchor_of_an_empty_chain_is_none():
    assert chain.anchor(at=NOW) is None


def test_anchor_goes_by_mail_where_an_address_is_set(five, settings, mailoutbox):
    settings.ANCHOR_EMAIL = "keeper@example.org"
    chain.anchor(at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("select encode(hash, 'hex') from agencies_seal")
        digest = cursor.fetchone()[0]
    assert [message.to for message in mailoutbox] == [["keeper@example.org"]]
    assert mailoutbox[0].subject == "[Casework] Anchor of the audit trail 2026-11-24"
    assert f"verify_audit --anchor 1:{digest}\n" in mailoutbox[0].body


def test_anchor_that_cannot_be_mailed_is_not_written(five, settings, tmp_path):
    settings.ANCHOR_EMAIL = "keeper@example.org"
    settings.EMAIL_BACKEND = "no.such.backend"
    with pytest.raises(ImportError):
        chain.anchor(at=NOW)
    assert not (tmp_path / "anchors").exists()
    assert chain.anchor_is_due(at=NOW)


def test_anchor_is_due_once_a_day_of_the_deployment(five):
    assert chain.anchor_is_due(at=NOW)
    chain.anchor(at=NOW)
    assert not chain.anchor_is_due(at=NOW)
    # Midnight in New York is 05:00 UTC in November.
    assert not chain.anchor_is_due(at=datetime(2026, 11, 25, 4, 59, tzinfo=UTC))
    assert chain.anchor_is_due(at=datetime(2026, 11, 25, 5, 0, tzinfo=UTC))


# --- What stands around the chain ----------------------------------------------------------------------


def test_gap_of_a_rolled_back_deed_is_only_a_note(five):
    roll_back(3)
    assert broken() == {}
    assert notes() == {"tail": (8,), "checked": ()}
    write(1)
    assert broken() == {}
    assert notes() == {"gap": (6,), "unsealed": (), "checked": ()}
    assert sentence("gap").startswith("3 ids were never sealed and are not there, from event 6 on.")


def test_unsealed_events_are_counted(five):
    write(3)
    assert broken() == {}
    assert sentence("unsealed") == "3 events are not sealed yet, the oldest for 0 minutes."


def test_events_unsealed_for_more_than_a_day_break_the_trail(five):
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
        ("drop policy audit_written_by_everybody on agencies_auditevent", "policy", "has lost its policy"),
        (
            "create policy open on agencies_auditevent using (true)",
            "policy",
            "a policy open that Casework does not know",
        ),
        ("alter table agencies_auditevent disable row level security", "policy", "is switched off"),
    ],
)
def test_missing_guard_is_named(five, statement, kind, words):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert broken() == {kind: ()}
    assert words in sentence(kind)


# --- Late commits, sealers at once ---------------------------------------------------------------------


def test_late_commit_below_a_sealed_id_is_sealed_and_no_break(five):
    written, sealed = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            write(1)
            written.set()
            sealed.wait(10)
        connections.close_all()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(10)
    write(1)
    assert chain.seal() == 1  # Event 7; event 6 is not committed.
    assert SealedEvent.objects.values_list("event", flat=True).order_by("-event")[0] == 7
    sealed.set()
    thread.join(10)
    assert chain.seal() == 1
    assert list(SealedEvent.objects.filter(seal=3).values_list("event", flat=True)) == [6]
    assert broken() == {}
    as_owner_do("update agencies_auditevent set verb = 'x' where id = 6")
    assert broken() == {"altered": (6,)}


def test_two_sealers_at_once_seal_each_event_once(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 7)
    write(60)
    counts: list[int] = []
    start = threading.Barrier(2, timeout=10)

    def run() -> None:
        start.wait()
        counts.append(chain.seal())
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(counts) == 60
    assert SealedEvent.objects.count() == 60
    assert broken() == {}
    assert notes() == {"checked": ()}


def test_seals_of_several_batches_form_one_chain(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 4)
    write(10)
    assert chain.seal() == 10
    assert sentence("checked") == "10 events in 3 seals were read."
    as_owner_do("update agencies_auditevent set verb = 'x' where id = 9")
    assert broken() == {"altered": (9,)}


def test_event_of_another_server_is_sealed_by_the_thorough_round(five):
    write(1)
    as_owner_do("update agencies_auditevent set transaction = 1000000000000 where id = 6")
    assert chain.seal() == 0
    assert chain.seal(thorough=True) == 1
    assert broken() == {}


def test_restored_backup_makes_the_next_round_thorough(five):
    as_owner_do("update agencies_seal set horizon = 1000000000000")
    write(1)
    assert chain.seal() == 1


def test_event_sealed_in_the_transaction_that_wrote_it_is_whole(five):
    with transaction.atomic():
        write(1)
        assert chain.seal() == 1
    assert broken() == {}


def test_time_of_the_deed_does_not_matter_to_the_chain(five):
    audit.record("opened", kind="tip", by=None, at=NOW - timedelta(days=90))
    assert chain.seal() == 1
    assert broken() == {}
