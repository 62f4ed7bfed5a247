"""Where the chain does not fit: which event or seal, and what was done to it."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

from agencies.chain import form
from agencies.chain.findings import Finding, listed

# Trying every pair of broken events for a swap is worth it for a few only.
_SWAPS_TRIED = 40

Sealed = Sequence[tuple[int, int, int, bytes]]  # number of the seal, place, event, hash
Member = tuple[int, int, bytes]  # event, place, hash

_SENTENCES = {
    "altered": "Altered after they were sealed, first event {first}: {every}.",
    "deleted": "Sealed and then deleted, first event {first}: {every}.",
    "swapped": "Put in each other's place after they were sealed: events {every}.",
    "inserted": "Put in between events that had been sealed before, first event {first}: {every}.",
}


def merged(found: Iterable[Finding]) -> list[Finding]:
    """One finding for all events that met the same fate, the first of them named; the others as they are."""
    events: dict[str, set[int]] = {}
    others = []
    for finding in found:
        if finding.kind in _SENTENCES:
            events.setdefault(finding.kind, set()).update(finding.numbers)
        else:
            others.append(finding)
    together = []
    for kind, numbers in events.items():
        every = tuple(sorted(numbers))
        sentence = _SENTENCES[kind].format(first=every[0], every=listed(every))
        together.append(Finding(kind, sentence, numbers=every))
    return together + others


def explain(group: Sequence[form.SealRow], sealed: Sealed, lines: Mapping[int, bytes]) -> list[Finding]:
    """What is wrong with these seals; empty when late commits only mixed their order.

    Each event is judged by the stored hash of the one before it, so that one altered event does not condemn all that
    follow.
    """
    found: list[Finding] = []
    broken: dict[int, tuple[bytes, bytes]] = {}
    by_seal: dict[int, list[Member]] = {row.id: [] for row in group}
    for number, place, event, hash_ in sealed:
        # Events of a seal that is missing itself: that was told of already.
        if number in by_seal:
            by_seal[number].append((event, place, hash_))
    for row in group:
        # The sealer goes by id, so this is the order of the hashes even where the places were changed.
        members = sorted(by_seal[row.id])
        found += _places(row, members)
        found += _hashes(row, members, lines, broken)
    return found + _changed(broken, lines)


def _places(row: form.SealRow, members: Sequence[Member]) -> list[Finding]:
    places = [place for _, place, _ in members]
    if sorted(places) != list(range(row.event_count)):
        sentence = f"Seal {row.id} was made over {row.event_count} events and now names {len(members)}."
        return [Finding("seal_count", sentence, numbers=(row.id,))]
    moved = tuple(event for right, (event, place, _) in enumerate(members) if place != right)
    return [Finding("swapped", "swapped", numbers=moved)] if moved else []


def _hashes(
    row: form.SealRow,
    members: Sequence[Member],
    lines: Mapping[int, bytes],
    broken: dict[int, tuple[bytes, bytes]],
) -> list[Finding]:
    """Fill `broken` with the events whose hash does not fit, and their hash before and their own."""
    found = []
    previous = row.previous_hash
    removed = set(range(row.event_count)) - {place for _, place, _ in members}
    for event, place, hash_ in members:
        line = lines.get(event)
        if line is None:
            found.append(Finding("deleted", "deleted", numbers=(event,)))
        # After a removed hash nothing is known of the next event; the count above has told of it.
        elif place - 1 not in removed and form.chained(previous, line) != hash_:
            broken[event] = (previous, hash_)
        previous = hash_
    if row.link(previous) != row.hash:
        found.append(Finding("seal_broken", f"Seal {row.id} was altered, or its last event was.", numbers=(row.id,)))
    return found


def _changed(broken: Mapping[int, tuple[bytes, bytes]], lines: Mapping[int, bytes]) -> list[Finding]:
    swapped: set[int] = set()
    if len(broken) <= _SWAPS_TRIED:
        for event, other in permutations(broken, 2):
            previous, hash_ = broken[event]
            if form.chained(previous, form.with_id(lines[other], event)) == hash_:
                swapped |= {event, other}
    kinds = {event: "swapped" if event in swapped else "altered" for event in broken}
    return [Finding(kind, kind, numbers=(event,)) for event, kind in kinds.items()]
