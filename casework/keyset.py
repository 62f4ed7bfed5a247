"""Pages by key: a row comparison that an index serves, instead of an offset that counts from the start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import F, ForeignKey, Func, IntegerField, Model, QuerySet, Value
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

M = TypeVar("M", bound=Model)
# Between two values of a key; where a value holds it, it is written as in an address.
_BETWEEN = "~"
_WRITTEN = (("%", "%25"), ("~", "%7E"))
# Counting goes no further than this.
COUNTED = 1000


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows, and the keys of the pages beside them; an empty key where there is none."""

    rows: list[M]
    newer: str
    older: str


def page(
    rows: QuerySet[M],
    fields: Sequence[str],
    *,
    before: str = "",
    after: str = "",
    size: int = 50,
    newest: bool = False,
    dress: Callable[[QuerySet[M]], QuerySet[M]] | None = None,
) -> Page[M]:
    """One page in the order of `fields`, all of them ascending, or all descending with `newest`.

    The last field must be unique, and none may be null: such rows would drop out. `after` and `before` are keys that
    an earlier page gave; one that is not of this order counts as none. `dress` adds what is only shown, to the rows of
    the page alone: joined before they are chosen, it would be joined to every row of the list. One query.
    """
    key = _values(rows, fields, before or after)
    is_back = bool(before) and key is not None
    if key is not None:
        rows = beyond(rows, fields, key, ascending=newest is is_back)
    descending = newest is not is_back
    order = [f"-{name}" if descending else name for name in fields]
    chosen = rows.order_by(*order)[: size + 1]
    if dress is not None:
        chosen = dress(rows.model._default_manager.filter(pk__in=chosen.values("pk"))).order_by(*order)
    found = list(chosen)
    more, found = len(found) > size, found[:size]
    if is_back:
        found.reverse()
    if not found:
        return Page([], "", "")
    first, last = key_of(found[0], fields), key_of(found[-1], fields)
    has_newer, has_older = (more, True) if is_back else (key is not None, more)
    return Page(found, first if has_newer else "", last if has_older else "")


def beyond(rows: QuerySet[M], fields: Sequence[str], key: Sequence[Any], *, ascending: bool) -> QuerySet[M]:
    """The rows after `key` (or before it), by one comparison of rows.

    The lookups are not part of Django's documented interface: nothing but this function uses them.
    """
    compare = TupleGreaterThan if ascending else TupleLessThan
    return rows.filter(compare(tuple(F(name) for name in fields), tuple(key)))


def key_of(row: Model, fields: Sequence[str]) -> str:
    """The place of a row as a word for an address: the values it is sorted by, never its content."""
    values = (getattr(row, row._meta.get_field(name).attname) for name in fields)  # type: ignore[union-attr]
    return _BETWEEN.join(_write(value) for value in values)


def _write(value: Any) -> str:
    text = str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
    for plain, written in _WRITTEN:
        text = text.replace(plain, written)
    return text


def _read(part: str) -> str:
    for plain, written in reversed(_WRITTEN):
        part = part.replace(written, plain)
    return part


def _values(rows: QuerySet[M], fields: Sequence[str], key: str) -> list[Any] | None:
    parts = [_read(part) for part in key.split(_BETWEEN)]
    if not key or len(parts) != len(fields):
        return None
    try:
        return [_parse(rows, name, part) for name, part in zip(fields, parts, strict=True)]
    except (ValidationError, ValueError):
        return None


def _parse(rows: QuerySet[M], name: str, text: str) -> Any:
    field = rows.model._meta.get_field(name)
    if isinstance(field, ForeignKey):
        field = field.target_field
    value = field.to_python(text)  # type: ignore[union-attr]
    if value is None or "\x00" in text:
        raise ValueError(name)
    return value


def capped_count(rows: QuerySet[Any]) -> Func:
    """How many rows there are, as an expression that stops counting just above COUNTED."""
    ones = rows.annotate(one=Value(1)).values("one")[: COUNTED + 1]
    return Func(ArraySubquery(ones), function="cardinality", output_field=IntegerField())


def count_words(count: int) -> str:
    """A capped count as people read it: `43`, or `1,000+`."""
    return f"{COUNTED:,}+" if count > COUNTED else str(count)
