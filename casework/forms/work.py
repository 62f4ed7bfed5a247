"""What the moves of tips, tracks and steps ask: reason, outcome, note, purpose."""

from typing import Any

from django import forms

from casework.models import StepGate, TrackOutcome
from tips.actions.notes import LONGEST
from tips.actions.reveal import Purpose
from tips.models import Disposition, Pillar, ReopenReason


class SeenForm(forms.Form):
    """A move that asks nothing but which version was seen."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ReasonForm(SeenForm):
    """Why a step waits, is blocked or is skipped: for people, so no name belongs here."""

    reason = forms.CharField(
        max_length=300,
        help_text="What is missing, in words that name nobody.",
        error_messages={"required": "Say why: the next person reads only this."},
    )


class GateForm(ReasonForm):
    """What a waiting or blocked step waits for."""

    gate = forms.ChoiceField(choices=[("", "Something else"), *StepGate.choices], required=False, label="It waits for")
    field_order = ("version", "gate", "reason")


class CloseForm(SeenForm):
    """Closing a tip; how it ends where no agency was asked."""

    disposition = forms.ChoiceField(
        choices=Disposition,
        widget=forms.RadioSelect,
        label="How it ends: no agency was asked",
        error_messages={"required": "Choose how it ends."},
    )

    def __init__(self, data: Any = None, *, needs_disposition: bool, **rest: Any) -> None:
        super().__init__(data, **rest)
        if not needs_disposition:
            del self.fields["disposition"]


class ReopenForm(SeenForm):
    """Why a closed tip comes back."""

    reason = forms.ChoiceField(
        choices=ReopenReason,
        widget=forms.RadioSelect,
        label="Why it comes back",
        error_messages={"required": "Choose why it comes back."},
    )


class OutcomeForm(SeenForm):
    """How a track ended."""

    outcome = forms.ChoiceField(
        choices=TrackOutcome,
        widget=forms.RadioSelect,
        label="Outcome of the track",
        error_messages={"required": "Choose the outcome."},
    )


class NoteForm(forms.Form):
    """A line written while working."""

    text = forms.CharField(
        label="Note",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write something, or go back to the tip."},
    )
    pillar = forms.ChoiceField(choices=[("", "The whole tip"), *Pillar.choices], required=False, label="About")
    is_shared = forms.BooleanField(
        required=False, label="Share with every agency on this tip", help_text="Otherwise only your agency reads it."
    )


class PurposeForm(forms.Form):
    """Why somebody looks at what is closed."""

    purpose = forms.ChoiceField(
        choices=[(code, label) for code, label in Purpose.choices if code != Purpose.ACCOUNT],
        initial=Purpose.CALL_BACK,
        label="Why you look (recorded)",
        error_messages={"required": "Choose why you look; it is recorded."},
    )
