"""All or nothing: the transaction of a verb, opened once by the outermost of them, and what is written at its end."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

# Writes some rows of a kind, in the order given.
Write = Callable[[list[Any]], None]


class _State(threading.local):
    """What waits to be written when the deed is done, by writer; None outside of any deed."""

    kept: dict[Write, list[Any]] | None = None


_state = _State()


@contextmanager
def whole() -> Iterator[None]:
    """What happens inside is written together or not at all. Also a decorator: `@whole()`.

    The outermost verb takes a savepoint, so that a page can still be drawn after a refusal; verbs that it calls join
    in. So a verb that catches another verb's exception must not go on as if part of it had been written.
    """
    if _state.kept is not None:
        yield
        return
    _state.kept = {}
    try:
        with transaction.atomic():
            yield
            write_kept()
    finally:
        _state.kept = None


def write_at_end(write: Write, row: Any) -> None:
    """Have a row written with the others of its kind when the deed is done: one statement instead of many.

    Only for rows that nothing within the deed reads, and that are written whoever acts. Outside of a deed it is written
    at once.
    """
    if _state.kept is None:
        write([row])
    else:
        _state.kept.setdefault(write, []).append(row)


def write_kept() -> None:
    """Write what waits: before the deed ends, and before the database is told that somebody else acts."""
    if _state.kept:
        kept, _state.kept = _state.kept, {}
        for write, rows in kept.items():
            write(rows)
