"""One person on the contact page: who they are to it, what they want and need, how to reach them, what names them."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from casework.forms.contact.counting import how_many
from casework.forms.contact.section import line
from casework.forms.facts import NOT_ASKED, add_facts, said
from tips import codes
from tips import facts as vocabulary
from tips.models import PersonNeed, YesNoUnknown
from tips.told import IdentifierTold, NeedTold, PersonTold

FACTS = (
    "wants_help",
    "wants_law_enforcement",
    "consent",
    "wishes_heard",
    "with_trafficker_now",
    "vulnerable_adult",
    "gender",
    "age_at_exploitation",
    "needs",
)
IDENTITY = ("name", "safe_name", "aliases", "phone", "email", "address", "description", "code_word")
SAFE_WAYS = ("may_call", "may_text", "may_voicemail", "may_email", "is_device_shared", "would_work_out", "parents")
# Counted by the federal hotline form (OMB 0970-0598).
FEDERAL_NEEDS = ("emergency_shelter", "extraction", "transportation")
MINOR_AGES = frozenset({"under_13", "13_to_17", "minor", "may_be_minor"})
OLDEST = 120
_HINTS = {
    "safe_name": "A name that may be said aloud.",
    "code_word": "Asked before anything is said.",
    "aliases": "With commas between them.",
}
_SAFE_LABELS = {
    "may_call": "May call",
    "may_text": "May text",
    "may_voicemail": "May leave voicemail",
    "may_email": "May e-mail",
    "is_device_shared": "Others use the phone or device",
    "would_work_out": "Would they work out who told us?",
    "parents": "A parent may be reached",
}
_LABELS = {"gender": "Gender, as they say it", "age_at_exploitation": "Age when it happened"}
_ZONES = (
    ("", "Where we are"),
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("Pacific/Guam", "Guam"),
    ("Pacific/Pago_Pago", "American Samoa"),
)
# Years of age up to which each band goes.
_BANDS = ((12, "under_13"), (17, "13_to_17"), (20, "18_to_20"), (OLDEST, "21_or_over"))


def _facts() -> list[vocabulary.Fact]:
    return [vocabulary.vocabulary().person[name] for name in FACTS]


def _yes_no(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[NOT_ASKED, *YesNoUnknown.choices], required=False, label=label)


def band_of(years: int) -> str:
    """The code of the fact `age` for an age in years. Raises ValueError for an age that nobody has."""
    if years < 0:
        raise ValueError("no age")
    for most, band in _BANDS:
        if years <= most:
            return band
    raise ValueError("no age")


class PersonForm(forms.Form):
    """One person; an empty one is nobody."""

    role = forms.ChoiceField(required=False)
    is_in_contact = forms.BooleanField(required=False, label="This person is in contact with us")
    age = forms.ChoiceField(required=False)
    years = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=OLDEST,
        label="Age in years, if told",
        error_messages={
            "invalid": "Enter whole years, or leave it empty.",
            "max_value": "Enter an age up to 120, or leave it empty.",
            "min_value": "Enter an age of 0 or more, or leave it empty.",
        },
    )
    count = line("How many", 40, "Empty is one. Or: 3, 5 to 10, several, not known.")
    languages = line("Languages", 200, "With commas between them.")
    birth_date = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Enter a day, such as 2009-05-31, or leave it empty."},
    )
    never = forms.BooleanField(required=False, label="Never get in touch")
    hours = line("When it is safe", 120, "Such as: weekdays 10 to 12.")
    time_zone = forms.ChoiceField(choices=_ZONES, required=False, label="Their time zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = vocabulary.vocabulary().person
        for name, empty in (("role", "Choose"), ("age", "Not asked")):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", empty), *known[name].values.items()]
        add_facts(self, _facts())
        for name, label in _LABELS.items():
            self.fields[name].label, self.fields[name].help_text = label, ""
        for name in IDENTITY:
            self.fields[name] = line(name.replace("_", " ").capitalize(), 500, _HINTS.get(name, ""))
        for name in SAFE_WAYS:
            self.fields[name] = _yes_no(_SAFE_LABELS[name])
        for need in self.followed:
            self._add_need(need, known["needs"].values[need])

    def _add_need(self, need: str, label: str) -> None:
        states = [("", "Not asked for"), *PersonNeed.State.choices]
        self.fields[f"state_of_{need}"] = forms.ChoiceField(choices=states, required=False, label=label)
        whys = [("", "Choose"), *codes.code_lists()["unmet"].choices()]
        self.fields[f"why_not_{need}"] = forms.ChoiceField(
            choices=whys, required=False, label=f"{label}: why it was not met"
        )

    @property
    def followed(self) -> list[str]:
        """The needs whose outcome can be noted: those of the federal form, and what was ticked."""
        name = self.add_prefix("needs")
        ticked = self.data.getlist(name) if hasattr(self.data, "getlist") else []
        known = vocabulary.vocabulary().person["needs"].values
        more = [need for need in dict.fromkeys(ticked) if need in known and need not in ("none", "unknown")]
        return [*FEDERAL_NEEDS, *(need for need in more if need not in FEDERAL_NEEDS)]

    def outcomes(self) -> list[tuple[Any, Any]]:
        """(state, why not) fields of each need that is followed."""
        return [(self[f"state_of_{need}"], self[f"why_not_{need}"]) for need in self.followed]

    @property
    def has_needs(self) -> bool:
        """Whether the part about needs stands open."""
        return bool(self["needs"].value()) or any(state.value() for state, _ in self.outcomes())

    @property
    def has_more(self) -> bool:
        """Whether the part with the rarer answers stands open."""
        names = ("count", "gender", "age_at_exploitation", "vulnerable_adult", "wishes_heard")
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def has_identity(self) -> bool:
        """Whether the part with names and numbers stands open."""
        return any(self[name].value() or self[name].errors for name in (*IDENTITY, "birth_date") if name != "code_word")

    @property
    def has_safety(self) -> bool:
        """Whether the part about safe contact and consent stands open."""
        return any(self[name].value() for name in (*SAFE_WAYS, "never", "hours", "time_zone", "consent", "code_word"))

    @property
    def may_be_minor(self) -> bool:
        """Whether what was typed so far says that this person is or may be under 18."""
        years = str(self["years"].value() or "")
        told = years.isdecimal() and len(years) < len("1000") and int(years) < 18
        return bool(told or self["age"].value() in MINOR_AGES)

    @property
    def safe_rule(self) -> tuple[bool, dict[str, Any]]:
        """Whether this person is in contact, and their safe-contact rule, as typed so far."""
        return bool(self["is_in_contact"].value()), {name: self[name].value() for name in (*SAFE_WAYS, "never")}

    def clean_count(self) -> tuple[int, int | None]:
        """(least, most)."""
        try:
            return how_many(self.cleaned_data["count"])
        except ValueError as error:
            raise ValidationError("Enter a number, such as 3 or 5 to 10, or: several.") from error

    def clean_birth_date(self) -> date | None:
        """A day on which somebody alive can have been born."""
        born: date | None = self.cleaned_data["birth_date"]
        today = timezone.localdate()
        if born and (born > today or today.year - born.year > OLDEST):
            raise ValidationError("Enter a birth date that is not in the future and not over 120 years ago.")
        return born

    def told(self, identifiers: tuple[IdentifierTold, ...] = ()) -> PersonTold | None:
        """The person as the verbs take them; None when nothing was filled in. `identifiers` are those of the person."""
        cleaned = self.cleaned_data
        if not self.has_changed() and not identifiers:
            return None
        least, most = cleaned["count"]
        identity = {name: cleaned[name] for name in IDENTITY if cleaned[name]}
        if cleaned["birth_date"]:
            identity["birth_date"] = cleaned["birth_date"].isoformat()
        return PersonTold(
            facts=self._facts_told(),
            is_in_contact=cleaned["is_in_contact"],
            languages=tuple(word.strip()[:60] for word in cleaned["languages"].split(",") if word.strip()),
            identity=identity,
            safe_contact=self._safe_contact(),
            identifiers=identifiers,
            needs_told=self._needs_told(),
            count_least=least,
            count_most=most,
        )

    def _facts_told(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        facts = said(cleaned, _facts())
        facts["role"] = cleaned["role"] or ("person_in_contact" if cleaned["is_in_contact"] else "other")
        years, born, today = cleaned["years"], cleaned["birth_date"], timezone.localdate()
        if born:
            years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        age = cleaned["age"] or ("" if years is None else band_of(years))
        if age:
            facts["age"] = age
        if born and years is not None and years == 17:
            soon = _birthday(born, born.year + 18) <= today + timedelta(days=30)
            facts["turns_18_within_30_days"] = "yes" if soon else "no"
        followed = {told.need for told in self._needs_told()}
        if followed:
            ticked = [need for need in facts.get("needs", []) if need != "none"]
            facts["needs"] = [*ticked, *sorted(followed - set(ticked))]
        return facts

    def _needs_told(self) -> tuple[NeedTold, ...]:
        cleaned = self.cleaned_data
        ticked = [need for need in cleaned["needs"] if need not in ("none", "unknown")]
        states = {need: cleaned.get(f"state_of_{need}") for need in self.followed}
        states |= {need: states.get(need) or PersonNeed.State.ASKED for need in ticked}
        return tuple(
            NeedTold(need, str(state), cleaned.get(f"why_not_{need}", "")) for need, state in states.items() if state
        )

    def _safe_contact(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        names = (*SAFE_WAYS, "never", "hours", "time_zone")
        return {name: cleaned[name] for name in names if cleaned[name]}


def _birthday(born: date, year: int) -> date:
    """Of 29 February, in a year without one: the first of March."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
