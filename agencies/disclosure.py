"""Which fields at which level: the one function that pages, API, admin, exports and mail are fed from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models

from agencies.models import User


class Level(models.TextChoices):
    """What a field is part of (ruling 14). Levels are a set, not a ladder: a user holds some of them on a record."""

    OPEN = "open", "Open to all staff"
    ENVELOPE = "envelope", "That something was offered: parties, state, times"
    CARD = "card", "Card"
    WORKING = "working", "Working"
    LEAD = "lead", "Lead facts"
    OWN = "own", "The agency that took it or wrote it"
    IDENTITY = "identity", "Identity: person by person, field by field, recorded"
    TRAIL = "trail", "Auditors"
    NOBODY = "nobody", "Nobody: the machine's own"


Held = Callable[[Any, User], frozenset[Level]]
ReadsAs = Callable[[Any, User], Mapping[str, Any]]

_fields: dict[str, Mapping[str, Level]] = {}
_held: dict[str, Held] = {}
_reads_as: dict[str, ReadsAs] = {}


def register(
    model: type[models.Model], fields: Mapping[str, Level], held: Held, reads_as: ReadsAs | None = None
) -> None:
    """Tell the house the level of every field of a model, and what a user holds on one record of it.

    `reads_as` gives the values that read differently for this user, because the true one would tell of another record.
    """
    _fields[model._meta.label] = fields
    _held[model._meta.label] = held
    if reads_as is not None:
        _reads_as[model._meta.label] = reads_as
    _parted.cache_clear()


def level_of(model: type[models.Model], field: str) -> Level | None:
    """The level of a field, or None for a field that nobody classified (a house test fails then)."""
    return _fields.get(model._meta.label, {}).get(field)


def registered() -> dict[str, Mapping[str, Level]]:
    """Model label -> field -> level, for the house tests and the docs."""
    return dict(_fields)


class Disclosed(Mapping[str, Any]):
    """A record's fields as one user may see them. Withheld fields are not there: no attribute, no key."""

    def __init__(self, values: dict[str, Any], withheld: list[str]) -> None:
        self._values = values
        self.withheld = withheld

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None


def disclosed(record: models.Model, *, to: User, only: tuple[str, ...] = ()) -> Disclosed:
    """What this user may see of this record: `pk`, each open field, and `<field>_label` for coded ones.

    `only` names the fields that a list shows: the others are neither read nor there. Raises LookupError for a model
    without levels: what nobody classified, nobody gets.
    """
    label = record._meta.label
    if label not in _fields:
        raise LookupError(f"{label} has no disclosure levels.")
    shown, withheld = _parted(type(record), _held[label](record, to), only)
    values: dict[str, Any] = {"pk": record.pk}
    cached = record._state.fields_cache
    for part in shown:
        value = values[part.attribute] = getattr(record, part.attribute)
        if part.related:
            if part.related in cached:
                values[part.related] = cached[part.related]
        elif part.words is not None and value != "":
            values[part.label] = part.words.get(value, value)
    if label in _reads_as:
        instead = _reads_as[label](record, to)
        values.update({name: value for name, value in instead.items() if name in values})
    return Disclosed(values, list(withheld))


@dataclass(frozen=True)
class _Part:
    """A field that is shown: its attribute, the name of the record behind it, and what its codes mean."""

    attribute: str
    related: str
    label: str
    words: Mapping[Any, Any] | None


@lru_cache(maxsize=512)
def _parted(
    model: type[models.Model], held: frozenset[Level], only: tuple[str, ...]
) -> tuple[tuple[_Part, ...], tuple[str, ...]]:
    """The fields of a model that these levels open, and the names of those that they do not."""
    levels = _fields[model._meta.label]
    shown: list[_Part] = []
    withheld: list[str] = []
    for field in model._meta.concrete_fields:
        if only and field.name not in only:
            continue
        if levels.get(field.name, Level.NOBODY) not in held:
            withheld.append(field.name)
            continue
        related = field.name if isinstance(field, models.ForeignKey) else ""
        words = {code: str(text) for code, text in field.flatchoices} if field.choices else None
        shown.append(_Part(field.attname, related, f"{field.name}_label", words))
    return tuple(shown), tuple(withheld)
