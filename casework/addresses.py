"""Addresses of records, for pages that show hundreds of them: `reverse` once for each kind, then only the keys."""

from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, get_urlconf, reverse

# What stands in for the keys while an address is made: numbers that no record has.
_STAND_INS = tuple(UUID(int=number) for number in range(4))


def address_of(name: str, *keys: object) -> str:
    """What `reverse(name, args=keys)` gives, where keys are ids of records and words of ours, such as a move's name."""
    ids = [key for key in keys if isinstance(key, UUID)]
    stand_ins = iter(_STAND_INS)
    words = tuple(next(stand_ins) if isinstance(key, UUID) else key for key in keys)
    address = _address(name, words, get_urlconf(), get_script_prefix())
    for stand_in, key in zip(_STAND_INS, ids, strict=False):
        address = address.replace(str(stand_in), str(key), 1)
    return address


@lru_cache(maxsize=1024)
def _address(name: str, words: tuple[object, ...], urlconf: str | None, prefix: str) -> str:
    return reverse(name, args=words)
