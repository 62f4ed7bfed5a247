"""Two people changed one record: what both wrote, field by field, and the choice of the second put together.

A page carries for each field a digest of what it showed (`seen`). When the record has moved on, three versions can be
told apart without carrying the first one: what only one of the two changed is taken over; where both changed a field
the second person chooses.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.crypto import salted_hmac

CHOOSE = "choose:"
SEEN = "seen"
MINE, THEIRS, BOTH = "mine", "theirs", "both"
_DIGEST = 12


@dataclass(frozen=True)
class Row:
    """One field that both changed. `mine` and `theirs` are words for people; `may_join`: both can stand together."""

    name: str
    label: str
    mine: str
    theirs: str
    may_join: bool
    is_long: bool


@dataclass(frozen=True)
class Difference:
    """Fields both changed (`asked`), only the second (`kept`), only the first (`taken`); `values` go back hidden."""

    asked: list[Row]
    kept: list[str]
    taken: list[str]
    values: list[tuple[str, str]]


def seen_of(parts: Iterable[forms.BaseForm]) -> str:
    """What the page shows, as digests: for the hidden field `seen`."""
    return json.dumps({bound.html_name: _digest(_shown(bound)) for bound in _fields(parts)}, separators=(",", ":"))


def compare(mine: Sequence[forms.BaseForm], now: Sequence[forms.BaseForm], seen: str) -> Difference:
    """`mine` are the bound forms that came too late, `now` the same forms unbound, on the record as it is."""
    before = _read(seen)
    current = {bound.html_name: bound for bound in _fields(now)}
    found = Difference([], [], [], [])
    for bound in _fields(mine):
        typed, there = _typed(bound), _shown(current[bound.html_name]) if bound.html_name in current else []
        values = typed
        if typed != there:
            values = _settled(found, bound, typed, there, before.get(bound.html_name))
        found.values.extend((bound.html_name, value) for value in values)
    return found


def _settled(found: Difference, bound: BoundField, typed: list[str], there: list[str], before: str | None) -> list[str]:
    label = str(bound.label)
    if before == _digest(there):
        found.kept.append(label)
        return typed
    if before == _digest(typed):
        found.taken.append(label)
        return there
    is_text = isinstance(bound.field.widget, forms.Textarea)
    is_list = isinstance(bound.field, forms.MultipleChoiceField)
    words = _words(bound, typed), _words(bound, there)
    found.asked.append(Row(bound.html_name, label, *words, may_join=is_text or is_list, is_long=is_text))
    return typed


def resolved(data: QueryDict, now: Iterable[forms.BaseForm]) -> QueryDict:
    """What was posted with the choices carried out; the same when nothing was chosen."""
    chosen = {key.removeprefix(CHOOSE): value for key, value in data.items() if key.startswith(CHOOSE)}
    if not chosen:
        return data
    merged = data.copy()
    current = {bound.html_name: bound for bound in _fields(now)}
    for name, choice in chosen.items():
        merged.pop(f"{CHOOSE}{name}", None)
        if name not in current:
            continue
        there = _shown(current[name])
        if choice == THEIRS:
            merged.setlist(name, there)
        elif choice == BOTH:
            merged.setlist(name, _joined(current[name], there, data.getlist(name)))
    return merged


def _joined(bound: BoundField, there: list[str], mine: list[str]) -> list[str]:
    if isinstance(bound.field.widget, forms.Textarea):
        return ["\n\n".join(text for text in (*there, *mine) if text)]
    return [*there, *(value for value in mine if value not in there)]


def _fields(parts: Iterable[forms.BaseForm]) -> Iterable[BoundField]:
    for part in parts:
        yield from part.visible_fields()


def _shown(bound: BoundField) -> list[str]:
    """The values that an unbound form shows, as a browser would send them."""
    return _strings(bound.form.get_initial_for_field(bound.field, bound.name))


def _typed(bound: BoundField) -> list[str]:
    return _strings(bound.data)


def _strings(value: Any) -> list[str]:
    if value in (None, "", False, []):
        return []
    values = value if isinstance(value, list | tuple) else [value]
    return [str(part).replace("\r\n", "\n").strip() for part in values]


def _digest(values: Sequence[str]) -> str:
    # Keyed: the digest of a short code must not tell the code.
    return salted_hmac("casework.difference", json.dumps(sorted(values))).hexdigest()[:_DIGEST]


def _words(bound: BoundField, values: Sequence[str]) -> str:
    choices = {str(code): str(label) for code, label in getattr(bound.field, "choices", ())}
    return "\n".join(choices.get(value, value) for value in values) or "Nothing"


def _read(seen: str) -> Mapping[str, str]:
    try:
        found = json.loads(seen or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
