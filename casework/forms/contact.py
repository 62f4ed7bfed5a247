"""The contact page's form: what was told, typed while listening. Nothing but the channel is needed."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import zipcodes
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from agencies.models import User
from casework.forms.facts import NOT_ASKED, add_facts, said
from tips import facts as vocabulary
from tips.models import (
    Channel,
    Contact,
    Danger,
    Identifier,
    Interpreter,
    KnowsHow,
    RequestType,
    ResourceGiven,
    Tip,
    YesNoUnknown,
)
from tips.told import IdentifierTold, PersonTold, PlaceTold, Told

# The few facts that are heard in most calls; the others are coded in triage.
SITUATION = ("help_within_24_hours", "force_fraud_coercion", "requests", "exploitation", "venues", "industries")
PERSON = ("wants_help", "wants_law_enforcement", "consent", "with_trafficker_now", "needs")
IDENTITY = ("name", "safe_name", "phone", "email", "address", "description", "code_word")
SAFE_WAYS = ("may_call", "may_text", "may_voicemail", "may_email", "is_device_shared")
MOMENT = "%Y-%m-%dT%H:%M"
MOST_PERSONS = 60
_ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")
_PERSON_HINTS = {"safe_name": "A name that may be said aloud.", "code_word": "Asked before anything is said."}


def _moment_field(label: str, hint: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(required=False, label=label, help_text=hint, input_formats=[MOMENT], widget=widget)


def _words(label: str, length: int, hint: str = "") -> forms.CharField:
    return forms.CharField(required=False, label=label, max_length=length, help_text=hint)


def _tip_facts() -> list[vocabulary.Fact]:
    return [vocabulary.vocabulary().tip[name] for name in SITUATION]


def _person_facts() -> list[vocabulary.Fact]:
    return [vocabulary.vocabulary().person[name] for name in PERSON]


class OpenForm(forms.Form):
    """What is needed to open a contact."""

    channel = forms.ChoiceField(choices=Channel, initial=Channel.CALL)
    started_at = _moment_field("When it began", "Only if it is not beginning now.")
    is_outgoing = forms.BooleanField(required=False, label="We called them")

    def clean_started_at(self) -> datetime | None:
        """Not in the future."""
        return _not_in_future(self.cleaned_data["started_at"])


def _not_in_future(moment: datetime | None) -> datetime | None:
    if moment is not None and moment > timezone.now():
        raise ValidationError("Enter a time that is not in the future.")
    return moment


class ContactForm(forms.Form):
    """One contact, in the order of the page."""

    narrative = forms.CharField(
        required=False,
        label="What is happening",
        widget=forms.Textarea(attrs={"class": "tall", "spellcheck": "true"}),
        strip=False,
    )
    danger = forms.ChoiceField(
        choices=Danger, required=False, label="Is anyone in danger right now?", widget=forms.RadioSelect
    )
    channel = forms.ChoiceField(choices=Channel)
    started_at = _moment_field("Began", "")
    ended_at = _moment_field("Ended", "Empty: when you save.")
    language = _words("Language", 60)
    interpreter = forms.ChoiceField(choices=Interpreter, required=False)
    caller_type = forms.ChoiceField(required=False, label="Who is in contact")
    knows_how = forms.ChoiceField(choices=KnowsHow, required=False, label="How they know")
    postal_code = _words("ZIP code", 10, "Fills in state and county.")
    state = forms.ChoiceField(required=False)
    county = _words("County", 100)
    country = _words("Country, if not the United States", 2, "Two letters, such as MX.")
    tribal_land = _words("Tribal land", 120)
    words = _words("Somewhere near", 200)
    resources = forms.MultipleChoiceField(required=False, label="Read out", widget=forms.CheckboxSelectMultiple)
    resource_how = forms.ChoiceField(
        choices=ResourceGiven.How, required=False, label="How it was given", initial=ResourceGiven.How.READ_OUT
    )
    request_type = forms.ChoiceField(choices=[("", "Choose"), *RequestType.choices], required=False)
    tip_reference = _words("Add to a tip that the desk holds", 32, "Its reference; empty opens a new tip.")

    def __init__(self, *args: Any, user: User, nearby: Mapping[str, str], started_at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.began = user, started_at
        self.tip: Tip | None = None
        add_facts(self, _tip_facts())
        known = vocabulary.vocabulary().tip
        self._choices("caller_type", [NOT_ASKED, *known["reporter"].values.items()])
        self._choices("state", [("", "Not known"), *known["state"].values.items()])
        self._choices("resources", list(nearby.items()))

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_started_at(self) -> datetime:
        """The page shows minutes: an untouched field keeps the second at which the contact was opened."""
        given = _not_in_future(self.cleaned_data["started_at"])
        same = given is None or given == self.began.replace(second=0, microsecond=0)
        return self.began if same or given is None else given

    def clean_ended_at(self) -> datetime | None:
        """Neither in the future nor before the start."""
        ended, began = _not_in_future(self.cleaned_data["ended_at"]), self.cleaned_data.get("started_at")
        if ended and began and ended < began.replace(second=0, microsecond=0):
            raise ValidationError("Enter an end that is not before the start.")
        return max(ended, began) if ended and began else ended

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

    def clean_tip_reference(self) -> str:
        """A tip that this desk holds; any other one is as unknown as one that is not there."""
        reference = self.cleaned_data["tip_reference"].strip().upper()
        if reference:
            held = Tip.objects.visible_to(self.user).filter(holder_agency_id=self.user.acting_agency_id)
            self.tip = held.filter(reference=reference).exclude(status__in=("closed", "merged")).first()
            if self.tip is None:
                raise ValidationError("No open tip of your desk has this reference. Check it, or leave it empty.")
        return reference

    def contact_values(self) -> dict[str, Any]:
        """The contact's own coded fields, as the verbs take them."""
        cleaned = self.cleaned_data
        coded = {name: cleaned[name] for name in ("channel", "started_at", "language")}
        coded |= {
            "interpreter": cleaned["interpreter"] or Interpreter.NOT_NEEDED,
            "caller_type": cleaned["caller_type"] or "unknown",
            "knows_how": cleaned["knows_how"] or KnowsHow.UNKNOWN,
            "danger": cleaned["danger"] or Danger.NOT_ASKED,
        }
        return {**coded, "ended_at": cleaned["ended_at"]} if cleaned["ended_at"] else coded


