"""Until when a number is remarked on."""

from django import forms


class FlagForm(forms.Form):
    """One day."""

    until = forms.DateField(
        label="Until the end of",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": "Enter the last day.", "invalid": "Enter a day, such as 2026-12-01."},
    )
