"""Phone numbers: as dialled, spoken, disguised or only half heard."""

import re
from dataclasses import dataclass

import phonenumbers

from tips.identifiers import spoken
from tips.identifiers.clean import fold
from tips.identifiers.verdict import Unreadable, Verdict, best, maybe, no, settled

REGION = "US"  # The country in which a number without prefix is dialled.
_LOCAL, _NATIONAL = 7, 10
_LONGEST_E164 = 15
_FEWEST_KNOWN = 4
_FEWEST_SHARED = 8
_EXTENSION = re.compile(
    r"(?:;?\s*ext(?:ension|n)?\.?|extensi[o]n|anexo|interno|\bx(?=[\s.:]*\d)|(?<=\d)\s*x(?=\d)|#|,,+)[\s.:=]*(\d{1,7})\s*\)?$"
)
_SEVERAL = re.compile(r"\s(?:or|o|and|y|then)\s|[/,;|&\n]")
_TO_DIGIT = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "!": "1", "s": "5", "b": "8", "z": "2", "q": "0"})
_DISGUISE = re.compile(r"[oil|!]+")
_NOISE = re.compile(
    r"\b(?:call|text|phone|tel|telephone|cell|cel|mobile|movil|celular|home|casa|work|trabajo|office|oficina|number|"
    r"numero|fax|whatsapp|wa|signal|at|me|my|is|its|area|code|ask|for|please|only|or|llame|llamar|mi|es|dial|sms|dash|"
    r"hyphen|dot|point|period|punto|guion|space|parenthesis|open|close|slash|hash|the|number's)\b"
)
# What is dialled to hide or show the caller's own number.
_SERVICE = re.compile(r"^\s*\*(?:67|82|31)\b|^\s*\*(?:67|82)(?=\d{10})")
_TAIL = re.compile(
    r"^\W*(?:(?:it\s+)?(?:ends?|ending|termina(?:do)?)\s+(?:in|with|en|con)|(?:the\s+)?last\s+(?:four|4|few)(?:\s+digits)?"
    r"(?:\s+(?:is|are|were))?|(?:los\s+)?ultimos\s+(?:cuatro|4)(?:\s+(?:digitos|numeros|son))*)\b"
)
_UNKNOWN = re.compile(r"[?*_]|(?<![a-z])x{1,7}(?![a-z])")
_TOKEN = re.compile(r"[a-z|!?]*\d[0-9a-z|!?]*|[a-z|!]+|[?]+|\+")
_URI = re.compile(r"^(?:tel|sms|callto|whatsapp)\s*:\s*(?:/{0,2})|^(?:https?://)?(?:www\.)?wa\.me/")


@dataclass(frozen=True)
class Phone:
    """`e164` is empty for what is no whole number: then `digits` may be a local number, a short code, or have gaps (?).

    `is_guessed`: read as international although no plus sign says so.
    """

    digits: str
    e164: str = ""
    extension: str = ""
    is_guessed: bool = False

    @property
    def normal(self) -> str:
        """One form for every way to write it; "" plus the digits for what is no whole number."""
        number = self.e164 or self.digits
        return f"{number};ext={self.extension}" if self.extension else number

    @property
    def known(self) -> int:
        return len(self.digits) - self.digits.count("?")


def parse(text: str, region: str = REGION) -> list[Phone]:
    """The numbers in `text`, one as a rule. Raises Unreadable when there is none."""
    whole = _parse_one(text, region)
    if whole is not None and (whole.e164 or len(whole.digits) <= _NATIONAL):
        return [whole]
    parts = [phone for part in _SEVERAL.split(fold(text)) if (phone := _parse_one(part, region))]
    several = [phone for phone in parts if phone.e164]
    if len(several) > 1:
        return several
    if whole is None or whole.known == 0:
        raise Unreadable("No phone number was found: write its digits.")
    return [whole]


def _parse_one(text: str, region: str) -> Phone | None:
    plain = fold(text).replace("%2b", "+")
    plain = _URI.sub("+", plain.partition("?")[0] if _URI.match(plain) else plain)
    plain = _SERVICE.sub(" ", plain)
    tail = _TAIL.match(plain)
    if tail:
        _, digits = _digits(spoken.to_digits(plain[tail.end() :]))
        return Phone(digits.rjust(_NATIONAL, "?")) if digits else None
    plain = re.sub(r"\bplus\b|\bmas\b", "+", plain)
    plain = spoken.to_digits(re.sub(r"\(0\)", "", plain) if "+" in plain else plain)
    extension = ""
    found = _EXTENSION.search(plain)
    if found and sum(map(str.isdigit, plain[: found.start()])) >= _LOCAL:
        plain, extension = plain[: found.start()], found.group(1)
    is_plus, digits = _digits(plain)
    return _read(digits, is_plus, extension, region) if digits else None


def _digits(plain: str) -> tuple[bool, str]:
    """Whether a plus stands before the first digit, and the digits, with "?" for each that is not known."""
    if sum(map(str.isdigit, plain)) in (_NATIONAL, _NATIONAL + 1):
        plain = re.sub(r"[*_]", " ", plain)  # Between the digits of a whole number they hide it from a filter.
    plain = _UNKNOWN.sub(lambda found: "?" * len(found.group()), _NOISE.sub(" ", plain))
    tokens = _TOKEN.findall(plain)
    is_plus, digits = False, ""
    for place, word in enumerate(tokens):
        if word == "+":
            is_plus = is_plus or not digits
        elif any(map(str.isdigit, word)) or _is_disguised(tokens, place):
            digits += "".join(c for c in _undisguised(word) if c.isdigit() or c == "?")
        elif set(word) == {"?"}:
            digits += word if digits else ""
        elif digits:
            digits = _with_letters(digits, word)
    return is_plus, digits


