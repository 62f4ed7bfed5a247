"""The people: role, age, wishes, safe contact, and what names them."""

from typing import Any

from django import forms
from django.http import QueryDict

from casework.forms.contact.section import Section, line
from casework.forms.facts import NOT_ASKED, add_facts, said
from tips import facts as vocabulary
from tips.models import Contact, YesNoUnknown
from tips.told import PersonTold

FACTS = ("wants_help", "wants_law_enforcement", "consent", "with_trafficker_now", "needs")
IDENTITY = ("name", "safe_name", "phone", "email", "address", "description", "code_word")
SAFE_WAYS = ("may_call", "may_text", "may_voicemail", "may_email", "is_device_shared")
MOST = 60
_HINTS = {"safe_name": "A name that may be said aloud.", "code_word": "Asked before anything is said."}


def _facts() -> list[vocabulary.Fact]:
    return [vocabulary.vocabulary().person[name] for name in FACTS]


def _yes_no(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[NOT_ASKED, *YesNoUnknown.choices], required=False, label=label)


class PersonForm(forms.Form):
    """One person; an empty one is nobody."""

    role = forms.ChoiceField(required=False)
    is_in_contact = forms.BooleanField(required=False, label="This person is in contact with us")
    age = forms.ChoiceField(required=False)
    languages = line("Languages", 200, "With commas between them.")
    never = forms.BooleanField(required=False, label="Never get in touch")
    hours = line("When it is safe", 120, "Such as: weekdays 10 to 12.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = vocabulary.vocabulary().person
        for name, empty in (("role", "Choose"), ("age", "Not asked")):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", empty), *known[name].values.items()]
        add_facts(self, _facts())
        for name in IDENTITY:
            self.fields[name] = line(name.replace("_", " ").capitalize(), 500, _HINTS.get(name, ""))
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
        facts = said(cleaned, _facts())
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


PersonForms = forms.formset_factory(PersonForm, extra=1, max_num=MOST, absolute_max=MOST)


class PeopleSection(Section):
    """A form a person."""

    code = "people"
    title = "People"
    adds = ("add_person", "person")

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """One empty person."""
        data.setdefault("person-TOTAL_FORMS", "1")
        data.setdefault("person-INITIAL_FORMS", "0")

    def make_rows(self, data: QueryDict) -> Any:
        """The persons."""
        return PersonForms(data, prefix="person")

    def told(self) -> dict[str, Any]:
        """Those of whom anything was said."""
        return {"persons": tuple(told for person in self.rows.forms if (told := person.told()))}