class PersonForm(forms.Form):
    """One person; an empty one is nobody."""

    role = forms.ChoiceField(required=False)
    is_in_contact = forms.BooleanField(required=False, label="This person is in contact with us")
    age = forms.ChoiceField(required=False)
    languages = _words("Languages", 200, "With commas between them.")
    never = forms.BooleanField(required=False, label="Never get in touch")
    hours = _words("When it is safe", 120, "Such as: weekdays 10 to 12.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = vocabulary.vocabulary().person
        for name, empty in (("role", "Choose"), ("age", "Not asked")):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", empty), *known[name].values.items()]
        add_facts(self, _person_facts())
        for name in IDENTITY:
            self.fields[name] = _words(name.replace("_", " ").capitalize(), 500, _PERSON_HINTS.get(name, ""))
        for name, label in zip(SAFE_WAYS, ("May call", "May text", "May leave voicemail", "May e-mail"), strict=False):
            self.fields[name] = _yes_no(label)
        self.fields["is_device_shared"] = _yes_no("Others use the phone or device")

    @property
    def has_identity(self) -> bool:
        """Whether the part with names and numbers stands open."""
        return any(self[name].value() for name in IDENTITY if name != "code_word")

    @property
    def has_safety(self) -> bool:
        """Whether the part about safe contact and consent stands open."""
        return any(self[name].value() for name in (*SAFE_WAYS, "never", "hours", "consent", "code_word"))

    def told(self) -> PersonTold | None:
        """The person as the verbs take them; None when nothing was filled in."""
        cleaned = self.cleaned_data
        if not self.has_changed():
            return None
        facts = said(cleaned, _person_facts())
        facts["role"] = cleaned["role"] or ("person_in_contact" if cleaned["is_in_contact"] else "other")
        if cleaned["age"]:
            facts["age"] = cleaned["age"]
        safe = {name: cleaned[name] for name in SAFE_WAYS if cleaned[name]}
        safe |= {name: cleaned[name] for name in ("never", "hours") if cleaned[name]}
        return PersonTold(
            facts=facts,
            is_in_contact=cleaned["is_in_contact"],
            languages=tuple(word.strip()[:60] for word in cleaned["languages"].split(",") if word.strip()),
            identity={name: cleaned[name] for name in IDENTITY if cleaned[name]},
            safe_contact=safe,
        )


def _yes_no(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[NOT_ASKED, *YesNoUnknown.choices], required=False, label=label)


class IdentifierForm(forms.Form):
    """Something to match on, as it was said."""

    kind = forms.ChoiceField(choices=[("", "Choose"), *Identifier.Kind.choices], required=False)
    value = _words("As it was said", 300)

    def clean(self) -> dict[str, Any]:
        """Both, or neither."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("value") and not cleaned.get("kind"):
            self.add_error("kind", "Choose what this is: a phone, a plate, a web address ...")
        return cleaned


PersonForms = forms.formset_factory(PersonForm, extra=1, max_num=MOST_PERSONS, absolute_max=MOST_PERSONS)
IdentifierForms = forms.formset_factory(IdentifierForm, extra=1, max_num=MOST_PERSONS, absolute_max=MOST_PERSONS)


def zip_place(code: str) -> tuple[str, str] | None:
    """(state, county) of a ZIP code, without the word County; None when there is no such code."""
    if not _ZIP.fullmatch(code.strip()):
        return None
    found = zipcodes.matching(code.strip()[:5])
    return (found[0]["state"], found[0]["county"].removesuffix(" County")) if found else None


def fill_place(data: QueryDict) -> None:
    """Fill in what the ZIP code tells and nobody typed."""
    place = zip_place(data.get("postal_code", ""))
    if place and not data.get("country"):
        for name, value in zip(("state", "county"), place, strict=True):
            if not data.get(name):
                data[name] = value


def told_of(form: ContactForm, persons: Any, identifiers: Any) -> Told:
    """What three valid forms tell, in the shape that the verbs take."""
    cleaned = form.cleaned_data
    place = {name: cleaned[name].strip() for name in ("state", "county", "postal_code", "tribal_land", "words")}
    if place["state"] == "unknown":
        place["state"] = ""
    return Told(
        narrative=cleaned["narrative"],
        facts=said(cleaned, _tip_facts()),
        place=PlaceTold(country=cleaned["country"] or "US", **place),
        persons=tuple(told for person in persons.forms if (told := person.told())),
        identifiers=tuple(
            IdentifierTold(row.cleaned_data["kind"], row.cleaned_data["value"])
            for row in identifiers.forms
            if row.cleaned_data.get("kind") and row.cleaned_data.get("value")
        ),
    )


def begun_again(contact: Contact, started_at: datetime, now: datetime) -> dict[str, Any]:
    """The start as corrected on the page, and whether it makes the contact one that was entered afterwards."""
    late = (now - started_at).total_seconds() > settings.BACK_FILLED_AFTER_MINUTES * 60
    return {"started_at": started_at, "is_back_filled": contact.is_back_filled or late}
