"""`manage.py verify_audit`: plain sentences, and an exit status that a script can use."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from pytest_django import Settings

from agencies import audit, chain
from casework.postgres.roles import as_owner

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HASH = "0" * 64


@pytest.fixture(autouse=True)
def three(real_db: None, settings: Settings, tmp_path: Path) -> None:
    """Three sealed events."""
    settings.DATA_DIR = tmp_path
    for _ in range(3):
        audit.record("opened", kind="tip", by=None, at=NOW)
    chain.seal()


def verify(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_whole_trail_ends_with_0() -> None:
    assert verify() == (0, "Note: 3 events in 1 seals were read.\nThe audit trail is whole.\n")


def test_notes_alone_end_with_0() -> None:
    audit.record("opened", kind="tip", by=None, at=NOW)
    status, text = verify()
    assert status == 0
    assert "Note: 1 events are not sealed yet, the oldest for 0 minutes." in text


def test_broken_trail_ends_with_1_and_names_the_first_event() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("alter table agencies_auditevent disable trigger user")
        cursor.execute("update agencies_auditevent set reason = 'secret' where id >= 2")
    status, text = verify()
    assert status == 1
    assert text == (
        "BROKEN: Altered after they were sealed, first event 2: 2, 3.\n"
        "BROKEN: The trigger that refuses changes to table agencies_auditevent is switched off.\n"
        "Note: 3 events in 1 seals were read.\n"
        "The audit trail is not whole. Keep the database as it is and call the auditor.\n"
    )


def test_anchor_from_a_mail_is_compared() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select encode(hash, 'hex') from agencies_seal")
        digest = cursor.fetchone()[0]
    assert verify("--anchor", f"1:{digest.upper()}")[0] == 0
    status, text = verify("--anchor", f"1:{HASH}")
    assert status == 1
    assert "BROKEN: Seal 1 is not the one that the anchor that you gave names: the chain was made anew." in text
    status, text = verify("--anchor", f"1:{digest}", "--anchor", f"2:{HASH}")
    assert status == 1
    assert "BROKEN: Seal 2, which the anchor that you gave names, is gone: the end of the trail was cut off." in text


@pytest.mark.parametrize("anchor", ["", "1", "1:abc", f"x:{HASH}", f"1:{HASH}0", f"-1:{HASH}"])
def test_anchor_that_cannot_be_read_is_refused_with_its_form(anchor: str) -> None:
    with pytest.raises(CommandError, match="the number of the seal, a colon, 64 hexadecimal digits"):
        call_command("verify_audit", f"--anchor={anchor}")


def test_missing_table_is_one_sentence() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("drop table agencies_anchor")
    with pytest.raises(CommandError, match=r"cannot be read \(ProgrammingError\)"):
        call_command("verify_audit")


def test_verification_runs_as_the_runtime_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('agencies_auditevent', 'update')")
        assert cursor.fetchone() == (False,)
    assert verify()[0] == 0
