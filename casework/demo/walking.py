"""How one tip of the demo gets to where it stands: the real verbs, at times in the past."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from agencies.models import Agency, User
from agencies.scope import acting_as, acting_as_system
from casework import offering
from casework.actions import approvals, clocks, closing, desk, may_tell, proposals, referrals, silence, tracks
from casework.demo.people import POLICE, SHELTER
from casework.demo.plan import Row
from casework.demo.stories import STORIES, Ask, Story
from casework.models import Approval, ApprovalStatus, LowerReason, Proposal, Referral, Step, Track
from casework.states import WAITING
from tips.actions import intake, triage
from tips.models import Person, Tip
from tips.told import Told

# How long after the offer the agency answers: well within the time that its urgency gives.
ANSWERS_AFTER = {
    "P0": timedelta(minutes=6),
    "P1": timedelta(minutes=35),
    "P2": timedelta(hours=5),
    "P3": timedelta(hours=20),
    "P4": timedelta(hours=22),
}
# The supervisor's alert, acknowledged by opening the tip (ruling 4).
ALERT = "CLK-13"
_MOSTLY = 0.8
_OLD_HOURS = 72
_UNROUTED = frozenset({"new", "taken", "triaged"})
_OUTCOMES = ("got_help", "part_help", "not_ours_to_know", "could_not_reach")


@dataclass
class Cast:
    """Who plays: the demo's users and agencies, by name, the seconds that differ, and the end of the demo's time."""

    users: dict[str, User]
    agencies: dict[str, Agency]
    random: Random
    now: datetime
    stand_ins: dict[str, User] = field(default_factory=dict)
    turn: int = 0

    def operator(self) -> User:
        """The two operators take turns."""
        self.turn += 1
        return self.users["operator" if self.turn % 2 else "operator2"]

    def answers_for(self, referral: Referral) -> User | None:
        """The liaison of the receiver; None where nobody answers."""
        names = {SHELTER: "liaison", POLICE: "liaison2"}
        name = referral.receiver.name
        return self.users[names[name]] if name in names else self.stand_ins.get(name)

    def after(self, start: datetime, least: int, most: int) -> datetime:
        """A moment so many minutes later, never beyond the demo's now."""
        return min(start + timedelta(seconds=self.random.randrange(least * 60, most * 60)), self.now)


def walk(row: Row, cast: Cast) -> None:
    """Everything that happened on one tip."""
    story, operator = STORIES[row.story], cast.operator()
    began = cast.now - timedelta(hours=row.hours_ago)
    tip, at = _log(story, row, operator, began, cast)
    if row.fate == "new":
        return
    if row.fate == "taken":
        with acting_as(operator):
            triage.take(tip, by=operator, at=cast.after(at, 2, 9))
        return
    proposal, at = _triage(story, tip, operator, at, cast)
    if row.fate in _UNROUTED:
        return
    sent, at = _send(story, proposal, operator, at, cast)
    FATES[row.fate](sent, operator, at, cast)
    if row.hours_ago > _OLD_HOURS and cast.random.random() < _MOSTLY:
        _finish_first_steps(tip.pk, operator, cast.after(at, 20, 50))


def _log(story: Story, row: Row, operator: User, began: datetime, cast: Cast) -> tuple[Tip, datetime]:
    told = Told(story.narrative, story.facts, story.place, story.persons, story.identifiers)
    with acting_as(operator):
        contact = intake.open_contact(channel=row.channel, started_at=began, by=operator, at=began)
        at = cast.after(began, 6, 11)
        return desk.log_on_tip(contact, told, by=operator, at=at, values=story.contact), at


def _triage(story: Story, tip: Tip, operator: User, at: datetime, cast: Cast) -> tuple[Proposal, datetime]:
    at = cast.after(at, 3, 14)
    coded = desk.Coded(
        story.request_type, story.urgency, story.level, shared_account=story.account, lower_reason=LowerReason.SAFE
    )
    with acting_as(operator):
        tip = triage.take(tip, by=operator, at=at)
        proposal = desk.save_triage(tip, coded, by=operator, at=at)
    supervisor = cast.users["supervisor"]
    with acting_as(supervisor):
        # Where the rules see an imminent danger and the operator does not, a second person looks too.
        for asked in Approval.objects.filter(tip=tip, status=ApprovalStatus.ASKED):
            approvals.give(asked, by=supervisor, at=at)
    if cast.random.random() < _MOSTLY:
        with acting_as(supervisor):
            clocks.meet(tip, ALERT, by=supervisor, at=cast.after(at, 1, 9))
    return proposal, at


