"""Identifiers: UUIDv7 keys, random codes, and the public reference with its check character."""

import os
import re
import secrets
import time
import uuid

# RFC 9562, section 5.7: 48 bits of Unix milliseconds, version, 12 random bits, variant, 62 random bits.
_VERSION = 0x7 << 76
_VARIANT = 0x2 << 62

# The alphabet without I, L and O, which are misread: 23 letters, a prime. Letters only, so that a swap of the last
# digit and the check character is never another valid reference.
CHECK_CHARACTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_MODULUS = len(CHECK_CHARACTERS)
_GENERATOR = 5  # A primitive root of 23: its powers repeat only after 22 places.
_REFERENCE = re.compile(r"^([A-Z]{1,6})-(\d{4})-(\d{6,12})-([A-Z])$")


def uuid7() -> uuid.UUID:
    """A time-ordered UUID. It tells the millisecond of its making, so it never serves as a secret."""
    milliseconds = time.time_ns() // 1_000_000
    random_a = int.from_bytes(os.urandom(2), "big") & 0xFFF
    random_b = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return uuid.UUID(int=(milliseconds << 80) | _VERSION | (random_a << 64) | _VARIANT | random_b)


def secret_code() -> str:
    """A random token for links: 32 bytes, URL-safe."""
    return secrets.token_urlsafe(32)


def check_character(text: str) -> str:
    """The check character over a reference's letters and digits; dashes are passed over.

    Weights are powers of 5 modulo 23, so each wrong digit and each swap of neighbouring digits changes the sum.
    """
    total = 0
    for place, symbol in enumerate(reversed([s for s in text.upper() if s.isalnum()]), start=1):
        total += pow(_GENERATOR, place, _MODULUS) * int(symbol, 36)
    return CHECK_CHARACTERS[total % _MODULUS]


def make_reference(prefix: str, year: int, number: int) -> str:
    """`CW-2026-000123-K` from its parts. The year is a label: the number never restarts."""
    body = f"{prefix}-{year}-{number:06d}"
    return f"{body}-{check_character(body)}"


def is_reference(text: str, *, prefix: str) -> bool:
    """Whether this can be one of our references; says nothing of whether such a tip exists."""
    match = _REFERENCE.match(text.strip().upper())
    if not match or match[1] != prefix:
        return False
    return check_character(text.strip()[:-1]) == match[4]
