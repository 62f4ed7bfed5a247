"""The trail in sentences for people: one table, verb by verb."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from agencies.disclosure import Disclosed, disclosed
from agencies.models import AlarmReason, AuditEvent, User
from casework.models import (
    AttemptResult,
    CancelReason,
    DeclineReason,
    LowerReason,
    Outcome,
    Progress,
    ReferralStatus,
    StepStatus,
    TrackOutcome,
    TrackStatus,
    WhyStopped,
)
from tips.actions.reveal import Purpose
from tips.models import Disposition, Pillar, ReopenReason, Tip, TipStatus

# (kind, verb) -> what happened. What is not here is not part of a tip's story: looks, lists, refusals.
SENTENCES: dict[tuple[str, str], str] = {
    ("contact", "end_on_tip"): "A contact was added",
    ("contact", "give_resource"): "A resource was given",
    ("tip", "open"): "The tip was opened",
    ("tip", "set_facts"): "Facts were coded",
    ("tip", "take"): "The tip was taken",
    ("tip", "take_over"): "The tip was taken over",
    ("tip", "assign_new"): "The tip was given to a colleague",
    ("tip", "assign"): "The tip was given to a colleague",
    ("tip", "give_back"): "The tip was given back to the queue",
    ("tip", "shift_ended"): "Its holder's shift ended: back in the queue",
    ("tip", "triage"): "Triage was saved",
    ("tip", "raise_urgency"): "A contact in danger made it P0",
    ("tip", "triage_again"): "Triage was changed",
    ("tip", "route"): "Recipients were confirmed",
    ("tip", "tell_all_the_same"): "Something was told that no rule opens",
    ("tip", "override"): "An agency was chosen against the rules",
    ("tip", "start"): "Work began",
    ("tip", "close"): "The tip was closed",
    ("tip", "reopen"): "The tip was opened again",
    ("tip", "propose"): "The rules were asked",
    ("tip", "confirm_shared_account"): "The shared account was confirmed",
    ("tip", "grant_access"): "Access was given to an agency",
    ("tip", "end_access"): "Access of an agency ended",
    ("tip", "ask_holders"): "Holders of possible matches were asked",
    ("tip", "answer_match"): "A question of another holder was answered",
    ("tip", "note"): "A note was written",
    ("tip", "move_note"): "A note was moved between this tip and another",
    ("tip", "merge"): "The tip was merged with an older one",
    ("tip", "merge_in"): "Another tip was merged into this one",
    ("tip", "unmerge"): "The tip was taken out again",
    ("tip", "take_out"): "A merged tip was taken out again",
    ("contact", "move"): "A contact was moved between this tip and another",
    ("person", "link_person"): "A person was linked with one on another tip",
    ("person", "unlink_person"): "A link between two persons was taken back",
    ("tip", "wall"): "Somebody was kept from the tip",
    ("tip", "lift_wall"): "Somebody is no longer kept from the tip",
    ("approval", "ask"): "A second person was asked to lower the urgency",
    ("approval", "give"): "A second person agreed",
    ("approval", "refuse"): "A second person refused",
    ("approval", "lapse"): "The question to a second person was taken back",
    ("identity_ask", "ask"): "A second person was asked to open names",
    ("identity_ask", "give"): "A second person opened names",
    ("identity_ask", "refuse"): "A second person kept names closed",
    ("identity_ask", "lapse"): "The question for names was taken back",
    ("person", "open_in_emergency"): "Names were opened in an emergency",
    ("disclosure", "certify"): "A certificate of disclosures was written",
    ("consent", "record_consent"): "A person agreed to sharing",
    ("consent", "refuse_consent"): "A person said no to sharing",
    ("consent", "withdraw_consent"): "A person took a yes back",
    ("person", "add_person"): "A person was added",
    ("person", "set_facts"): "Facts about a person were coded",
    ("identity", "reveal"): "Identity was looked at",
    ("identifier", "reveal"): "A number, plate or address was looked at",
    ("narrative", "reveal"): "What was told was read",
    ("indication", "reveal"): "The words behind a code were read",
    ("contact", "read_attachment"): "A file was downloaded",
    ("referral", "send"): "A referral was sent",
    ("referral", "send_link"): "A new one-time link was sent",
    ("referral", "receive"): "A referral was opened by its receiver",
    ("referral", "accept"): "A referral was accepted",
    ("referral", "say_yes"): "An agency asked side by side said yes",
    ("referral", "confirm"): "One of those that said yes was confirmed",
    ("referral", "remind"): "An answer was reminded of",
    ("referral", "ask_feedback"): "A word about a referral was asked for",
    ("referral", "close_unheard"): "A referral was closed without information from the agency",
    ("referral", "decline"): "A referral was declined",
    ("referral", "ask_information"): "The receiver asked for information",
    ("referral", "give_information"): "The receiver's question was answered",
    ("referral", "recall"): "A referral was recalled",
    ("referral", "expire"): "A referral expired without an answer",
    ("referral", "report_progress"): "Progress was reported",
    ("referral", "close"): "The outcome of a referral was reported",
    ("referral", "ask_cancellation"): "The end of a referral was asked for",
    ("referral", "confirm_cancellation"): "The end of a referral was confirmed",
    ("referral", "withdraw"): "A referral was cancelled at once",
    ("referral", "discard"): "A draft referral was discarded",
    ("track", "open"): "A track was opened",
    ("track", "close"): "A track got its outcome",
    ("step", "finish"): "A step was done",
    ("step", "wait"): "A step was set to waiting",
    ("step", "block"): "A step was blocked",
    ("step", "go_on"): "A step went on",
    ("step", "skip"): "A step was skipped",
    ("call_back", "promise"): "A call-back was promised",
    ("call_back", "take"): "A call-back was taken",
    ("call_back", "give_back"): "A call-back was given back",
    ("call_back", "shift_ended"): "Its holder's shift ended: the call-back waits for somebody",
    ("call_back", "reach"): "The person was reached",
    ("call_back", "try"): "A call-back was tried",
    ("call_back", "try_last"): "A call-back was tried for the last time",
    ("call_back", "lapse"): "The time of a call-back is over",
    ("call_back", "move"): "Another time was agreed for a call-back",
    ("call_back", "go_on"): "A supervisor decided to try again",
    ("call_back", "stop"): "A call-back was stopped",
    ("call_back", "give_up"): "A supervisor stopped a call-back",
    ("alarm", "raise_alarm"): "People on duty were called",
    ("alarm", "climb_alarm"): "The next person on call was called",
    ("alarm", "answer_alarm"): "An alarm was answered",
    ("clock", "meet_clock"): "A clock was met",
    ("clock", "remind_clock"): "A reminder went out",
    ("clock", "stop_clock"): "A clock stopped: the facts changed",
    ("clock", "restart_clock"): "A clock goes on: the facts changed back",
    ("clock", "breach_clock"): "A time limit passed",
}
ORDER = ("at", "id")
_WORDS = {
    "referral": {
        **dict(DeclineReason.choices),
        **dict(Outcome.choices),
        **dict(CancelReason.choices),
        **dict(Progress.choices),
    },
    "alarm": dict(AlarmReason.choices),
    "call_back": {**dict(AttemptResult.choices), **dict(WhyStopped.choices)},
    "track": dict(TrackOutcome.choices),
    "tip": {**dict(Disposition.choices), **dict(ReopenReason.choices)},
    "approval": dict(LowerReason.choices),
    "identity": dict(Purpose.choices),
    "identifier": dict(Purpose.choices),
    "narrative": dict(Purpose.choices),
    "indication": dict(Purpose.choices),
}
_STATES = {
    "tip": dict(TipStatus.choices),
    "referral": dict(ReferralStatus.choices),
    "track": dict(TrackStatus.choices),
    "step": dict(StepStatus.choices),
}
_RULED = frozenset({"clock"})


@dataclass(frozen=True)
class Line:
    """One event for components/history.html."""

    title: str
    at: datetime
    by: str
    rule: str
    reason: str
    detail: str
    change: str


def events_of(tip: Tip) -> QuerySet[AuditEvent]:
    """What belongs to the tip's story; the row-level policy keeps it to holders, and to one's own agency's deeds."""
    verbs = sorted({verb for _, verb in SENTENCES})
    return AuditEvent.objects.filter(tip=tip.pk, outcome="done", verb__in=verbs)


