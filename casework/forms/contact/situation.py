"""What happens, in codes that are heard in most calls; the others are coded in triage."""

from typing import Any

from casework.forms.contact.section import Section
from casework.forms.facts import add_facts, said
from tips import facts as vocabulary

FACTS = ("force_fraud_coercion", "exploitation", "venues", "industries")


def _facts() -> list[vocabulary.Fact]:
    return [vocabulary.vocabulary().tip[name] for name in FACTS]


class SituationSection(Section):
    """Facts about the tip as a whole."""

    code = "situation"
    title = "Situation"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_facts(self, _facts())

    def told(self) -> dict[str, Any]:
        """The facts that were chosen."""
        return {"facts": said(self.cleaned_data, _facts())}
