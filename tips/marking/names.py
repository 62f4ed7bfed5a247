"""Names: of lists, written large within a sentence, introduced by words, in quotes; first names and what follows them."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from tips.marking.spans import Span, Word
from tips.marking.words import folded, grammar, kinship, listed

_ARTICLES = frozenset({"el", "la", "los", "las"})
_AND = frozenset({"and", "y", "or", "o", "e"})
_BEFORE_INTRODUCED = _ARTICLES | {
    "as",
    "just",
    "only",
    "either",
    "also",
    "called",
    "something",
    "like",
    "maybe",
    "es",
    "solo",
}
_QUOTED = re.compile(r"[\"“«']\s?(?P<it>[^\W\d_][\w'’.-]*(?:\s[^\W\d_][\w'’.-]*){0,2})\s?[\"”»'](?=\W|$)")
_INITIALS = re.compile(
    r"\b(?:[A-Z]\.\s?){1,3}[A-Z][^\W\d_][\w'’-]+|\b(?:[A-Z]\.){1,3}(?=[\s,;:)]|$)|\b[A-Z]\.\s(?=[A-Z][a-z])"
    r"|\b(?!(?:[ap]\.m|i\.e|e\.g|u\.s|d\.c|p\.s)\.)(?:[a-z]\.){2,3}(?=[\s,;:)]|$)"
)
# Of a first name and a letter the letter is the family name's; these letters are words.
_WORD_LETTERS = frozenset("aeinoruxy")
_VERB_ENDINGS = ("ed", "ing", "ly", "ó", "ando", "iendo", "aba")
_SHOUTED_SHARE = 0.6


def names(text: str, words: Sequence[Word], known: frozenset[str] = frozenset()) -> Iterator[Span]:
    """Every stretch that reads as a name. `known` are folded words that are somebody's name on this tip."""
    marked = _marked(text, words, known)
    index = 0
    while index < len(words):
        if not marked[index]:
            index += 1
            continue
        first, last = index, _extent(text, words, marked, index)
        if (
            first
            and words[first].is_large
            and words[first - 1].plain in _ARTICLES
            and _is_close(text, words, first - 1)
        ):
            first -= 1  # El Gordo, la Güera.
        while first and words[first - 1].plain in grammar("honorifics") and _is_close(text, words, first - 1):
            first -= 1
        yield Span(words[first].start, _bare_end(words[last]), "name")
        index = last + 1
    yield from _quoted(text)
    for match in _INITIALS.finditer(text):
        yield Span(match.start(), match.end(), "name")


def _bare_end(word: Word) -> int:
    return word.end - 2 if word.text.endswith(("'s", "’s")) else word.end


def _marked(text: str, words: Sequence[Word], known: frozenset[str]) -> list[bool]:
    large = sum(word.text.isupper() and len(word.text) > 1 for word in words)
    is_shouted = bool(words) and large > _SHOUTED_SHARE * len(words)
    introduced = _introduced(text, words)
    return [
        index in introduced or word.plain in known or _reads_as_name(text, words, index, is_shouted=is_shouted)
        for index, word in enumerate(words)
    ]


# --- What an introduction says -----------------------------------------------------------------------------


@cache
def _phrases() -> dict[str, list[list[str]]]:
    """First word of a phrase -> the phrases, longest first, each as its words."""
    found: dict[str, list[list[str]]] = {}
    both = grammar("introductions") | grammar("weak_introductions")
    for phrase in sorted(both, key=lambda phrase: (-len(phrase.split()), phrase)):
        found.setdefault(phrase.split()[0], []).append(phrase.split())
    return found


def _introduced(text: str, words: Sequence[Word]) -> set[int]:
    """Words that a phrase introduces: "her name is flaca", "le dicen chino"."""
    found: set[int] = set()
    for index, word in enumerate(words):
        for parts in _phrases().get(word.plain, ()):
            if [other.plain for other in words[index : index + len(parts)]] == parts:
                is_weak = " ".join(parts) in grammar("weak_introductions")
                found.update(_named_after(text, words, index + len(parts), is_weak=is_weak))
                break
    return found


def _named_after(text: str, words: Sequence[Word], index: int, *, is_weak: bool) -> list[int]:
    while index < len(words) and words[index].plain in _BEFORE_INTRODUCED:
        index += 1
    if index >= len(words) or not _is_close(text, words, index - 1):
        return []
    word = words[index]
    is_kin = word.plain in kinship()["any"] and not word.is_large
    if word.plain in grammar("never_named") or is_kin or (is_weak and not _may_be_named(word)):
        return []
    return [index, *_more_of_it(text, words, index)]


