"""Who is in contact, how, since when, in which language, from which number."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from casework.forms.contact.opening import MOMENT, moment_field, not_in_future
from casework.forms.contact.section import Section, line
from casework.forms.facts import NOT_ASKED, add_facts, said
from casework.templatetags.marks import masked
from tips import facts as vocabulary
from tips.actions.contact_rows import read_number
from tips.models import Channel, Contact, KnowsHow

FACTS = ("help_within_24_hours", "requests")


def _facts() -> list[vocabulary.Fact]:
    return [vocabulary.vocabulary().tip[name] for name in FACTS]


class CallerSection(Section):
    """The contact's own codes."""

    code = "caller"
    title = "Who is in contact"

    channel = forms.ChoiceField(choices=Channel)
    started_at = moment_field("Began", "")
    ended_at = moment_field("Ended", "Empty: when you save.")
    language = line("Language", 60)
    caller_type = forms.ChoiceField(required=False, label="Who is in contact")
    knows_how = forms.ChoiceField(choices=KnowsHow, required=False, label="How they know")
    number = line("Their number", 40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_facts(self, _facts())
        number = read_number(self.talk.contact)
        if number:
            self.fields["number"].help_text = f"The telephone says {masked(number)}. Enter one only to change it."
        self.choices("caller_type", [NOT_ASKED, *vocabulary.vocabulary().tip["reporter"].values.items()])

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """What the contact was opened with."""
        for name in ("channel", "knows_how"):
            data.setdefault(name, getattr(contact, name))
        data.setdefault("started_at", timezone.localtime(contact.started_at).strftime(MOMENT))

    def clean_started_at(self) -> datetime:
        """The page shows minutes: an untouched field keeps the second at which the contact was opened."""
        given, began = not_in_future(self.cleaned_data["started_at"]), self.talk.contact.started_at
        same = given is None or given == began.replace(second=0, microsecond=0)
        return began if same or given is None else given

    def clean_ended_at(self) -> datetime | None:
        """Neither in the future nor before the start."""
        ended, began = not_in_future(self.cleaned_data["ended_at"]), self.cleaned_data.get("started_at")
        if ended and began and ended < began.replace(second=0, microsecond=0):
            raise ValidationError("Enter an end that is not before the start.")
        return max(ended, began) if ended and began else ended

    def contact_values(self) -> dict[str, Any]:
        """As the verbs take them."""
        cleaned = self.cleaned_data
        coded = {name: cleaned[name] for name in ("channel", "started_at", "language")}
        coded |= {
            "caller_type": cleaned["caller_type"] or "unknown",
            "knows_how": cleaned["knows_how"] or KnowsHow.UNKNOWN,
        }
        given = {name: cleaned[name] for name in ("ended_at", "number") if cleaned[name]}
        return {**coded, **given}

    def told(self) -> dict[str, Any]:
        """What is wanted, and how soon."""
        return {"facts": said(self.cleaned_data, _facts())}
