"""What happens, in codes that are heard in most calls; the others are coded in triage."""

from typing import Any

from django import forms

from casework.forms.contact.section import Section
from casework.forms.facts import add_facts, said
from tips import codes
from tips import facts as vocabulary

FACTS = ("exploitation", "force_fraud_coercion")
LISTS = ("venue", "industry", "polaris", "purpose")


def _facts() -> list[vocabulary.Fact]:
    return [vocabulary.vocabulary().tip[name] for name in FACTS]


class SituationSection(Section):
    """Facts about the tip as a whole, and the field's own codes; the codes tell the rules what they need."""

    code = "situation"
    title = "Situation"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_facts(self, _facts())
        for name in LISTS:
            each = codes.code_lists()[name]
            self.fields[name] = forms.MultipleChoiceField(
                choices=each.choices(), required=False, label=each.label, widget=forms.CheckboxSelectMultiple
            )

    def coded(self) -> list[Any]:
        """The fields of the code lists, for the template."""
        return [self[name] for name in LISTS]

    def told(self) -> dict[str, Any]:
        """What was chosen, and what it says to the rules; what was ticked as a fact comes first."""
        chosen = {name: self.cleaned_data[name] for name in LISTS if self.cleaned_data[name]}
        facts = said(self.cleaned_data, _facts())
        return {"facts": together(facts, codes.facts_behind(chosen)), "codes": chosen}


def together(said_so: dict[str, Any], behind: dict[str, list[str]]) -> dict[str, Any]:
    """What was said and what follows from codes. A fact with one value is never overruled by a code."""
    known = vocabulary.vocabulary().tip
    found = dict(said_so)
    for name, values in behind.items():
        if known[name].shape == "many":
            listed = list(dict.fromkeys([*found.get(name, []), *values]))
            found[name] = [value for value in listed if value not in ("unknown", "none")] or listed[:1]
        elif name not in found:
            found[name] = values[0]
    return found
