"""Row history (from -> to) by database triggers; the trail itself is agencies/audit.py."""

from collections.abc import Callable, Sequence
from typing import Any

import pghistory


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[Any], Any]:
    """Keep each version of a row. Leave out what must not outlive the row: words people typed, cards."""
    # None leaves the context column out; the library's types forget that it may.
    no_context: Any = None
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent())
    return pghistory.track(*events, context_field=no_context, exclude=list(exclude))
