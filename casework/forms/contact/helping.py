"""Who can help near the place, and what of it was read out."""

from typing import Any

from django import forms

from casework.forms.contact.section import Section
from tips.models import ResourceGiven


class HelpSection(Section):
    """Entries of the directory; the view hands over which there are."""

    code = "help"
    title = "Who can help"

    resources = forms.MultipleChoiceField(required=False, label="Read out", widget=forms.CheckboxSelectMultiple)
    resource_how = forms.ChoiceField(
        choices=ResourceGiven.How, required=False, label="How it was given", initial=ResourceGiven.How.READ_OUT
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices("resources", list(self.talk.nearby.items()))

    def given(self) -> list[str]:
        """Of the valid section: ids of the agencies whose numbers were given."""
        return list(self.cleaned_data["resources"])
