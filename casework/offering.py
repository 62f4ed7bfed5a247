"""What a referral is filled in with before a person changes it: need, pillar, purpose, legal basis. Plain rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencies.models import AgencyKind
from casework.cards import need_label
from tips import facts as vocabulary
from tips.models import Person, PersonRole, Pillar

# Needs of a person are a fact; these are needs of the situation, for recipients that serve nobody in person.
OF_THE_SITUATION = ("investigation", "labor_inspection", "cooperation", "training", "information")
_NO_NEED = frozenset({"none", "unknown"})

# What stands behind an offer. Stored as the sentence: it is what the disclosure record says for ever.
BASES = (
    "Spoken consent, read back",
    "Written or electronic consent",
    "Agreed in a three-way call",
    "Danger to life",
    "Mandated report",
    "Policy on reports by third parties",
    "No person is concerned",
)
CONSENT_BASES = frozenset(BASES[:3])
_BASIS_OF_CONSENT = {"spoken": BASES[0], "written": BASES[1]}


@dataclass(frozen=True)
class _Usual:
    need: str
    pillar: str


# Family of an agency kind -> what it is usually asked for.
_USUAL = {
    "law_enforcement": _Usual("investigation", Pillar.PROSECUTION),
    "regulator": _Usual("labor_inspection", Pillar.PROSECUTION),
    "trade": _Usual("investigation", Pillar.PROSECUTION),
    "certifier": _Usual("immigration_legal", Pillar.PROTECTION),
    "emergency": _Usual("extraction", Pillar.PROTECTION),
    "protective": _Usual("safety_planning", Pillar.PROTECTION),
    "benefits": _Usual("benefits", Pillar.PROTECTION),
    "service": _Usual("case_management", Pillar.PROTECTION),
    "hotline": _Usual("safety_planning", Pillar.PROTECTION),
    "labor": _Usual("employment", Pillar.PROTECTION),
    "education": _Usual("training", Pillar.PREVENTION),
    "desk": _Usual("training", Pillar.PREVENTION),
    "community": _Usual("cooperation", Pillar.PARTNERSHIP),
    "diplomacy": _Usual("cooperation", Pillar.PARTNERSHIP),
    "international": _Usual("cooperation", Pillar.PARTNERSHIP),
}
_FOR_PERSONS = frozenset({"emergency", "protective", "benefits", "service", "hotline", "labor", "certifier"})
_PURPOSES = {
    "investigation": "Look into what was told, within your powers",
    "labor_inspection": "Look into working conditions and wages",
    "cooperation": "Work on this together",
    "training": "Teach what to look for and whom to call",
    "information": "Answer what was asked",
    "extraction": "Help the person to get to safety",
    "emergency_shelter": "Offer a safe place tonight",
    "shelter": "Offer a safe place",
    "legal": "Give legal advice",
    "immigration_legal": "Give advice on immigration relief",
    "safety_planning": "Plan for safety with the person",
}


def need_choices() -> list[tuple[str, str]]:
    """Every need that a referral can name: those of persons, then those of the situation."""
    of_persons = [code for code in vocabulary.vocabulary().person["needs"].values if code not in _NO_NEED]
    return [(code, need_label(code)) for code in (*of_persons, *OF_THE_SITUATION)]


def need_for(kind: AgencyKind, offers: Sequence[str], persons: Sequence[Person]) -> str:
    """The first need of these persons that the agency offers; else what its kind is usually asked for."""
    wanted = [need for person in persons for need in person.needs if need not in _NO_NEED]
    usual = _USUAL[kind.family].need
    if kind.family not in _FOR_PERSONS:
        return usual
    fitting = [need for need in wanted if need in offers]
    return next(iter([*fitting, *offers]), usual)


def pillar_for(kind: AgencyKind, pillars: Collection[str]) -> str:
    """The pillar that a recipient of this kind works for; one that the rules proposed, where that can be."""
    usual = _USUAL[kind.family].pillar
    return usual if usual in pillars or not pillars else next(iter(pillars))


def purpose_for(need: str) -> str:
    """What the recipient is asked to do, in words that the sender may change."""
    return _PURPOSES.get(need, f"Help with: {need_label(need).lower()}")


def basis_for(persons: Sequence[Person]) -> str:
    """The basis, where the recorded consent of everybody concerned says it; else empty: a person decides."""
    given = {str(person.facts.get("consent", "")) for person in persons}
    return _BASIS_OF_CONSENT.get(given.pop(), "") if len(given) == 1 else ""


def is_declined(person: Person, kind: AgencyKind) -> bool:
    """Whether this person said no to this kind of agency or to all of its functions (ruling 8)."""
    if kind.pk in person.facts.get("declined_kinds", []):
        return True
    return bool(kind.functions) and set(kind.functions) <= set(person.facts.get("declined_functions", []))


def concerned(persons: Sequence[Person], kind: AgencyKind) -> list[Person]:
    """The persons a referral is for, unless somebody changes it: potential victims who did not decline."""
    return [p for p in persons if p.role == PersonRole.POTENTIAL_VICTIM and not is_declined(p, kind)]


@dataclass(frozen=True)
class Question:
    """A question that may be asked, and about whom: numbers of persons, empty for the tip as a whole."""

    words: str
    persons: tuple[int, ...]


def questions(missing: Sequence[str]) -> list[Question]:
    """The missing facts as questions that may be asked, each once, in the order in which they came up.

    Those that nobody is asked about are left out (ruling 23).
    """
    found: dict[str, list[int]] = {}
    for path in missing:
        where, _, name = path.rpartition(".")
        known: Mapping[str, Any] = vocabulary.vocabulary().person if where else vocabulary.vocabulary().tip
        if name in known and known[name].question:
            asked = found.setdefault(known[name].question, [])
            number = int(where.removeprefix("persons[").removesuffix("]")) + 1 if where else 0
            if number and number not in asked:
                asked.append(number)
    return [Question(words, tuple(sorted(numbers))) for words, numbers in found.items()]