def _is_disguised(tokens: list[str], place: int) -> bool:
    """Letters for digits ("3O5 OOO"), next to digits or to other such letters."""
    near = [*tokens[max(place - 1, 0) : place], *tokens[place + 1 : place + 2]]
    is_near = any(any(map(str.isdigit, token)) or _DISGUISE.fullmatch(token) for token in near)
    return is_near and bool(_DISGUISE.fullmatch(tokens[place])) and any(map(str.isdigit, "".join(tokens)))


def _undisguised(token: str) -> str:
    """Letters that look like digits become digits; other letters among digits are those of the keypad."""
    rest = token.translate(_TO_DIGIT)
    return "".join(_keypad(c) if c.isalpha() else c for c in rest)


def _with_letters(digits: str, word: str) -> str:
    """`digits` and a vanity word behind them, when that makes a number; without it the word says something else."""
    keyed = digits + "".join(map(_keypad, word))
    start = 1 if keyed.startswith("1") else 0
    is_free_call = keyed[start : start + 3] in ("800", "888", "877", "866", "855", "844", "833", "900")
    if len(digits) >= start + _NATIONAL or not (is_free_call or start):
        return digits
    return keyed


def _keypad(letter: str) -> str:
    return phonenumbers.convert_alpha_characters_in_number(letter) if letter.isascii() else ""


def _read(digits: str, is_plus: bool, extension: str, region: str) -> Phone:
    if "?" in digits:
        return Phone(digits.removeprefix("1") if len(digits) > _NATIONAL else digits, extension=extension)
    is_plus, digits = _with_country(digits, is_plus, region)
    e164 = _e164(f"+{digits}" if is_plus else digits, region)
    if e164:
        return Phone(e164[1:], e164, extension)
    guess = "" if is_plus or len(digits) <= _NATIONAL else _e164(f"+{digits}", region)
    return Phone(guess[1:] or digits, guess, extension, is_guessed=bool(guess))


def _with_country(digits: str, is_plus: bool, region: str) -> tuple[bool, str]:
    """What is dialled before a number abroad becomes a plus; habits of two countries are undone."""
    for prefix in ("011", "00"):
        if digits.startswith(prefix) and len(digits) > _NATIONAL + 1:
            is_plus, digits = True, digits.removeprefix(prefix)
            break
    if digits.startswith("521") and len(digits) == len("521") + _NATIONAL:
        return True, f"52{digits[3:]}"  # Until 2019 a 1 stood between +52 and a mobile number.
    if not digits.startswith("1"):
        return is_plus, digits
    if _LOCAL + 1 <= len(digits) < _NATIONAL + 1:
        return False, digits[1:]  # The country, and a number without its area code.
    if is_plus and digits.startswith("11") and len(digits) > _NATIONAL + 1:
        return is_plus, digits[1:]  # "+1 1 305 ...": the country twice.
    is_long = not is_plus and region == REGION and len(digits) > _NATIONAL + 1
    return is_plus, _cut_vanity(digits) if is_long else digits


def _cut_vanity(digits: str) -> str:
    """1-800-FLOWERS-NOW: the exchange hears ten digits and ignores the rest."""
    return digits[: _NATIONAL + 1] if digits[1:4] in ("800", "888", "877", "866", "855", "844", "833") else digits


def _e164(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def compare(left: str, right: str) -> Verdict:
    """Whether two texts hold the same number. Raises Unreadable for a text without one."""
    lefts, rights = parse(left), parse(right)
    found = best([_compare(one, other) for one in lefts for other in rights])
    if len(lefts) + len(rights) > 2 and found.answer == "yes":
        return maybe(*found.reasons, "there are several numbers; one of them is the same")
    return found


def _compare(left: Phone, right: Phone) -> Verdict:
    if "?" in left.digits + right.digits:
        return _compare_with_gaps(left.digits, right.digits)
    if left.e164 and left.e164 == right.e164:
        doubts = []
        if left.extension != right.extension:
            both = left.extension and right.extension
            doubts.append("the extensions differ" if both else "only one has an extension")
        if len(set(left.digits[1:])) == 1:
            doubts.append("it is one digit over and over: likely made up")
        return settled("the same number", doubts)
    if left.e164 and right.e164:
        return _compare_whole(left, right)
    return _compare_parts(left, right)


def _compare_whole(left: Phone, right: Phone) -> Verdict:
    is_foreign = not (left.e164.startswith("+1") and right.e164.startswith("+1"))
    one, other = _without_country(left), _without_country(right)
    is_tail = left.digits.endswith(other) or right.digits.endswith(one)
    if is_foreign and is_tail and min(len(one), len(other)) >= _FEWEST_SHARED:
        return maybe("the same digits, read as numbers of two countries")
    return no("other digits")


def _without_country(phone: Phone) -> str:
    number = phonenumbers.parse(phone.e164)
    return phonenumbers.national_significant_number(number)


def _compare_parts(left: Phone, right: Phone) -> Verdict:
    short, long = sorted((left.digits, right.digits), key=len)
    if short == long:
        return maybe("the same digits", "they are no whole phone number")
    if len(short) > _LONGEST_E164 or not long.endswith(short.lstrip("0") or short):
        return no("other digits")
    if len(short) >= _LOCAL:
        return maybe("the same last digits", "one has no area or country code, so it can be another number")
    return no("too short to say that it is the same number")


def _compare_with_gaps(left: str, right: str) -> Verdict:
    pairs = list(zip(reversed(left), reversed(right), strict=False))
    known = [(one, other) for one, other in pairs if "?" not in (one, other)]
    if any(one != other for one, other in known):
        return no("digits that are known differ")
    if len(known) < _FEWEST_KNOWN:
        return no("too few digits are known")
    return maybe("the digits that are known are the same")
