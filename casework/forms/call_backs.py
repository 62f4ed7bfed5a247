"""Forms of promised call-backs: a window in the person's own time, how a try went, why it stops."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from casework.actions.call_backs import Window
from casework.forms.work import SeenForm
from casework.frame import ZONES
from casework.models import AttemptResult, Way, WhyStopped
from tips.models import Person, Tip

_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def zones() -> list[tuple[str, str]]:
    """The deployment's own zone first, then the others of the country."""
    own = settings.TIME_ZONE
    return [(own, ZONES.get(own, own)), *((name, label) for name, label in ZONES.items() if name != own)]


class _Window(forms.Form):
    """A day and two times of it, where the person is. An end before the beginning is the next morning."""

    day = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Enter the day that was agreed.", "invalid": "Enter a day."},
    )
    start = forms.TimeField(
        label="From", widget=_TIME, error_messages={"required": "Enter from when.", "invalid": "Enter a time: 10:30."}
    )
    end = forms.TimeField(
        label="Until", widget=_TIME, error_messages={"required": "Enter until when.", "invalid": "Enter a time: 10:30."}
    )
    zone = forms.ChoiceField(
        label="Their time zone", choices=zones, error_messages={"required": "Choose the time zone of the person."}
    )

    def window(self) -> Window:
        """The window in absolute time."""
        given, zone = self.cleaned_data, ZoneInfo(self.cleaned_data["zone"])
        start = datetime.combine(given["day"], given["start"], zone)
        end = datetime.combine(given["day"], given["end"], zone)
        return Window(start, end if end > start else end + timedelta(days=1), given["zone"])


class WindowForm(_Window, SeenForm):
    """Another window for a promise that was seen."""


class PromiseForm(_Window):
    """Whom, how, when, and what may be said."""

    person = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        label="Whom",
        empty_label="Choose",
        error_messages={"required": "Choose whom.", "invalid_choice": "Choose a person of this tip."},
    )
    way = forms.ChoiceField(
        label="How", choices=Way, widget=forms.RadioSelect, error_messages={"required": "Choose how."}
    )
    words = forms.CharField(
        label="What may be said to whoever answers",
        max_length=200,
        required=False,
        help_text="As the person wishes. Empty: say nothing of us.",
    )
    field_order = ("person", "way", "day", "start", "end", "zone", "words")

    def __init__(self, *args: Any, tip: Tip, labels: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.queryset = Person.objects.filter(tip=tip).order_by("number")  # type: ignore[attr-defined]
        field.label_from_instance = lambda person: labels.get(person.pk, str(person))  # type: ignore[attr-defined]


class AttemptForm(SeenForm):
    """How a try went."""

    result = forms.ChoiceField(
        label="How it went",
        choices=AttemptResult,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it went."},
    )


class StopForm(SeenForm):
    """Why nobody tries again."""

    why = forms.ChoiceField(
        label="Why", choices=WhyStopped, widget=forms.RadioSelect, error_messages={"required": "Say why it stops."}
    )
