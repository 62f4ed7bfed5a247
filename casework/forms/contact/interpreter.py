"""Who interprets, how long it took, and whether the person can speak freely through them (ruling 11)."""

from typing import Any

from django import forms
from django.http import QueryDict

from casework.forms.contact.section import Section, line
from casework.forms.facts import NOT_ASKED
from tips.models import Contact, Interpretation, Interpreter, YesNoUnknown
from tips.told import CLOSE_INTERPRETERS

_NOBODY = ("", "Nobody, or not known")
LONGEST_WAIT = 600


class InterpreterSection(Section):
    """What the desk notes of an interpreter. A yes or no through somebody close is marked as not counting."""

    code = "interpreter_part"
    title = "Interpreter"

    interpreter = forms.ChoiceField(choices=Interpreter, required=False, label="Interpreter")
    interpreted_by = forms.ChoiceField(
        choices=[_NOBODY, *Interpretation.Who.choices], required=False, label="Who interprets"
    )
    dialect = line("Dialect, in words", 120, "Such as: Mam, from Todos Santos.")
    interpreter_vendor = line("Vendor", 120)
    interpreter_number = line("Interpreter's number", 40)
    minutes_until_connected = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=LONGEST_WAIT,
        label="Minutes until connected",
        error_messages={"invalid": "Enter whole minutes, such as 4, or leave it empty."},
    )
    interpreter_feared = forms.ChoiceField(
        choices=[NOT_ASKED, *YesNoUnknown.choices], required=False, label="The person knows or fears this interpreter"
    )
    interpreter_lost = forms.BooleanField(required=False, label="The interpreter was lost during the contact")

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """As the contact was opened."""
        data.setdefault("interpreter", contact.interpreter)

    @property
    def is_open(self) -> bool:
        """Whether the part about who interprets stands open."""
        names = [name for name in self.fields if name != "interpreter"]
        is_used = self["interpreter"].value() not in ("", None, Interpreter.NOT_NEEDED)
        return is_used or any(self[name].value() for name in names)

    @property
    def counts_not(self) -> bool:
        """Whether what is heard through this interpreter is no yes and no no."""
        is_close = self["interpreted_by"].value() in CLOSE_INTERPRETERS
        return is_close or self["interpreter"].value() == "informal" or self["interpreter_feared"].value() == "yes"

    def contact_values(self) -> dict[str, Any]:
        """The contact's own code; who interprets decides where the two do not agree."""
        said, who = self.cleaned_data["interpreter"] or Interpreter.NOT_NEEDED, self.cleaned_data["interpreted_by"]
        if who in CLOSE_INTERPRETERS:
            said = Interpreter.INFORMAL
        elif who and said in (Interpreter.NOT_NEEDED, Interpreter.NEEDED, Interpreter.INFORMAL):
            said = Interpreter.CONNECTED
        return {"interpreter": said}

    def interpretation(self) -> dict[str, Any]:
        """Fields of Interpretation. Somebody they know, without more, counts as a companion."""
        cleaned = self.cleaned_data
        who = cleaned["interpreted_by"]
        if not who and cleaned["interpreter"] == Interpreter.INFORMAL:
            who = Interpretation.Who.COMPANION
        elif not who and cleaned["interpreter"] == Interpreter.CONNECTED:
            who = Interpretation.Who.PROFESSIONAL
        return {
            "who": str(who),
            "vendor": cleaned["interpreter_vendor"],
            "number": cleaned["interpreter_number"],
            "minutes_until_connected": cleaned["minutes_until_connected"],
            "was_lost": cleaned["interpreter_lost"],
            "dialect": cleaned["dialect"],
            "is_feared": cleaned["interpreter_feared"] or YesNoUnknown.UNKNOWN,
        }

    def told(self) -> dict[str, Any]:
        """Who interpreted."""
        return {"interpretation": self.interpretation()}
