"""What is asked when a person agrees to sharing, says no, or takes a yes back."""

from collections.abc import Sequence
from typing import Any

from django import forms

from agencies.models import Agency, AgencyKind
from casework import consent_words, offering
from casework.actions.consents import Said
from tips import facts as vocabulary
from tips.models import Channel, Consent, Person

_CHOOSE = ("", "Choose")


def _heard_choices() -> list[tuple[str, str]]:
    return [(code, words) for code, words in vocabulary.vocabulary().person["wishes_heard"].values.items()]


class AgreeForm(forms.Form):
    """One yes to one agency."""

    agency_name = forms.CharField(
        required=False, max_length=100, label="Find an agency by name", help_text="When it is not in the list below."
    )
    recipient = forms.ChoiceField(label="To whom", error_messages={"required": "Choose the agency."})
    need = forms.ChoiceField(label="What for", error_messages={"required": "Choose what for."})
    fields_told = forms.MultipleChoiceField(
        choices=consent_words.CHOICES,
        widget=forms.CheckboxSelectMultiple,
        label="What they may be told",
        help_text="Only what the person says yes to, one by one.",
        error_messages={"required": "Choose what they may be told."},
    )
    how = forms.ChoiceField(
        choices=Consent.How.choices,
        widget=forms.RadioSelect,
        label="How they agree",
        error_messages={"required": "Choose how they agree."},
    )
    heard = forms.ChoiceField(label="How you hear it", error_messages={"required": "Choose how you hear it."})
    language = forms.CharField(max_length=60, label="Language", error_messages={"required": "Write the language."})
    given_by = forms.ChoiceField(choices=Consent.GivenBy.choices, label="Who agrees")
    has_no_conflict = forms.BooleanField(
        required=False, label="I made sure that this parent or guardian is not accused and does not control the person"
    )
    witness = forms.CharField(
        required=False, max_length=120, label="Who else heard it", help_text="Their role, not their name."
    )

    def __init__(self, data: Any = None, *, person: Person, agencies: Sequence[Agency]) -> None:
        language = next(iter(person.languages), "")
        super().__init__(data, initial={"language": language, "given_by": "person", "heard": "directly"})
        self.agencies = {str(agency.pk): agency for agency in agencies}
        names = [(key, str(agency)) for key, agency in self.agencies.items()]
        self.fields["recipient"].choices = [_CHOOSE, *names]  # type: ignore[attr-defined]
        self.fields["need"].choices = [_CHOOSE, *offering.need_choices()]  # type: ignore[attr-defined]
        self.fields["heard"].choices = _heard_choices()  # type: ignore[attr-defined]

    @property
    def agency(self) -> Agency:
        return self.agencies[self.cleaned_data["recipient"]]

    def said(self, text: str) -> Said:
        """What the verb takes; only of a valid form."""
        given = self.cleaned_data
        return Said(
            recipient=self.agency,
            need=given["need"],
            fields=given["fields_told"],
            how=given["how"],
            language=given["language"],
            text=text,
            heard=given["heard"],
            given_by=given["given_by"],
            has_no_conflict=given["has_no_conflict"],
            witness=given["witness"],
        )


class RefuseForm(forms.Form):
    """A no to a kind of agency."""

    kind = forms.ModelChoiceField(
        AgencyKind.objects.order_by("label"),
        label="No to which kind of agency",
        help_text="No rule proposes it any more for what concerns this person.",
        error_messages={"required": "Choose the kind of agency."},
    )
    language = forms.CharField(max_length=60, required=False, label="Language")


class WithdrawForm(forms.Form):
    """A yes taken back."""

    recipient = forms.ChoiceField(required=False, label="Which yes")
    channel = forms.ChoiceField(
        choices=[_CHOOSE, *Channel.choices],
        label="How they said it",
        help_text="One sentence is enough. Ask for no proof and no reason.",
        error_messages={"required": "Choose how they said it."},
    )

    def __init__(self, data: Any = None, *, agencies: Sequence[Agency]) -> None:
        super().__init__(data)
        self.agencies = {str(agency.pk): agency for agency in agencies}
        names = [(key, f"Only to {agency}") for key, agency in self.agencies.items()]
        self.fields["recipient"].choices = [("", "Every yes"), *names]  # type: ignore[attr-defined]

    @property
    def agency(self) -> Agency | None:
        return self.agencies.get(self.cleaned_data["recipient"])
