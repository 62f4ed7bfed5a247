"""Names of people: in any order, with nicknames, accents, particles and slips."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tips.identifiers.clean import fold, tidy
from tips.identifiers.edits import is_one_edit
from tips.identifiers.verdict import Unreadable, Verdict, best, maybe, no, yes

TABLE = Path(__file__).resolve().parent.parent / "reference" / "nicknames.csv"
_TITLES = frozenset(
    "mr mrs ms miss mx dr doctor prof professor rev reverend sir madam dame lord lady hon judge officer ofc"
    " det detective sgt sergeant capt captain lt lieutenant col gen maj cpl pvt pastor father fr sister brother bro"
    " imam rabbi senor"
    " senora senorita sra srta don dona lic licenciado licenciada ing prof profesor profesora mister missus padre"
    " hermana hermano agent deputy".split()
)
_GENERATIONS = {
    "jr": "junior", "junior": "junior", "sr": "senior", "senior": "senior", "ii": "2", "2nd": "2", "iii": "3",
    "3rd": "3", "iv": "4", "4th": "4", "hijo": "junior", "padre": "senior",
}  # fmt: skip
_AFTER = frozenset("phd md esq esquire dds rn cpa ret jd".split())
_PARTICLES = frozenset(
    "de del la las los lo el al da das do dos di della van von der den ter ten zu y e i bin ibn bint bat ben abu af"
    " av le du des st saint san santa mac mc o of the ould ul ur".split()
)
# A particle alone between names is left out; these may be first names or family names of their own.
_ALSO_NAMES = frozenset("al lo le ben van mac st saint san santa abu i e ten".split())
_ALIAS = re.compile(
    r"\s*(?:\b(?:a\s?k\s?a|aka|alias|also known as|known as|goes by|nee|born|conocid[oa] como|apodad[oa]|dich[oa])\b|"
    r"a/k/a|a\.k\.a\.?|/|;|\|)\s*"
)
_NICKNAME = re.compile(r"[\"(\[]\s*([^\"()\[\]]+?)\s*[\")\]]|(?<=\s)'([^']+)'(?=\s|$)")
_LABEL = re.compile(r"^(?:name|nombre|full name|my name is|me llamo|se llama|apellido)\s*[:=]?\s+")
_APOSTROPHES = re.compile(r"(?<=\w)'(?=\w)|(?<=\bo)'\s*|'")
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("å", "aa"), ("ø", "oe"))
# The same name in the spellings of several alphabets, and its forms in English and Spanish.
_SPELLINGS = [
    "mohammed muhammad mohamed mohammad muhammed mehmet mohamad", "ahmed ahmad achmed",
    "yusuf yousef youssef yosef joseph jose",
    "ibrahim abraham ebrahim", "ali aly", "hussein hossein husain hussain", "hassan hasan", "khaled khalid",
    "fatima fatma fatimah", "aisha ayesha aicha", "omar umar", "abdullah abdallah abdulla", "said saeed sayed sayyid",
    "sergei sergey serge sergio", "alexei aleksei alexey aleksey", "aleksandr alexander alejandro aleksander",
    "dmitri dmitry dmitriy dimitri", "yuri yury iurii", "mikhail michael miguel", "nikolai nikolay nicholas nicolas",
    "ekaterina yekaterina catherine katherine kathryn catalina katarina", "natalia nataliya natalya natalie",
    "evgeni evgeny yevgeny eugene", "maria mariya mary", "john juan ivan jean", "james jaime santiago diego",
    "william guillermo", "charles carlos karl carl", "george jorge georgiy", "peter pedro pyotr petr",
    "paul pablo pavel", "mark marcos marc", "luke lucas", "matthew mateo matteo", "stephen steven esteban stefan",
    "anthony antonio anton", "henry enrique henri", "louis luis", "francis francisco", "andrew andres andrei andrey",
    "thomas tomas", "philip phillip felipe", "edward eduardo", "robert roberto", "richard ricardo",
    "raymond ramon raymundo", "elizabeth isabel isabella elisabeth", "anne ana anna ann", "helen elena helena",
    "margaret margarita", "theresa teresa", "susan susana suzanne", "julia yulia", "sophia sofia", "lucy lucia",
    "rose rosa", "martha marta", "joan juana jane", "dorothy dorotea", "xavier javier", "vincent vicente", "jon john",
]  # fmt: skip
_SOUNDS = [
    ("sch", "sh"), ("ph", "f"), ("ck", "k"), ("qu", "k"), ("kh", "h"), ("gh", "g"), ("th", "t"), ("wh", "w"),
    ("x", "ks"), ("ce", "se"), ("ci", "si"), ("cz", "ch"), ("tz", "ts"), ("c", "k"), ("z", "s"), ("v", "b"),
    ("w", "b"), ("y", "i"), ("j", "i"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ea", "i"), ("ie", "i"), ("h", ""),
]  # fmt: skip
_MOST_TOKENS = 12
_FEWEST_FOR_A_SLIP = 4

# How well two words of names fit. One slip is a slip; two make another name.
SAME, CLOSE, KNOWN, SLIP, NONE = 4, 3, 2, 1, 0


@dataclass(frozen=True)
class Name:
    """Words of one name in the order First Last, without titles and particles; `glued` joins particles instead."""

    words: tuple[str, ...]
    generation: str = ""
    glued: tuple[str, ...] = ()

    @property
    def normal(self) -> str:
        return " ".join([*self.words, *([self.generation] if self.generation else [])])


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    """Nickname -> the names that it is short for."""
    found: dict[str, set[str]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for nickname in row["nicknames"].split():
                found.setdefault(nickname, set()).add(row["name"])
    return {nickname: frozenset(names) for nickname, names in found.items()}


@lru_cache(maxsize=1)
def _spellings() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_SPELLINGS):
        for word in line.split():
            found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def full_names(word: str) -> frozenset[str]:
    """The names that a folded nickname is short for; the word alone where it is none."""
    return _table().get(word, frozenset()) or frozenset([word])


def parse(text: str) -> list[Name]:
    """The names in a text: one, and its aliases. Raises Unreadable where no letter is left."""
    plain = tidy(text)
    # With "Min-jun" as one word too, for which others write Minjun.
    variants = {fold(plain), fold(_spelled_out(plain)), fold(re.sub(r"(?<=\w)-(?=\w)", "", plain))}
    names: list[Name] = []
    for variant in sorted(variants):
        for part in _ALIAS.split(_LABEL.sub("", variant)):
            names += [name for name in _names_of(part) if name not in names]
    if not names:
        raise Unreadable("No name was found: write it in letters.")
    return names


def _spelled_out(text: str) -> str:
    small = text.casefold()
    for letter, letters in _UMLAUTS:
        small = small.replace(letter, letters)
    return small


def _names_of(part: str) -> list[Name]:
    """The name, and the name with a nickname in quotes or brackets in the place of the first."""
    nicknames = [found.group(1) or found.group(2) for found in _NICKNAME.finditer(part)]
    name = _name(_NICKNAME.sub(" ", part))
    if name is None:
        return [found for nickname in nicknames if (found := _name(nickname))]
    others = []
    for nickname in nicknames:
        short = _name(nickname)
        if short:
            others.append(Name((*short.words, *name.words[1:]), name.generation, (*short.words, *name.glued[1:])))
    return [name, *others]


def _name(part: str) -> Name | None:
    plain = _APOSTROPHES.sub("", part)
    last, comma, first = plain.partition(",")
    if comma and _without_marks(first) and not all(word in {*_GENERATIONS, *_AFTER} for word in _without_marks(first)):
        first, _, more = first.partition(",")
        plain = f"{first} {last} {more}"
    tokens = _without_marks(plain)
    if not any(word.isalpha() for word in tokens):
        return None
    generation = next((_GENERATIONS[word] for word in tokens[1:] if word in _GENERATIONS), "")
    tokens = [word for n, word in enumerate(tokens) if n == 0 or word not in _GENERATIONS]
    words = _without_titles(tokens)
    if not words:
        return None
    kept = [word for word in words if word not in _PARTICLES or word in _ALSO_NAMES]
    return Name(tuple(kept or words), generation, tuple(_glued(words)))


def _without_marks(plain: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain.replace("-", " "))[:_MOST_TOKENS]


def _without_titles(tokens: list[str]) -> list[str]:
    start = 0
    while start < len(tokens) - 1 and (tokens[start] in _TITLES or (start == 0 and tokens[0] == "sr")):
        start += 1
    return [word for n, word in enumerate(tokens[start:]) if n == 0 or word not in _AFTER]


def _glued(words: list[str]) -> list[str]:
    """Particles joined to the name behind them: de la Cruz and DeLaCruz, Mc Donald and McDonald."""
    glued: list[str] = []
    start = ""
    for word in words:
        if word in _PARTICLES and word not in ("y", "e"):
            start += word
        else:
            glued.append(start + word)
            start = ""
    return [*glued, start] if start else glued


def sound(word: str) -> str:
    """A rough form in which spellings that sound alike fall together."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    word = re.sub(r"(.)\1+", r"\1", word)
    return word[:1] + re.sub(r"[aeiou]+$", "", word[1:]) if len(word) > 3 else word


