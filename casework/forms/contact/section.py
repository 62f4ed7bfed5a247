"""What a section of the contact page is: a form with its own module and its own template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from agencies.models import User
from tips.models import Contact


@dataclass(frozen=True)
class Talk:
    """What the sections may know of the conversation: its contact, who types, and who can help near the place."""

    contact: Contact
    user: User
    nearby: Mapping[str, str] = field(default_factory=dict)  # Agency id -> name.


class Section(forms.Form):
    """One part of the page. Its template `desk/contact/<code>.html` gets it as `section`; `code` is its anchor too.

    `rows` is the formset of a section that can be added to; `adds` names the button that adds one and its prefix.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    adds: ClassVar[tuple[str, str] | None] = None
    # Out of sight while whoever is in contact may not be who they say.
    hides_in_doubt: ClassVar[bool] = False

    def __init__(self, data: QueryDict, *, talk: Talk) -> None:
        super().__init__(data)
        self.talk = talk
        self.rows = self.make_rows(data)

    @classmethod
    def prepare(cls, data: QueryDict) -> None:
        """Fill in what follows from what was typed, before it is kept."""

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """Fill in what the contact itself says, where nothing was typed yet."""

    def make_rows(self, data: QueryDict) -> Any:
        """The section's formset, if it has one."""
        return None

    @property
    def template(self) -> str:
        return f"desk/contact/{self.code}.html"

    @property
    def parts(self) -> list[Any]:
        """Everything of it that is checked."""
        return [self] if self.rows is None else [self, self.rows]

    @property
    def newest(self) -> forms.Form | None:
        """The row that was added last."""
        return self.rows.forms[-1] if self.rows is not None and self.rows.forms else None

    def contact_values(self) -> dict[str, Any]:
        """Of the valid section: coded fields of the contact itself."""
        return {}

    def told(self) -> dict[str, Any]:
        """Of the valid section: its parts of tips.told.Told.

        `facts` and `identifiers` of all sections are put together; `aside` is a list of lines for the narrative.
        """
        return {}

    def choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Set what a select offers."""
        chosen = self.fields[name]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = choices


def counted(data: QueryDict, prefix: str) -> QueryDict:
    """The data with the counts of a formset, where a page from before that formset sent none."""
    if f"{prefix}-TOTAL_FORMS" in data:
        return data
    data = data.copy()
    data[f"{prefix}-TOTAL_FORMS"] = data[f"{prefix}-INITIAL_FORMS"] = "0"
    return data


def line(label: str, length: int, hint: str = "") -> forms.CharField:
    """One line that may stay empty."""
    return forms.CharField(required=False, label=label, max_length=length, help_text=hint)
