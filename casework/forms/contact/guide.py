"""The call guide beside the form: what to ask, in the words to say, by door and situation; ticked when asked."""

from typing import Any

from django import forms

from casework.forms.contact.minor import MinorSection
from casework.forms.contact.section import Section
from tips.models import GuideQuestion

# What is wanted from the contact -> the door whose questions fit.
_DOORS = {
    "help": "get_help",
    "service": "get_help",
    "report": "report",
    "training": "learn",
    "information": "learn",
    "statistics": "learn",
    "media": "learn",
}


class GuideSection(Section):
    """Questions as checkboxes: what was asked is kept with the contact, by code."""

    code = "guide"
    title = "Questions to ask"

    asked = forms.MultipleChoiceField(required=False, label="Asked", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.getlist("asked") if hasattr(self.data, "getlist") else []
        rows = GuideQuestion.objects.filter(is_active=True).order_by("order", "code")
        self.questions = [row for row in rows if self._fits(row) or row.code in asked]
        self.choices("asked", [(row.code, row.text) for row in self.questions])

    def _fits(self, row: GuideQuestion) -> bool:
        data: Any = self.data
        doors = {door for want in data.getlist("requests") if (door := _DOORS.get(want))} or {"get_help", "report"}
        situations = {*data.getlist("exploitation"), *(("minor",) if self._is_minor else ())}
        return row.door in ("", *doors) and row.situation in ("", *situations)

    @property
    def _is_minor(self) -> bool:
        return MinorSection(self.data, talk=self.talk).is_concerned  # type: ignore[arg-type]

    def contact_values(self) -> dict[str, Any]:
        """The codes of what was asked."""
        return {"asked": self.cleaned_data["asked"]}
