"""The filters of the queue."""

from django import forms

from tips.models import TipStatus, Urgency

STATES = [(state.value, state.label) for state in TipStatus if state != TipStatus.MERGED]


class QueueFilter(forms.Form):
    """A GET form: nothing personal goes into an address, so only references are found here."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)
    find = forms.CharField(required=False, label="Reference", max_length=32)
    urgency = forms.MultipleChoiceField(choices=Urgency, required=False, widget=forms.CheckboxSelectMultiple)
    state = forms.MultipleChoiceField(choices=STATES, required=False, widget=forms.CheckboxSelectMultiple)