def _send(
    story: Story, proposal: Proposal, operator: User, at: datetime, cast: Cast
) -> tuple[list[Referral], datetime]:
    """Confirm the story's referrals; where rules or table hold one back, a supervisor confirms, with the reason."""
    at = cast.after(at, 3, 20)
    withheld = {line["kind"] for line in proposal.result["withheld"]}
    proposed = {line["kind"] for line in proposal.result["agency_kinds"]}
    kinds = {cast.agencies[ask.receiver].kind_id for ask in story.asks}
    reason = next((ask.why for ask in story.asks if cast.agencies[ask.receiver].kind_id not in proposed), "")
    with acting_as(operator):
        tip = Tip.objects.select_related("holder_agency", "situation").get(pk=proposal.tip_id)
        persons = list(Person.objects.filter(tip=tip).order_by("number"))
        lines = [_line(ask, persons, cast) for ask in story.asks]
        asked = [line.asked for line in lines]
        found = may_tell.answers(tip, asked, place=proposals.where(tip), by=operator, at=at)
    held = [answer for line in found for answer in may_tell.held_back(line)]
    by = cast.users["supervisor"] if held or kinds & withheld else operator
    reason = reason or ("A supervisor read it and decided" if held else "")
    with acting_as(by):
        return proposals.confirm(proposal, lines, by=by, at=at, override_reason=reason), at


def _line(ask: Ask, persons: list[Person], cast: Cast) -> proposals.Line:
    receiver = cast.agencies[ask.receiver]
    concerned = offering.concerned(persons, receiver.kind)
    return proposals.Line(receiver, concerned, ask.need, ask.pillar, ask.purpose, ask.basis)


# --- What became of the referrals --------------------------------------------------------------------------

Fate = Callable[[list[Referral], User, datetime, Cast], None]