def compare(left: str, right: str) -> Verdict:
    """Whether two texts can be the name of one person. Raises Unreadable for a text without letters."""
    return best([_compare(one, other) for one in parse(left) for other in parse(right)])


def _compare(one: Name, other: Name) -> Verdict:
    if one.generation and other.generation and one.generation != other.generation:
        return no("another generation: junior and senior are two people")
    if one.words == other.words or "".join(one.glued) == "".join(other.glued):
        found = yes("the same name") if len(one.words) > 1 else maybe("the same single name, which many people bear")
    elif _is_one_word_apart(one.words, other.words):
        found = yes("the same name, with two of its words written as one")
    else:
        found = best([_match(one.words, other.words), _match(one.glued, other.glued)])
    if found.answer == "yes" and one.generation != other.generation:
        return maybe(*found.reasons, "only one says junior, senior or a number")
    return found


def _is_one_word_apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Xiao Ming Chen and Chen Xiaoming."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1 or len(short) < len(("first", "last")):
        return False
    joined = ([*long[:n], long[n] + long[n + 1], *long[n + 2 :]] for n in range(len(long) - 1))
    return any(sorted(words) == sorted(short) for words in joined)


def _match(one: tuple[str, ...], other: tuple[str, ...]) -> Verdict:
    """Each word of the shorter name finds its best partner in the longer one."""
    short, long = sorted((one, other), key=len)
    pairs = [(_grade(a, b), n, m) for n, a in enumerate(short) for m, b in enumerate(long)]
    pairs.sort(key=lambda pair: (-pair[0][0], abs(pair[1] - pair[2])))
    found: dict[int, int] = {}
    grades, reasons = [], []
    for (grade, reason), n, m in pairs:
        if grade != NONE and n not in found and m not in found.values():
            found[n] = m
            grades.append(grade)
            reasons.append(reason)
    if len(found) < len(short):
        return no("another name")
    if len(short) == len(long) and min(grades) >= CLOSE and any(n != m for n, m in found.items()):
        reasons.append("the same parts in another order")
    return _said(grades, [reason for reason in dict.fromkeys(reasons) if reason], len(long) - len(short))


