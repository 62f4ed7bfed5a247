"""Which fields at which level: the one function that pages, API, admin, exports and mail are fed from."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

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

_fields: dict[str, Mapping[str, Level]] = {}
_held: dict[str, Held] = {}


def register(model: type[models.Model], fields: Mapping[str, Level], held: Held) -> None:
    """Tell the house the level of every field of a model, and what a user holds on one record of it."""
    _fields[model._meta.label] = fields
    _held[model._meta.label] = held


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


def disclosed(record: models.Model, *, to: User) -> Disclosed:
    """What this user may see of this record: `pk`, each open field, and `<field>_label` for coded ones.

    Raises LookupError for a model without levels: what nobody classified, nobody gets.
    """
    label = record._meta.label
    if label not in _fields:
        raise LookupError(f"{label} has no disclosure levels.")
    held = _held[label](record, to)
    values: dict[str, Any] = {"pk": record.pk}
    withheld = []
    for field in record._meta.concrete_fields:
        if _fields[label].get(field.name, Level.NOBODY) not in held:
            withheld.append(field.name)
            continue
        values.update(_values(record, field))
    return Disclosed(values, withheld)


def _values(record: models.Model, field: "models.Field[Any, Any]") -> dict[str, Any]:
    if isinstance(field, models.ForeignKey):
        related = {field.name: getattr(record, field.name)} if field.is_cached(record) else {}
        return {field.attname: getattr(record, field.attname), **related}
    value = getattr(record, field.name)
    if field.choices and value != "":
        label = cast(Callable[[], str], getattr(record, f"get_{field.name}_display"))
        return {field.name: value, f"{field.name}_label": label()}
    return {field.name: value}
