"""Forms of the referral loop: each asks what one move of the state table needs."""

from datetime import date

from django import forms
from django.utils import timezone

from casework.models import CancelReason, DeclineReason, Outcome, Progress

NO_NAMES = "Name nobody: no names, numbers or addresses."
LONGEST = 2000
_LONGEST_UNTIL = 365  # Days.
# A supervisor of the sender records this one; the agency itself has "outcome not ours to know".
_NOT_THE_RECEIVERS = (Outcome.NO_INFORMATION,)
_AT_ONCE = (CancelReason.CONSENT_WITHDRAWN, CancelReason.ENTERED_IN_ERROR)


class SeenForm(forms.Form):
    """Which version of the referral the person had before them; a later one makes the move too late."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class DeclineForm(SeenForm):
    """Why not, as a code, and words for the sender."""

    reason = forms.ChoiceField(
        choices=[("", "Choose a reason"), *DeclineReason.choices],
        label="Reason",
        error_messages={"required": "Choose a reason: the sender needs it to find another agency."},
    )
    note = forms.CharField(
        required=False,
        max_length=LONGEST,
        label="Note to the sender",
        help_text=f"Such as: full until Friday. {NO_NAMES}",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(
        required=False,
        label="Until",
        help_text="The last day on which you have no space, or on which the line below holds. Empty: three days.",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Enter a day such as 2026-11-27."},
    )
    news = forms.CharField(
        required=False,
        max_length=200,
        label="For the directory",
        help_text="About your service, for everybody who may ask you next. Such as: we no longer take men."
        " Nothing about this person.",
    )

    def clean_until(self) -> date | None:
        """A day that is to come, within a year."""
        until: date | None = self.cleaned_data["until"]
        if until is not None and not 0 <= (until - timezone.localdate()).days <= _LONGEST_UNTIL:
            raise forms.ValidationError("Enter a day from today on, within a year.")
        return until


class QuestionForm(SeenForm):
    """What the agency must know before it can decide."""

    question = forms.CharField(
        max_length=LONGEST,
        label="Question to the sender",
        help_text=f"Ask only what you need to decide. {NO_NAMES}",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write the question, or go back and accept or decline."},
    )


class AnswerForm(SeenForm):
    """The sender's answer; it is recorded as a disclosure."""

    answer = forms.CharField(
        max_length=LONGEST,
        label="Answer",
        help_text=f"The agency sees it beside the card, and it is recorded as shared. {NO_NAMES}",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write the answer, or recall the referral."},
    )


class ProgressForm(SeenForm):
    """How it goes."""

    progress = forms.ChoiceField(
        choices=Progress.choices,
        widget=forms.RadioSelect,
        label="How it goes",
        error_messages={"required": "Choose one."},
    )


class OutcomeForm(SeenForm):
    """How it ended."""

    outcome = forms.ChoiceField(
        choices=[
            ("", "Choose an outcome"),
            *((value, label) for value, label in Outcome.choices if value not in _NOT_THE_RECEIVERS),
        ],
        label="Outcome",
        help_text="If you may not tell, choose: Answered, outcome not ours to know.",
        error_messages={"required": "Choose an outcome: the referral closes only with one."},
    )


class WithdrawForm(SeenForm):
    """The two reasons that cancel at once."""

    reason = forms.ChoiceField(
        choices=[(reason.value, reason.label) for reason in _AT_ONCE],
        widget=forms.RadioSelect,
        label="Reason",
        error_messages={"required": "Choose the reason. For anything else, ask the agency to cancel."},
    )
