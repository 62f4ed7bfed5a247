"""Numbers and letters as they are said on the phone, in English and Spanish."""

import re

_ONES = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "niner": 9, "cero": 0, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6,
    "siete": 7, "ocho": 8, "nueve": 9, "fife": 5, "fiv": 5, "ate": 8,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14,
    "quince": 15, "dieciseis": 16, "diecisiete": 17, "dieciocho": 18, "diecinueve": 19, "veintiuno": 21,
    "veintidos": 22, "veintitres": 23, "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27,
    "veintiocho": 28, "veintinueve": 29,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70,
    "ochenta": 80, "noventa": 90,
}  # fmt: skip
_HUNDREDS = {
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500,
    "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900,
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "doble": 2}
_MANY = {"hundred": "00", "thousand": "000", "mil": "000"}
_JOINS = frozenset({"and", "y"})
_WORD = re.compile(r"[^\W\d_]+")
NATO = dict(
    zip(
        (
            "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec"
            " romeo sierra tango uniform victor whiskey xray yankee zulu"
        ).split(),
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
) | {"alfa": "a", "juliett": "j", "whisky": "w"}
ORDINALS = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10", "eleventh": "11", "twelfth": "12", "thirteenth": "13",
    "fourteenth": "14", "fifteenth": "15", "sixteenth": "16", "seventeenth": "17", "eighteenth": "18",
    "nineteenth": "19", "twentieth": "20", "thirtieth": "30", "fortieth": "40", "fiftieth": "50", "sixtieth": "60",
    "primera": "1", "primero": "1", "segunda": "2", "tercera": "3", "cuarta": "4", "quinta": "5", "sexta": "6",
    "septima": "7", "octava": "8", "novena": "9", "decima": "10",
}  # fmt: skip
_ALL = {**_ONES, **_TEENS, **_TENS, **_HUNDREDS}
_EACH = re.compile("|".join(sorted(_ONES, key=len, reverse=True)))
_GLUED = re.compile(rf"(?<![^\W\d_])(?:{_EACH.pattern}){{2,}}(?![^\W\d_])")


def is_number_word(word: str) -> bool:
    """Whether a folded word is said for a digit or a number."""
    return word in _ALL or word in _TIMES or word in _MANY


def to_digits(folded: str) -> str:
    """Each run of number words as the digits that are meant; everything else stays as it was.

    "three oh five" is 305, "twenty one" 21, "eight hundred" 800, "double five" 55.
    """
    parts: list[str] = []
    run: list[str] = []
    end = 0
    folded = _GLUED.sub(lambda found: " ".join(_EACH.findall(found.group())), folded)
    for found in _WORD.finditer(folded):
        between, word = folded[end : found.start()], found.group()
        is_joined = bool(run) and not between.strip(" -.,") and (is_number_word(word) or word in _JOINS)
        if run and not is_joined:
            parts.append(said(run))
            run = []
        if is_joined:
            run.append(word)
        elif is_number_word(word):
            parts.append(between)
            run = [word]
        else:
            parts += [between, word]
        end = found.end()
    parts += [said(run), folded[end:]]
    return "".join(parts)


def said(words: list[str]) -> str:
    """The digits of a run of number words; a trailing "and" comes back as a blank and the word."""
    tail = ""
    while words and words[-1] in _JOINS:
        words, tail = words[:-1], f" {words[-1]}{tail}"
    heard = [word for word in words if word not in _JOINS]
    digits, times = "", 1
    while heard:
        word = heard.pop(0)
        if word in _TIMES:
            times = _TIMES[word]
            continue
        digits += (_MANY[word] if word in _MANY else _number(_ALL[word], heard)) * times
        times = 1
    return digits + tail


def _number(value: int, heard: list[str]) -> str:
    """One number that begins with `value`; takes from `heard` the words that belong to it."""
    if 0 < value < 10 and heard and heard[0] in _MANY:
        many = _MANY[heard.pop(0)]
        value *= 10 ** len(many)
        if len(many) == len("00") and heard and (len(heard) == 1 or heard[0] in _TENS or heard[0] in _TEENS):
            value += int(_number(_ALL.get(heard.pop(0), 0), heard))
        return str(value)
    if value in _HUNDREDS.values() and heard and (heard[0] in _TENS or heard[0] in _TEENS):
        return str(value + int(_number(_ALL[heard.pop(0)], heard)))
    if value in _TENS.values() and heard and 0 < _ONES.get(heard[0], 0) < 10:
        value += _ONES[heard.pop(0)]
    return str(value)
