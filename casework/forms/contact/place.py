"""Where it happens, as coarse as it was told; a ZIP code fills in state and county. More places are rows."""

import re
from typing import Any

import zipcodes
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from casework.forms.contact.section import Section, counted, line
from tips import facts as vocabulary
from tips.models import Contact
from tips.told import IdentifierTold, PlaceTold

_ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")
MOST = 20
_WORDS = ("state", "county", "postal_code", "tribal_land", "words", "road", "military_base")


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    wrong = {"invalid": "Enter a day, such as 2026-11-24, or leave it empty."}
    return forms.DateField(required=False, label=label, widget=widget, input_formats=["%Y-%m-%d"], error_messages=wrong)


class PlaceFields(forms.Form):
    """One place, by whatever was said of it."""

    postal_code = line("ZIP code", 10, "Fills in state and county.")
    state = forms.ChoiceField(required=False)
    county = line("County", 100)
    words = line("Somewhere near", 200)
    address = line("Street address", 300)
    road = line("Road, exit or mile", 200)
    tribal_land = line("Tribal land", 120)
    military_base = line("Military base", 120)
    country = line("Country, if not the United States", 2, "Two letters, such as MX.")
    valid_from = _day("From")
    valid_until = _day("Until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = self.fields["state"]
        if isinstance(state, forms.ChoiceField):
            state.choices = [("", "Not known"), *vocabulary.vocabulary().tip["state"].values.items()]

    @property
    def is_detailed(self) -> bool:
        """Whether the part with the rarer words stands open."""
        names = ("address", "road", "tribal_land", "military_base", "country", "valid_from", "valid_until")
        return any(self[name].value() or self[name].errors for name in names)

    def clean_postal_code(self) -> str:
        """A ZIP code that there is."""
        code: str = self.cleaned_data["postal_code"].strip()
        if code and not self.data.get(self.add_prefix("country")) and zip_place(code) is None:
            raise ValidationError("There is no such ZIP code. Enter 5 digits, or leave it empty.")
        return code

    def clean_country(self) -> str:
        """Two letters."""
        code: str = self.cleaned_data["country"].strip().upper()
        if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
            raise ValidationError("Enter the country's two letters, such as MX, or leave it empty.")
        return code

    def clean(self) -> dict[str, Any]:
        """It ends after it began."""
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", "Enter a day that is not before the first one.")
        return cleaned

    def place(self) -> PlaceTold:
        """Of the valid form: the place without its street address."""
        cleaned = self.cleaned_data
        told = {name: cleaned[name].strip() for name in _WORDS}
        if told["state"] == "unknown":
            told["state"] = ""
        days = {name: cleaned[name] for name in ("valid_from", "valid_until")}
        return PlaceTold(country=cleaned["country"] or "US", **told, **days)


PlaceForms = forms.formset_factory(PlaceFields, extra=0, max_num=MOST, absolute_max=MOST)


class PlaceSection(PlaceFields, Section):
    """The place where help is needed, and others that were told of."""

    code = "place"
    title = "Place"
    adds = ("add_place", "place")
    hides_in_doubt = True

    @classmethod
    def prepare(cls, data: QueryDict) -> None:
        """Fill in what the ZIP code tells and nobody typed."""
        text = data.get("place-TOTAL_FORMS", "")
        rows = min(int(text), MOST) if text.isdecimal() and len(text) <= 3 else 0
        for prefix in ("", *(f"place-{number}-" for number in range(rows))):
            place = zip_place(data.get(f"{prefix}postal_code", ""))
            if place and not data.get(f"{prefix}country"):
                for name, value in zip(("state", "county"), place, strict=True):
                    if not data.get(prefix + name):
                        data[prefix + name] = value

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """No other place."""
        data.setdefault("place-TOTAL_FORMS", "0")
        data.setdefault("place-INITIAL_FORMS", "0")

    def make_rows(self, data: QueryDict) -> Any:
        """The other places."""
        return PlaceForms(counted(data, "place"), prefix="place")

    def told(self) -> dict[str, Any]:
        """The places; a street address is something to match on, and a base is a link to the Department of Defense."""
        forms_of_it = [self, *self.rows.forms]
        first, *more = [form.place() for form in forms_of_it]
        addresses = [form.cleaned_data["address"] for form in forms_of_it if form.cleaned_data["address"]]
        bases = any(place.military_base for place in (first, *more))
        return {
            "place": first,
            "more_places": tuple(place for place in more if not place.is_empty()),
            "identifiers": tuple(IdentifierTold("address", words) for words in addresses),
            "facts_behind": {"dod_link": ["base"]} if bases else {},
        }


def zip_place(code: str) -> tuple[str, str] | None:
    """(state, county) of a ZIP code, without the word County; None when there is no such code."""
    if not _ZIP.fullmatch(code.strip()):
        return None
    found = zipcodes.matching(code.strip()[:5])
    return (found[0]["state"], found[0]["county"].removesuffix(" County")) if found else None
