"""Searching the directory."""

from typing import Any

from django import forms

from agencies.models import AgencyKind
from casework import offering
from tips import facts as vocabulary


class SearchForm(forms.Form):
    """All of it optional; what is empty narrows nothing."""

    name = forms.CharField(required=False, max_length=100, label="Name")
    kind = forms.ChoiceField(required=False, label="Kind")
    state = forms.ChoiceField(required=False, label="Works in state")
    county = forms.CharField(required=False, max_length=100, label="County")
    need = forms.ChoiceField(required=False, label="Need")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = vocabulary.vocabulary().tip["state"].values
        kinds = AgencyKind.objects.order_by("label").values_list("code", "label")
        needs = offering.need_choices()
        self._offer("kind", "Any kind", kinds)
        self._offer("state", "Any state", [(code, name) for code, name in states.items() if code != "unknown"])
        self._offer("need", "Any need", [row for row in needs if row[0] not in offering.OF_THE_SITUATION])

    def _offer(self, field: str, empty: str, choices: Any) -> None:
        self.fields[field].choices = [("", empty), *choices]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """A zero byte is no letter of any name, and the database refuses it."""
        return str(self.cleaned_data["name"]).strip()

    def clean_county(self) -> str:
        """The directory writes counties without the word."""
        return str(self.cleaned_data["county"]).strip().removesuffix(" County")
