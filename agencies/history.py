"""Row history (from -> to) by database triggers; the trail itself is agencies/audit.py."""

from collections.abc import Callable, Sequence
from typing import Any

import pghistory


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[Any], Any]:
    """Keep each version of a row. Leave out what must not outlive the row: words people typed, cards."""
    return pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), context_field=None, exclude=list(exclude)
    )
