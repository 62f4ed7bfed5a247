"""What every kind begins with: one alphabet of digits, no invisible characters, single blanks."""

import unicodedata

# No phone, plate, name, address or web address is longer; a page of text is none of them.
LONGEST = 2000
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣-~", "-")
_QUOTES = {**dict.fromkeys("‘’‛′`´ʼʻ", "'"), **dict.fromkeys("“”„″«»", '"')}
_STOPS = dict.fromkeys("。．｡", ".")
_SAME = {**_DASHES, **_QUOTES, **_STOPS, "‚": ",", "،": ",", "⁄": "/", "∕": "/"}
_NOT_FOLDED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "ng"}
)
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i yi ye g u".split(" "),
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(),
        strict=True,
    )
)
_TO_LATIN = str.maketrans({**_CYRILLIC, **_GREEK})


def tidy(text: str) -> str:
    """`text` in compatibility form, digits 0 to 9, one kind of dash, quote and stop; letters keep their case.

    What cannot be seen (controls, text direction, zero width, half characters) is gone, and what is longer than
    LONGEST is cut off.
    """
    before, after = text[:LONGEST], _tidied(text[:LONGEST])
    while after != before:  # A composed character may fall apart into something that is tidied again.
        before, after = after, _tidied(after)
    return after


def _tidied(text: str) -> str:
    # Composed again at the end: what is dropped may have stood between a letter and its mark.
    plain = "".join(_plain(character) for character in unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFC", " ".join(plain.split()))[:LONGEST]


def _plain(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else " " if character.isspace() else ""
    if character in _SAME:
        return _SAME[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category in ("Cf", "Cc", "Cs", "Co", "Cn", "Me") or 0xFE00 <= ord(character) <= 0xFE0F:
        return ""
    return " " if category in ("Zs", "Zl", "Zp") else character


def fold(text: str) -> str:
    """Tidied, small letters, without accents; Cyrillic and Greek in Latin letters."""
    before, after = text, _folded(text)
    while after != before:
        before, after = after, _folded(after)
    return after


def _folded(text: str) -> str:
    small = tidy(text).casefold().translate(_TO_LATIN).translate(_NOT_FOLDED)
    apart = unicodedata.normalize("NFKD", small)
    return tidy("".join(character for character in apart if not unicodedata.combining(character)))
