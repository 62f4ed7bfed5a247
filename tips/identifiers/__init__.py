"""What is matched on: normal forms, comparisons with reasons, and the keys that are hashed; plain Python.

`same` takes the words that people type at the command line; `keys` the kinds that are stored.
"""

from collections.abc import Callable, Iterable

from tips.identifiers import address_compare, addresses, handles, names, phones, plates, urls
from tips.identifiers.clean import LONGEST
from tips.identifiers.keys import FORMS, VERSION, Form, Key, asked, kept
from tips.identifiers.verdict import Unreadable, Verdict

__all__ = [
    "FORMS",
    "KINDS",
    "LONGEST",
    "VERSION",
    "Form",
    "Key",
    "Unreadable",
    "Verdict",
    "asked",
    "kept",
    "normalise",
    "same",
]

_COMPARE: dict[str, Callable[[str, str], Verdict]] = {
    "phone": phones.compare,
    "handle": handles.compare,
    "plate": plates.compare,
    "address": address_compare.compare,
    "name": names.compare,
    "url": urls.compare,
}
_NORMAL: dict[str, Callable[[str], str]] = {
    "phone": lambda text: phones.parse(text)[0].normal,
    "handle": lambda text: handles.normal(handles.parse(text)),
    "plate": lambda text: plates.parse(text)[0].normal,
    "address": lambda text: addresses.parse(text).normal,
    "name": lambda text: names.parse(text)[0].normal,
    "url": lambda text: urls.parse(text).normal,
}
KINDS = tuple(_COMPARE)


def same(kind: str, left: str, right: str) -> Verdict:
    """Whether two values of one kind mean the same: yes, maybe or no, and why.

    Raises Unreadable for a value that is empty, longer than LONGEST, or nothing of this kind; KeyError for an unknown
    kind.
    """
    for text in (left, right):
        if len(text) > LONGEST:
            raise Unreadable(f"A value is longer than {LONGEST} characters: give one {kind}, not a text.")
    return _COMPARE[kind](left, right)


def normalise(kind: str, text: str) -> str:
    """One form for every way to write a value; the empty string when nothing is left to match on.

    Normalising a normal form changes nothing.
    """
    seen: list[str] = []
    form = text
    while form not in seen:
        seen.append(form)
        try:
            form = _NORMAL[kind](form)
        except Unreadable:
            return ""
    # A form that reads as another one, which reads as the first: either stands for both, as long as it is always one.
    return min(_circle(seen, form))


def _circle(seen: list[str], form: str) -> Iterable[str]:
    return seen[seen.index(form) :]
