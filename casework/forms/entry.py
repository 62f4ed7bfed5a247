"""An agency's answer about its own entry: one question for each part of it."""

from collections.abc import Mapping

from django import forms

from agencies.models import Agency, Phone, Service
from casework.actions.verifying import Part
from tips import facts as vocabulary

_ANSWERS = (("yes", "Still true"), ("no", "No longer true"))


class EntryForm(forms.Form):
    """Radios, none chosen beforehand: a yes must be said."""

    def __init__(self, data: object, *, parts: Mapping[str, Part]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        for name, part in parts.items():
            self.fields[name] = forms.ChoiceField(
                choices=_ANSWERS,
                widget=forms.RadioSelect,
                label=_title(part),
                help_text=_said(part),
                error_messages={"required": "Choose: still true, or no longer true."},
            )

    def still_true(self) -> dict[str, bool]:
        """Of the valid form: part -> whether it is true."""
        return {name: value == "yes" for name, value in self.cleaned_data.items()}


def _title(part: Part) -> str:
    if isinstance(part, Agency):
        return part.name
    return part.name if isinstance(part, Service) else f"Phone {part}"


def _said(part: Part) -> str:
    """What the entry says, in one line."""
    if isinstance(part, Agency):
        areas = sorted({str(area) for area in part.coverages.all()})
        return (
            f"Takes referrals by: {part.get_accepts_by_display().lower()}. Works in: {', '.join(areas) or 'not known'}."
        )
    if isinstance(part, Phone):
        return f"{part.get_purpose_display()}. {part.description}".strip()
    needs = vocabulary.vocabulary().person["needs"].values
    lines = {
        "Offers": ", ".join(needs.get(need, need) for need in part.needs),
        "Ages from": part.minimum_age,
        "Ages to": part.maximum_age,
        "Languages": ", ".join(part.languages),
        "For whom": part.eligibility,
        "Cost": part.fees,
        "Alert": part.alert,
    }
    return " ".join(f"{label}: {words}." for label, words in lines.items() if words not in ("", None))
