"""Two tips side by side, and what a tip's page says of those merged into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agencies.disclosure import Disclosed, disclosed
from agencies.models import User
from casework.models import Referral, Track
from casework.pages.tip_shown import TipShown
from casework.pages.tip_words import fact_pairs
from tips.gathering import together
from tips.models import Merging, Person, SamePerson, Tip, TipStatus


@dataclass(frozen=True)
class Row:
    """One thing that both tips say, or one of them; `is_same` when both say the same."""

    label: str
    left: list[str]
    right: list[str]

    @property
    def is_same(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True)
class Inside:
    """A tip that was merged into the one on the page, in short; its own page has the rest."""

    merging: Disclosed
    tip: Disclosed
    pairs: list[tuple[str, str]]
    account: str
    persons: list[str]
    open_work: list[str]


@dataclass(frozen=True)
class Together:
    """What is merged into the tip on the page, and what that tip is merged into."""

    inside: list[Inside]
    into: Merging | None


def side_by_side(left: TipShown, right: TipShown) -> list[Row]:
    """What is told of each, line by line; lines that neither has are left out."""
    facts = list(dict.fromkeys([name for name, _ in left.what] + [name for name, _ in right.what]))
    rows = [Row(name, *([dict(side.what).get(name, "")] for side in (left, right))) for name in facts]
    rows += [
        Row("Where", left.places, right.places),
        Row("People", _people(left), _people(right)),
        Row("Shared account", [left.account.get("text", "")], [right.account.get("text", "")]),
        Row("Agencies asked", _asked(left), _asked(right)),
        Row("Tracks", _tracks(left), _tracks(right)),
    ]
    return [row for row in rows if any(row.left) or any(row.right)]


def _people(shown: TipShown) -> list[str]:
    return [f"{person.title} ({', '.join(value for _, value in person.pairs if value)})" for person in shown.persons]


def _asked(shown: TipShown) -> list[str]:
    return [f"{row.referral['receiver']}: {row.referral['status_label'].lower()}" for row in shown.referrals]


def _tracks(shown: TipShown) -> list[str]:
    return [f"{column.label}: {column.track['status_label'].lower()}" for column in shown.tracks if column.track]


def links_between(left: Tip, right: Tip) -> list[tuple[SamePerson, Person, Person]]:
    """Persons of the two tips that are linked as one: the link, the left person, the right one."""
    rows = SamePerson.objects.standing().filter(one_tip__in=(left, right), other_tip__in=(left, right))
    found = []
    for row in rows.select_related("one", "other").order_by("at"):
        pair = (row.one, row.other) if row.one_tip_id == left.pk else (row.other, row.one)
        found.append((row, *pair))
    return found


def of(tip: Tip, user: User) -> Together:
    """For the desk that holds the tip; `tip` came from `tips_for`. No query for a tip that nothing was merged with."""
    if tip.holder_agency_id != user.acting_agency_id:
        return Together([], None)
    into = None
    if tip.status == TipStatus.MERGED:
        into = Merging.objects.select_related("kept", "by").filter(tip=tip, undone_at=None).first()
    has_inside: bool = tip.has_inside  # type: ignore[attr-defined]
    return Together(_inside(tip, user) if has_inside else [], into)


def _inside(tip: Tip, user: User) -> list[Inside]:
    rows = Merging.objects.filter(tip__in=together(tip), undone_at=None).exclude(tip=tip)
    rows = rows.select_related("tip__situation", "tip__shared_account", "kept", "by").order_by("at", "pk")
    keys = [row.tip_id for row in rows]
    people = Person.objects.filter(tip__in=keys).order_by("number")
    tracks = Track.objects.filter(tip__in=keys, status="open").order_by("pillar")
    asked = Referral.objects.visible_to(user).filter(tip__in=keys, ended_at=None).select_related("receiver")
    found = []
    for row in rows:
        persons = [_person_words(person, user) for person in people if person.tip_id == row.tip_id]
        work = [f"{track.get_pillar_display()} track" for track in tracks if track.tip_id == row.tip_id]
        work += [f"{offer.receiver}: {offer.get_status_display().lower()}" for offer in _of(asked, row)]
        found.append(
            Inside(
                merging=disclosed(row, to=user),
                tip=disclosed(row.tip, to=user),
                pairs=fact_pairs(disclosed(row.tip.situation, to=user).get("facts", {})),
                account=disclosed(row.tip.shared_account, to=user).get("text", ""),
                persons=persons,
                open_work=work,
            )
        )
    return found


def _of(asked: Any, row: Merging) -> Sequence[Referral]:
    return [offer for offer in asked if offer.tip_id == row.tip_id]


def _person_words(person: Person, user: User) -> str:
    shown = disclosed(person, to=user)
    return f"Person {shown['number']}: {shown['role_label'].lower()}"
