"""What the page of a rule's trial shows: how far it is, and what would have been different on which tips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencies.models import User
from casework.actions import trials
from casework.models import RuleTrial
from casework.rulebook import Rulebook
from casework.rules_in_force import rules_in_force
from tips.models import RequestType, Tip

PAGE = 20
_TYPES = dict(RequestType.choices)


@dataclass(frozen=True)
class Changed:
    """One tip and the sentences on what would be different."""

    tip: Tip
    sentences: list[str]


@dataclass(frozen=True)
class Shown:
    """One page of the tips that would have changed. `hidden`: those of the page that the reader may not open."""

    rows: list[Changed]
    hidden: int
    page: int
    pages: int


def changed_tips(trial: RuleTrial, user: User, *, page: int) -> Shown:
    """The tips of one page, compared anew with today's facts and rules: none of it is stored."""
    pages = max(1, -(-len(trial.changed_tips) // PAGE))
    page = min(max(page, 1), pages)
    wanted = trial.changed_tips[(page - 1) * PAGE : page * PAGE]
    found = {str(tip.pk): tip for tip in Tip.objects.visible_to(user).filter(pk__in=wanted)}
    tips = [found[pk] for pk in wanted if pk in found]
    changed = trials.changed_by(trial.rule, tips) if tips else {}
    book = rules_in_force()
    rows = [Changed(tip, _sentences(*changed[tip.pk], book) if tip.pk in changed else [_SAME]) for tip in tips]
    return Shown(rows, len(wanted) - len(tips), page, pages)


_SAME = "No longer different: facts or rules have changed since."


def _sentences(before: Mapping[str, Any], after: Mapping[str, Any], book: Rulebook) -> list[str]:
    labels = {code: kind.label for code, kind in book.kinds.items()}
    named = {**labels, **_TYPES, **{rule.id: f"{rule.id} {rule.name}" for rule in book.clocks}}
    found = []
    for name, words in (("urgency", "Urgency"), ("request_type", "Kind of request")):
        if before[name] != after[name]:
            pair = [named.get(value, value) if value else "none" for value in (before[name], after[name])]
            found.append(f"{words}: {pair[0]}, then {pair[1]}.")
    for name, words in _LISTS:
        more, less = _without(after[name], before[name]), _without(before[name], after[name])
        if more:
            found.append(f"{words}, more: {', '.join(named.get(code, code) for code in more)}.")
        if less:
            found.append(f"{words}, no longer: {', '.join(named.get(code, code) for code in less)}.")
    if not found:
        found.append(f"The order of the agencies: {', '.join(named.get(code, code) for code in after['kinds'])}.")
    return found


_LISTS = (
    ("kinds", "Proposed"),
    ("withheld", "Held back"),
    ("pillars", "Pillars"),
    ("clocks", "Clocks and checks"),
    ("gates", "Gates"),
)


def _without(codes: Sequence[str], others: Sequence[str]) -> list[str]:
    return [code for code in codes if code not in others]
