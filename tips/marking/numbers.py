"""Numbers that identify: phones, plates, papers; in digits, in words of two languages, and taken apart."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tips.marking.spans import Span
from tips.marking.words import folded, grammar

_ONES, _TENS = grammar("ones"), grammar("tens")
_CLEAR_ONES = _ONES - grammar("unclear_ones")
_DIGITS_OF = dict.fromkeys(sorted(_ONES), 1) | dict.fromkeys(sorted(_TENS), 2)
_LONGEST_FIRST = sorted(_DIGITS_OF, key=lambda word: (-len(word), word))
_AGAIN = frozenset({"double", "triple", "doble"})
_JOIN = grammar("number_joins")
_TOKEN = re.compile(r"[^\W_]+")
# Between the parts of one number.
_GAP = re.compile(r"[\s\-–—.()/+*_~|,]{0,4}")
_LETTER_DIGITS = re.compile(r"(?=.{0,24}\d)[\dOoIlLSsBbZzQ]{1,25}")
_LOOKS_NUMBER = re.compile(r"\d+")
_KEYCAPS = str.maketrans("", "", "\ufe0f\u20e3")
_LEAST = 7
_LEAST_INTRODUCED = 4
_LEAST_PARTS = 4
_PLATE_LETTERS = 4
_DIGITS_OF_AN_AGE = 2
_INTRODUCED = re.compile(
    r"(?:\b(?:phone|cell|mobile|tel|telephone|number|numero|número|num|telefono|teléfono|celular|cel|whats\s?app|call|text"
    r"|texts|reach|ring|llama\w*|marca\w*|marque|ssn|social|passport|pasaporte|visa|account|cuenta|card|tarjeta|case|caso|id"
    r"|license|licencia|badge|zip|dob|born|birthday|birth|nacio|nació|nacimiento|code|codigo|código|pin|alien|matricula"
    r"|matrícula|curp|ine)\b)[^.!?\n]{0,24}$",
    re.IGNORECASE,
)
_PLATE_WORD = re.compile(
    r"\b(?:plates?|tags?|licen[cs]e(?:\splates?)?|placas?|matr[ií]culas?|vin)\b"
    r"(?:\s(?:number|no|num|n[uú]mero|is|was|were|are|says|reads|read|said|starts|ends|with|like|de|es|era|son|dice|que|con"
    r"|empieza|termina|partial|from|florida|georgia|texas|california|the|a|on|of|it|car|carro|van|truck|camioneta|maybe)"
    r"|\s?[:#=]){0,6}\s?",
    re.IGNORECASE,
)
_PLATE = re.compile(r"[A-Za-z0-9*?]{1,8}(?:[ -][A-Za-z0-9*?]{1,5}){0,2}")
_BARE_PLATE = re.compile(
    r"\b(?:[A-Z]{2,4}[ -]?\d{3,5}|\d{3,4}[ -][A-Z]{2,3}|\d[A-Z]{3}\d{3}|[A-Z]{3}[ -]?[A-Z]\d{2})\b"
)
_MIXED = re.compile(r"\b(?=\w{0,24}[A-Za-z])[A-Za-z]{0,3}\d[A-Za-z0-9]{4,24}\b|\b[A-Za-z]{1,4}[-#]?\d{5,24}\b")
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b")
# Three small letters without a vowel are no word.
_SMALL_PLATE = re.compile(r"\b[bcdfghjklmnpqrstvwxz]{3}[ -]?\d{3,4}\b")
_SMALL_WORD = re.compile(r"(?:AT|ON|IN|OF|TO|IS|BY|UP|NO|THE|AND|FOR|RUN|APT|HWY|AGE|EN|DE|ES|SON|LOS|LAS)\b")
_NATO = grammar("radio_alphabet")
_EXTENSION = re.compile(r"[\s,;]*(?:ext(?:ension)?|x|anexo|extensi[oó]n)\.?\s?\d{1,6}\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass
class _Run:
    """A stretch that may be one number: where it ends, how many digits and parts it has, how many of them words."""

    start: int
    end: int
    digits: int = 0
    parts: int = 0
    clear: int = 0
    written: str = ""


def numbers(text: str) -> Iterator[Span]:
    """Every stretch that reads as a phone number, a plate, a paper's number or a date with its year."""
    plain = _same_length(text)
    for pattern in (_BARE_PLATE, _SMALL_PLATE, _MIXED, _DATE):
        for match in pattern.finditer(plain):
            if _SMALL_WORD.match(match.group()):
                continue
            yield Span(match.start(), match.end(), "number")
    yield from _plates(plain)
    for run in _runs(plain):
        if _counts(run, plain):
            extension = _EXTENSION.match(plain, run.end)
            yield Span(run.start, extension.end() if extension else run.end, "number")


def _same_length(text: str) -> str:
    """Digits of every script as 0 to 9, key-cap marks as blanks: each character keeps its place."""
    return "".join(
        str(unicodedata.digit(character)) if character.isdigit() and not character.isascii()
        else " " if character in "\ufe0f\u20e3\u200b\u2060" else character
        for character in text
    )  # fmt: skip


