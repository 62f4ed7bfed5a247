"""Who is kept from a tip: found by name, chosen from what was found."""

from django import forms


class FindForm(forms.Form):
    """Part of the name of an agency or of a person with an account."""

    FEWEST = 3
    find = forms.CharField(
        label="Name of the agency or person",
        min_length=FEWEST,
        max_length=80,
        help_text="Part of the name is enough. Only agencies of the directory and people with an account.",
        error_messages={
            "required": "Enter a name, or part of it.",
            "min_length": f"Enter at least {FEWEST} letters of the name.",
        },
    )


class ChooseForm(FindForm):
    """One of those that were found: `agency:<id>` or `person:<id>`."""

    who = forms.ChoiceField(
        label="Who is kept from this tip",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose who is kept from this tip.",
            "invalid_choice": "Choose one of those on the page.",
        },
    )
