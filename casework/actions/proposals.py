"""From a triaged tip to referrals: what the rules propose, who covers the place, one confirm."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.directory import Candidate, Where, covering, out_of_reach
from agencies.ids import uuid7
from agencies.models import Agency, AgencyKind, User
from agencies.whole import whole
from casework.actions import clocks, may_tell, referrals, tracks
from casework.actions.side_by_side import MOST_AT_ONCE
from casework.models import Proposal, Referral
from casework.routing import propose
from casework.rules_in_force import rules_in_force
from casework.third_party import matter
from tips.actions import walls
from tips.facts_of import beginning_of, facts_of
from tips.models import Person, Tip
from tips.states import TIP

_LEAD_FAMILIES = frozenset({"law_enforcement", "regulator"})
_SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Line:
    """One referral that the operator confirms."""

    receiver: Agency
    persons: Sequence[Person]
    need: str
    pillar: str
    purpose: str
    legal_basis: str
    summary: str = ""
    side_by_side: bool = False

    @property
    def asked(self) -> may_tell.Asked:
        return self.receiver, self.persons, self.need, self.legal_basis


@whole()
def make(tip: Tip, *, by: User, at: datetime) -> Proposal:
    """Run the rules in force over the tip's facts, keep the answer with the versions, start the clocks they start."""
    if tip.holder_agency_id != by.acting_agency_id or not by.has_perm("casework.route"):
        raise PermissionDenied("Only the desk that holds the tip asks the rules.")
    book = rules_in_force()
    beginning = beginning_of(tip)
    facts = facts_of(tip, by=by, beginning=beginning)
    result = propose(facts, book)
    kept = {name: value for name, value in result.items() if name != "facts"}  # Facts above working level stay closed.
    proposal = Proposal(
        tip=tip,
        agency_id=tip.holder_agency_id,
        by=by,
        made_at=at,
        rules=[{"id": rule["id"], "version": rule["version"]} for rule in result["rules"]],
        policies=[{"switch": name, **policy} for name, policy in sorted(beginning.policies.items())],
        third_party=matter(facts, result, book),
        result=kept,
    )
    proposal.save(force_insert=True)
    clocks.settle(tip, result["clocks"], book.clocks, by=by, at=at)
    audit.record(
        "propose",
        kind="tip",
        by=by,
        at=at,
        object_id=tip.pk,
        tip=tip.pk,
        details={"rules": [rule["id"] for rule in proposal.rules], "urgency": result["urgency"]},
    )
    return proposal


def where(tip: Tip) -> Where:
    """The tip's place as the directory understands it."""
    return where_of(tip, beginning_of(tip).place)


def where_of(tip: Tip, place: Mapping[str, str] | None) -> Where:
    """The same for the columns of a place that was read already."""
    if place is None:
        return Where(state=tip.state, county=tip.county)
    return Where(**{name: place[name] for name in ("country", "state", "county", "postal_code", "tribal_land")})


def candidates(
    proposal: Proposal, tip: Tip, *, offered: Sequence[UUID] | None = None, limit: int = 40
) -> list[Candidate]:
    """Agencies of the proposed kinds that cover the place and were not offered this tip yet, and are not kept from it.

    `offered` are those that were, where the caller knows them already.
    """
    if offered is None:
        offered = list(Referral.objects.filter(tip=tip).values_list("receiver_id", flat=True))
    return eligible(
        proposal.result, where(tip), but_not=[*offered, *walls.kept_away(tip), tip.holder_agency_id], limit=limit
    )


def eligible(result: dict[str, Any], place: Where, *, but_not: Sequence[UUID], limit: int = 40) -> list[Candidate]:
    """Agencies of the kinds in a proposal's `result` that cover the place, without those in `but_not`. Two queries."""
    kinds = [line["kind"] for line in result["agency_kinds"]]
    return covering(kinds, place, exclude=but_not, limit=limit)


def without_a_way(tip: Tip, kinds: Sequence[str], *, limit: int = 10) -> list[Agency]:
    """Agencies of these kinds that cover the place and cannot be asked: nothing says how to reach them. One query."""
    return out_of_reach(kinds, where(tip), exclude=[tip.holder_agency_id], limit=limit)


