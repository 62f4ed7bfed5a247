"""The filters of the queue."""

from django import forms

from tips import facts as vocabulary
from tips.models import Door, TipStatus, Urgency

STATES = [(state.value, state.label) for state in TipStatus if state != TipStatus.MERGED]


FILTERS = ("find", "urgency", "state", "door", "place", "language", "late", "no_clock")


def places() -> list[tuple[str, str]]:
    """The states of the vocabulary."""
    return [("", "Anywhere"), *vocabulary.vocabulary().tip["state"].values.items()]


class QueueFilter(forms.Form):
    """A GET form: nothing personal goes into an address, so only references are found here."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)
    find = forms.CharField(required=False, label="Reference", max_length=32)
    urgency = forms.MultipleChoiceField(choices=Urgency, required=False, widget=forms.CheckboxSelectMultiple)
    state = forms.MultipleChoiceField(choices=STATES, required=False, widget=forms.CheckboxSelectMultiple)
    door = forms.MultipleChoiceField(choices=Door, required=False, widget=forms.CheckboxSelectMultiple)
    place = forms.ChoiceField(choices=places, required=False, label="State or territory")
    language = forms.CharField(required=False, label="Language of a contact", max_length=60)
    late = forms.BooleanField(required=False, label="Late only")
    no_clock = forms.BooleanField(required=False, label="Without a running clock")
