"""How a form's fields are drawn: label, hint and error tied to the input, in the classes of the style sheet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.safestring import SafeString

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True)
class Choice:
    """One radio button or checkbox."""

    id: str
    kind: str
    name: str
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Drawn:
    """A field ready for components/field.html."""

    id: str
    label: str
    hint: Any
    errors: list[str]
    required: bool
    is_checkbox: bool = False
    choices: list[Choice] = field(default_factory=list)
    control: SafeString | str = ""
    described_by: str = ""


def draw(bound: BoundField) -> Drawn:
    """Everything that the template needs; ids are `<field>_hint` and `<field>_error`."""
    widget = bound.field.widget
    is_group = isinstance(widget, GROUPS)
    identity = str(bound.auto_id if is_group else bound.id_for_label or bound.auto_id)
    errors = [str(error) for error in bound.errors]
    notes = (("hint", bound.help_text), ("error", errors))
    described = " ".join(f"{identity}_{note}" for note, there in notes if there)
    return Drawn(
        id=identity,
        label=str(bound.label),
        hint=bound.help_text,
        errors=errors,
        required=bound.field.required,
        described_by=described,
        is_checkbox=isinstance(widget, forms.CheckboxInput),
        choices=list(_choices(bound)) if is_group else [],
        control="" if is_group else bound.as_widget(attrs=_attributes(widget, described, is_wrong=bool(errors))),
    )


def _attributes(widget: forms.Widget, described: str, *, is_wrong: bool) -> dict[str, Any]:
    attributes: dict[str, Any] = {"class": _classes(widget, is_wrong=is_wrong)}
    if described:
        attributes["aria-describedby"] = described
    return attributes


def _classes(widget: forms.Widget, *, is_wrong: bool) -> str:
    if isinstance(widget, forms.CheckboxInput):
        kind = "usa-checkbox__input"
    elif isinstance(widget, forms.Select):
        kind = "usa-select"
    elif isinstance(widget, forms.Textarea):
        kind = "usa-textarea"
    else:
        kind = "usa-input"
    own = widget.attrs.get("class", "")
    wrong = "usa-input--error" if is_wrong and kind != "usa-checkbox__input" else ""
    return " ".join(part for part in (kind, own, wrong) if part)


def _choices(bound: BoundField) -> Iterator[Choice]:
    # Django's checkboxes are a kind of its radio buttons, so the question is asked this way round.
    kind = "checkbox" if isinstance(bound.field.widget, forms.CheckboxSelectMultiple) else "radio"
    for option in bound.subwidgets:
        data = option.data
        yield Choice(
            id=str(data["attrs"]["id"]),
            kind=kind,
            name=str(data["name"]),
            value="" if data["value"] is None else str(data["value"]),
            label=str(data["label"]),
            is_chosen=bool(data["selected"]),
        )


def problems(parts: Iterable[Any]) -> list[tuple[str, str]]:
    """(id of the field or the empty string, message) over forms and formsets, in their order."""
    found: list[tuple[str, str]] = []
    for part in parts:
        if isinstance(part, BaseFormSet):
            found += [("", str(error)) for error in part.non_form_errors()] if part.is_bound else []
            found += problems(part.forms)
        elif part is not None and part.is_bound:
            found += _problems_of(part)
    return found


def _problems_of(form: forms.BaseForm) -> list[tuple[str, str]]:
    found = [("", str(error)) for error in form.non_field_errors()]
    for bound in form:
        # A hidden field cannot be visited: its message stands without a link.
        drawn_id = "" if bound.is_hidden else _first_control(bound)
        found += [(drawn_id, str(error)) for error in bound.errors]
    return found


def _first_control(bound: BoundField) -> str:
    if isinstance(bound.field.widget, GROUPS):
        return next((choice.id for choice in _choices(bound)), str(bound.auto_id))
    return str(bound.id_for_label or bound.auto_id)


def chosen(form: Any) -> Iterator[tuple[str, str, str, str]]:
    """(field, label, value, words) of each filter that is set, in the form's order."""
    for bound in form.visible_fields():
        words = {str(value): str(text) for value, text in _flat(getattr(bound.field, "choices", ()))}
        given = form.data.getlist(form.add_prefix(bound.name)) if hasattr(form.data, "getlist") else []
        for value in given:
            if value != "":
                yield form.add_prefix(bound.name), str(bound.label), value, words.get(value, value)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for value, text in choices:
        if isinstance(text, list | tuple):
            yield from text
        else:
            yield value, text