def _more_of_it(text: str, words: Sequence[Word], index: int) -> list[int]:
    """A second word of the name ("lil dre", "ana maria"), or a second name ("hope and grace")."""
    following = words[index + 1 : index + 3]
    if not following:
        return []
    is_second = (
        words[index].plain in grammar("nickname_starts") or _is_listed(following[0].plain) or following[0].is_large
    )
    if is_second and _is_close(text, words, index):
        return [index + 1]
    if len(following) > 1 and following[0].plain in _AND:
        other = following[1]
        is_name = _is_listed(other.plain) or (other.is_large and other.plain not in listed("not_names"))
        return [index + 2] if is_name else []
    return []


def _may_be_named(word: Word) -> bool:
    """After a weak introduction: no common word, no kin, and in small letters nothing that reads as a verb."""
    titles = grammar("titles") - grammar("nickname_starts")
    if word.plain in listed("not_names") or word.plain in kinship()["any"] or word.plain in titles:
        return False
    return word.is_large or not word.plain.endswith(_VERB_ENDINGS)


# --- What a word says by itself ----------------------------------------------------------------------------


def _reads_as_name(text: str, words: Sequence[Word], index: int, *, is_shouted: bool) -> bool:
    word = words[index]
    before = words[index - 1] if index and _is_close(text, words, index - 1) else None
    after = words[index + 1] if index + 1 < len(words) and _is_close(text, words, index) else None
    if len(word.plain) == 1:
        return False
    if word.plain == "ella" and sum(other.plain in grammar("spanish") for other in words[index : index + 8]) > 1:
        return False  # "She", where Spanish is spoken.
    if word.plain in listed("word_names"):
        is_pair = _is_pair(words, index) and not is_shouted
        is_name = is_pair or _is_word_as_name(word, before, after, is_shouted=is_shouted)
        return is_name or _is_nickname(text, words, index)
    if word.plain in listed("first_names") or ("-" in word.plain and _is_listed(word.plain)):
        return True
    if _is_nickname(text, words, index):
        return True
    if word.plain in listed("not_names") or word.plain in kinship()["any"]:
        return False
    if word.opens and not is_shouted and _is_pair_of_unknown(words, index):
        return True
    return _is_unknown_as_name(text, word, before, after, is_shouted=is_shouted)


def _is_pair_of_unknown(words: Sequence[Word], index: int) -> bool:
    """ "Rashid and Farhana" at the start of a sentence: two words nobody knows, both written large."""
    pair = words[index : index + 3]
    if len(pair) < len(("one", "and", "other")) or pair[1].plain not in _AND:
        return False
    common = listed("not_names") | kinship()["any"]
    return all(word.is_large and word.plain not in common for word in (pair[0], pair[2]))


def _is_unknown_as_name(text: str, word: Word, before: Word | None, after: Word | None, *, is_shouted: bool) -> bool:
    """A word of which nothing is known but how it is written and what stands beside it."""
    is_surname = word.plain in listed("surnames")
    follows_first = before is not None and before.plain in listed("first_names")
    follows_title = before is not None and before.plain in grammar("short_titles")
    if follows_title or (follows_first and is_surname):
        return True
    if not word.is_large or is_shouted:
        return False
    if word.opens:
        return is_surname or _acts_or_goes_on(text, word, after)
    is_abbreviation = word.text.isupper() and len(word.text) > 1
    return is_surname or not is_abbreviation


def _acts_or_goes_on(text: str, word: Word, after: Word | None) -> bool:
    """A word nobody knows that opens a sentence: a name where it does something, goes on in capitals, or heads a line."""
    stop = text[word.end : word.end + 1]
    if after is None:
        return stop in (":", "?", "!", ",")
    is_deed = after.plain in grammar("deeds") or (after.plain.endswith("ed") and not after.is_large)
    goes_on = after.is_large and after.plain not in listed("not_names")
    return is_deed or goes_on or _is_listed(after.plain) or stop in (":", "?", "!")


def _is_word_as_name(word: Word, before: Word | None, after: Word | None, *, is_shouted: bool) -> bool:
    """A name that is also a word: by how it is written, and by what stands beside it."""
    is_large = word.is_large and not is_shouted
    if is_large and before is not None and before.plain in grammar("titles") | _AND | {"with", "con", "a"}:
        return True
    acts = after is not None and after.plain in grammar("deeds")
    if not is_large:
        return _is_small_word_as_name(word, before, after, acts=acts)
    if word.plain in listed("not_names") or word.plain in grammar("hardly_names"):
        follows = after is not None and (after.plain in listed("surnames") or acts)
        return follows and not (word.opens and word.plain in grammar("only_small"))
    return not word.opens or acts or after is None or _is_listed(after.plain)


