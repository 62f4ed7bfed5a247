"""Phones, plates, addresses, web addresses of the situation: what can be matched on, as it was said."""

from typing import Any

from django import forms
from django.http import QueryDict

from casework.forms.contact.section import Section, line
from tips.models import Contact, Identifier
from tips.told import IdentifierTold

MOST = 60


class IdentifierForm(forms.Form):
    """One of them; an empty one is none."""

    kind = forms.ChoiceField(choices=[("", "Choose"), *Identifier.Kind.choices], required=False)
    value = line("As it was said", 300)

    def clean(self) -> dict[str, Any]:
        """Both, or neither."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("value") and not cleaned.get("kind"):
            self.add_error("kind", "Choose what this is: a phone, a plate, a web address ...")
        return cleaned


IdentifierForms = forms.formset_factory(IdentifierForm, extra=1, max_num=MOST, absolute_max=MOST)


class IdentifiersSection(Section):
    """A row each."""

    code = "identifiers"
    title = "Phones, plates, addresses, web addresses"
    adds = ("add_identifier", "identifier")

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """One empty row."""
        data.setdefault("identifier-TOTAL_FORMS", "1")
        data.setdefault("identifier-INITIAL_FORMS", "0")

    def make_rows(self, data: QueryDict) -> Any:
        """The rows."""
        return IdentifierForms(data, prefix="identifier")

    def told(self) -> dict[str, Any]:
        """Those with kind and value."""
        return {
            "identifiers": tuple(
                IdentifierTold(row.cleaned_data["kind"], row.cleaned_data["value"])
                for row in self.rows.forms
                if row.cleaned_data.get("kind") and row.cleaned_data.get("value")
            )
        }