def last_deed(tip: Tip, *, to: User) -> "Line | None":
    """The last thing that somebody else did to the tip."""
    events = events_of(tip).exclude(actor=to.pk).exclude(verb="reveal").order_by("-at", "-id")[:1]
    return next(iter(told(events, to=to)), None)


def told(events: Iterable[AuditEvent], *, to: User) -> list[Line]:
    """Events as sentences for a reader, in the order given."""
    shown = [disclosed(event, to=to) for event in events if (event.kind, event.verb) in SENTENCES]
    return [_line(event) for event in shown if "verb" in event]


def _line(event: Disclosed) -> Line:
    pillar = f" ({Pillar(event.pillar).label})" if event.pillar in Pillar.values else ""
    who = ", ".join(part for part in (event.actor_name, event.agency_name) if part)
    is_ruled = event.kind in _RULED
    fields = ", ".join(name.replace("_", " ").removesuffix(" id") for name in event.fields) if _lists(event) else ""
    return Line(
        title=f"{SENTENCES[event.kind, event.verb]}{pillar}",
        at=event.at,
        by=who,
        rule=event.reason if is_ruled else "",
        reason="" if is_ruled else _WORDS.get(event.kind, {}).get(event.reason, event.reason.replace("_", " ")),
        detail=f"Fields: {fields}" if fields else "",
        change=_change(event.kind, event.details),
    )


def _change(kind: str, details: Mapping[str, Any]) -> str:
    """From what to what: the state, and the urgency where it moved; of the rules' answer the urgency that they say."""
    names = _STATES.get(kind, {})
    before, after = details.get("from", ""), details.get("to", "")
    parts = [f"{names[before]} → {names[after]}"] if before != after and before in names and after in names else []
    if urgency := details.get("urgency"):
        codes = [urgency] if isinstance(urgency, str) else urgency
        parts.append("Urgency: " + " → ".join(code or "not set" for code in codes))
    return "; ".join(parts)


def _lists(event: Disclosed) -> bool:
    return event["verb"] in ("set_facts", "reveal")