def _is_small_word_as_name(word: Word, before: Word | None, after: Word | None, *, acts: bool) -> bool:
    if after is not None and before is not None and after.plain in listed("first_names") - listed("word_names"):
        return True
    is_free = before is None or before.plain not in grammar("before_plain_words") | _ARTICLES | {"un", "una"}
    return acts and is_free and word.plain not in grammar("only_small")


def _is_pair(words: Sequence[Word], index: int) -> bool:
    """ "Hope and Grace": two names that are words, written large."""
    pair = words[index : index + 3]
    names = listed("word_names") | listed("first_names")
    is_pair = len(pair) == len(("one", "and", "other")) and pair[1].plain in _AND and pair[2].plain in names
    return is_pair and pair[0].is_large and pair[2].is_large


def _is_nickname(text: str, words: Sequence[Word], index: int) -> bool:
    """Both words of "Big Tony", "Lil Dre", "Daddy D"."""
    for first in (index, index - 1):
        if first < 0 or first + 1 >= len(words) or words[first].plain not in grammar("nickname_starts"):
            continue
        one, two = words[first], words[first + 1]
        is_common = two.plain == "i" or (two.plain in listed("not_names") and len(two.plain) > 1)
        if not _is_close(text, words, first) or two.plain in grammar("never_named"):
            continue
        if one.plain == "lil" or (one.plain in ("daddy", "papi") and not is_common and not two.is_large):
            return _may_be_named(two) or one.plain == "lil"
        if one.is_large and two.is_large and not is_common:
            return True
    return False


def _is_listed(plain: str) -> bool:
    known = listed("first_names") | listed("surnames") | listed("word_names")
    return all(part in known for part in plain.split("-"))


def _is_close(text: str, words: Sequence[Word], index: int) -> bool:
    """Whether nothing but a blank, a comma or a quote stands between a word and the next."""
    if index < 0 or index + 1 >= len(words):
        return index < 0
    stops = " .,:" if words[index].plain in grammar("short_titles") else " ,:"
    return not text[words[index].end : words[index + 1].start].strip(stops + "\"“”'«»-")


# --- How far a name goes -----------------------------------------------------------------------------------


def _extent(text: str, words: Sequence[Word], marked: Sequence[bool], index: int) -> int:
    """The last word of a name: more marked words, family names, particles with a family name after them."""
    last = index
    while last + 1 < len(words) and _goes_on(text, words[last], words[last + 1]):
        following = words[last + 1]
        is_family = following.plain in listed("surnames") and (following.is_large or not words[last].is_large)
        is_letter = _is_last_initial(text, words[last], following)
        if (
            marked[last + 1]
            or is_family
            or (words[last].is_large and is_letter)
            or (words[last].plain in grammar("particles") and following.is_large)
        ):
            last += 1
        else:
            end = _after_particles(words, last)
            if end == last:
                break
            last = end
    return last


def _is_last_initial(text: str, name: Word, letter: Word) -> bool:
    """ "Jayden M", "Ngozi O.", "jayden m": the first letter of a family name."""
    if len(letter.text) != 1 or not letter.plain.isalpha():
        return False
    is_stopped = text[letter.end : letter.end + 1] == "." and letter.is_large
    return is_stopped or (letter.plain not in _WORD_LETTERS and letter.is_large == name.is_large)


def _goes_on(text: str, word: Word, following: Word) -> bool:
    gap = text[word.end : following.start]
    is_initial = len(word.text) <= 2 or word.plain in grammar("short_titles")
    return not gap.strip(" .") and "\n" not in gap and (". " not in gap or is_initial)


def _after_particles(words: Sequence[Word], last: int) -> int:
    """Where "de la Rosa" ends; `last` when no family name follows."""
    end = last + 1
    while end < len(words) and end - last <= 2 and words[end].plain in grammar("particles"):
        end += 1
    if last + 1 == end or end >= len(words) or not words[last].is_large:
        return last
    return end if words[end].is_large and words[end].plain not in listed("not_names") else last


def _quoted(text: str) -> Iterator[Span]:
    """A short stretch in quotes that is written large: what somebody is called."""
    for match in _QUOTED.finditer(text):
        parts = match.group("it").split()
        is_large = all(part[0].isupper() for part in parts if folded(part) not in _ARTICLES)
        if is_large and any(folded(part) not in listed("not_names") for part in parts):
            yield Span(match.start("it"), match.end("it"), "name")
