"""The form of the shared account: words that name nobody, read and confirmed."""

from typing import Any

from django import forms

from tips.marking import NEUTRAL, marks
from tips.models import SharedAccount

_MOST_NAMED = 12


class AccountForm(forms.Form):
    """`number` is that of the confirmation that the page showed."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="Shared account",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "class": "tall"}),
        help_text="What happened, for the agencies that accept. No name, number, address, handle or kinship word.",
        error_messages={"required": "Write what happened, in words that name nobody."},
    )
    is_read = forms.BooleanField(
        label="I read it: it names nobody",
        error_messages={"required": "Tick this after you read the shared account."},
    )
    is_checked = forms.BooleanField(
        label="I looked at each of these words: they identify nobody", required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, account: SharedAccount, text: str | None = None) -> None:
        initial = {"number": account.number, "text": account.text if text is None else text}
        super().__init__(data, initial=initial)
        if data is not None and "is_checked" in data:
            self._ask_about_words()

    def _ask_about_words(self) -> None:
        self.fields["is_checked"].widget = forms.CheckboxInput()

    def clean(self) -> dict[str, Any]:
        """What still reads as if it named somebody is looked at once more; a human decides."""
        cleaned = super().clean() or self.cleaned_data
        found = left_in(cleaned.get("text", ""))
        if found and not cleaned.get("is_checked"):
            self._ask_about_words()
            words = ", ".join(found[:_MOST_NAMED])
            self.add_error("text", f"These words still read as if they named somebody: {words}.")
            self.add_error("is_checked", "Change the words, or tick this after you looked at each.")
        return cleaned


def left_in(text: str) -> list[str]:
    """Stretches of a wording that read as if they named somebody, each once."""
    plain = text
    for word in NEUTRAL.values():
        plain = plain.replace(word, " " * len(word))
    return list(dict.fromkeys(text[span.start : span.end] for span in marks(plain)))
