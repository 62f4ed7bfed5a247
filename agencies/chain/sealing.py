"""The sealer: hashes events after their transactions have ended, so that no writer waits for the chain."""

from dataclasses import dataclass, replace
from itertools import accumulate

from django.db import connection
from django.db.backends.utils import CursorWrapper

from agencies.chain import form
from agencies.scope import acting_as_system

# Two sealers at once would fork the chain. Any number will do, as long as nobody else uses it.
_LOCK = 0x6361_7365_776F_726B
BATCH = 10_000

# An event is sealed when agencies_sealedevent says so, never because its id is low: a transaction that commits late
# brings ids below those already sealed. The transaction numbers only narrow the search.
_UNSEALED = (
    "a.id > %(after)s and a.transaction >= %(low)s and a.transaction < %(high)s"
    " and not exists (select 1 from agencies_sealedevent s where s.event = a.id)"
    " order by a.id limit %(limit)s"
)
_NO_LIMIT = 9_223_372_036_854_775_807


@dataclass(frozen=True)
class _Search:
    """Where one round looks: transactions from `low` to below `high`. All below `finished` have ended."""

    low: int
    high: int
    finished: int


def seal(*, thorough: bool = False) -> int:
    """Seal every committed event that is not sealed yet; returns how many.

    Works in batches, each its own transaction; two sealers take turns. Normally it looks only at transactions since
    the oldest that still ran in the last round; `thorough` looks at all events, for what another server left behind
    in a restored backup. Times are the database's own, as in AuditEvent.recorded_at.
    """
    with acting_as_system("seal"), connection.cursor() as cursor:
        search = _begin(cursor, thorough=thorough)
    total = 0
    after: int | None = 0
    while after is not None:
        with acting_as_system("seal"), connection.cursor() as cursor:
            count, after = _seal_batch(cursor, search, after)
        total += count
    return total


def _begin(cursor: CursorWrapper, *, thorough: bool) -> _Search:
    cursor.execute(
        "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_current_xact_id()::text::bigint + 1"
    )
    finished, next_number = cursor.fetchone()
    last = _last_seal(cursor)
    # A horizon that lies ahead was written by another server, and so were the numbers of the events.
    if thorough or last is None or last.horizon > finished:
        return _Search(low=0, high=_NO_LIMIT, finished=finished)
    return _Search(low=last.horizon, high=next_number, finished=finished)


def _last_seal(cursor: CursorWrapper) -> form.SealRow | None:
    cursor.execute(f"select {form.SEAL_COLUMNS} from agencies_seal order by id desc limit 1")  # noqa: S608
    row = cursor.fetchone()
    return form.SealRow.from_row(row) if row else None


def _seal_batch(cursor: CursorWrapper, search: _Search, after: int) -> tuple[int, int | None]:
    """Seal one batch beyond the event `after`; returns how many, and its last event when there is more to do."""
    cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    last = _last_seal(cursor)
    # One more than is sealed: only who knows that nothing follows may move the horizon.
    values = {"low": search.low, "high": search.high, "after": after, "limit": BATCH + 1}
    lines = list(form.canonical_lines(cursor, _UNSEALED, values, form=form.FORM))
    has_more = len(lines) > BATCH
    del lines[BATCH:]
    if not lines:
        return 0, None
    previous = last.hash if last else form.GENESIS
    hashes = list(accumulate(lines, form.chained, initial=previous))[1:]
    ids = [form.id_of(line) for line in lines]
    cursor.execute("select clock_timestamp()")
    row = form.SealRow(
        id=last.id + 1 if last else 1,
        form=form.FORM,
        first_event=ids[0],
        last_event=ids[-1],
        event_count=len(ids),
        horizon=search.low if has_more else search.finished,
        previous_hash=previous,
        hash=b"",
        sealed_at=cursor.fetchone()[0],
    )
    _write(cursor, replace(row, hash=row.link(hashes[-1])), ids, hashes)
    return len(ids), ids[-1] if has_more else None


def _write(cursor: CursorWrapper, seal_row: form.SealRow, ids: list[int], hashes: list[bytes]) -> None:
    marks = ", ".join(["%s"] * len(vars(seal_row)))
    cursor.execute(
        f"insert into agencies_seal ({form.SEAL_COLUMNS}) values ({marks})",  # noqa: S608 - our own text.
        list(vars(seal_row).values()),
    )
    cursor.execute(
        "insert into agencies_sealedevent (event, seal_id, place, hash)"
        " select event, %s, place - 1, hash"
        " from unnest(%s::bigint[], %s::bytea[]) with ordinality as t(event, hash, place)",
        [seal_row.id, ids, hashes],
    )
