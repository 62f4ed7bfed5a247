"""Files that belong to nothing are unlinked after a day; all others stay."""

import os
from pathlib import Path
from typing import Any

import pytest

from agencies.ids import uuid7
from agencies.scope import acting_as
from tests.factories import NOW, World
from tips.actions import attachments, drafts, intake
from tips.actions.sweeping import sweep_files
from tips.models import Attachment

pytestmark = pytest.mark.django_db
WRITTEN = NOW.timestamp()
A_DAY_LATER = WRITTEN + 24 * 3600 + 1


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.ATTACHMENTS_DIR = tmp_path / "files"
    return tmp_path / "files"


def kept(world: World, store: Path) -> Path:
    """A file of a contact in progress."""
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
        drafts.save_draft(contact.pk, {"values": {}}, sequence=0, by=world.operator, at=NOW)
        row = attachments.take(contact, b"Words", name="a.txt", by=world.operator, at=NOW)
    return aged(store / str(row.pk)[-2:] / str(row.pk))


def lost(store: Path, name: str = "") -> Path:
    """A file without a row."""
    name = name or str(uuid7())
    path = store / name[-2:] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sealed")
    return aged(path)


def aged(path: Path) -> Path:
    os.utime(path, (WRITTEN, WRITTEN))
    return path


def test_a_file_without_a_row_goes_after_a_day_and_one_with_a_row_stays(world: World, store: Path) -> None:
    ours, orphan = kept(world, store), lost(store)
    assert sweep_files(now=A_DAY_LATER - 2) == 0
    assert orphan.exists()
    assert sweep_files(now=A_DAY_LATER) == 1
    assert (ours.exists(), orphan.exists()) == (True, False)
    assert sweep_files(now=A_DAY_LATER) == 0


def test_what_should_have_gone_with_its_contact_goes_now(world: World, store: Path) -> None:
    ours, removed = kept(world, store), kept(world, store)
    with acting_as(world.operator):
        Attachment.objects.filter(pk=removed.name).update(removed_at=NOW)
    assert sweep_files(now=A_DAY_LATER) == 1
    assert (ours.exists(), removed.exists()) == (True, False)


def test_what_was_half_written_goes_too(world: World, store: Path) -> None:
    ours = kept(world, store)
    half = ours.with_name(f"{ours.name}.0a1b2c3d")
    half.write_bytes(b"sea")
    aged(half)
    assert sweep_files(now=A_DAY_LATER) == 1
    assert (ours.exists(), half.exists()) == (True, False)


@pytest.mark.parametrize("name", ["README", "backup.tar", "0190-not-an-id", "01900000-0000-7000-8000-000000000001.bak"])
def test_a_name_that_is_not_ours_is_left_alone(world: World, store: Path, name: str) -> None:
    kept(world, store)
    other = lost(store, name)
    assert sweep_files(now=A_DAY_LATER) == 0
    assert other.exists()


def test_a_store_of_another_database_is_left_alone(world: World, store: Path) -> None:
    orphans = [lost(store) for _ in range(3)]
    assert sweep_files(now=A_DAY_LATER) == 0
    assert all(orphan.exists() for orphan in orphans)


def test_no_store_is_nothing_to_sweep() -> None:
    assert sweep_files(now=A_DAY_LATER) == 0
