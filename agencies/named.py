"""Rows with the names of those behind them: most of what a page shows of an agency or a person is the name."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from agencies.models import Agency, User

M = TypeVar("M", bound=Model)

# What their `__str__` needs.
_NAMES: dict[type[Model], tuple[str, ...]] = {Agency: ("name",), User: ("username", "display_name")}


def with_names(rows: QuerySet[M], *relations: str, only: tuple[str, ...] = ()) -> QuerySet[M]:
    """The rows with these relations in the same query: of agencies and users the name alone, of others everything.

    `only` names the fields of the rows themselves, where a list does not need all of them.

    A page of fifty rows would else read fifty whole entries of the directory. Another field of an agency is there when
    it is asked for, but costs a query each time.
    """
    shown = list(only) or [field.name for field in rows.model._meta.concrete_fields]
    for relation in relations:
        model: type[Model] = rows.model
        path = ""
        for name in relation.split("__"):
            path = f"{path}{name}__"
            model = model._meta.get_field(name).related_model  # type: ignore[assignment]
            fields = _NAMES.get(model) or tuple(field.name for field in model._meta.concrete_fields)
            shown += [f"{path}{field}" for field in fields]
    return rows.select_related(*relations).only(*shown)
