"""What is hashed: each value under the forms in which it may be met again.

A value is kept under some forms and asked for under others: a whole phone number is also kept by its last seven digits,
but only a number without area code asks for them. That keeps chance hits out.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice, product

from tips.identifiers import addresses, handles, names, phones, plates, urls
from tips.identifiers.clean import fold
from tips.identifiers.verdict import Unreadable

# Raised when a form changes: rows with a lower number get new keys (tips/actions/matching.py).
VERSION = 2
_MOST_KEYS = 8
_LOCAL = 7
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_LEGAL = frozenset(
    "the inc incorporated llc llp lp ltd limited co corp corporation company pllc pc sa sc srl cv de and y of".split()
)


@dataclass(frozen=True)
class Form:
    """What a hit under this form means: in words, and whether it alone makes the same thing likely."""

    says: str
    is_strong: bool


@dataclass(frozen=True)
class Key:
    """What is hashed: the name of a form and the value in it."""

    form: str
    text: str


FORMS = {
    "phone": Form("same phone number", is_strong=True),
    "phone_local": Form("same last seven digits of a phone number", is_strong=False),
    "phone_tail": Form("same last seven digits of a phone number", is_strong=False),
    "email": Form("same e-mail address", is_strong=True),
    "mailbox": Form("same mailbox, written differently", is_strong=True),
    "account": Form("same account", is_strong=True),
    "handle": Form("same handle, perhaps on another site", is_strong=False),
    "loose_handle": Form("same handle", is_strong=True),
    "web": Form("same web address", is_strong=True),
    "web_page": Form("same page, with something else behind the question mark", is_strong=False),
    "plate_state": Form("same plate and state", is_strong=True),
    "plate": Form("same plate", is_strong=True),
    "plate_alike": Form("nearly the same plate", is_strong=False),
    "address": Form("same street address", is_strong=True),
    "address_core": Form("same house number and street name in the same town", is_strong=False),
    "address_loose": Form("same house number and street name, town not known", is_strong=False),
    "address_any": Form("same house number and street name, town not known", is_strong=False),
    "corner": Form("same crossing", is_strong=False),
    "box": Form("same post office box", is_strong=True),
    "business": Form("same business name", is_strong=True),
    "name": Form("same name", is_strong=False),
    "name_sound": Form("name that sounds alike", is_strong=False),
    "name_part": Form("one part of a name is the same", is_strong=False),
}  # fmt: skip

# A hit under the first form says all that the others would say.
_COVERS = {
    "plate_state": {"plate", "plate_alike"},
    "plate": {"plate_alike"},
    "email": {"mailbox"},
    "web": {"web_page"},
    "account": {"loose_handle", "handle"},
    "loose_handle": {"handle"},
    "address": {"address_core", "address_any", "address_loose"},
    "address_core": {"address_any", "address_loose"},
    "address_loose": {"address_any"},
    "name": {"name_sound", "name_part"},
    "name_sound": {"name_part"},
    "phone": {"phone_local", "phone_tail"},
}

Keys = tuple[list[Key], list[Key]]


def telling(forms: Iterable[str]) -> list[str]:
    """Forms of hits, without those that a stronger one covers."""
    found = set(forms)
    covered = {weaker for form in found for weaker in _COVERS.get(form, ())}
    return sorted(found - covered)


def kept(kind: str, text: str) -> list[Key]:
    """The keys under which a value of a stored kind is kept; none for what cannot be read. Never raises."""
    return _keys(kind, text)[0]


def asked(kind: str, text: str) -> list[Key]:
    """The keys under which others are looked for that may mean the same."""
    return _keys(kind, text)[1]


def _keys(kind: str, text: str) -> Keys:
    try:
        keep, ask = _OF_KIND[kind](text) if kind in _OF_KIND else ([], [])
    except Unreadable:
        return [], []
    return list(dict.fromkeys(keep))[:_MOST_KEYS], list(dict.fromkeys(ask))[:_MOST_KEYS]


def _phone(text: str) -> Keys:
    keep, ask = [], []
    for phone in phones.parse(text):
        if phone.e164:
            tail = phone.digits[-_LOCAL:]
            keep += [Key("phone", phone.e164), Key("phone_tail", tail)]
            ask += [Key("phone", phone.e164), Key("phone_local", tail)]
        elif "?" not in phone.digits and len(phone.digits) >= _LOCAL:
            tail = phone.digits[-_LOCAL:]
            keep.append(Key("phone_local", tail))
            ask += [Key("phone_local", tail), Key("phone_tail", tail)]
    return keep, ask


def _email(text: str) -> Keys:
    address = fold(text).replace(" ", "").strip("<>\"'.,;:").removeprefix("mailto:")
    user, at, host = address.rpartition("@")
    if not (user and at and "." in host):
        return [], []
    box = user.partition("+")[0]
    box = box.replace(".", "") if host in _GMAIL else box
    both = [Key("email", address), Key("mailbox", f"{box}@{'gmail.com' if host in _GMAIL else host}")]
    return both, both


def _handle(text: str) -> Keys:
    account = handles.parse(text)
    if account.site in ("whatsapp", "signal", "telegram", "viber") and account.name.startswith("+"):
        return _phone(account.name)
    name = handles.bare(account)
    if account.site:
        full = Key("account", f"{account.site}:{name}")
        return [full, Key("handle", name)], [full, Key("loose_handle", name), Key("handle", name)]
    loose = Key("loose_handle", name)
    return [loose, Key("handle", name)], [loose, Key("handle", name)]


def _web(text: str) -> Keys:
    web = urls.parse(text)
    both = [Key("web", web.normal), Key("web_page", f"{web.host}{web.path}")] if web.path or web.query else []
    if not both:
        both = [Key("web", web.normal)]
    if web.account is None:
        return both, both
    keep, ask = _handle(text)
    return keep or both, ask or both


def _plate(text: str) -> Keys:
    whole = [plate for plate in plates.parse(text) if not plate.is_partial]
    both = [Key("plate_state", plate.normal) for plate in whole if plate.state]
    both += [Key("plate", plate.characters) for plate in whole]
    both += [Key("plate_alike", plate.alike) for plate in whole]
    return both, both


def _address(text: str) -> Keys:
    address = addresses.parse(text)
    if address.box:
        where = min(address.towns, default="") or address.code
        return ([Key("box", f"{address.box} {where}")],) * 2 if where else ([], [])
    streets = [street for street in (address.street, address.corner) if street]
    cores = " & ".join(sorted(f"{street.road} {street.name}".strip() for street in streets))
    house = address.number or address.mark
    if not (house or address.corner):
        return [], []
    if address.corner:
        both = [Key("corner", f"{cores} {town}") for town in sorted(address.towns)] or [Key("corner", cores)]
        return both, both
    core = f"{house} {cores}"
    towns = sorted(address.towns)
    full = f"{core} {address.street.type} {' '.join(sorted(address.street.directions))}"
    known = [Key("address", f"{full} {town}") for town in towns] + [
        Key("address_core", f"{core} {town}") for town in towns
    ]
    if towns:
        return [*known, Key("address_any", core)], [*known, Key("address_loose", core)]
    return [Key("address_loose", core), Key("address_any", core)], [
        Key("address_loose", core),
        Key("address_any", core),
    ]


def _business(text: str) -> Keys:
    words = [word for word in re.findall(r"[^\W_]+", fold(text).replace("'", "")) if word not in _LEGAL]
    both = [Key("business", " ".join(words))] if words else []
    return both, both


def _name(text: str) -> Keys:
    keep: list[Key] = []
    for name in names.parse(text):
        if len(name.words) > 1:
            choices = [sorted({word, *names.full_names(word)}) for word in sorted(name.words)]
            keep += [Key("name", " ".join(sorted(words))) for words in islice(product(*choices), _MOST_KEYS // 2)]
            keep.append(Key("name", " ".join(sorted(name.glued))))
            keep.append(Key("name_sound", " ".join(sorted(names.sound(word) for word in name.words))))
    return keep, keep


def parts_of_name(text: str) -> list[Key]:
    """Each word of a name by itself: for the search box, never for matching."""
    try:
        words = [word for name in names.parse(text) for word in (*name.words, *name.glued)]
    except Unreadable:
        return []
    return [Key("name_part", word) for word in dict.fromkeys(words) if len(word) > 1][:_MOST_KEYS]


_OF_KIND: dict[str, Callable[[str], Keys]] = {
    "phone": _phone,
    "email": _email,
    "handle": _handle,
    "web": _web,
    "plate": _plate,
    "address": _address,
    "business": _business,
    "name": _name,
    "aliases": _name,
}
