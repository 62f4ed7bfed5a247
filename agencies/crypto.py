"""Encryption at rest: AES-GCM under a key ring, and keyed hashes for matching."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12  # NIST SP 800-38D recommends 96 bits.
_KEY_BYTES = 32


class KeyRingError(Exception):
    """The key ring is missing, unreadable, or lacks the key that a value names."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by id; `active` encrypts, all decrypt. `hash_key` is a key of its own. Never printed."""

    active: str
    keys: dict[str, bytes] = field(repr=False)
    hash_key: bytes = field(repr=False)


@lru_cache(maxsize=4)
def _load(path: Path) -> KeyRing:
    try:
        raw = json.loads(path.read_text())
        keys = {name: base64.b64decode(value) for name, value in raw["keys"].items()}
        ring = KeyRing(raw["active"], keys, base64.b64decode(raw["hash_key"]))
    except FileNotFoundError as error:
        raise KeyRingError(
            "There is no key ring. Set CASEWORK_KEY_RING to its file, or start once to make one."
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyRingError("The key ring cannot be read. Restore the file that CASEWORK_KEY_RING names.") from error
    if ring.active not in keys or any(len(key) != _KEY_BYTES for key in [*keys.values(), ring.hash_key]):
        raise KeyRingError("The key ring is damaged. Restore the file that CASEWORK_KEY_RING names.")
    return ring


def make_key_ring(path: Path) -> None:
    """Write a new ring with one key to a 0600 file. Raises FileExistsError rather than overwrite one.

    Key ids are random: a value written under a lost ring says that its key is missing, not that it was altered. The
    file appears whole or not at all.
    """
    name = f"k{secrets.token_hex(4)}"
    ring = {
        "active": name,
        "keys": {name: base64.b64encode(os.urandom(_KEY_BYTES)).decode()},
        "hash_key": base64.b64encode(os.urandom(_KEY_BYTES)).decode(),
    }
    beside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(ring, file)
        os.link(beside, path)
    finally:
        beside.unlink()


def key_ring() -> KeyRing:
    """The ring of this installation, made on first use where the data directory holds none.

    A ring that was lost is not replaced unseen: start-up compares it with the keys that the database knows of
    (casework/startup.py) and refuses to serve.
    """
    path = Path(settings.KEY_RING_FILE)
    if not path.exists() and path.parent == Path(settings.DATA_DIR):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):  # Another process was first.
            make_key_ring(path)
    return _load(path)


def _associated(table: str, row: UUID, name: str) -> bytes:
    return f"{table}|{row}|{name}".encode()


def encrypt(text: str, *, table: str, row: UUID, field: str) -> bytes:
    """`key id length, key id, nonce, ciphertext`; bound to its table, row and field, so it cannot be moved."""
    return encrypt_bytes(text.encode(), table=table, row=row, field=field)


def encrypt_bytes(content: bytes, *, table: str, row: UUID, field: str) -> bytes:
    """The same of bytes, such as a file's."""
    ring = key_ring()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(ring.keys[ring.active]).encrypt(nonce, content, _associated(table, row, field))
    name = ring.active.encode()
    return bytes([len(name)]) + name + nonce + sealed


def decrypt(value: bytes | memoryview, *, table: str, row: UUID, field: str) -> str:
    """The text again. Raises KeyRingError when the key is unknown or the value is not this row's."""
    return decrypt_bytes(value, table=table, row=row, field=field).decode()


def decrypt_bytes(value: bytes | memoryview, *, table: str, row: UUID, field: str) -> bytes:
    """The bytes again; raises as `decrypt` does."""
    raw = bytes(value)
    name_end = 1 + raw[0]
    name = raw[1:name_end].decode()
    key = key_ring().keys.get(name)
    if key is None:
        raise KeyRingError(f"The key ring lacks key {name!r}. Restore the ring that this record was written with.")
    nonce, sealed = raw[name_end : name_end + _NONCE_BYTES], raw[name_end + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, _associated(table, row, field))
    except InvalidTag as error:
        raise KeyRingError("An encrypted value does not belong to its row, or was altered.") from error


def keyed_hash(kind: str, normalised: str) -> bytes:
    """HMAC-SHA-256 for exact matching of identifiers; useless without the ring's hash key."""
    return hmac.new(key_ring().hash_key, f"{kind}|{normalised}".encode(), hashlib.sha256).digest()
