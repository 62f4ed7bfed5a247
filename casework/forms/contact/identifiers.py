"""Phones, plates, vehicles, businesses, addresses, handles: what can be matched on, and whose it is."""

from typing import Any

from django import forms
from django.http import QueryDict

from casework.forms.contact.section import Section, line
from tips.models import Contact, Identifier
from tips.told import IdentifierTold

MOST = 60
_LONGEST_COUNT = 3


class IdentifierForm(forms.Form):
    """One of them; an empty one is none."""

    kind = forms.ChoiceField(choices=[("", "Choose"), *Identifier.Kind.choices], required=False)
    value = line("As it was said", 300)
    whose = forms.ChoiceField(required=False, label="Whose")
    lead = forms.ChoiceField(
        choices=[("", "As its kind says"), ("yes", "Yes"), ("no", "No")],
        required=False,
        label="Lead for investigators",
    )

    def __init__(self, *args: Any, persons: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbered = [(str(number), f"Person {number}") for number in range(1, persons + 1)]
        whose = self.fields["whose"]
        if isinstance(whose, forms.ChoiceField):
            whose.choices = [("", "The situation"), *numbered]

    def clean(self) -> dict[str, Any]:
        """Both kind and words, or neither."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("value") and not cleaned.get("kind"):
            self.add_error("kind", "Choose what this is: a phone, a plate, a web address ...")
        return cleaned

    def identifier(self) -> IdentifierTold | None:
        """Of the valid row: what was said; None for an empty one."""
        cleaned = self.cleaned_data
        if not (cleaned.get("kind") and cleaned.get("value")):
            return None
        lead = {"yes": True, "no": False}.get(cleaned.get("lead", ""))
        return IdentifierTold(cleaned["kind"], cleaned["value"], lead)


IdentifierForms = forms.formset_factory(IdentifierForm, extra=1, max_num=MOST, absolute_max=MOST)


def rows_of(data: QueryDict) -> Any:
    """The formset over what was typed; a row can belong to each person that the page shows."""
    text = data.get("person-TOTAL_FORMS", "")
    persons = min(int(text), MOST) if text.isdecimal() and len(text) <= _LONGEST_COUNT else 0
    return IdentifierForms(data, prefix="identifier", form_kwargs={"persons": persons})


def belonging_to(rows: Any, whose: str) -> tuple[IdentifierTold, ...]:
    """Of valid rows: those of one person by its number on the page, or of the situation for the empty string."""
    mine = [row for row in rows.forms if row.cleaned_data.get("whose", "") == whose]
    return tuple(told for row in mine if (told := row.identifier()))


class IdentifiersSection(Section):
    """A row each."""

    code = "identifiers"
    title = "Phones, vehicles, businesses, addresses"
    adds = ("add_identifier", "identifier")

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """One empty row."""
        data.setdefault("identifier-TOTAL_FORMS", "1")
        data.setdefault("identifier-INITIAL_FORMS", "0")

    def make_rows(self, data: QueryDict) -> Any:
        """The rows."""
        return rows_of(data)

    def told(self) -> dict[str, Any]:
        """Those of the situation; the persons take their own."""
        return {"identifiers": belonging_to(self.rows, "")}
