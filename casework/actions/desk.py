"""The desk's own verbs: a contact that ends on a tip with its clock running, and a triage saved in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies import audit
from agencies.models import Agency, AlarmReason, User
from agencies.whole import whole
from casework import clock_rules
from casework.actions import approvals, clocks, closing, paging, proposals
from casework.actions.walls import keep_agency_away
from casework.models import Approval, ApprovalStatus, Proposal
from casework.routing import propose
from casework.rules_in_force import rules_in_force
from tips.actions import intake, persons, running, supervisors, triage, walls
from tips.actions.resources_given import Resource
from tips.facts_of import facts_of
from tips.gathering import persons_of
from tips.models import Contact, Danger, Person, ReopenReason, Tip, TipStatus, Urgency
from tips.told import Told

TRIAGE_RULE = "triage"


@whole()
def log_on_tip(
    contact: Contact,
    told: Told,
    *,
    by: User,
    at: datetime,
    values: Mapping[str, Any],
    tip: Tip | None = None,
    resources: Sequence[Resource] = (),
    version: int | None = None,
    accused: Sequence[Agency] = (),
) -> Tip:
    """End a contact on a tip. A new tip gets the clock of its triage; danger to life is told to the supervisors.

    A closed `tip` is opened again by it: who names one chose so. It still counts once, the reopening apart (ruling 28).
    Whoever is `accused` is kept from the tip in the same moment (ruling 2).
    """
    if tip is not None and tip.status == TipStatus.CLOSED:
        tip = closing.reopen(tip, reason=ReopenReason.NEW_CONTACT, by=by, at=at)
    left = running.look(contact)
    values = intake.with_danger(left, values)
    began = values.get("started_at", contact.started_at)
    contact.started_at, contact.is_back_filled = began, values.get("is_back_filled", contact.is_back_filled)
    logged = intake.end_on_tip(
        contact, told, by=by, at=at, tip=tip, resources=resources, values=values, version=version, left=left
    )
    away = walls.kept_away(logged) if accused else frozenset()
    for agency in accused:
        if agency.pk not in away and agency.pk != logged.holder_agency_id:
            keep_agency_away(logged, agency, by=by, at=at)
    danger = str(values.get("danger", ""))
    if tip is None:
        _start_triage_clock(logged, danger, at=at)
    if danger == Danger.LIFE:
        supervisors.tell(
            "tip_urgent",
            agency_id=logged.holder_agency_id,
            path=f"/tips/{logged.pk}/",
            reference=logged.reference,
            but=walls.people_kept_away(logged),
            by=by,
            at=at,
        )
        # A danger that was raised while they talked has called people already.
        if not left.was_in_danger:
            paging.page_duty(AlarmReason.DANGER, about=logged, by=by, at=at)
    return logged


def _start_triage_clock(tip: Tip, danger: str, *, at: datetime) -> None:
    limit, unit = settings.TRIAGE_TIMES.get(danger, settings.TRIAGE_TIMES[""])
    clocks.start(
        tip=tip,
        agency_id=tip.holder_agency_id,
        rule=TRIAGE_RULE,
        label="Triage",
        holder="The desk",
        started_at=at,
        due_at=clock_rules.due_at(at, limit, unit, zone=ZoneInfo(settings.TIME_ZONE)),
        citation="Ruling 1",
    )


def open_tip(tip: Tip, *, by: User, at: datetime) -> None:
    """Record that somebody opened the tip; a supervisor who does has seen its alerts."""
    audit.record("view", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk)
    clocks.acknowledge(tip, by=by, at=at)


@dataclass(frozen=True)
class Coded:
    """A triage as it was decided; `facts` and `person_facts` hold only what changed."""

    request_type: str
    urgency: str
    indicator_level: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    person_facts: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    shared_account: str | None = None  # None: not confirmed now, what was confirmed before stands.
    lower_reason: str = ""  # A code of LowerReason, where an imminent danger is to be lowered.


@whole()
def save_triage(tip: Tip, coded: Coded, *, by: User, at: datetime, version: int | None = None) -> Proposal:
    """Save facts and decisions, meet the triage clock, and ask the rules in force; returns what they propose.

    An imminent danger that would be lowered stays P0 until a second person agrees (approvals.ask_to_lower). Raises
    Conflict when the tip changed since `version`; nothing is saved then.
    """
    was_urgent = tip.urgency == Urgency.P0
    suggested = str(suggestion(tip, by=by, facts=coded.facts, person_facts=coded.person_facts)["urgency"] or "")
    wanted, facts = coded.urgency, dict(coded.facts)
    lowers = is_lowered(tip, coded, suggested=suggested, by=by)
    danger = str(facts.pop("danger", "")) if lowers else ""
    tip = triage.triage(
        tip,
        request_type=coded.request_type,
        urgency=Urgency.P0 if lowers else wanted,
        indicator_level=coded.indicator_level,
        suggested_urgency=suggested,
        by=by,
        at=at,
        version=version,
    )
    if lowers:
        approvals.ask_to_lower(tip, urgency=wanted, danger=danger, reason=coded.lower_reason, by=by, at=at)
    if facts:
        persons.set_situation_facts(tip, facts, by=by, at=at)
    for person in Person.objects.filter(tip=tip, pk__in=coded.person_facts).select_related("tip"):
        persons.change_person(person, coded.person_facts[person.pk], by=by, at=at)
    if coded.shared_account is not None:
        triage.confirm_shared_account(tip, coded.shared_account, by=by, at=at)
    clocks.meet(tip, TRIAGE_RULE, by=by, at=at)
    if tip.urgency == Urgency.P0 and not was_urgent:
        paging.page_duty(AlarmReason.ACT_NOW, about=tip, by=by, at=at)
    return proposals.make(Tip.objects.select_related("situation").get(pk=tip.pk), by=by, at=at)


def is_imminent(tip: Tip, *, by: User) -> bool:
    """Whether the tip is P0, or is so by what is known of it, if nobody has decided yet."""
    return tip.urgency == Urgency.P0 or (not tip.urgency and suggestion(tip, by=by)["urgency"] == Urgency.P0)


def asks_second_person(tip: Tip) -> bool:
    """Whether somebody asked a second person to lower this tip."""
    return Approval.objects.filter(tip=tip, status=ApprovalStatus.ASKED).exists()


def is_lowered(tip: Tip, coded: Coded, *, suggested: str, by: User) -> bool:
    """Whether this triage would lower an imminent danger: then a second person decides.

    A danger is imminent when the tip is P0, or when nobody decided yet and what is known, or what is coded now, makes
    it P0 by the rules in force.
    """
    if coded.urgency == Urgency.P0:
        return False
    return is_imminent(tip, by=by) or (not tip.urgency and suggested == Urgency.P0)


def suggestion(
    tip: Tip,
    *,
    by: User,
    facts: Mapping[str, Any] | None = None,
    person_facts: Mapping[UUID, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """What the rules in force say about the tip with these changes, as `routing.propose` returns it; writes nothing."""
    known = {**facts_of(tip, by=by), **(facts or {})}
    changes = person_facts or {}
    people = zip(persons_of(tip), known["persons"], strict=True)
    known["persons"] = [{**told, **changes.get(person.pk, {})} for person, told in people]
    return propose(known, rules_in_force())
