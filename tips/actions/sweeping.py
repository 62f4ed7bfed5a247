"""Files of the store that belong to nothing: a deed that was rolled back, a process that died before it unlinked."""

import re
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.conf import settings

from agencies.scope import acting_as_system
from tips.models import Attachment

# As tips.actions.attachments writes them: the row's id, and beside it what was half written when the machine stopped.
_OURS = re.compile(r"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:\.[0-9a-f]{8})?")
_BATCH = 500


def sweep_files(*, now: float | None = None) -> int:
    """Unlink files older than ATTACHMENT_ORPHAN_HOURS that no row keeps; returns how many. By the worker, each night.

    `now` in seconds since 1970. Whatever has another name is left alone. A store of which no file belongs to a row is
    that of another database, and nothing of it is touched.
    """
    before = (time.time() if now is None else now) - settings.ATTACHMENT_ORPHAN_HOURS * 3600
    old = _old(Path(settings.ATTACHMENTS_DIR), before)
    orphans: list[Path] = []
    is_ours = False
    while batch := list(islice(old, _BATCH)):
        with acting_as_system("sweep_files"):
            rows = Attachment.objects.filter(pk__in={key for _, key in batch})
            known = dict(rows.values_list("pk", "removed_at"))
        is_ours = is_ours or bool(known)
        kept = {key for key, removed_at in known.items() if removed_at is None}
        orphans += [path for path, key in batch if key not in kept or path.name != str(key)]
    if not is_ours:
        return 0
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _old(store: Path, before: float) -> Iterator[tuple[Path, UUID]]:
    """Files of ours that were last written before this moment, with the id of their row."""
    for path in sorted(store.glob("??/*")):
        found = _OURS.fullmatch(path.name)
        if found and path.is_file() and not path.is_symlink() and path.stat().st_mtime < before:
            yield path, UUID(found.group(1))
