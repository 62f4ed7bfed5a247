"""All sections of the contact page over what was typed, in the page's order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict
from django.http import QueryDict

from agencies.models import User
from casework.forms.contact.caller import CallerSection
from casework.forms.contact.doubt import DoubtSection
from casework.forms.contact.ending import EndingSection
from casework.forms.contact.guide import GuideSection
from casework.forms.contact.helping import HelpSection
from casework.forms.contact.identifiers import IdentifiersSection
from casework.forms.contact.indicators import IndicatorsSection
from casework.forms.contact.interpreter import InterpreterSection
from casework.forms.contact.minor import MinorSection
from casework.forms.contact.people import PeopleSection
from casework.forms.contact.place import PlaceSection
from casework.forms.contact.section import Section, Talk
from casework.forms.contact.situation import SituationSection
from casework.forms.contact.telling import DangerForm, LineForm, TellingForm
from tips import safe_contact
from tips.actions.resources_given import REACHES
from tips.models import Contact
from tips.told import Told

# The page's order. A new section is a module, a template `desk/contact/<code>.html` and a line here.
SECTIONS: tuple[type[Section], ...] = (
    GuideSection,
    CallerSection,
    InterpreterSection,
    MinorSection,
    PlaceSection,
    SituationSection,
    IndicatorsSection,
    PeopleSection,
    IdentifiersSection,
    HelpSection,
    DoubtSection,
    EndingSection,
)
_ALL: tuple[type[Section], ...] = (TellingForm, DangerForm, LineForm, *SECTIONS)
ADDS = {add[0]: add[1] for section in SECTIONS if (add := section.adds)}
_LONGEST_COUNT = 8


class ContactForms:
    """The page's sections, each a form of its own over the same fields."""

    def __init__(self, data: QueryDict, *, contact: Contact, user: User, nearby: Mapping[str, str]) -> None:
        talk = Talk(contact, user, nearby)
        self.telling, self.danger, self.line = (
            TellingForm(data, talk=talk),
            DangerForm(data, talk=talk),
            LineForm(data, talk=talk),
        )
        self.sections = [section(data, talk=talk) for section in SECTIONS]

    def __getitem__(self, code: str) -> Section:
        return {section.code: section for section in self.all}[code]

    @property
    def all(self) -> list[Section]:
        return [self.telling, self.danger, self.line, *self.sections]

    @property
    def parts(self) -> list[Any]:
        return [part for section in self.all for part in section.parts]

    @property
    def is_doubtful(self) -> bool:
        """Whether repeats, places and names have to be out of sight."""
        return bool(getattr(self["doubt_part"], "is_on", False))

    def safe_rules(self) -> list[Mapping[str, Any]]:
        """The safe-contact rules of whoever is in contact, as typed so far."""
        return safe_contact.of_the_speaker(person.safe_rule for person in self["people"].rows.forms)

    @property
    def interpretation(self) -> dict[str, Any]:
        """Of valid sections: who interpreted, for a contact that ends without a tip."""
        found: dict[str, Any] = self["interpreter_part"].told()["interpretation"]
        return found

    @property
    def tip(self) -> Any:
        """Of valid sections: the tip that the contact is added to; None for a new one."""
        return next((section.tip for section in self.sections if isinstance(section, EndingSection)), None)

    def is_valid(self) -> bool:
        """Every part is looked at, so that the summary names everything at once."""
        answers = [part.is_valid() for part in self.parts]
        helping = self["help"]
        way = (
            REACHES.get(helping.cleaned_data.get("resource_how", "")) if helping.cleaned_data.get("resources") else None
        )
        if way and (why_not := safe_contact.why_not_all(self.safe_rules(), way)):
            helping.add_error("resource_how", why_not)
            return False
        return all(answers)

    def forget_errors(self) -> None:
        """Show what was left without messages about what is not finished."""
        for part in self.parts:
            for form in getattr(part, "forms", [part]):
                form._errors = ErrorDict()

    def focus(self, prefix: str) -> None:
        """The cursor stands in what was just added, else where typing starts."""
        section = next((s for s in self.sections if s.adds and s.adds[1] == prefix), None)
        newest: forms.Form | None = section.newest if section else None
        field = next(iter(newest.fields.values())) if newest else self.telling.fields["narrative"]
        field.widget.attrs["autofocus"] = True

    def contact_values(self) -> dict[str, Any]:
        """Of valid sections: the contact's own coded fields, as the verbs take them."""
        values: dict[str, Any] = {}
        for section in self.all:
            values |= section.contact_values()
        return values

    def told(self) -> Told:
        """What valid sections tell, in the shape that the verbs take."""
        told: dict[str, Any] = {}
        facts: dict[str, Any] = {}
        behind: dict[str, Any] = {}
        codes: dict[str, list[str]] = {}
        identifiers: tuple[Any, ...] = ()
        aside: list[str] = []
        for section in self.all:
            part = section.told()
            facts |= part.pop("facts", {})
            behind |= part.pop("facts_behind", {})
            codes |= part.pop("codes", {})
            identifiers += part.pop("identifiers", ())
            aside += part.pop("aside", [])
            told |= part
        told["narrative"] = "\n\n".join(words for words in (told["narrative"], *aside) if words.strip())
        # What was said goes before what follows from a code.
        return Told(facts={**behind, **facts}, codes=codes, identifiers=identifiers, **told)


def prepare(data: QueryDict, act: str, argument: str = "") -> None:
    """Complete what a button sent: what follows from what was typed, one more row, a doubt, the tip it belongs to."""
    for section in _ALL:
        section.prepare(data)
    if act == "doubt":
        data["doubt"] = "" if data.get("doubt") else "on"
    if act == "on_tip":
        data["tip_reference"] = argument
        data.pop("again", None)
    if act in ADDS:
        key = f"{ADDS[act]}-TOTAL_FORMS"
        text = data.get(key, "")
        count = int(text) if text.isdecimal() and len(text) <= _LONGEST_COUNT else 0
        data[key] = str(count + 1)


def begin(data: QueryDict, contact: Contact) -> None:
    """Complete what a draft holds with what the contact says."""
    for section in _ALL:
        section.begin(data, contact)


def begun_again(contact: Contact, started_at: datetime, now: datetime) -> dict[str, Any]:
    """The start as corrected on the page, and whether it makes the contact one that was entered afterwards."""
    late = (now - started_at).total_seconds() > settings.BACK_FILLED_AFTER_MINUTES * 60
    return {"started_at": started_at, "is_back_filled": contact.is_back_filled or late}