def _stay_sent(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    """Nobody has opened them yet."""


def _open(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    for referral in sent:
        if liaison := cast.answers_for(referral):
            with acting_as(liaison):
                referrals.receive(referral, by=liaison, at=cast.after(at, 4, 40))


def _ask(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    for referral in sent:
        if liaison := cast.answers_for(referral):
            at = cast.after(at, 30, 90)
            with acting_as(liaison):
                opened = referrals.receive(referral, by=liaison, at=at)
                question = "Which languages does the person read, and is a ground floor needed?"
                referrals.ask_information(opened, question=question, by=liaison, at=at)


def _decline(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    for referral in sent:
        if liaison := cast.answers_for(referral):
            at = at + ANSWERS_AFTER[referral.urgency]
            with acting_as(liaison):
                opened = referrals.receive(referral, by=liaison, at=at)
                referrals.decline(opened, reason="no_capacity", note="Full until the weekend.", by=liaison, at=at)
    _run_out(cast)


def _expire(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    _run_out(cast)


def _run_out(cast: Cast) -> None:
    """Whatever waits beyond its time expires, at the time when it did."""
    with acting_as_system("demo"):
        due = Referral.objects.filter(status__in=WAITING, answer_due_at__lte=cast.now).order_by("answer_due_at")
        moments = list(due.values_list("answer_due_at", flat=True).distinct())
    for moment in moments:
        if moment is not None:
            silence.expire_due(at=moment)


def _recall(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    at = cast.after(at, 4, 12)
    with acting_as(operator):
        for referral in sent:
            referrals.recall(referral, by=operator, at=at)


def _withdraw(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    accepted = _accept(sent, operator, at, cast)
    at = cast.after(at + timedelta(days=1), 10, 200)
    with acting_as(operator):
        for referral in accepted:
            if referral.status in ("accepted", "sent", "received"):
                referrals.withdraw(referral, reason="consent_withdrawn", by=operator, at=at)


def _accept(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> list[Referral]:
    """The first offer is accepted in time, the others mostly; what nobody answers runs out, or goes on waiting."""
    found = []
    for number, referral in enumerate(sent):
        liaison = cast.answers_for(referral)
        if liaison is None:
            continue
        answered = at + ANSWERS_AFTER[referral.urgency]
        with acting_as(liaison):
            opened = referrals.receive(referral, by=liaison, at=cast.after(at, 1, 4))
            if number and cast.random.random() > _MOSTLY:
                referrals.decline(opened, reason="not_our_area", by=liaison, at=answered)
            else:
                found.append(referrals.accept(opened, by=liaison, at=answered))
    _run_out(cast)
    return found


def _accepted(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    _accept(sent, operator, at, cast)


def _work(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    """Accepted, reported on, and the first step of each track done; what is still open grows late."""
    for referral in _accept(sent, operator, at, cast):
        liaison = cast.answers_for(referral)
        if liaison is not None:
            with acting_as(liaison):
                code = cast.random.choice(("scheduled", "contact_failed", "on_hold"))
                at_work = cast.after(at + timedelta(days=2), 5, 300)
                referrals.report_progress(referral, progress=code, by=liaison, at=at_work)
    _finish_first_steps(sent[0].tip_id, operator, cast.after(at, 20, 50))
    _call_again(sent[0].tip_id, operator, at + timedelta(days=1), cast)


def _call_again(tip_id: UUID, operator: User, at: datetime, cast: Cast) -> None:
    """A second contact on the same tip."""
    values = {"caller_type": "potential_victim", "knows_how": "self", "danger": "none"}
    told = Told("Called back to ask whether somebody has answered yet. Is well, and wants to go on.")
    with acting_as(operator):
        contact = intake.open_contact(channel="call", started_at=at, by=operator, at=at)
        tip = Tip.objects.get(pk=tip_id)
        desk.log_on_tip(contact, told, by=operator, at=cast.after(at, 3, 9), values=values, tip=tip)


def _cancelling(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    with acting_as(operator):
        for referral in _accept(sent, operator, at, cast):
            referrals.ask_cancellation(referral, by=operator, at=cast.after(at + timedelta(days=1), 5, 60))


def _close(sent: list[Referral], operator: User, at: datetime, cast: Cast) -> None:
    """Outcomes of the referrals, of the tracks, and the end of the tip."""
    for number, referral in enumerate(_accept(sent, operator, at, cast)):
        liaison = cast.answers_for(referral)
        if liaison is not None:
            with acting_as(liaison):
                outcome = _outcome(referral, number, cast)
                ended = cast.after(at + timedelta(days=3), 10, 900)
                referrals.close(referral, outcome=outcome, by=liaison, at=ended)
    tip_id, end = sent[0].tip_id, cast.after(at + timedelta(days=9), 10, 600)
    _recall_waiting(tip_id, operator, end)
    _finish_first_steps(tip_id, operator, cast.after(at, 20, 50))
    with acting_as(operator):
        for track in Track.objects.filter(tip=tip_id).select_related("tip").order_by("pillar"):
            tracks.close_track(track, outcome=cast.random.choice(("done", "partly_done")), by=operator, at=end)
        closing.close(Tip.objects.get(pk=tip_id), by=operator, at=end)


def _outcome(referral: Referral, number: int, cast: Cast) -> str:
    if referral.pillar == "prosecution":
        return cast.random.choice(("investigation_opened", "no_investigation"))
    return cast.random.choice(_OUTCOMES) if number else "got_help"


def _recall_waiting(tip_id: UUID, operator: User, at: datetime) -> None:
    with acting_as(operator):
        for referral in Referral.objects.filter(tip=tip_id, status__in=("sent", "received")):
            referrals.recall(referral, by=operator, at=at)


def _finish_first_steps(tip_id: UUID, operator: User, at: datetime) -> None:
    with acting_as(operator):
        steps = Step.objects.filter(tip=tip_id, number=1, status="open").select_related("track__tip", "tip")
        for step in steps.order_by("pk"):
            tracks.move_step(step, "finish", by=operator, at=at)


FATES: dict[str, Fate] = {
    "sent": _stay_sent,
    "received": _open,
    "asked": _ask,
    "declined": _decline,
    "expired": _expire,
    "recalled": _recall,
    "withdrawn": _withdraw,
    "accepted": _accepted,
    "working": _work,
    "cancelling": _cancelling,
    "closed": _close,
}
