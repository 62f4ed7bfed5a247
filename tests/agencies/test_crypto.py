"""Values open only with the ring, in their own row and field."""

import json
import stat
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import crypto

ROW = UUID("01900000-0000-7000-8000-000000000001")
OTHER = UUID("01900000-0000-7000-8000-000000000002")


@given(st.text())
def test_what_went_in_comes_out(text: str) -> None:
    sealed = crypto.encrypt(text, table="t", row=ROW, field="f")
    assert crypto.decrypt(sealed, table="t", row=ROW, field="f") == text


def test_the_words_do_not_stand_in_the_value() -> None:
    assert b"Canary" not in crypto.encrypt("Canary", table="t", row=ROW, field="f")


def test_the_same_words_are_never_sealed_the_same() -> None:
    one, two = (crypto.encrypt("same", table="t", row=ROW, field="f") for _ in range(2))
    assert one != two


@pytest.mark.parametrize(
    ("table", "row", "field"), [("other", ROW, "f"), ("t", OTHER, "f"), ("t", ROW, "other")], ids=str
)
def test_a_value_cannot_be_moved(table: str, row: UUID, field: str) -> None:
    sealed = crypto.encrypt("words", table="t", row=ROW, field="f")
    with pytest.raises(crypto.KeyRingError, match="does not belong"):
        crypto.decrypt(sealed, table=table, row=row, field=field)


def test_an_altered_value_is_refused() -> None:
    sealed = bytearray(crypto.encrypt("words", table="t", row=ROW, field="f"))
    sealed[-1] ^= 1
    with pytest.raises(crypto.KeyRingError, match="altered"):
        crypto.decrypt(bytes(sealed), table="t", row=ROW, field="f")


def test_a_lost_key_is_named(tmp_path: Path, settings: object) -> None:
    sealed = crypto.encrypt("words", table="t", row=ROW, field="f")
    unknown = bytes([2]) + b"zz" + sealed[1 + sealed[0] :]
    with pytest.raises(crypto.KeyRingError, match="lacks key 'zz'"):
        crypto.decrypt(unknown, table="t", row=ROW, field="f")


def test_a_ring_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    crypto.make_key_ring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        crypto.make_key_ring(path)


def test_old_values_open_after_a_new_key_became_active(tmp_path: Path, settings: object) -> None:
    path = tmp_path / "ring.json"
    crypto.make_key_ring(path)
    settings.KEY_RING_FILE = path  # type: ignore[attr-defined]
    old = crypto.encrypt("old words", table="t", row=ROW, field="f")
    ring = json.loads(path.read_text())
    ring["keys"]["k2"], ring["active"] = ring["hash_key"], "k2"
    renewed = tmp_path / "renewed.json"
    renewed.write_text(json.dumps(ring))
    settings.KEY_RING_FILE = renewed  # type: ignore[attr-defined]
    new = crypto.encrypt("new words", table="t", row=ROW, field="f")
    assert new[1 : 1 + new[0]] == b"k2"
    assert crypto.decrypt(old, table="t", row=ROW, field="f") == "old words"


@pytest.mark.parametrize("content", ["", "{}", '{"active": "k1", "keys": {}, "hash_key": ""}', "not json"])
def test_a_damaged_ring_is_a_plain_error(tmp_path: Path, settings: object, content: str) -> None:
    path = tmp_path / "ring.json"
    path.write_text(content)
    settings.KEY_RING_FILE = path  # type: ignore[attr-defined]
    with pytest.raises(crypto.KeyRingError, match="Restore the file"):
        crypto.encrypt("words", table="t", row=ROW, field="f")


def test_a_missing_ring_elsewhere_is_never_made_up(tmp_path: Path, settings: object) -> None:
    settings.KEY_RING_FILE = tmp_path / "elsewhere" / "ring.json"  # type: ignore[attr-defined]
    with pytest.raises(crypto.KeyRingError, match="There is no key ring"):
        crypto.key_ring()


def test_hashes_match_within_a_kind_only() -> None:
    assert crypto.keyed_hash("phone", "+13055550101") == crypto.keyed_hash("phone", "+13055550101")
    assert crypto.keyed_hash("phone", "+13055550101") != crypto.keyed_hash("handle", "+13055550101")
    assert len(crypto.keyed_hash("phone", "+13055550101")) == 32
