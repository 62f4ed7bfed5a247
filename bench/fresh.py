"""Databases made for one purpose, by bench and tests: beside them, inside one, and what one was made of."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from casework.postgres.roles import as_owner

_ROOT = Path(__file__).resolve().parent.parent


def beside(*statements: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """Run statements as the owner in the maintenance database, outside of any transaction; the last one's rows."""
    with as_owner(), connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, list(values) or None)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def speaking_to(name: str) -> Iterator[None]:
    """Let the default connection, in every thread, speak to another database, without a pool."""
    connections.close_all()
    settings = connection.settings_dict
    before = {"NAME": settings["NAME"], "OPTIONS": settings["OPTIONS"]}
    settings |= {"NAME": name, "OPTIONS": {key: value for key, value in before["OPTIONS"].items() if key != "pool"}}
    try:
        yield
    finally:
        connections.close_all()
        settings |= before


def fingerprint(ingredients: Iterable[str]) -> str:
    """Twelve letters that change with the name or content of a file of the house that matches a pattern."""
    digest = hashlib.sha256()
    for pattern in ingredients:
        for path in sorted(_ROOT.glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
