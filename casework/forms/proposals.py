"""Forms of routing: whom to ask, and what each agency is told."""

from collections.abc import Sequence
from typing import Any

from django import forms

from agencies.models import Agency
from casework import cards, offering
from casework.actions.proposals import Line
from casework.forms.referrals import NO_NAMES
from tips import facts as vocabulary
from tips.models import Person, Pillar, Tip


class LineForm(forms.Form):
    """One referral before it is sent; filled in from the rules and the facts, and changed by a person."""

    need = forms.ChoiceField(label="Need", error_messages={"required": "Choose what the agency is asked for."})
    persons = forms.MultipleChoiceField(
        required=False,
        label="For whom",
        widget=forms.CheckboxSelectMultiple,
        help_text="The card says how many, their ages and languages. It names nobody.",
    )
    pillar = forms.ChoiceField(choices=Pillar.choices, label="Pillar", help_text="Opens this track on the tip.")
    purpose = forms.CharField(
        max_length=120,
        label="Purpose",
        help_text=f"What the agency is asked to do. {NO_NAMES}",
        error_messages={"required": "Say what the agency is asked to do."},
    )
    legal_basis = forms.ChoiceField(
        choices=[("", "Choose a basis"), *((basis, basis) for basis in offering.BASES)],
        label="Legal basis",
        error_messages={"required": "Choose on what basis this may be shared."},
    )
    summary = forms.CharField(
        required=False,
        max_length=600,
        label="Summary",
        help_text=f"Proposed from the codes; empty for the proposed words. {NO_NAMES}",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    side_by_side = forms.BooleanField(
        required=False,
        label="Side by side with the others for this need",
        help_text="Of those that say yes you confirm one. The others are told that it was found elsewhere.",
    )

    def __init__(
        self,
        *args: Any,
        tip: Tip,
        agency: Agency,
        persons: Sequence[Person],
        pillars: Sequence[str],
        may_override: bool,
        is_alone: bool = False,
        **kwargs: Any,
    ) -> None:
        self.tip, self.agency, self.may_override = tip, agency, may_override
        self.on_tip = {str(person.pk): person for person in persons}
        kwargs["initial"] = self._proposed(persons, pillars)
        super().__init__(*args, **kwargs)
        if is_alone:
            del self.fields["side_by_side"]
        self.fields["need"].choices = offering.need_choices()  # type: ignore[attr-defined]
        self.fields["persons"].choices = [(key, self._label(p)) for key, p in self.on_tip.items()]  # type: ignore[attr-defined]

    def _proposed(self, persons: Sequence[Person], pillars: Sequence[str]) -> dict[str, Any]:
        kind = self.agency.kind
        concerned = offering.concerned(persons, kind)
        offers = [need for service in self.agency.services.all() for need in service.needs]
        need = offering.need_for(kind, offers, concerned)
        return {
            "need": need,
            "persons": [str(person.pk) for person in concerned],
            "pillar": offering.pillar_for(kind, pillars),
            "purpose": offering.purpose_for(need),
            "legal_basis": offering.basis_for(concerned),
            "summary": cards.propose_summary(self.tip.situation.facts),
        }

    def _label(self, person: Person) -> str:
        age = vocabulary.vocabulary().person["age"].values.get(person.age, person.age)
        declined = "; declined this kind of agency" if offering.is_declined(person, self.agency.kind) else ""
        return f"{person}: {person.get_role_display().lower()}, {age.lower()}{declined}"

    def clean_persons(self) -> list[Person]:
        """A refusal binds what concerns the person who refused (ruling 8)."""
        chosen = [self.on_tip[key] for key in self.cleaned_data["persons"]]
        refusing = [str(person) for person in chosen if offering.is_declined(person, self.agency.kind)]
        if refusing and not self.may_override:
            names = ", ".join(refusing)
            raise forms.ValidationError(f"{names} declined this. Leave them out, or ask a supervisor to send it.")
        return chosen

    def line(self) -> Line:
        """What the verb takes; only of a valid form."""
        return Line(receiver=self.agency, **self.cleaned_data)


class OverrideForm(forms.Form):
    """Why an agency is asked that no rule proposes."""

    override_reason = forms.CharField(
        max_length=300,
        label="Why an agency that no rule proposes",
        help_text=f"Kept with the proposal and in the trail. {NO_NAMES}",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why you choose an agency that no rule proposes."},
    )


class FindForm(forms.Form):
    """Find any agency of the directory by name."""

    agency_name = forms.CharField(required=False, max_length=100, label="Another agency, by name")
