"""One box: identifiers, names and words; what is open to the reader, and why it was found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import F

from agencies.disclosure import Disclosed, disclosed
from agencies.models import AuditEvent, User
from casework.pages.queue import neutral_line
from tips import matches
from tips.identifiers import FORMS
from tips.identifiers.keys import telling
from tips.models import Tip
from tips.told import IdentifierTold

MOST = 50
RECENT = 5
LONGEST = 200
_LOOKED_BACK = 60
_FEWEST_DIGITS = 7
_MOST_NAME_WORDS = 6
_START, _STOP = "\x02", "\x03"
_HIT = re.compile(rf"{_START}(.*?){_STOP}", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A part of a line of an account; `is_hit` where a word that was looked for stands."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class Hit:
    """One tip that was found. `pieces` come from what is disclosed to the reader and from nothing else."""

    tip: Disclosed
    line: str
    reasons: list[str]
    pieces: list[Piece]


@dataclass(frozen=True)
class Results:
    """Hits, best first; `forms` are the codes of what was matched, for the trail."""

    hits: list[Hit]
    forms: list[str]
    is_cut: bool

    @property
    def ids(self) -> list[UUID]:
        return [hit.tip["pk"] for hit in self.hits]


def search(text: str, *, user: User) -> Results:
    """Look for `text` as identifier, name and words at once. Three queries, whatever is found."""
    text = text.replace("\x00", "")[:LONGEST]
    by_key = dict(matches.search_keys(readings(text), name=_single_name(text), most=MOST))
    by_words = matches.search_words(text, most=MOST)
    strong = sorted(by_key, key=lambda tip: (not any(FORMS[form].is_strong for form in by_key[tip]), -tip.int))
    ids = list(dict.fromkeys([*strong, *by_words]))[:MOST]
    tips = _tips(ids, text, user)
    worded = set(by_words)
    hits = [_hit(tips[pk], by_key.get(pk, []), user=user, is_worded=pk in worded) for pk in ids if pk in tips]
    forms = {form for pk in ids for form in by_key.get(pk, [])} | ({"words"} if worded else set())
    return Results(hits, sorted(forms), is_cut=max(len(by_key), len(by_words)) >= MOST)


def readings(text: str) -> list[IdentifierTold]:
    """Everything that the text may be meant as."""
    digits, words = sum(map(str.isdigit, text)), text.split()
    kinds = ["business"]
    if digits >= _FEWEST_DIGITS or sum(map(str.isalpha, text)) > 2 * _FEWEST_DIGITS:
        kinds.append("phone")
    if "@" in text:
        kinds.append("email")
    if len(words) == 1 or ":" in text:
        kinds.append("handle")
    if "." in text or "[dot]" in text:
        kinds.append("web")
    if digits:
        kinds += ["plate", "address"]
    if not digits and len(words) <= _MOST_NAME_WORDS:
        kinds.append("name")
    return [IdentifierTold(kind, text) for kind in kinds]


def _single_name(text: str) -> str:
    """A lone word is looked for as one part of a name; of several, all must be there."""
    return text if len(text.split()) == 1 and text.strip().isalpha() else ""


def _tips(ids: Sequence[UUID], text: str, user: User) -> dict[UUID, Tip]:
    if not ids:
        return {}
    query = SearchQuery(text, config="english", search_type="websearch")
    headline = SearchHeadline(
        F("shared_account__text"), query, config="english", start_sel=_START, stop_sel=_STOP, max_words=24, min_words=8
    )
    rows = Tip.objects.visible_to(user).filter(pk__in=ids).select_related("situation", "shared_account")
    return {tip.pk: tip for tip in rows.annotate(headline=headline)}


def _hit(tip: Tip, forms: Sequence[str], *, user: User, is_worded: bool) -> Hit:
    reasons = list(dict.fromkeys(FORMS[form].says for form in telling(forms)))
    may_read = "text" in disclosed(tip.shared_account, to=user)
    headline = tip.headline if is_worded and may_read else ""  # type: ignore[attr-defined]
    if is_worded:
        reasons.append("words of the shared account")
    facts = disclosed(tip.situation, to=user).get("facts", {})
    return Hit(disclosed(tip, to=user), neutral_line(facts, tip.state, tip.county), reasons, pieces(headline or ""))


def pieces(headline: str) -> list[Piece]:
    """Cut a headline at its marks; templates escape each piece."""
    found, end = [], 0
    for hit in _HIT.finditer(headline):
        found += [Piece(headline[end : hit.start()], is_hit=False), Piece(hit.group(1), is_hit=True)]
        end = hit.end()
    return [piece for piece in [*found, Piece(headline[end:], is_hit=False)] if piece.text]


def recent(user: User) -> list[Hit]:
    """The tips that the user looked at last, as far as they are still open to them; newest first. Two queries."""
    seen = AuditEvent.objects.filter(actor=user.pk, kind="tip", verb="view").order_by("-at", "-id")
    ids = list(dict.fromkeys(pk for pk in seen.values_list("tip", flat=True)[:_LOOKED_BACK] if pk))[:RECENT]
    rows = Tip.objects.visible_to(user).filter(pk__in=ids).select_related("situation", "shared_account")
    tips = {tip.pk: tip for tip in rows}
    return [_hit(tips[pk], [], user=user, is_worded=False) for pk in ids if pk in tips]
