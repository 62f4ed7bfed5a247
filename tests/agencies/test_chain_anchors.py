"""Anchors: the head of the chain leaves the house, and a cut tail shows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from pytest_django import Settings

from agencies import chain
from agencies.models import SealedEvent
from agencies.scope import acting_as_system
from tests.agencies.trail import NOW, as_owner_do, broken, notes, write

pytestmark = pytest.mark.usefixtures("real_db", "own_data_dir")


CUT = (
    "delete from agencies_sealedevent where seal_id = 2",
    "delete from agencies_seal where id = 2",
    "delete from agencies_auditevent where id > 5",
)


@pytest.fixture
def anchored(five: None) -> None:
    """Event 6 in seal 2, which is anchored."""
    write(1)
    chain.seal()
    head = chain.anchor(at=NOW)
    assert head is not None
    assert head.seal == 2


def test_cut_tail_shows_against_the_anchor(anchored: None) -> None:
    as_owner_do(*CUT)
    assert broken() == {"cut": (2,)}


def test_cut_tail_shows_against_the_file_when_the_row_is_gone(anchored: None) -> None:
    as_owner_do(*CUT, "delete from agencies_anchor")
    found = {finding.sentence for finding in chain.verify() if finding.breaks}
    assert found == {
        "The anchor file 2026-11-24.json has no row in the table of anchors: it was removed or changed.",
        "Seal 2, which the anchor file 2026-11-24.json names, is gone: the end of the trail was cut off.",
    }


def test_cut_tail_shows_against_an_anchor_from_a_mail(anchored: None, tmp_path: Path) -> None:
    with acting_as_system("test"):
        digest = bytes(SealedEvent.objects.get(event=6).seal.hash).hex()
    as_owner_do(*CUT, "delete from agencies_anchor")
    (tmp_path / "anchors" / "2026-11-24.json").unlink()
    assert broken() == {}
    assert notes() == {"tail": (6,), "checked": ()}
    assert [f.kind for f in chain.verify(heads=[(2, digest)]) if f.breaks] == ["cut"]


def test_chain_made_anew_shows_against_the_anchor(anchored: None) -> None:
    as_owner_do(
        "delete from agencies_sealedevent",
        "delete from agencies_seal",
        "update agencies_auditevent set reason = 'x' where id = 2",
    )
    assert chain.seal() == 6
    write(1)
    assert chain.seal() == 1
    assert broken() == {"anchor": (2,)}


def test_anchor_file_that_cannot_be_read_is_named(anchored: None, tmp_path: Path) -> None:
    (tmp_path / "anchors" / "2026-11-24.json").write_text("[]")
    assert [f.sentence for f in chain.verify() if f.breaks] == ["The anchor file 2026-11-24.json cannot be read."]


def test_later_anchor_of_a_day_keeps_the_earlier_file(anchored: None, tmp_path: Path) -> None:
    chain.anchor(at=NOW)
    assert sorted(file.name for file in (tmp_path / "anchors").iterdir()) == ["2026-11-24.2.json", "2026-11-24.json"]
    assert broken() == {}


def test_anchor_of_an_empty_chain_is_none() -> None:
    assert chain.anchor(at=NOW) is None


def test_anchor_goes_by_mail_where_an_address_is_set(
    five: None, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ANCHOR_EMAIL = "keeper@example.org"
    chain.anchor(at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("select encode(hash, 'hex') from agencies_seal")
        digest = cursor.fetchone()[0]
    assert [message.to for message in mailoutbox] == [["keeper@example.org"]]
    assert mailoutbox[0].subject == "[Casework] Anchor of the audit trail 2026-11-24"
    assert f"verify_audit --anchor 1:{digest}\n" in mailoutbox[0].body


def test_anchor_that_cannot_be_mailed_is_not_written(five: None, settings: Settings, tmp_path: Path) -> None:
    settings.ANCHOR_EMAIL = "keeper@example.org"
    settings.EMAIL_BACKEND = "no.such.backend"
    with pytest.raises(ImportError):
        chain.anchor(at=NOW)
    assert not (tmp_path / "anchors").exists()
    assert chain.anchor_is_due(at=NOW)


def test_anchor_is_due_once_a_day_of_the_deployment(five: None) -> None:
    assert chain.anchor_is_due(at=NOW)
    chain.anchor(at=NOW)
    assert not chain.anchor_is_due(at=NOW)
    # Midnight in New York is 05:00 UTC in November.
    assert not chain.anchor_is_due(at=datetime(2026, 11, 25, 4, 59, tzinfo=UTC))
    assert chain.anchor_is_due(at=datetime(2026, 11, 25, 5, 0, tzinfo=UTC))
