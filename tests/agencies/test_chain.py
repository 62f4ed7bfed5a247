"""The sealed chain when nobody touched it: batches, late commits, two sealers, another server."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from agencies import audit, chain
from agencies.chain import form, sealing
from agencies.models import AuditEvent, SealedEvent
from agencies.scope import acting_as_system
from casework.postgres.roles import as_owner
from tests.agencies.trail import NOW, as_owner_do, broken, notes, sentence, write

pytestmark = pytest.mark.usefixtures("real_db", "own_data_dir")


def test_untouched_trail_is_whole(five: None) -> None:
    write(2)
    assert chain.seal() == 2
    assert broken() == {}
    assert notes() == {"checked": ()}
    assert sentence("checked") == "7 events in 2 seals were read."


def test_empty_trail_is_whole() -> None:
    assert chain.seal() == 0
    assert broken() == {}


def test_nothing_new_makes_no_seal(five: None) -> None:
    assert chain.seal() == 0
    assert sentence("checked") == "5 events in 1 seals were read."


def test_verification_only_reads(five: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set transaction read only")
        assert [finding.kind for finding in chain.verify()] == ["checked"]


def test_form_holds_every_column_of_an_event() -> None:
    assert set(form.COLUMNS[form.FORM]) == {field.column for field in AuditEvent._meta.concrete_fields}


def test_canonical_line_is_the_same_in_every_session(real_db: None) -> None:
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
    with as_owner():  # The runtime role chooses neither id nor clock.
        AuditEvent.objects.create(**values)
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute("set local timezone to 'Asia/Kathmandu'; set local datestyle to 'German'")
        lines = list(form.canonical_lines(cursor, "a.id = %s", [41], form=1))
    assert lines == [
        b"41\t2026-11-24 15:00:00+00\t2026-11-24 15:00:01.0005+00\t7\t\\N\t\t\\N\t\t\topened\ttip\t\t\\N\t\tdone"
        b'\ta\\tb\\\\c\t{one,"two words"}\t{"id": 1, "to": "new"}\n'
    ]


def test_late_commit_below_a_sealed_id_is_sealed_and_no_break(five: None) -> None:
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


def test_two_sealers_at_once_seal_each_event_once(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_seals_of_several_batches_form_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)
    write(10)
    assert chain.seal() == 10
    assert sentence("checked") == "10 events in 3 seals were read."
    as_owner_do("update agencies_auditevent set verb = 'x' where id = 9")
    assert broken() == {"altered": (9,)}


def test_event_of_another_server_is_sealed_by_the_thorough_round(five: None) -> None:
    write(1)
    as_owner_do("update agencies_auditevent set transaction = 1000000000000 where id = 6")
    assert chain.seal() == 0
    assert chain.seal(thorough=True) == 1
    assert broken() == {}


def test_restored_backup_makes_the_next_round_thorough(five: None) -> None:
    as_owner_do("update agencies_seal set horizon = 1000000000000")
    write(1)
    assert chain.seal() == 1


def test_event_sealed_in_the_transaction_that_wrote_it_is_whole(five: None) -> None:
    with transaction.atomic():
        write(1)
        assert chain.seal() == 1
    assert broken() == {}


def test_time_of_the_deed_does_not_matter_to_the_chain(five: None) -> None:
    audit.record("opened", kind="tip", by=None, at=NOW - timedelta(days=90))
    assert chain.seal() == 1
    assert broken() == {}
