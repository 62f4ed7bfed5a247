"""Proving that the trail is whole: every sealed event is read and hashed again."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate, pairwise

from django.db import connection
from django.db.backends.utils import CursorWrapper

from agencies.chain import anchors, diagnosis, form, surroundings
from agencies.chain.findings import Finding, listed
from agencies.scope import acting_as_system

# Events read at a time: a few megabytes.
_GROUP = 10_000


def verify(*, heads: Sequence[tuple[int, str]] = ()) -> list[Finding]:
    """Everything that there is to say about the trail; it is whole when no finding `breaks`.

    `heads` are further anchors, from a mail or a note: number of the seal and its hash in hexadecimal digits. Needs
    SELECT only and runs while Casework works: it judges the seals that stood when it began.
    """
    with acting_as_system("verify_audit"), connection.cursor() as cursor:
        known, found = anchors.known(cursor, heads)
        seals = _seals(cursor)
        found += surroundings.guards(cursor)
        found += _links(seals)
        for group in _groups(seals):
            found += _events(cursor, group)
        found += _late(cursor, seals)
        found += anchors.against(known, {row.id: row.hash for row in seals})
        found += surroundings.unsealed(cursor)
        found += surroundings.gaps(cursor)
    count = sum(row.event_count for row in seals)
    return [
        *diagnosis.merged(found),
        Finding("checked", f"{count} events in {len(seals)} seals were read.", breaks=False),
    ]


def _seals(cursor: CursorWrapper) -> list[form.SealRow]:
    cursor.execute(f"select {form.SEAL_COLUMNS} from agencies_seal order by id")  # noqa: S608 - our own text.
    return [form.SealRow.from_row(row) for row in cursor.fetchall()]


def _links(seals: list[form.SealRow]) -> list[Finding]:
    """The seals among themselves: numbered without gaps, each one beginning with the hash of the one before."""
    found = []
    if seals and (seals[0].id, seals[0].previous_hash) != (1, form.GENESIS):
        found.append(Finding("seal_missing", "The chain does not begin with its first seal.", numbers=(seals[0].id,)))
    for before, after in pairwise(seals):
        if after.id != before.id + 1:
            missing = tuple(range(before.id + 1, after.id))
            found.append(Finding("seal_missing", f"Seals are missing: {listed(missing)}.", numbers=missing))
        elif after.previous_hash != before.hash:
            sentence = f"Seal {after.id} does not continue seal {before.id}: one of the two was replaced."
            found.append(Finding("seal_broken", sentence, numbers=(after.id,)))
    return found


def _groups(seals: list[form.SealRow]) -> Iterator[list[form.SealRow]]:
    group: list[form.SealRow] = []
    size = 0
    for row in seals:
        if group and (size + row.event_count > _GROUP or row.form != group[0].form):
            yield group
            group, size = [], 0
        group.append(row)
        size += row.event_count
    if group:
        yield group


def _events(cursor: CursorWrapper, group: list[form.SealRow]) -> list[Finding]:
    cursor.execute(
        "select seal_id, place, event, hash from agencies_sealedevent where seal_id between %s and %s"
        " order by seal_id, place",
        [group[0].id, group[-1].id],
    )
    sealed = cursor.fetchall()
    if _fits(group, [hash_ for _, _, _, hash_ in sealed], _lines_between(cursor, group)):
        return []
    ids = [event for _, _, event, _ in sealed]
    lines = form.canonical_lines(cursor, "a.id = any(%s::bigint[])", [ids], form=group[0].form)
    return diagnosis.explain(group, sealed, {form.id_of(line): line for line in lines})


def _lines_between(cursor: CursorWrapper, group: list[form.SealRow]) -> list[bytes]:
    """The group's events as a range of ids; nothing when a late commit makes the range too wide to be worth it."""
    first, last = min(row.first_event for row in group), max(row.last_event for row in group)
    if last - first > 2 * _GROUP:
        return []
    return list(form.canonical_lines(cursor, "a.id between %s and %s order by a.id", [first, last], form=group[0].form))


def _fits(group: list[form.SealRow], hashes: list[bytes], lines: list[bytes]) -> bool:
    """The quick way, nearly always taken: all rows are there, in the order of their ids, and every hash fits."""
    if len(lines) != len(hashes) or len(lines) != sum(row.event_count for row in group):
        return False
    place = 0
    for row in group:
        previous = row.previous_hash
        for line, expected in zip(
            lines[place : place + row.event_count], hashes[place : place + row.event_count], strict=True
        ):
            previous = form.chained(previous, line)
            if previous != expected:
                return False
        if row.link(previous) != row.hash:
            return False
        place += row.event_count
    return True


def _late(cursor: CursorWrapper, seals: list[form.SealRow]) -> list[Finding]:
    """Events put between others that had been sealed before they were recorded.

    A transaction that commits late looks like this too, with one difference: its rows were recorded, by the
    database's clock, before the events around them were sealed.
    """
    heights = [0, *accumulate((row.last_event for row in seals), max)]
    found: list[Finding] = []
    candidates = [(row.id, height) for row, height in zip(seals, heights, strict=False) if row.first_event < height]
    for number, height in candidates:
        cursor.execute(
            "select a.id, a.recorded_at from agencies_sealedevent s join agencies_auditevent a on a.id = s.event"
            " where s.seal_id = %s and a.id < %s order by a.id",
            [number, height],
        )
        found += _put_in(cursor.fetchall(), seals, heights)
    cursor.execute(
        "select a.id, a.recorded_at from agencies_auditevent a where a.id < %s"
        " and not exists (select 1 from agencies_sealedevent s where s.event = a.id) order by a.id",
        [heights[-1]],
    )
    return found + _put_in(cursor.fetchall(), seals, heights)


def _put_in(rows: list[tuple[int, datetime]], seals: list[form.SealRow], heights: list[int]) -> list[Finding]:
    return [
        Finding("inserted", "put in", numbers=(number,))
        for number, recorded_at in rows
        if recorded_at > next(row.sealed_at for row, height in zip(seals, heights[1:], strict=True) if height > number)
    ]
