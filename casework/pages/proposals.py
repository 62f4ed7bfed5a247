"""What the proposals page shows: the latest proposal in words, who covers the place, who was asked already."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agencies.directory import REASONS, Candidate
from agencies.models import Agency, User
from agencies.named import with_names
from agencies.reach import WHAT_TO_DO, Way, way_to, with_reach
from casework import offering
from casework.actions import proposals
from casework.models import Proposal, Referral
from casework.routing import propose
from casework.rulebook import Rulebook
from casework.rules_in_force import rules_in_force
from tips import facts as vocabulary
from tips.facts_of import facts_of
from tips.models import Pillar, Tip, TipStatus, Urgency

# Before these a tip has no urgency to send with; after them it is over.
ROUTABLE = frozenset({TipStatus.IN_TRIAGE, TipStatus.ROUTED, TipStatus.IN_PROGRESS})
MOST_FOUND = 20


@dataclass(frozen=True)
class Choice:
    """An agency that can be ticked, with why it stands here."""

    agency: Agency
    reason: str
    is_unverified: bool
    is_ticked: bool
    way: Way

    @property
    def can_be_asked(self) -> bool:
        """Whether a referral would get there."""
        return self.way.by != Agency.AcceptsBy.NONE


@dataclass(frozen=True)
class KindLine:
    """An agency kind that the rules propose, which rules, and who of it covers the place."""

    label: str
    because: str
    also: list[str]
    choices: list[Choice]
    out_of_reach: list[Agency]


@dataclass(frozen=True)
class Proposed:
    """Everything that the page shows."""

    proposal: Proposal | None = None
    is_stale: bool = False
    obstacle: str = ""
    rules: list[dict[str, Any]] = field(default_factory=list)
    pillars: list[str] = field(default_factory=list)
    urgency: str = ""
    kinds: list[KindLine] = field(default_factory=list)
    withheld: list[tuple[str, str]] = field(default_factory=list)
    gates: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[tuple[str, str]] = field(default_factory=list)
    questions: list[offering.Question] = field(default_factory=list)
    asked: list[Referral] = field(default_factory=list)
    found: list[Choice] = field(default_factory=list)
    found_for: str = ""
    more_ticked: list[Choice] = field(default_factory=list)
    what_to_do: str = WHAT_TO_DO


def latest(tip: Tip) -> Proposal | None:
    """What the rules said last for this tip."""
    return Proposal.objects.filter(tip=tip).order_by("-made_at", "-pk").first()


def page(tip: Tip, user: User, *, found: str = "", ticked: Sequence[Agency] = ()) -> Proposed:
    """The page of one tip; `found` searches the whole directory by name, `ticked` are agencies chosen so far."""
    asked = list(with_names(Referral.objects.visible_to(user).filter(tip=tip), "receiver").order_by("created_at"))
    proposal = latest(tip)
    obstacle = _obstacle(tip)
    if proposal is None:
        return Proposed(asked=asked, obstacle=obstacle)
    result = proposal.result
    chosen = {agency.pk for agency in ticked}
    candidates = proposals.candidates(proposal, tip, offered=[referral.receiver_id for referral in asked])
    book = rules_in_force()
    by_name = _by_name(found, tip, chosen)
    shown = {candidate.agency.pk for candidate in candidates} | {choice.agency.pk for choice in by_name}
    return Proposed(
        proposal=proposal,
        is_stale=_is_stale(proposal, tip, user, book),
        obstacle=obstacle,
        rules=result["rules"],
        pillars=[Pillar(pillar).label for pillar in result["pillars"]],
        urgency=Urgency(result["urgency"]).label if result["urgency"] else "",
        kinds=_kind_lines(tip, result, candidates, chosen),
        withheld=[(_label(line["kind"]), line["why"]) for line in result["withheld"]],
        gates=result["gates"],
        clocks=_clocks(result["clocks"], book),
        questions=offering.questions(result["missing_facts"]),
        asked=asked,
        found=by_name,
        found_for=found,
        more_ticked=[_choice(agency, chosen) for agency in ticked if agency.pk not in shown],
    )


def _obstacle(tip: Tip) -> str:
    if tip.status == TipStatus.NEW or not tip.urgency:
        return "Triage this tip first: a referral carries its urgency."
    if tip.status not in ROUTABLE:
        return "This tip has ended. Reopen it before anybody is asked."
    return ""


def _is_stale(proposal: Proposal, tip: Tip, user: User, book: Rulebook) -> bool:
    """Whether the rules would answer differently now. They are pure: asking them again costs two small queries."""
    now = propose(facts_of(tip, by=user), book)
    now.pop("facts")
    return bool(json.loads(json.dumps(now)) != proposal.result)


def _kind_lines(tip: Tip, result: dict[str, Any], candidates: Sequence[Candidate], chosen: set[Any]) -> list[KindLine]:
    """A line of each proposed kind; where nobody of it can be asked, who could be, were there a way to reach them."""
    kinds = [line["kind"] for line in result["agency_kinds"]]
    without = set(kinds) - {candidate.kind for candidate in candidates}
    out_of_reach = proposals.without_a_way(tip, sorted(without)) if without else []
    return [_kind_line(line, result, candidates, out_of_reach, chosen) for line in result["agency_kinds"]]


def _kind_line(
    line: dict[str, Any],
    result: dict[str, Any],
    candidates: Sequence[Candidate],
    out_of_reach: Sequence[Agency],
    chosen: set[Any],
) -> KindLine:
    reasons = {rule["id"]: rule["reason"] for rule in result["rules"]}
    first, *others = line["rules"]
    return KindLine(
        label=_label(line["kind"]),
        because=f"{first}: {reasons.get(first, '')}",
        also=others,
        choices=[
            Choice(c.agency, REASONS[c.rank], c.is_unverified, c.agency.pk in chosen, c.way)
            for c in candidates
            if c.kind == line["kind"]
        ],
        out_of_reach=[agency for agency in out_of_reach if agency.kind_id == line["kind"]],
    )


def _by_name(text: str, tip: Tip, chosen: set[Any]) -> list[Choice]:
    """Any agency that takes referrals, by a part of its name; the directory is open to all staff."""
    if len(text) < 2:
        return []
    found = with_reach(Agency.objects.receiving()).filter(name__icontains=text).exclude(pk=tip.holder_agency_id)
    return [_choice(agency, chosen) for agency in found.select_related("kind").order_by("name", "pk")[:MOST_FOUND]]


def _choice(agency: Agency, chosen: set[Any]) -> Choice:
    return Choice(agency, str(agency.kind), agency.verified_at is None, agency.pk in chosen, way_to(agency))


def _label(kind: str) -> str:
    return vocabulary.vocabulary().tip["accused_kinds"].values.get(kind, kind)


def _clocks(lines: Sequence[dict[str, Any]], book: Rulebook) -> list[tuple[str, str]]:
    """(name, whose duty) of the clocks that the rules start."""
    names = {clock.id: clock.name for clock in book.clocks}
    duty = {"ours": "our duty", "theirs": "not our duty: shown, and asked after"}
    return [(names.get(line["id"], line["id"]), f"{line['holder']}, {duty[line['duty']]}") for line in lines]
