"""Normal forms of what is matched on: the same phone, plate or handle, however it was written; plain Python."""

import re
import unicodedata

import phonenumbers

_BLANKS = re.compile(r"\s+")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]")
_NOT_WORDS = re.compile(r"[^\w]+")
_WEB_START = re.compile(r"^(?:(?:[a-z][a-z0-9+.-]*:)?//|www\.)+")


def normalise(kind: str, text: str, *, region: str = "US") -> str:
    """The form that is hashed; the empty string when nothing is left to match on.

    `kind` is a code of Identifier.Kind; `region` is the country that a phone number without prefix is dialled in.
    """
    if kind == "phone":
        return _phone(text, region)
    before, after = text, _once(kind, text)
    # Folding case can bring new blanks or marks to light: go on until nothing changes.
    while after != before:
        before, after = after, _once(kind, after)
    return after


def _once(kind: str, text: str) -> str:
    plain = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return _NORMALISERS[kind](plain) if kind in _NORMALISERS else plain


def _phone(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str:
    return text.replace(" ", "")


def _handle(text: str) -> str:
    return text.lstrip("@ ").replace(" ", "")


def _web(text: str) -> str:
    return _WEB_START.sub("", text.partition("#")[0].replace(" ", "")).rstrip("/")


def _plate(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text)


def _words(text: str) -> str:
    return _NOT_WORDS.sub(" ", text).strip()


_NORMALISERS = {"email": _email, "handle": _handle, "web": _web, "plate": _plate, "address": _words, "business": _words}
