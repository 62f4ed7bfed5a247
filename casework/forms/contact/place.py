"""Where it happens, as coarse as it was told; a ZIP code fills in state and county."""

import re
from typing import Any

import zipcodes
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from casework.forms.contact.section import Section, line
from tips import facts as vocabulary
from tips.told import PlaceTold

_ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")


class PlaceSection(Section):
    """One place."""

    code = "place"
    title = "Place"

    postal_code = line("ZIP code", 10, "Fills in state and county.")
    state = forms.ChoiceField(required=False)
    county = line("County", 100)
    country = line("Country, if not the United States", 2, "Two letters, such as MX.")
    tribal_land = line("Tribal land", 120)
    words = line("Somewhere near", 200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices("state", [("", "Not known"), *vocabulary.vocabulary().tip["state"].values.items()])

    @classmethod
    def prepare(cls, data: QueryDict) -> None:
        """Fill in what the ZIP code tells and nobody typed."""
        place = zip_place(data.get("postal_code", ""))
        if place and not data.get("country"):
            for name, value in zip(("state", "county"), place, strict=True):
                if not data.get(name):
                    data[name] = value

    def clean_postal_code(self) -> str:
        """A ZIP code that there is."""
        code = self.cleaned_data["postal_code"].strip()
        if code and not self.data.get("country") and zip_place(code) is None:
            raise ValidationError("There is no such ZIP code. Enter 5 digits, or leave it empty.")
        return code

    def clean_country(self) -> str:
        """Two letters."""
        code = self.cleaned_data["country"].strip().upper()
        if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
            raise ValidationError("Enter the country's two letters, such as MX, or leave it empty.")
        return code

    def told(self) -> dict[str, Any]:
        """The place."""
        cleaned = self.cleaned_data
        place = {name: cleaned[name].strip() for name in ("state", "county", "postal_code", "tribal_land", "words")}
        if place["state"] == "unknown":
            place["state"] = ""
        return {"place": PlaceTold(country=cleaned["country"] or "US", **place)}


def zip_place(code: str) -> tuple[str, str] | None:
    """(state, county) of a ZIP code, without the word County; None when there is no such code."""
    if not _ZIP.fullmatch(code.strip()):
        return None
    found = zipcodes.matching(code.strip()[:5])
    return (found[0]["state"], found[0]["county"].removesuffix(" County")) if found else None
