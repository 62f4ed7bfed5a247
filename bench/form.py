"""The contact page as a busy operator leaves it: every part filled in."""

from bench.samples import WORDS

Fields = dict[str, str | list[str]]

_IDENTIFIERS = (
    ("phone", "239-555-0143"),
    ("plate", "BENCH 143"),
    ("web", "example.org/bench"),
    ("business", "Example Farm"),
    ("address", "100 Example Road"),
)
_VICTIM: Fields = {
    "role": "potential_victim",
    "is_in_contact": "on",
    "age": "adult",
    "languages": "Spanish, Mam",
    "wants_help": "yes",
    "wants_law_enforcement": "no",
    "consent": "spoken",
    "with_trafficker_now": "no",
    "needs": ["shelter", "legal"],
    "name": "Example Person",
    "safe_name": "Sam",
    "phone": "239-555-0142",
    "may_call": "no",
    "may_text": "yes",
    "may_voicemail": "no",
    "hours": "Weekdays 10 to 12",
    "is_device_shared": "yes",
    "code_word": "blue",
}
_TRAFFICKER: Fields = {"role": "potential_trafficker", "age": "adult", "name": "Example Foreman"}


def whole() -> Fields:
    """Every field that the page's script or button sends, but for the buttons themselves."""
    fields: Fields = {
        "base": "0",
        "page": "bench",
        "channel": "call",
        "narrative": WORDS,
        "danger": "none",
        "language": "Spanish",
        "interpreter": "connected",
        "caller_type": "potential_victim",
        "knows_how": "self",
        "help_within_24_hours": "no",
        "requests": ["help"],
        "postal_code": "34102",
        "state": "FL",
        "county": "Collier",
        "words": "Near the packing house",
        "exploitation": ["labor"],
        "force_fraud_coercion": "yes",
        "venue": ["farm_ranch"],
        "industry": ["agriculture_and_animal_husbandry"],
        "person-TOTAL_FORMS": "2",
        "person-INITIAL_FORMS": "0",
        "identifier-TOTAL_FORMS": str(len(_IDENTIFIERS)),
        "identifier-INITIAL_FORMS": "0",
    }
    for number, person in enumerate((_VICTIM, _TRAFFICKER)):
        fields |= {f"person-{number}-{name}": value for name, value in person.items()}
    for number, (kind, value) in enumerate(_IDENTIFIERS):
        fields |= {f"identifier-{number}-kind": kind, f"identifier-{number}-value": value}
    return fields


def as_draft() -> dict[str, list[str]]:
    """The same as the page's script sends it: each name with its list of values."""
    return {name: value if isinstance(value, list) else [value] for name, value in whole().items()}