@whole()
def confirm(
    proposal: Proposal,
    lines: Sequence[Line],
    *,
    by: User,
    at: datetime,
    override_reason: str = "",
    version: int | None = None,
) -> list[Referral]:
    """Draft and send the confirmed referrals, open their pillars' tracks, and mark the tip as routed.

    A receiver of a kind that the rules did not propose needs `override_reason`; one that they hold back needs a
    supervisor too. Nothing is sent unless everything can be sent.
    """
    tip = Tip.objects.get(pk=proposal.tip_id)
    if not lines:
        raise ValidationError("Choose at least one agency, or say on the tip why nobody is asked.")
    overrides = _check_overrides(proposal, lines, by=by, override_reason=override_reason)
    tip = TIP.move(tip, "route", by=by, at=at, version=version, reason="override" if overrides else "")
    if overrides:
        # The words may name somebody, so they stand on the proposal; the trail says which one, and what was overridden.
        audit.record(
            "override",
            kind="tip",
            by=by,
            at=at,
            object_id=tip.pk,
            tip=tip.pk,
            reason="held back by the rules" if overrides["withheld"] else "not proposed by the rules",
            fields=["override_reason"],
            details={"proposal": str(proposal.pk), **overrides},
        )
    asked = [line.asked for line in lines]
    _lock_persons(lines)
    may_tell.check(tip, asked, place=where(tip), by=by, at=at, override_reason=override_reason)
    may_tell.keep_consents(asked, by=by, at=at)
    sent = []
    rounds = _rounds(lines)
    for line in lines:
        tracks.open_track(tip, line.pillar, by=by, at=at)
        draft = referrals.draft(
            tip,
            receiver=line.receiver,
            persons=line.persons,
            need=line.need,
            pillar=line.pillar,
            purpose=line.purpose,
            legal_basis=line.legal_basis,
            summary=line.summary,
            gives_lead_facts=_gives_lead_facts(proposal, line.receiver.kind),
            side_by_side=rounds.get(line.need) if line.side_by_side else None,
            by=by,
            at=at,
        )
        sent.append(referrals.send(draft, by=by, at=at))
    proposal.confirmed_at, proposal.override_reason = at, override_reason
    proposal.save(update_fields=["confirmed_at", "override_reason"])
    return sent


def _lock_persons(lines: Sequence[Line]) -> None:
    """So that a yes is not taken back between the look at it and the sending."""
    chosen = {person.pk for line in lines for person in line.persons}
    list(Person.objects.select_for_update(of=("self",)).filter(pk__in=chosen).order_by("pk"))


def _rounds(lines: Sequence[Line]) -> dict[str, UUID]:
    """A round for each need that several agencies are asked for side by side."""
    asked = Counter(line.need for line in lines if line.side_by_side)
    if any(count > MOST_AT_ONCE for count in asked.values()):
        raise ValidationError(f"Ask at most {MOST_AT_ONCE} agencies side by side for one need.")
    return {need: uuid7() for need, count in asked.items() if count > 1}


def _check_overrides(
    proposal: Proposal, lines: Sequence[Line], *, by: User, override_reason: str
) -> dict[str, list[str]]:
    """The kinds chosen against the rules, as the trail keeps them; empty when there are none."""
    proposed = {line["kind"] for line in proposal.result["agency_kinds"]}
    withheld = {line["kind"] for line in proposal.result["withheld"]}
    kinds = {line.receiver.kind_id for line in lines}
    if kinds - proposed and not override_reason.strip():
        raise ValidationError({"override_reason": "Say why you choose an agency that no rule proposes."})
    if kinds & withheld and by.role != _SUPERVISOR:
        raise PermissionDenied("The rules hold this agency back. Only a supervisor can send it all the same.")
    if not kinds - proposed:
        return {}
    return {"unproposed": sorted(kinds - proposed), "withheld": sorted(kinds & withheld)}


def _gives_lead_facts(proposal: Proposal, kind: AgencyKind) -> bool:
    proposed = {line["kind"] for line in proposal.result["agency_kinds"]}
    return kind.family in _LEAD_FAMILIES and kind.pk in proposed