def _said(grades: list[int], reasons: list[str], missing: int) -> Verdict:
    slips = grades.count(SLIP)
    if slips > 1 or (slips and missing and len(grades) == 1):
        return no("another name: too many parts differ")
    if missing:
        reasons = [*reasons, "one has a part that the other lacks"]
    if len(grades) == 1:
        reasons = [*reasons, "a single name, which many people bear"]
    if missing or min(grades) < CLOSE or len(grades) == 1:
        return maybe(*reasons)
    return yes(*(reasons or ["the same name"]))


def _grade(one: str, other: str) -> tuple[int, str]:
    """How well two words fit, and why."""
    if one == other:
        return SAME, ""
    if min(len(one), len(other)) == 1:
        return (SLIP, "an initial fits") if one[0] == other[0] else (NONE, "")
    ones, others = full_names(one), full_names(other)
    if other in ones or one in others:
        is_clear = len(ones) == len(others) == 1
        return (CLOSE, "a nickname of the same name") if is_clear else (KNOWN, "a nickname of several names")
    if ones & others:
        return KNOWN, "nicknames of the same name"
    if _spelled_alike(ones, others):
        return KNOWN, "the same name in another language or spelling"
    if min(len(one), len(other)) >= _FEWEST_FOR_A_SLIP and is_one_edit(one, other):
        return SLIP, "one letter differs"
    if min(len(one), len(other)) > 2 and sound(one) == sound(other):
        return SLIP, "spelt otherwise, but sounds alike"
    return NONE, ""


def _spelled_alike(ones: frozenset[str], others: frozenset[str]) -> bool:
    known = _spellings()
    return any(known.get(a, frozenset()) & known.get(b, frozenset()) for a in ones for b in others)
