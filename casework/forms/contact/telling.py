"""The box that is typed into while listening, and the danger: the frame's own part of the page."""

from typing import Any

from django import forms
from django.http import QueryDict

from casework.forms.contact.section import Section
from tips.models import Contact, Danger


class TellingForm(Section):
    """What is happening, in words."""

    code = "telling"
    title = "What is happening"

    narrative = forms.CharField(
        required=False,
        label="What is happening",
        widget=forms.Textarea(attrs={"class": "tall", "spellcheck": "true"}),
        strip=False,
    )
    danger = forms.ChoiceField(
        choices=Danger, required=False, label="Is anyone in danger right now?", widget=forms.RadioSelect
    )

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """The danger as the contact has it."""
        data.setdefault("danger", contact.danger)

    def contact_values(self) -> dict[str, Any]:
        """The danger's code."""
        return {"danger": self.cleaned_data["danger"] or Danger.NOT_ASKED}

    def told(self) -> dict[str, Any]:
        """The narrative."""
        return {"narrative": self.cleaned_data["narrative"]}
