"""The ledger of ruling 3: each third-party tip about adults in exactly one line, from what stands on its rows."""

from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from agencies.models import User
from casework.models import Proposal, Referral
from tips.models import Tip, TipAccess, TipStatus

# In the order of the page. The first that fits is the tip's line, so that each has exactly one.
LINES = {
    "with_consent": "Passed on with the person's own yes",
    "without_consent": "Passed on without the person's yes",
    "open": "Not decided yet",
    "held_by_policy": "Not passed on: the policy holds it back",
    "declined": "Not passed on: the person declined",
    "held_otherwise": "Not passed on: held back for another reason",
    "left_out": "Not passed on: proposed, and the desk did not send it",
    "not_proposed": "Not passed on: no rule proposes law enforcement",
}


def ledger(user: User, *, since: datetime, until: datetime) -> "QuerySet[Any]":
    """The tips of the user's agency that ruling 3 covers and that came in within this time, each with its `line`.

    What the rules said last counts. Merged tips count inside the one that stays. Added: `line`, `asked_rules` (the id
    of the last proposal), `sent_at` (to the first law enforcement), `decided_at`, and `took` until then (None: open).
    """
    held = TipAccess.objects.held_by(user).filter(is_holder=True, created_at__gte=since, created_at__lt=until)
    last = Proposal.objects.filter(tip=OuterRef("pk")).order_by("-made_at", "-pk")
    confirmed = Proposal.objects.filter(tip=OuterRef("pk"), confirmed_at__isnull=False).order_by("confirmed_at")
    sent = Referral.objects.filter(
        tip=OuterRef("pk"), receiver__kind__is_law_enforcement_for_consent=True, sent_at__isnull=False
    ).order_by("sent_at", "pk")
    tips = Tip.objects.filter(accesses__in=held).exclude(status=TipStatus.MERGED)
    tips = tips.annotate(
        asked_rules=Subquery(last.values("pk")[:1]),
        third_party=Subquery(last.values("third_party")[:1]),
        sent_at=Subquery(sent.values("sent_at")[:1]),
        is_confirmed=Exists(confirmed),
        decided_at=Coalesce(
            Subquery(sent.values("sent_at")[:1]), Subquery(confirmed.values("confirmed_at")[:1]), "closed_at"
        ),
    )
    tips = tips.annotate(
        ground=KeyTextTransform("ground", "third_party"), wish=KeyTextTransform("wish", "third_party")
    ).filter(ground__isnull=False)
    took: Any = ExpressionWrapper(F("decided_at") - F("created_at"), output_field=DurationField())
    return tips.annotate(line=_line(), took=took)


def _line() -> Case:
    is_decided = Q(is_confirmed=True) | Q(status=TipStatus.CLOSED)
    return Case(
        When(sent_at__isnull=False, wish="yes", then=Value("with_consent")),
        When(sent_at__isnull=False, then=Value("without_consent")),
        When(~is_decided, then=Value("open")),
        When(ground="policy", then=Value("held_by_policy")),
        When(ground="declined", then=Value("declined")),
        When(ground="other", then=Value("held_otherwise")),
        When(ground="proposed", then=Value("left_out")),
        default=Value("not_proposed"),
        output_field=CharField(),
    )


def counts(tips: "QuerySet[Any]") -> list[tuple[str, str, int]]:
    """(code, words, number) for each line, also those without a tip. One query."""
    found = dict(tips.order_by().values_list("line").annotate(number=Count("pk")))
    return [(code, words, found.get(code, 0)) for code, words in LINES.items()]
