"""What is asked of the directory about one person: nothing of it is kept."""

from typing import Any

from django import forms

from agencies.directory import Where
from agencies.helping import ForWhom, Wanted
from casework import offering
from casework.helping import AGES
from tips import facts as vocabulary

GENDERS = {code: label for code, label in vocabulary.vocabulary().person["gender"].values.items() if code != "unknown"}


class HelpForm(forms.Form):
    """A need, and whatever narrows it."""

    need = forms.ChoiceField(label="Need", error_messages={"required": "Choose what is needed."})
    postal_code = forms.RegexField(
        r"^\s*\d{5}(-\d{4})?\s*$",
        required=False,
        label="ZIP code",
        error_messages={"invalid": "Enter the five digits of a ZIP code."},
    )
    state = forms.ChoiceField(required=False, label="State")
    county = forms.CharField(required=False, max_length=100, label="County")
    age = forms.ChoiceField(required=False, label="Age")
    gender = forms.ChoiceField(required=False, label="Gender", choices=[("", "Any"), *GENDERS.items()])
    language = forms.CharField(required=False, max_length=60, label="Language")
    danger = forms.BooleanField(required=False, label="Danger to life: keep those that are full or not verified")
    show = forms.CharField(required=False, max_length=3, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = vocabulary.vocabulary()
        states = [(code, name) for code, name in words.tip["state"].values.items() if code != "unknown"]
        ages = [(code, name) for code, name in words.person["age"].values.items() if code in AGES]
        needs = [row for row in offering.need_choices() if row[0] not in offering.OF_THE_SITUATION]
        for name, empty, rows in (("need", "Choose", needs), ("state", "Any", states), ("age", "Any", ages)):
            self.fields[name].choices = [("", empty), *rows]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Of the valid form."""
        given = self.cleaned_data
        where = Where(
            state=given["state"],
            county=given["county"].strip().removesuffix(" County"),
            postal_code=given["postal_code"].strip(),
        )
        return Wanted(
            needs=[given["need"]],
            where=where,
            persons=[ForWhom(AGES.get(given["age"]), given["gender"])],
            languages=[given["language"]],
            is_danger=given["danger"],
        )
