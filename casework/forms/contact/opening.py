"""Opening a contact: its channel, and its time where it is not now."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from tips.models import Channel

MOMENT = "%Y-%m-%dT%H:%M"


def moment_field(label: str, hint: str) -> forms.DateTimeField:
    """A day and time that may stay empty."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(required=False, label=label, help_text=hint, input_formats=[MOMENT], widget=widget)


def not_in_future(moment: datetime | None) -> datetime | None:
    """The moment again. Raises ValidationError when it has not come yet."""
    if moment is not None and moment > timezone.now():
        raise ValidationError("Enter a time that is not in the future.")
    return moment


class OpenForm(forms.Form):
    """What is needed to open a contact."""

    channel = forms.ChoiceField(choices=Channel, initial=Channel.CALL)
    started_at = moment_field("When it began", "Only if it is not beginning now.")
    is_outgoing = forms.BooleanField(required=False, label="We called them")

    def clean_started_at(self) -> datetime | None:
        """Not in the future."""
        return not_in_future(self.cleaned_data["started_at"])
