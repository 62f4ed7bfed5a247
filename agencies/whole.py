"""All or nothing: the transaction of a verb, opened once by the outermost of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


class _State(threading.local):
    inside = False


_state = _State()


@contextmanager
def whole() -> Iterator[None]:
    """What happens inside is written together or not at all. Also a decorator: `@whole()`.

    The outermost verb takes a savepoint, so that a page can still be drawn after a refusal; verbs that it calls join
    in. So a verb that catches another verb's exception must not go on as if part of it had been written.
    """
    if _state.inside:
        yield
        return
    _state.inside = True
    try:
        with transaction.atomic():
            yield
    finally:
        _state.inside = False
