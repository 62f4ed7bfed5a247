"""Handles, profile and web addresses, e-mail addresses; plain and taken apart so that filters miss them."""

import re
from collections.abc import Iterator

from tips.marking.spans import Span
from tips.marking.words import grammar

_AT = r"(?:@|\s?[\[({]\s?(?:at|arroba|@)\s?[\])}]\s?|\s(?:at|arroba)\s)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|punto)\s?[\])}]\s?|\s(?:dot|punto)\s)"
_SITES = (
    r"insta(?:gram)?|ig|snap(?:chat)?|tik\s?tok|facebook|fb|messenger|twitter|telegram|discord|kik|only\s?fans|whats\s?app"
    r"|cash\s?app|venmo|zelle|skype|wechat|line|signal|threads|youtube"
)
_GLUE = (
    r"(?:\s(?:account|name|user(?:name)?|handle|page|profile|id|cuenta|usuario|perfil|called|named|under|as|is|was|es|era"
    r"|de|con|by|name\sis)|\s?[:=])"
)
_PATTERNS = (
    # e-mail
    re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,4}}", re.IGNORECASE),
    # web and profile addresses, whole or defanged
    re.compile(r"\b(?:https?|hxxps?)://\S{1,300}|(?<!\w)www\.\S{1,300}", re.IGNORECASE),
    re.compile(
        r"(?<![\w-])[\w-]{1,63}(?:\.|\s?\[\.\]\s?|\s?\(dot\)\s?|\sdot\s|\spunto\s)(?:com|net|org|me|co|io|gg|info|biz|xxx|app|tv|ly|example|test|mx|us)\b"
        r"(?:/\S{0,300})?",
        re.IGNORECASE,
    ),
    # @handle
    re.compile(r"(?<![\w.])@\s?\w[\w.-]{0,60}\w"),
)
_NAMED = re.compile(
    rf"\b(?:{_SITES}|user\s?name|handle|screen\s?name|usuario|gamer\s?tag|alias\sen)\b{_GLUE}{{0,4}}\s?[\"'“«]?@?(?P<it>[\w.][\w.-]{{0,60}}\w)",
    re.IGNORECASE,
)
_BEFORE_SITE = re.compile(
    rf"(?<![\w.-])(?P<it>(?=[\w.-]{{0,60}}(?:[\d_]|\w\.\w))[\w.-]{{2,60}})\s(?:on|en|at|in)\s(?:{_SITES})\b",
    re.IGNORECASE,
)


def handles(text: str) -> Iterator[Span]:
    """Every stretch that is a handle or an address on the net."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            end = match.end() - len(match.group()) + len(match.group().rstrip(".,;:!?)\"'"))
            yield Span(match.start(), end, "handle")
    for match in _NAMED.finditer(text):
        if _is_handle(match.group("it"), match.group()):
            yield Span(match.start("it"), match.end("it"), "handle")
    for match in _BEFORE_SITE.finditer(text):
        yield Span(match.start("it"), match.end("it"), "handle")


def _is_handle(word: str, whole: str) -> bool:
    if word.casefold() in grammar("not_handles"):
        return False
    is_written_so = any(character.isdigit() or character in "_." for character in word.strip("."))
    is_introduced = re.search(rf"{_GLUE}\s?[\"'“«]?@?{re.escape(word)}$", whole, re.IGNORECASE) is not None
    return is_written_so or is_introduced
