"""The whole page as words, for somebody who looks on and does not type."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from casework.forms.contact.page import ContactForms

Rows = list[tuple[str, str]]


def read_out(typed: ContactForms) -> list[tuple[str, Rows]]:
    """(heading, (label, words)...) of each part in which something stands, in the page's order; not the narrative."""
    found: list[tuple[str, Rows]] = []
    for section in (typed.danger, typed.line, *typed.sections):
        found.append((section.title, _words(section)))
        rows = section.rows.forms if section.rows is not None else []
        # The first place is the section's own.
        first = 2 if section.code == "place" else 1
        found += [(f"{section.title}: {number}", _words(row)) for number, row in enumerate(rows, start=first)]
    return [(heading, rows) for heading, rows in found if rows]


def _words(form: forms.BaseForm) -> Rows:
    return [(str(bound.label), words) for bound in form if not bound.is_hidden and (words := _said(bound))]


def _said(bound: BoundField) -> str:
    value: Any = bound.value()
    if value in (None, "", False, []):
        return ""
    if isinstance(bound.field, forms.BooleanField):
        return "Yes"
    if isinstance(bound.field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in _flat(bound.field.choices)}
        chosen = value if isinstance(value, (list, tuple)) else [value]
        return ", ".join(labels.get(str(code), str(code)) for code in chosen)
    return str(value)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for code, label in choices:
        found += label if isinstance(label, (list, tuple)) else [(code, label)]
    return found
