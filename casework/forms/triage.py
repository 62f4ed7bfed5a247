"""The triage form, made from the vocabulary of facts."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms

from casework.actions.desk import Coded
from casework.forms.facts import add_facts, changed
from casework.models import LowerReason
from tips import facts as vocabulary
from tips.facts import Fact
from tips.models import IndicatorLevel, Person, RequestType, Tip, Urgency

# Set by the deployment, by the contact, by the place, or decided above the facts.
_ELSEWHERE = frozenset({"channel", "state", "location", "indicator_level"})
_DEPLOYMENT = "deployment"
LONG = 20
_TOLD_NOT_ASKED = "Told, never asked (closed: what was written before is not shown)"


def tip_facts() -> list[Fact]:
    """The facts of the tip as a whole that a person codes."""
    known = vocabulary.vocabulary().tip.values()
    return [fact for fact in known if fact.group != _DEPLOYMENT and fact.name not in _ELSEWHERE]


def person_facts() -> list[Fact]:
    """The facts of one person."""
    return list(vocabulary.vocabulary().person.values())


class Group:
    """Some fields under one heading that says what is known of them; open only where something has to be mended.

    Lists longer than LONG fold by themselves.
    """

    def __init__(self, form: forms.Form, label: str, facts: Iterable[Fact]) -> None:
        known = list(facts)
        self.label = label
        self.selects = [form[fact.name] for fact in known if fact.shape != "many"]
        self.lists = [form[fact.name] for fact in known if fact.shape == "many" and len(fact.values) <= LONG]
        self.long = [form[fact.name] for fact in known if fact.shape == "many" and len(fact.values) > LONG]
        fields = [form[fact.name] for fact in known]
        self.is_open = any(bound.errors for bound in fields)
        self.said = [words for bound in fields if (words := said(bound))]


def said(bound: forms.BoundField) -> str:
    """What a field of a fact says, in words; a yes or no with the fact's name, for "Yes" to a long question may be
    read as its opposite. Empty where nothing is known.
    """
    value = bound.value()
    values = [str(code) for code in (value if isinstance(value, list | tuple) else [value]) if code not in (None, "")]
    labels = {str(code): str(label) for code, label in getattr(bound.field, "choices", ())}
    words = ", ".join(labels.get(code, code) for code in values if code != "unknown")
    is_yes_or_no = bool(words) and {"yes", "no"} >= set(values)
    return f"{bound.name.replace('_', ' ').capitalize()}: {words.lower()}" if is_yes_or_no else words


class FactsForm(forms.Form):
    """Fields for facts; those above working level start empty, whatever is stored."""

    def __init__(
        self, data: Any, *, facts: list[Fact], known: Mapping[str, Any], initial: Any = None, prefix: str | None = None
    ) -> None:
        self.facts = facts
        self.known = {fact.name: known[fact.name] for fact in facts if fact.name in known and fact.level == "working"}
        super().__init__(data, initial=self.known | (initial or {}), prefix=prefix)
        add_facts(self, facts)

    def changed(self) -> dict[str, Any]:
        """The facts that differ from what is stored, as the verbs take them."""
        return changed(self.known, self.cleaned_data, self.facts)

    def groups(self) -> list[Group]:
        """The vocabulary's groups in its order; what is closed stands together at the end."""
        working = [fact for fact in self.facts if fact.level == "working"]
        found = [
            Group(self, label, members)
            for code, label in vocabulary.vocabulary().groups.items()
            if (members := [fact for fact in working if fact.group == code])
        ]
        closed = [fact for fact in self.facts if fact.level != "working"]
        return [*found, Group(self, _TOLD_NOT_ASKED, closed)] if closed else found


class TriageForm(FactsForm):
    """Decisions about the tip, and its facts."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    request_type = forms.ChoiceField(
        choices=[("", "Choose"), *RequestType.choices], error_messages={"required": "Choose the request type."}
    )
    urgency = forms.ChoiceField(
        choices=Urgency, widget=forms.RadioSelect, error_messages={"required": "Choose how urgent it is."}
    )
    indicator_level = forms.ChoiceField(choices=[("", "Not decided"), *IndicatorLevel.choices], required=False)
    lower_reason = forms.ChoiceField(
        choices=[("", "Choose"), *LowerReason.choices],
        required=False,
        label="Why the danger is less than P0 now",
        help_text="A second person is asked. Until they agree the tip stays P0.",
    )

    def __init__(self, data: Any, *, tip: Tip, known: Mapping[str, Any]) -> None:
        initial = {
            "version": tip.version,
            "request_type": tip.request_type,
            "urgency": tip.urgency,
            "indicator_level": tip.indicator_level,
        }
        super().__init__(data, facts=tip_facts(), known=known, initial=initial)


def questions(missing: Iterable[str], *, most: int) -> list[str]:
    """The questions behind paths of facts that the rules miss, each once, in their order."""
    known = vocabulary.vocabulary()
    found: dict[str, None] = {}
    for path in missing:
        name = path.rsplit(".", 1)[-1]
        found[(known.person if "." in path else known.tip)[name].question] = None
    return list(found)[:most]


class Triage:
    """The page's forms: one of the tip, one of each person."""

    def __init__(self, data: Any, *, tip: Tip, known: Mapping[str, Any], persons: list[Person]) -> None:
        self.form = TriageForm(data, tip=tip, known=known)
        self.persons = [
            (person, FactsForm(data, prefix=f"person-{person.number}", facts=person_facts(), known=told))
            for person, told in zip(persons, known["persons"], strict=True)
        ]

    @property
    def parts(self) -> list[forms.Form]:
        return [self.form, *(form for _, form in self.persons)]

    def is_valid(self) -> bool:
        """Every part is looked at."""
        answers = [part.is_valid() for part in self.parts]
        return all(answers)

    def person_changes(self) -> dict[UUID, dict[str, Any]]:
        """What changed about whom."""
        found = {person.pk: form.changed() for person, form in self.persons}
        return {pk: facts for pk, facts in found.items() if facts}

    def coded(self) -> Coded:
        """The decision as the verb takes it."""
        cleaned = self.form.cleaned_data
        return Coded(
            request_type=cleaned["request_type"],
            urgency=cleaned["urgency"],
            indicator_level=cleaned["indicator_level"],
            facts=self.form.changed(),
            person_facts=self.person_changes(),
            lower_reason=cleaned["lower_reason"],
        )
