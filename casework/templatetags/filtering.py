"""The filter form above a list, and the filters that are in force.

{% filters form "tips" %}   a bound GET form; above it what is chosen, each a link that drops it
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django import template
from django.template.context import Context

from casework.form_marks import Drawn, chosen, draw

register = template.Library()


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: Any, noun: str, clear: str = "") -> dict[str, Any]:
    """The filter form, closed until opened; `clear` is the address without filters (this page's own by default).

    What can be chosen is the same for everybody: it is drawn once for each kind of form.
    """
    picked = [
        {"label": label, "words": words, "url": _without_value(context, name, value)}
        for name, label, value, words in chosen(form)
    ]
    return {
        "form": form,
        "noun": noun,
        "picked": picked,
        "clear": clear or context["request"].path,
        "drawn": _drawn(form) if picked else _blank(form.__class__),
    }


def _drawn(form: Any) -> tuple[Drawn, ...]:
    return tuple(draw(bound) for bound in form.visible_fields())


@cache
def _blank(kind: Callable[[], Any]) -> tuple[Drawn, ...]:
    """The fields of a filter in which nothing is chosen, drawn once a process: the queue is looked at all night."""
    return _drawn(kind())


def _without_value(context: Context, name: str, value: str) -> str:
    query = context["request"].GET.copy()
    query.setlist(name, [kept for kept in query.getlist(name) if kept != value])
    for key in ("before", "after"):
        query.pop(key, None)
    return f"?{query.urlencode()}"
