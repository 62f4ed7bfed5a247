"""What is asked before tips are merged, taken apart, or a contact is moved."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from agencies.models import User
from casework.actions.merging import Since
from tips.models import Contact, Person, Tip

_WHY = "For the next person, in words that name nobody."


class ReferenceForm(forms.Form):
    """Another tip of the own desk, by its reference."""

    reference = forms.CharField(
        max_length=32,
        label="Reference of the other tip",
        error_messages={"required": "Enter the reference of the other tip."},
    )

    def __init__(self, *args: Any, user: User, but_not: Tip | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.but_not = user, but_not
        self.tip: Tip | None = None

    def clean_reference(self) -> str:
        """Any other tip is as unknown as one that is not there."""
        reference = self.cleaned_data["reference"].strip().upper()
        held = Tip.objects.visible_to(self.user).filter(holder_agency=self.user.acting_agency_id)
        self.tip = held.filter(reference=reference).first()
        if self.tip is None or self.tip == self.but_not:
            raise ValidationError("No other tip of your desk has this reference. Check it.")
        return reference


class MergeForm(forms.Form):
    """Both versions that were seen, and why the two are one."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    other_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=300,
        label="What shows that they are one situation",
        help_text=_WHY,
        error_messages={"required": "Say what shows it: the next person reads only this."},
    )


class SamePersonForm(forms.Form):
    """One person of each tip, and what shows that they are one."""

    one = forms.ModelChoiceField(
        Person.objects.none(), empty_label="Choose", error_messages={"required": "Choose a person of each tip."}
    )
    other = forms.ModelChoiceField(
        Person.objects.none(), empty_label="Choose", error_messages={"required": "Choose a person of each tip."}
    )
    reason = forms.CharField(
        max_length=300,
        label="What shows that they are one person",
        help_text=_WHY,
        error_messages={"required": "Say what shows it."},
    )

    def __init__(self, *args: Any, left: Tip, right: Tip, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, tip in (("one", left), ("other", right)):
            field: Any = self.fields[name]
            field.queryset = Person.objects.filter(tip=tip).order_by("number")
            field.label = f"Person of {tip.reference}"
            field.label_from_instance = person_words


def person_words(person: Person) -> str:
    """`Person 1: potential victim`."""
    return f"Person {person.number}: {person.get_role_display().lower()}"


class WhyForm(forms.Form):
    """A reason for people."""

    reason = forms.CharField(
        max_length=300, label="Why", help_text=_WHY, error_messages={"required": "Say why: the next person reads this."}
    )


class UnmergeForm(forms.Form):
    """Why they are two, and for each thing that came since: to which of the two it belongs."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=300,
        label="Why they are two situations",
        help_text=_WHY,
        error_messages={"required": "Say why: the next person reads only this."},
    )

    def __init__(self, *args: Any, tip: Tip, kept: Tip, written: Sequence[Since], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written = written
        for item in written:
            self.fields[str(item.pk)] = forms.ChoiceField(
                choices=[("kept", f"{kept.reference} (stays)"), ("out", f"{tip.reference} (goes with it)")],
                widget=forms.RadioSelect,
                label=_since_words(item),
                error_messages={"required": "Choose the tip to which this belongs."},
            )

    def belongs(self) -> dict[Any, bool]:
        """For each thing written since, whether it goes with the tip that is taken out."""
        return {item.pk: self.cleaned_data[str(item.pk)] == "out" for item in self.written}


def _since_words(item: Since) -> str:
    if isinstance(item.record, Contact):
        return f"{item.record.get_channel_display()}, began {item.record.started_at:%d %b %Y %H:%M} UTC"
    return f"Note of {item.record.created_at:%d %b %Y %H:%M} UTC: {item.record.text[:80]}"
