"""Handles: the name of an account, with its site where somebody said which."""

import re

from tips.identifiers import phones, urls
from tips.identifiers.clean import tidy
from tips.identifiers.sites import DOTS_DO_NOT_MATTER, HOSTS, WORDS, Account
from tips.identifiers.verdict import Unreadable, Verdict, maybe, no, yes

_SITES = "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True))
_PREFIX = re.compile(
    rf"^(?:(?:my|his|her|their|mi|su)\s+)?({_SITES})(?:\s*\b(?:is|name|user|username|handle|account|add|me|es|id|messenger|usuario|cuenta)\b)*"
    r"(?:\s*[:=/|>-]+\s*|\s+(?=@)|\s+)(?=\S)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    rf"(?:\s+(?:on|at|en|in|via)\s+({_SITES})|\s*[(\[]\s*(?:on\s+|en\s+)?({_SITES})\s*[)\]])\s*$", re.IGNORECASE
)
_ASKED = re.compile(
    r"^(?:(?:add|dm|find|follow|text|message|hit)\s+(?:me|us|her|him)(?:\s+up)?\s+(?:on|at|in|up)|"
    r"(?:agregame|sigueme|escribeme|buscame)\s+(?:en|por))\s+",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:my|his|her|their|mi|su)\s+)?"
    r"(?:handle|user ?name|user|account|screen ?name|usuario|cuenta|perfil|profile|id)"
    r"(?:\s*[:=]\s*|\s+(?:is|es)\s+)",
    re.IGNORECASE,
)
_APP_LINK = re.compile(r"^tg:/*resolve\?", re.IGNORECASE)
_SAID = [
    (re.compile(r"^\s*(?:at sign|at|arroba)\s+", re.IGNORECASE), "@"),
    (re.compile(r"\s+(?:underscore|under score|guion bajo|raya al piso)\s+", re.IGNORECASE), "_"),
    (re.compile(r"\s+(?:dot|period|point|punto)\s+", re.IGNORECASE), "."),
    (re.compile(r"\s+(?:dash|hyphen|guion)\s+", re.IGNORECASE), "-"),
]
_SIGNS = {"$": "cashapp"}
_REDDIT = re.compile(r"^/?u/(?=\S)", re.IGNORECASE)
_FEDERATED = re.compile(r"^@([\w.-]+)@([\w.-]+\.[a-z]{2,})$", re.IGNORECASE)
_NUMBER = re.compile(r"^\+?[\d\s().-]{8,}$")
_FULL_ACCOUNT = re.compile(r"^(?:https?:|hxxps?:|www\.|[\w.-]+(?:\.|\[\.\])[a-z]{2,}/)", re.IGNORECASE)
_EDGES = " \t\"'`<>(),;:!?"
_BY_PHONE = frozenset({"whatsapp", "signal", "telegram", "viber", ""})


def parse(text: str) -> Account:
    """The account that a text names: "@name", "ig: name", a profile's address. Raises Unreadable where none is left."""
    said = _APP_LINK.sub("https://t.me/?", tidy(text).strip(" \t\"'`<>,;"))
    site, plain = _site_said(_LABEL.sub("", _ASKED.sub("", said)))
    plain = plain.strip(_EDGES)
    for pattern, sign in _SAID:
        plain = pattern.sub(sign, plain)
    found = _address(plain) or _federated(plain) or _by_phone(site, plain)
    if found:
        return Account(found.site or site, found.name)
    if _REDDIT.match(plain):
        site, plain = site or "reddit", _REDDIT.sub("", plain)
    if plain[:1] in _SIGNS:
        site = site or _SIGNS[plain[0]]
    name = _name(plain)
    if not any(character.isalnum() for character in name):
        raise Unreadable("No handle was found: write it as in @name, or the profile's address.")
    return Account(site, name)


def _name(plain: str) -> str:
    before, after = "", plain
    while before != after:
        before, after = after, tidy(after).casefold().strip(_EDGES).lstrip("@$~ ").rstrip("./ ").replace(" ", "")
    return after


def _site_said(plain: str) -> tuple[str, str]:
    """The site that stands before or behind the name, and the rest."""
    found = _SUFFIX.search(plain)
    if found and plain[: found.start()].strip():
        return WORDS[(found.group(1) or found.group(2)).casefold()], plain[: found.start()].strip(_EDGES)
    found = _PREFIX.match(plain)
    if found and not _FULL_ACCOUNT.match(plain):
        return WORDS[found.group(1).casefold()], plain[found.end() :].strip(_EDGES)
    return "", plain


def _address(plain: str) -> Account | None:
    """The account of a profile's address; an address that names no account stands for itself."""
    if not _FULL_ACCOUNT.match(plain):
        return None
    try:
        web = urls.parse(plain)
    except Unreadable:
        return None
    if web.account is None:
        found = _FEDERATED.match(f"{web.path[1:]}@{web.host}")
        if found:
            return Account(found.group(2).casefold(), found.group(1).casefold())
        return Account("", web.normal) if web.path else None
    return _by_phone(web.account.site, web.account.name) or web.account


def _federated(plain: str) -> Account | None:
    found = _FEDERATED.match(plain)
    return Account(found.group(2).casefold(), found.group(1).casefold()) if found else None


def _by_phone(site: str, plain: str) -> Account | None:
    """On some sites the account is a phone number."""
    if site not in _BY_PHONE or not _NUMBER.match(plain) or not (site or plain.startswith("+")):
        return None
    number = plain if plain.startswith("+") else f"+{plain}" if site == "whatsapp" and len(plain) > 10 else plain
    found = next((phone for phone in phones.parse(number) if phone.e164), None)
    return Account(site, found.e164) if found else None


def normal(account: Account) -> str:
    """One form for every way to write it; reading it again gives the same account."""
    if account.site in HOSTS.values():
        return f"{account.site}: {account.name}"
    return f"@{account.name}@{account.site}" if account.site else f"@{account.name}"


def bare(account: Account) -> str:
    """The name as its site compares it."""
    return account.name.replace(".", "") if account.site in DOTS_DO_NOT_MATTER else account.name


def compare(left: str, right: str) -> Verdict:
    """Whether two texts name the same account. Raises Unreadable for a text that names none."""
    one, other = parse(left), parse(right)
    is_same = one.name == other.name or (one.site == other.site and bare(one) == bare(other))
    if not is_same:
        return no("another name: dots, dashes and underscores count")
    if one.site == other.site:
        return yes("the same name on the same site" if one.site else "the same name")
    if not (one.site and other.site):
        return yes("the same name", "only one says on which site")
    return maybe("the same name on two sites, which can belong to two people")
