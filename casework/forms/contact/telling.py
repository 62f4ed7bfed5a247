"""The frame's own parts of the page: the box typed into while listening, the danger, the line."""

from typing import Any

from django import forms
from django.http import QueryDict

from agencies.models import Agency
from casework.forms.contact.section import Section, line
from tips import facts as vocabulary
from tips.actions.danger import read_accused
from tips.models import Contact, Danger, EmergencyOffer, SafeToTalk, YesNoUnknown

_NOT_ASKED = ("", "Not asked")
IN_DANGER = {
    "weapon": "A weapon",
    "children": "Children there",
    "injury": "Somebody hurt or ill",
    "overdose": "An overdose",
    "suicide": "Thoughts of suicide",
}


def _yes_no(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[_NOT_ASKED, *YesNoUnknown.choices], required=False, label=label)


class TellingForm(Section):
    """What is happening, in words."""

    code = "telling"
    title = "What is happening"

    narrative = forms.CharField(
        required=False,
        label="What is happening",
        widget=forms.Textarea(attrs={"class": "tall", "spellcheck": "true"}),
        strip=False,
    )

    def told(self) -> dict[str, Any]:
        """The narrative."""
        return {"narrative": self.cleaned_data["narrative"]}


class DangerForm(Section):
    """The safety questions, and what the offers of the panel need."""

    code = "danger"
    title = "Danger"

    safe_to_talk = forms.ChoiceField(
        choices=[_NOT_ASKED, *SafeToTalk.choices], required=False, label="Is it safe to talk?", widget=forms.RadioSelect
    )
    danger = forms.ChoiceField(
        choices=Danger,
        required=False,
        label="Is anyone about to be seriously hurt or killed?",
        widget=forms.RadioSelect,
    )
    danger_where = line("Where are they right now?", 200, "The county or ZIP code goes under Place.")
    danger_basis = forms.ChoiceField(
        choices=[("", "Choose"), *EmergencyOffer.Basis.choices], required=False, label="Why without their yes"
    )
    danger_said = forms.MultipleChoiceField(
        choices=EmergencyOffer.Said, required=False, label="Say only this", widget=forms.CheckboxSelectMultiple
    )
    danger_plans = forms.MultipleChoiceField(
        choices=EmergencyOffer.Plan, required=False, label="Plan with them", widget=forms.CheckboxSelectMultiple
    )

    accused = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, label in IN_DANGER.items():
            self.fields[f"danger_{name}"] = _yes_no(label)
        self.choices("accused", [(str(key), "") for key in read_accused(data.getlist("accused"))])

    @classmethod
    def prepare(cls, data: QueryDict) -> None:
        """A button says who is accused, and who is not after all; it is kept with what was typed."""
        deed, _, rest = data.get("act", "").partition(":")
        what, _, key = rest.partition(":")
        if deed == "danger" and what in ("accuse", "trust"):
            others = [each for each in data.getlist("accused") if each != key]
            data.setlist("accused", [*others, key] if what == "accuse" else others)
        data.setlist("accused", [str(key) for key in read_accused(data.getlist("accused"))])

    @classmethod
    def begin(cls, data: QueryDict, contact: Contact) -> None:
        """The danger as the contact has it; nothing else was asked yet."""
        data.setdefault("danger", contact.danger)
        data.setdefault("safe_to_talk", "")

    @property
    def questions(self) -> list[Any]:
        """The short ones, as they are drawn."""
        return [self[f"danger_{name}"] for name in IN_DANGER]

    @property
    def is_listened_to(self) -> bool:
        """Whether only yes or no can be answered: every word then keeps the subject to itself."""
        return self["safe_to_talk"].value() in (SafeToTalk.LISTENED, SafeToTalk.YES_OR_NO)

    def answers(self) -> dict[str, str]:
        """Codes as the verb takes them; what is no answer counts as not asked, so that nothing waits for it."""
        found = {name: self.data.get(f"danger_{name}", "") for name in IN_DANGER}
        found = {name: code for name, code in found.items() if code in YesNoUnknown.values}
        safe = self.data.get("safe_to_talk", "")
        return {**found, "safe_to_talk": safe} if safe in SafeToTalk.values else found

    def contact_values(self) -> dict[str, Any]:
        """The danger's code."""
        return {"danger": self.cleaned_data["danger"] or Danger.NOT_ASKED}

    def told(self) -> dict[str, Any]:
        """Where they were, as a line of the narrative."""
        where = self.cleaned_data["danger_where"].strip()
        told: dict[str, Any] = {"aside": [f"Where they were in danger: {where}"] if where else []}
        known = vocabulary.vocabulary().tip["accused_kinds"].values
        kinds = sorted({agency.kind_id for agency in self.accused_agencies()} & set(known))
        return {**told, "facts": {"accused_kinds": kinds}} if kinds else told

    def accused_agencies(self) -> list[Agency]:
        """Who is accused, as far as the directory knows them; no query where nobody is."""
        keys = read_accused(self.data.getlist("accused"))  # type: ignore[attr-defined]
        return list(Agency.objects.filter(pk__in=keys).order_by("name", "pk")) if keys else []


class LineForm(Section):
    """The line: what to do when it breaks, and what was promised."""

    code = "line"
    title = "If the line breaks"

    may_ring_back = _yes_no("If we are cut off, may I ring back?")
    ring_back_words = line("And what may I say?", 200, "Whom to ask for, and what to say if somebody else answers.")
    promised = forms.CharField(
        required=False,
        label="Asked and promised so far",
        max_length=2000,
        help_text="A colleague who goes on with this reads it first.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def told(self) -> dict[str, Any]:
        """What was agreed, as lines of the narrative."""
        found = []
        if self.cleaned_data["ring_back_words"].strip():
            found.append(f"When ringing back, say: {self.cleaned_data['ring_back_words'].strip()}")
        if self.cleaned_data["promised"].strip():
            found.append(f"Asked and promised: {self.cleaned_data['promised'].strip()}")
        return {"aside": found}
