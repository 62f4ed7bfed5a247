"""Signs of trafficking: acts, means and recruitment, each with the words that led to it; how much, and what for."""

from typing import Any

from django import forms
from django.http import QueryDict

from casework.forms.contact.section import Section, counted, line
from tips import codes
from tips import facts as vocabulary
from tips.models import Contact
from tips.told import IndicationTold

LISTS = ("means", "act", "recruitment")
MOST = 60


class IndicatorForm(forms.Form):
    """One sign; an empty one is none."""

    sign = forms.ChoiceField(required=False)
    heard = line("The words that led to it", 500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sign = self.fields["sign"]
        if isinstance(sign, forms.ChoiceField):
            sign.choices = [("", "Choose"), *_groups()]

    def clean(self) -> dict[str, Any]:
        """Words need the sign that they stand for."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("heard") and not cleaned.get("sign"):
            self.add_error("sign", "Choose the sign that these words stand for.")
        return cleaned


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    known = codes.code_lists()
    return [(known[name].label, [(f"{name}:{code}", label) for code, label in known[name].choices()]) for name in LISTS]


IndicatorForms = forms.formset_factory(IndicatorForm, extra=1, max_num=MOST, absolute_max=MOST)


class IndicatorsSection(Section):
    """The signs, and what they come to."""

    code = "indicators"
    title = "Signs"
    adds = ("add_indicator", "indicator")

    indicator_level = forms.ChoiceField(required=False, label="Indicator level")
    actionability = forms.ChoiceField(required=False, label="What can be done with it")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = vocabulary.vocabulary().tip["indicator_level"].values
        self.choices("indicator_level", [("", "Not assessed yet"), *levels.items()])
        self.choices("actionability", [("", "Not judged yet"), *codes.code_lists()["actionability"].choices()])

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """One empty row."""
        data.setdefault("indicator-TOTAL_FORMS", "1")
        data.setdefault("indicator-INITIAL_FORMS", "0")

    def make_rows(self, data: QueryDict) -> Any:
        """The signs."""
        return IndicatorForms(counted(data, "indicator"), prefix="indicator")

    def told(self) -> dict[str, Any]:
        """Codes by list, and the words behind them."""
        rows = [row.cleaned_data for row in self.rows.forms if row.cleaned_data.get("sign")]
        chosen: dict[str, list[str]] = {}
        for row in rows:
            name, _, code = row["sign"].partition(":")
            chosen.setdefault(name, []).append(code)
        chosen = {name: list(dict.fromkeys(values)) for name, values in chosen.items()}
        heard = [(*row["sign"].split(":"), row["heard"]) for row in rows if row["heard"]]
        cleaned = self.cleaned_data
        if cleaned["actionability"]:
            chosen["actionability"] = [cleaned["actionability"]]
        level = {"indicator_level": cleaned["indicator_level"]} if cleaned["indicator_level"] else {}
        behind: dict[str, Any] = {name: values[0] for name, values in codes.facts_behind(chosen).items()}
        return {
            "facts": level,
            "facts_behind": behind,
            "codes": chosen,
            "indications": tuple(IndicationTold(*row) for row in heard),
        }
