"""The card: the few fields by which an agency decides, none of which identifies anybody (ruling 14)."""

from collections.abc import Sequence
from typing import Any

from agencies.disclosure import Disclosed
from agencies.models import Agency
from tips import facts as vocabulary
from tips.models import Person, Place, Tip, YesNoUnknown

# In the order in which receiver and sender read them.
LABELS = {
    "sender": "From",
    "purpose": "Purpose",
    "need": "Need",
    "urgency": "Urgency",
    "place": "Where the service is needed",
    "languages": "Languages",
    "persons_count": "Number of persons",
    "ages": "Ages",
    "minor": "Under 18",
    "summary": "Summary",
}
NOT_ON_CARD = ("name", "contact details", "address", "what was said")


def rows(shown: Disclosed) -> list[tuple[str, str]]:
    """(label, words) of the card in reading order; nothing where the card is not open to the reader."""
    card = shown.get("card", {})
    return [(label, card[name]) for name, label in LABELS.items() if card.get(name)]


def propose_card(
    tip: Tip, persons: Sequence[Person], *, sender: Agency, need: str, purpose: str, place: Place | None
) -> dict[str, str]:
    """The card as the sender previews it: field -> words. Only codes go in; the operator may change the summary."""
    return {
        "sender": sender.name,
        "purpose": purpose,
        "need": need_label(need),
        "urgency": tip.get_urgency_display(),
        "place": _coarse_place(tip, place),
        "languages": ", ".join(sorted({language for p in persons for language in p.languages})) or "Not known",
        "persons_count": str(len(persons)) if persons else "Not known",
        "ages": "; ".join(sorted({_label("age", p.age) for p in persons})) or "Not known",
        "minor": _minor(persons),
        "summary": propose_summary(tip.situation.facts),
    }


def propose_summary(facts: dict[str, Any]) -> str:
    """A sentence or two from the codes alone."""
    parts = [_labels(facts, name) for name in ("exploitation", "venues", "industries")]
    return ". ".join(part for part in parts if part)


def need_label(need: str) -> str:
    return vocabulary.vocabulary().person["needs"].values.get(need, need.replace("_", " ").capitalize())


def _coarse_place(tip: Tip, place: Place | None) -> str:
    state = vocabulary.vocabulary().tip["state"].values.get(tip.state, tip.state)
    county = f"{tip.county} County, " if tip.county else ""
    if state:
        return f"{county}{state}"
    return "Outside the United States" if place and place.country != "US" else "Not known"


def _minor(persons: Sequence[Person]) -> str:
    answers = {person.is_minor for person in persons}
    if YesNoUnknown.YES in answers:
        return "Yes"
    return "No" if answers == {YesNoUnknown.NO} else "Not known"


def _label(fact: str, code: str) -> str:
    return vocabulary.vocabulary().person[fact].values.get(code, code)


def _labels(facts: dict[str, Any], name: str) -> str:
    known = vocabulary.vocabulary().tip[name].values
    codes = facts.get(name, [])
    codes = [codes] if isinstance(codes, str) else codes
    return ", ".join(known.get(code, code) for code in codes if code not in ("unknown", "none"))
