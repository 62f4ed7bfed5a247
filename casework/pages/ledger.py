"""What the page of the ledger shows: how many tips in each line, and the tips of a page with who, why and how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agencies.models import User
from casework import keyset
from casework.models import Proposal, Referral
from casework.reports.ledger import LINES, counts, ledger
from tips.models import ANSWERS, Switch, Tip

PAGE = 50
_KEY = ("created_at", "id")
_ANSWERS = {answer.value: answer.label for answers in ANSWERS.values() for answer in answers}


@dataclass(frozen=True)
class Row:
    """One tip of the ledger in words."""

    tip: Tip
    line: str
    why: str
    rules: str
    policy: str
    who: str
    took: str


@dataclass(frozen=True)
class Shown:
    """The whole page."""

    counts: list[tuple[str, str, int]]
    total: int
    rows: list[Row]
    newer: str
    older: str


def shown_to(user: User, *, since: datetime, until: datetime, line: str, before: str, after: str) -> Shown:
    """Four queries, however many tips there are."""
    tips = ledger(user, since=since, until=until)
    numbers = counts(tips)
    chosen = tips.filter(line=line) if line in LINES else tips
    page = keyset.page(chosen, _KEY, before=before, after=after, size=PAGE, newest=True)
    asked = _asked(page.rows)
    sent = _sent(page.rows)
    rows = [_row(tip, asked[tip.asked_rules], sent.get(tip.pk)) for tip in page.rows]
    return Shown(numbers, sum(number for *_, number in numbers), rows, page.newer, page.older)


def _asked(tips: list[Any]) -> Mapping[UUID, Proposal]:
    wanted = [tip.asked_rules for tip in tips]
    return Proposal.objects.select_related("by").in_bulk(wanted)


def _sent(tips: list[Tip]) -> dict[UUID, Referral]:
    """The first referral of each tip to law enforcement."""
    rows = Referral.objects.filter(
        tip__in=[tip.pk for tip in tips], receiver__kind__is_law_enforcement_for_consent=True, sent_at__isnull=False
    )
    found = rows.select_related("created_by", "receiver").order_by("tip", "sent_at", "pk").distinct("tip")
    return {referral.tip_id: referral for referral in found}


def _row(tip: Any, asked: Proposal, sent: Referral | None) -> Row:
    answers = {row["switch"]: row["answer"] for row in asked.policies}
    policy = _ANSWERS[answers.get(Switch.THIRD_PARTY.value, "unset")]
    return Row(
        tip=tip,
        line=LINES[tip.line],
        why=_why(tip.line, asked, sent),
        rules=", ".join(asked.third_party["rules"]),
        policy=policy,
        who=str(sent.created_by if sent else asked.by),
        took=_minutes(tip.took),
    )


def _why(line: str, asked: Proposal, sent: Referral | None) -> str:
    if sent is not None:
        override = f" {asked.override_reason}" if asked.override_reason and line == "without_consent" else ""
        return f"{sent.receiver}: {sent.legal_basis}.{override}"
    held = {row["why"] for row in asked.result["withheld"]}
    return " ".join(sorted(held)) if line in ("held_by_policy", "declined", "held_otherwise", "open") else ""


def _minutes(took: timedelta | None) -> str:
    return "" if took is None else f"{int(took.total_seconds()) // 60:,} min"
