"""Possible matches and search hits: which tips, why, how likely. The database functions decide who is told of what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from agencies import crypto
from tips.identifiers import FORMS, Key, asked
from tips.identifiers.keys import parts_of_name, telling
from tips.models import Tip
from tips.told import IdentifierTold

BY_NUMBER = frozenset({"phone", "phone_local", "phone_tail"})
_MOST_ASKED = 60
_ALIKE_MOST = 10


@dataclass(frozen=True)
class Setting:
    """Where and when what is compared takes place."""

    state: str = ""
    county: str = ""
    day: date | None = None


@dataclass
class Match:
    """A tip that may be about the same, before it is shown to anybody. `likeness` of wording is 0 to 1."""

    tip_id: UUID
    forms: list[str] = field(default_factory=list)
    likeness: float = 0.0
    reasons: list[str] = field(default_factory=list)
    points: int = 0

    @property
    def is_likely(self) -> bool:
        return self.points >= settings.MATCH_LIKELY

    @property
    def shares_number(self) -> bool:
        return bool(BY_NUMBER & set(self.forms))


@dataclass
class Found:
    """Matches that the reader may open, and how many more there are that the reader may not."""

    matches: list[Match]
    others: int = 0


def hashes_of(told: Iterable[IdentifierTold]) -> list[bytes]:
    """What is looked for, each once, at most some dozens."""
    keys: dict[Key, None] = {}
    for identifier in told:
        keys |= dict.fromkeys(asked(identifier.kind, identifier.value))
    return [crypto.keyed_hash(key.form, key.text) for key in list(keys)[:_MOST_ASKED]]


def sharing(told: Iterable[IdentifierTold]) -> Found:
    """Tips that share an identifier with what was told just now. For the desk of a hotline; nothing for others."""
    hashes = hashes_of(told)
    return _found(hashes, None) if hashes else Found([])


def sharing_with(tip_id: UUID) -> Found:
    """Tips that share an identifier with this one."""
    return _found(None, tip_id)


def _found(hashes: list[bytes] | None, tip_id: UUID | None) -> Found:
    with connection.cursor() as cursor:
        cursor.execute("select tip_id, forms, others from tips_matches(%s::bytea[], %s::uuid)", [hashes, tip_id])
        rows = cursor.fetchall()
    return Found(
        [Match(tip, sorted(forms)) for tip, forms, _ in rows if tip],
        next((others for tip, _, others in rows if tip is None), 0),
    )


def worded_alike(text: str, *, but_not: UUID | None = None) -> list[Match]:
    """Tips whose shared account, open to the reader, is worded like `text`."""
    if not text.strip():
        return []
    limits = [settings.MATCH_WORDS, settings.MATCH_CANDIDATES, _ALIKE_MOST]
    with connection.cursor() as cursor:
        cursor.execute(
            "select tip_id, likeness from tips_alike(%s, %s, %s, %s, %s) where likeness * 100 >= %s",
            [text.replace("\x00", ""), but_not, *limits, settings.MATCH_ALIKE_PERCENT],
        )
        return [Match(tip, likeness=likeness) for tip, likeness in cursor.fetchall()]


def together(matches: Iterable[Match]) -> list[Match]:
    """One match a tip, whatever it was found by."""
    merged: dict[UUID, Match] = {}
    for match in matches:
        known = merged.setdefault(match.tip_id, Match(match.tip_id))
        known.forms = sorted({*known.forms, *match.forms})
        known.likeness = max(known.likeness, match.likeness)
    return list(merged.values())


def explain(match: Match, tip: Tip, here: Setting) -> None:
    """Give a match its points (settings.MATCH_POINTS) and its reasons in words."""
    points = settings.MATCH_POINTS
    said = sorted({(not FORMS[form].is_strong, FORMS[form].says) for form in telling(match.forms)})
    match.reasons = [says for _, says in said]
    if said:
        match.points = points["weak"] if said[0][0] else points["strong"]
        match.points += points["also"] * (len(said) - 1)
    if match.likeness:
        match.reasons.append("the account is worded alike")
        match.points += round(points["alike"] * match.likeness)
    for name, words in _near(tip, here):
        match.points += points[name]
        match.reasons.append(words)


def _near(tip: Tip, here: Setting) -> list[tuple[str, str]]:
    """Near in place and time; says nothing about what is far."""
    found = []
    if here.county and (tip.county.casefold(), tip.state) == (here.county.casefold(), here.state):
        found.append(("county", "same county"))
    elif here.state and tip.state == here.state:
        found.append(("state", "same state"))
    days = abs((tip.created_at.date() - here.day).days) if here.day else None
    if days is not None and days <= settings.MATCH_NEAR_DAYS:
        words = {0: "the same day", 1: "one day apart"}.get(days, f"{days} days apart")
        found.append(("near_in_time", words))
    return found


def ranked(matches: Sequence[Match], *, most: int) -> list[Match]:
    """The likeliest first, without those that have too few points; of equal ones the newest."""
    worth = [match for match in matches if match.points >= settings.MATCH_SHOWN]
    newest = sorted(worth, key=lambda match: match.tip_id, reverse=True)
    return sorted(newest, key=lambda match: -match.points)[:most]


def search_keys(told: Iterable[IdentifierTold], *, name: str = "", most: int) -> list[tuple[UUID, list[str]]]:
    """Tips open to the reader with an identifier of theirs to see: (tip, codes of FORMS). Nothing about others."""
    hashes = [*hashes_of(told), *(crypto.keyed_hash(key.form, key.text) for key in parts_of_name(name))]
    if not hashes:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select tip_id, forms from tips_search_keys(%s::bytea[], %s)", [hashes, most])
        return [(tip, sorted(forms)) for tip, forms in cursor.fetchall()]


def search_words(words: str, *, most: int) -> list[UUID]:
    """Tips whose shared account, open to the reader, has these words: the best of the newest, best first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tip_id from tips_search_words(%s, %s, %s)",
            [words.replace("\x00", ""), settings.SEARCH_NEWEST, most],
        )
        return [tip for (tip,) in cursor.fetchall()]


def day_of(moment: datetime | None) -> date | None:
    """The day of a moment, for Setting."""
    return moment.date() if moment else None
