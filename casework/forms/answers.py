"""Forms of answers without an account: each asks who speaks for the agency, and what the move needs."""

from django import forms

from casework.actions.answering import Speaker
from casework.forms import referrals as asked

_SPEAKER = ("name", "speaker_role", "number")


class SpeakerForm(forms.Form):
    """Who answers for the agency."""

    name = forms.CharField(
        max_length=120,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Write your name: the desk calls you back by it."},
    )
    speaker_role = forms.CharField(
        max_length=120,
        label="Your work there",
        help_text="Such as: night manager.",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": "Write what your work at the agency is."},
    )
    number = forms.CharField(
        required=False,
        max_length=40,
        label="Your phone number",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def speaker(self) -> Speaker:
        """Who speaks, after `is_valid`."""
        data = self.cleaned_data
        return Speaker(name=data["name"], role=data["speaker_role"], number=data["number"])

    def values(self) -> dict[str, str]:
        """What the move itself needs."""
        return {name: value for name, value in self.cleaned_data.items() if name not in (*_SPEAKER, "version")}


class AcceptByLinkForm(SpeakerForm):
    """Yes; the desk calls for the hand-off."""


class DeclineByLinkForm(SpeakerForm):
    """No, with a reason."""

    reason = asked.DeclineForm.base_fields["reason"]
    note = asked.DeclineForm.base_fields["note"]
    field_order = ("reason", "note")


class AskByLinkForm(SpeakerForm):
    """A question first."""

    question = asked.QuestionForm.base_fields["question"]
    field_order = ("question",)


class ContactByLinkForm(SpeakerForm):
    """Call me: a question that only a call answers."""

    field_order = ("number",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["number"].required = True
        self.fields["number"].error_messages["required"] = "Write the number that we shall call."

    def values(self) -> dict[str, str]:
        """The question, in words; who asks and the number stand beside it."""
        return {"question": "Call us before we decide."}


class ByPhoneForm(SpeakerForm):
    """What the operator hears from the agency."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].label, self.fields["speaker_role"].label = "Who answered", "Their work there"
        self.fields["number"].label = "Their number, or the agency's case number"
        for name in ("name", "speaker_role"):
            self.fields[name].error_messages["required"] = "Ask for it: it is who we come back to."
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["number"].widget.attrs["autocomplete"] = "off"


class DeclineByPhoneForm(ByPhoneForm):
    reason = asked.DeclineForm.base_fields["reason"]
    note = asked.DeclineForm.base_fields["note"]
    field_order = ("reason", "note")


class AskByPhoneForm(ByPhoneForm):
    question = asked.QuestionForm.base_fields["question"]
    field_order = ("question",)


class ProgressByPhoneForm(ByPhoneForm):
    progress = asked.ProgressForm.base_fields["progress"]
    field_order = ("progress",)


class OutcomeByPhoneForm(ByPhoneForm):
    outcome = asked.OutcomeForm.base_fields["outcome"]
    field_order = ("outcome",)
