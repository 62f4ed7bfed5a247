"""Disclosed values in words, for the lists and pages of the admin."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst

from agencies.disclosure import Disclosed

EMPTY = "-"


def column(name: str, label: str = "") -> Any:
    """A column of a ReadOnlyAdmin: the disclosed value of this field, or a dash."""

    def show(record: Any) -> Any:
        return cell(record.shown, name)

    show.short_description = label or capfirst(name.replace("_", " "))  # type: ignore[attr-defined]
    show.__name__ = f"show_{name}"
    return show


def cell(shown: Disclosed, name: str) -> Any:
    """A disclosed value as text for people: the label of a code, the name behind a key, local time."""
    key = next((key for key in (f"{name}_label", name, f"{name}_id") if key in shown), None)
    if key is None or shown[key] in ("", None, [], {}):
        return EMPTY
    return in_words(shown[key])


def in_words(value: Any) -> str:
    """A value for people: local time, yes and no, lists and tables in one line."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%a %-d %b %Y %H:%M}"
    if isinstance(value, bytes | memoryview):
        return value.hex()
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_words(part)}" for name, part in value.items()) or EMPTY
    if isinstance(value, list | tuple):
        return ", ".join(in_words(part) for part in value) or EMPTY
    return str(value)


def label_of(model: type[models.Model], name: str) -> str:
    """The field's name in words."""
    return capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name)))
