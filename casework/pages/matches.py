"""What is shown of possible matches: beside a contact while it is typed, on the tip page, in triage."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import phonenumbers
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from agencies.disclosure import Disclosed, disclosed
from agencies.models import User
from casework.pages.queue import neutral_line
from tips import matches
from tips.matches import Found, Match, Setting
from tips.models import Contact, MatchAsk, MatchQuestion, SafeContact, Tip, TipStatus
from tips.told import IdentifierTold

MOST = 10
_OF_PERSON = ("phone", "email", "address", "name")
_PERSON_FIELD = re.compile(rf"person-\d+-({'|'.join(_OF_PERSON)})")
_KIND_FIELD = re.compile(r"identifier-(\d+)-kind")
_WEB = re.compile(r"(?:h(?:tt|xx)ps?://|www\.)\S{3,200}", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@.])@([\w.]{2,40})")
_LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Heard:
    """What a contact in progress says so far that can be matched on."""

    told: tuple[IdentifierTold, ...]
    text: str
    here: Setting
    is_doubtful: bool = False


@dataclass
class MatchShown:
    """One tip of the list, as its reader may see it."""

    tip: Disclosed
    line: str
    reasons: list[str]
    is_likely: bool
    is_closed: bool = False
    is_ours: bool = False


@dataclass
class MatchesShown:
    """The list, how many more the reader may not open, and what must not be mentioned yet."""

    rows: list[MatchShown] = field(default_factory=list)
    others: int = 0
    number_contacts: int = 0
    has_code_word: bool = False

    @property
    def ids(self) -> list[str]:
        return [str(row.tip["pk"]) for row in self.rows]


def heard(values: Mapping[str, Sequence[str]], *, day: date, number: str = "") -> Heard:
    """Take identifiers, wording and place out of the fields of a draft; `number` is what the telephone said."""
    first = {name: words[0].strip() for name, words in values.items() if words and words[0].strip()}
    told = [
        IdentifierTold(found.group(1), words)
        for name, words in first.items()
        if (found := _PERSON_FIELD.fullmatch(name))
    ]
    told += [
        IdentifierTold(words, first.get(f"identifier-{found.group(1)}-value", ""))
        for name, words in first.items()
        if (found := _KIND_FIELD.fullmatch(name))
    ]
    told += [IdentifierTold("phone", words) for words in (first.get("number", ""), number) if words]
    text = first.get("narrative", "")[:_LONGEST_TEXT]
    place = Setting(first.get("state", ""), first.get("county", ""), day)
    return Heard((*told, *_in_words(text)), text, place, first.get("doubt") == "on")


def _in_words(text: str) -> list[IdentifierTold]:
    """Phones, web addresses and handles that stand in the middle of what was told."""
    phones = [found.raw_string for found in phonenumbers.PhoneNumberMatcher(text, "US")]
    found = [IdentifierTold("phone", phone) for phone in phones]
    found += [IdentifierTold("web", address) for address in _WEB.findall(text)]
    return found + [IdentifierTold("handle", name) for name in _HANDLE.findall(text)]


def beside(said: Heard, *, user: User) -> MatchesShown:
    """Matches of a contact in progress. Three queries."""
    return shown(matches.sharing(said.told), matches.worded_alike(said.text), said.here, user=user)


def of_tip(tip: Tip, *, user: User) -> MatchesShown:
    """Matches of a tip that the reader has open; `tip` comes with its shared account. Three queries."""
    here = Setting(tip.state, tip.county, tip.created_at.date())
    alike = matches.worded_alike(tip.shared_account.text, but_not=tip.pk)
    return shown(matches.sharing_with(tip.pk), alike, here, user=user)


def shown(found: Found, alike: Sequence[Match], here: Setting, *, user: User) -> MatchesShown:
    """Weigh, rank and put into words; only what the reader may open has a line."""
    merged = matches.together([*found.matches, *alike])
    tips = _tips([match.tip_id for match in merged], user)
    known = [match for match in merged if match.tip_id in tips]
    for match in known:
        matches.explain(match, tips[match.tip_id], here)
    listed = matches.ranked(known, most=MOST)
    by_number = [tips[match.tip_id] for match in known if match.shares_number]
    return MatchesShown(
        rows=[_row(tips[match.tip_id], match, user) for match in listed],
        others=found.others,
        number_contacts=sum(tip.contact_count for tip in by_number),  # type: ignore[attr-defined]
        has_code_word=any(tip.has_code_word for tip in by_number),  # type: ignore[attr-defined]
    )


def _tips(ids: Sequence[UUID], user: User) -> dict[UUID, Tip]:
    if not ids:
        return {}
    counted = Contact.objects.filter(tip=OuterRef("pk")).values("tip").annotate(count=Count("pk")).values("count")
    safe = SafeContact.objects.filter(tip=OuterRef("pk"), has_code_word=True)
    rows: QuerySet[Tip] = (
        Tip.objects.visible_to(user)
        .filter(pk__in=ids)
        .select_related("situation")
        .annotate(contact_count=Coalesce(Subquery(counted), 0), has_code_word=Exists(safe))
    )
    return {tip.pk: tip for tip in rows}


def _row(tip: Tip, match: Match, user: User) -> MatchShown:
    situation = disclosed(tip.situation, to=user)
    line = neutral_line(situation.get("facts", {}), tip.state, tip.county)
    return MatchShown(
        tip=disclosed(tip, to=user),
        line=line,
        reasons=match.reasons,
        is_likely=match.is_likely,
        is_closed=tip.status == TipStatus.CLOSED,
        is_ours=tip.holder_agency_id == user.acting_agency_id and tip.status != TipStatus.MERGED,
    )


def asks_of(tip: Tip, *, user: User) -> list[Disclosed]:
    """What was asked of other holders about this tip, newest first."""
    rows = MatchAsk.objects.visible_to(user).filter(tip=tip).select_related("partner").order_by("-asked_at")[:MOST]
    return [disclosed(row, to=user) for row in rows]


def questions_for(user: User, *, most: int) -> list[Disclosed]:
    """Questions of other holders that nobody answered yet, oldest first."""
    rows = MatchQuestion.objects.visible_to(user).filter(answer="").select_related("asker", "tip")
    return [disclosed(row, to=user) for row in rows.order_by("asked_at")[:most]]
