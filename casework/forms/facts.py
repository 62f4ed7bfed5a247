"""Form fields made from the vocabulary of facts, and what was chosen turned back into facts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from tips.facts import Fact

NOT_ASKED = ("", "Not asked")
UNKNOWN = "unknown"


def fact_field(fact: Fact) -> forms.Field:
    """A select for one code, checkboxes for several; the question is the label where one may be asked."""
    label = fact.question or fact.name.replace("_", " ").capitalize()
    hint = "" if fact.question else fact.sentence
    choices = list(fact.values.items())
    if fact.shape == "many":
        widget = forms.CheckboxSelectMultiple()
        return forms.MultipleChoiceField(choices=choices, required=False, label=label, help_text=hint, widget=widget)
    return forms.ChoiceField(choices=[NOT_ASKED, *choices], required=False, label=label, help_text=hint)


def add_facts(form: forms.Form, facts: Iterable[Fact]) -> None:
    """Give a form one field for each fact, under the fact's name."""
    for fact in facts:
        form.fields[fact.name] = fact_field(fact)


def said(cleaned: Mapping[str, Any], facts: Iterable[Fact]) -> dict[str, Any]:
    """The facts that were chosen; what was not asked is left out."""
    chosen = {}
    for fact in facts:
        value = cleaned.get(fact.name)
        if value not in (None, "", []):
            chosen[fact.name] = _alone(value)
    return chosen


def _alone(value: Any) -> Any:
    # "None" and "not known" cannot stand beside an answer: what was ticked besides them holds.
    if not isinstance(value, list) or len(value) == 1:
        return value
    return [code for code in value if code not in ("none", UNKNOWN)] or value[:1]


def _is_same(before: Any, after: Any) -> bool:
    # A browser sends the boxes in the page's order, whatever the order in which they were told.
    if isinstance(before, list) and isinstance(after, list):
        return sorted(before) == sorted(after)
    return bool(before == after)


def changed(before: Mapping[str, Any], cleaned: Mapping[str, Any], facts: Iterable[Fact]) -> dict[str, Any]:
    """What a form changed: a code taken back becomes "not known", an emptied list becomes empty."""
    known = list(facts)
    after = said(cleaned, known)
    found = {name: value for name, value in after.items() if not _is_same(before.get(name), value)}
    for fact in known:
        if fact.name in before and fact.name not in after and before[fact.name] not in ("", [], UNKNOWN):
            if fact.shape == "many":
                found[fact.name] = []
            elif UNKNOWN in fact.values:
                found[fact.name] = UNKNOWN
    return found
