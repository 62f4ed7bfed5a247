"""What is asked before names and contact details are opened."""

from collections.abc import Sequence
from typing import Any

from django import forms

from casework.models import EmergencyReason, IdentityReason
from tips.models import Identifier, Person, PersonIdentity

_CHOICES = list(dict([*PersonIdentity.Field.choices, *Identifier.Kind.choices]).items())


class IdentityForm(forms.Form):
    """Whose, which fields. An emergency has another reason than a question to a second person."""

    person = forms.ChoiceField(label="Of whom", error_messages={"required": "Choose the person."})
    fields_asked = forms.MultipleChoiceField(
        choices=_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        label="What has to be opened",
        help_text="No more than is needed.",
        error_messages={"required": "Choose what has to be opened."},
    )
    reason = forms.ChoiceField(
        choices=[("", "Choose"), *IdentityReason.choices],
        label="Why",
        error_messages={"required": "Choose why; it is recorded."},
    )

    def __init__(self, data: Any = None, *, persons: Sequence[Person], prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.persons = {str(person.pk): person for person in persons}
        names = [(key, f"{one}: {one.get_role_display().lower()}") for key, one in self.persons.items()]
        self.fields["person"].choices = [("", "Choose"), *names]  # type: ignore[attr-defined]

    @property
    def whose(self) -> Person:
        return self.persons[self.cleaned_data["person"]]


class EmergencyForm(IdentityForm):
    """Alone, for danger to life."""

    reason = forms.ChoiceField(
        choices=[("", "Choose"), *EmergencyReason.choices],
        label="Why nobody can wait",
        error_messages={"required": "Choose why nobody can wait; it is recorded."},
    )