def _runs(text: str) -> list[_Run]:
    found: list[_Run] = []
    run: _Run | None = None
    at = 0  # Where the run, or what joins it to its next part, ends.
    for match in _TOKEN.finditer(text):
        weight, is_clear = _weight(match.group(), has_run=run is not None)
        joins = run is not None and _joins(run, at, text, match)
        plain = folded(match.group())
        if weight or (plain in _AGAIN and not joins):
            if run is None or not joins:
                run = _Run(match.start(), match.end())
                found.append(run)
            if weight:
                _extend(run, match, weight, is_clear)
            at = match.end()
        elif joins and plain in _JOIN | _AGAIN:
            at = match.end()
        else:
            run = None
    return found


def _joins(run: _Run, at: int, text: str, match: "re.Match[str]") -> bool:
    """Whether a token goes on with the run: a comma, or "and", between what may be an amount or an age parts two."""
    if _GAP.fullmatch(text, at, match.start()) is None:
        return False
    gap, token = text[run.end : match.start()], match.group()
    if token in ("l", "I") and "." in gap:
        return False
    is_amount = token.isdigit() and len(token) > 1
    return not (is_amount and ("and" in folded(gap) or ("," in gap and len(token) == _DIGITS_OF_AN_AGE)))


def _extend(run: _Run, match: "re.Match[str]", weight: int, is_clear: bool) -> None:
    run.end = match.end()
    run.digits += weight
    run.parts += 1
    run.clear += is_clear
    run.written += match.group()


def _weight(token: str, *, has_run: bool) -> tuple[int, bool]:
    """How many digits a token stands for (0: none), and whether it can be nothing else."""
    if _LOOKS_NUMBER.fullmatch(token):
        return len(token), True
    plain = folded(token)
    if plain in _DIGITS_OF:
        return _DIGITS_OF[plain], plain in _CLEAR_ONES or plain in _TENS
    if _LETTER_DIGITS.fullmatch(token):
        return len(token), True
    if any(character.isdigit() for character in token):
        return _glued(plain)
    return (1, False) if has_run and token in ("l", "I") else (0, False)


def _glued(plain: str) -> tuple[int, bool]:
    """Words and digits written together, "nine5four"."""
    rest, digits = plain, 0
    while rest:
        match = re.match(r"\d+", rest)
        word = match.group() if match else next((word for word in _LONGEST_FIRST if rest.startswith(word)), "")
        if not word:
            return 0, False
        digits += len(word) if match else _DIGITS_OF[word]
        rest = rest[len(word) :]
    return digits, True


def _counts(run: _Run, text: str) -> bool:
    if run.digits >= _LEAST:
        return run.clear >= _LEAST_PARTS - 1 or run.written.isdigit() or run.parts <= _LEAST_PARTS
    if run.written.isdigit() and run.parts == 1 and run.digits >= _LEAST_INTRODUCED + 1:
        return True
    if run.digits < _LEAST_INTRODUCED:
        return False
    if _YEAR.fullmatch(run.written):
        return False
    is_introduced = _INTRODUCED.search(text[max(0, run.start - 40) : run.start]) is not None
    return is_introduced or (run.parts >= _LEAST_PARTS and run.clear >= _LEAST_PARTS - 1)


def _plates(text: str) -> Iterator[Span]:
    for intro in _PLATE_WORD.finditer(text):
        match = _PLATE.match(text, intro.end())
        spelled = _spelled(text, intro.end())
        if spelled is not None:
            yield Span(intro.end(), spelled, "number")
        elif match is not None:
            end = _plate_end(text, match)
            if end:
                yield Span(match.start(), end, "number")


def _plate_end(text: str, match: "re.Match[str]") -> int:
    """Where the plate ends: its groups hold a digit, or are written large."""
    end, is_plate = 0, False
    parts = list(re.finditer(r"[A-Za-z0-9*?]+", match.group()))
    for place, part in enumerate(parts):
        token = part.group()
        has_digit = any(character.isdigit() for character in token)
        leads = place + 1 < len(parts) and parts[place + 1].group()[0].isdigit() and len(token) <= _PLATE_LETTERS
        if not has_digit and not token.isupper() and not leads:
            break
        is_plate = is_plate or has_digit or (token.isupper() and len(token) > 1)
        end = match.start() + part.end()
    return end if is_plate else 0


def _spelled(text: str, start: int) -> int | None:
    """A plate read out letter by letter: at least four letters, digits, number words or words of the radio alphabet."""
    end, count = start, 0
    for match in _TOKEN.finditer(text, start):
        if _GAP.fullmatch(text, end, match.start()) is None:
            break
        plain = folded(match.group())
        is_part = len(plain) == 1 or plain in _DIGITS_OF or plain in _NATO or match.group().isdigit()
        if not is_part and not (plain == "as" or plain == "in" or plain == "de"):
            break
        if is_part:
            end, count = match.end(), count + 1
    return end if count >= _LEAST_PARTS else None
