"""What the rules propose for the facts of a tip, and why: pure and deterministic. Plain Python."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from casework.clock_rules import Started, started
from casework.conditions import Case, case_of, missing
from casework.rulebook import Offer, Rule, Rulebook
from casework.withholding import MINOR_HEARD, WALLED, Hold, Withholding
from tips.facts import vocabulary

PROSECUTION = "prosecution"
PILLARS = ("prevention", "protection", PROSECUTION, "partnership")
CRISIS_FACT = "help_within_24_hours"
PROVIDER = "victim_service_provider"
LEFT_OUT = "LEFT-OUT"
NO_STATUS = "NO-STATUS"
DOORS = {
    "crisis": "get_help",
    "referral": "get_help",
    "tip": "report_a_tip",
    "high_risk": "report_a_tip",
    "training_and_technical_assistance": "learn_more",
    "general_information": "learn_more",
}
STATUS_NOTE = "Status unknown, not asked."
_URGENT_NEEDS = frozenset({"emergency_shelter", "extraction"})
_QUESTIONS_FROM_OUTSIDE = frozenset({"subpoena", "court_order", "records_request", "own_record", "privacy_incident"})


@dataclass
class _Union:
    """What the rules that fired propose together."""

    asked_by: dict[str, list[str]] = field(default_factory=dict)
    held: dict[str, Hold] = field(default_factory=dict)
    leading: list[str] = field(default_factory=list)
    gates: dict[str, None] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    refused_by: list[str] = field(default_factory=list)
    opens_prosecution: bool = False
    emergency: set[str] = field(default_factory=set)


def propose(facts: Mapping[str, Any], book: Rulebook) -> dict[str, Any]:
    """Everything that the rules of `book` propose for validated `facts` (tips.facts.validate).

    The result is plain data for JSON: facts, rules, pillars, urgency (P0 to P4 or None), request_type and door (None
    where the contact is out of scope or nothing is known), agency_kinds in order, clocks, gates, withheld and the
    missing facts whose answer could still change the proposal.
    """
    case = case_of(facts)
    fired, unsettled = _evaluate(case, book)
    holds = Withholding(case, book)
    union = _unite(fired, case, book, holds)
    request_type = _request_type(fired, case, book)
    if request_type:
        case.facts["request_type"] = (frozenset({request_type}), True)
    running = started(book.clocks, case)
    _add_gates(union, case, book, holds)
    return {
        "facts": dict(facts),
        "rules": [_told(rule, case, holds) for rule in fired],
        "pillars": _pillars(fired, union, book),
        "urgency": min((level for rule in fired if (level := _urgency(rule, case))), default=None),
        "request_type": request_type,
        "door": DOORS.get(request_type or ""),
        "agency_kinds": _in_order(union, book),
        "clocks": [_line(item) for item in running if item.rule.kind != "gate"],
        "gates": _gates(union, running, book),
        "withheld": [{"kind": kind, "why": hold.why} for kind, hold in union.held.items()],
        "missing_facts": _missing_facts(fired, unsettled, union, case, book),
    }


def _evaluate(case: Case, book: Rulebook) -> tuple[list[Rule], list[Rule]]:
    """The rules that fire, and those of which it cannot be told yet, both by precedence."""
    out_of_scope = book.compiler.term("out_of_scope").test(case, -1) is True
    # Somebody who only wants to learn tells no situation, and is not asked about one.
    learning_only = book.compiler.term("learning_only").test(case, -1) is True
    fired, unsettled = [], []
    for rule in book.rules:
        if (out_of_scope or (learning_only and "learn" not in rule.doors)) and not rule.even_out_of_scope:
            continue
        answer = rule.when.test(case, -1)
        if answer:
            fired.append(rule)
        elif answer is None:
            unsettled.append(rule)
    return fired, unsettled


def _unite(fired: Iterable[Rule], case: Case, book: Rulebook, holds: Withholding) -> _Union:
    union = _Union()
    for rule in fired:
        union.gates.update(dict.fromkeys(rule.gates))
        for offer in rule.offers:
            if _is_offered(offer, case, union):
                _offer(union, rule, offer, book, holds)
    for kind in union.asked_by:
        union.held.pop(kind, None)
    for kind in sorted(case.said("accused_kinds")):
        union.held.setdefault(kind, WALLED)
    union.gates.update((hold.gate, None) for hold in union.held.values() if hold.gate)
    return union


def _is_offered(offer: Offer, case: Case, union: _Union) -> bool:
    """Whether an offer's own condition holds; notes what it still asks, and whether the kind leads."""
    if offer.when is not None:
        answer = offer.when.test(case, -1)
        if answer is None:
            union.missing |= missing(offer.when, case)
        if not answer:
            return False
    if offer.first_when is not None and offer.first_when.test(case, -1) is True:
        union.leading.append(offer.kind)
    return True


def _offer(union: _Union, rule: Rule, offer: Offer, book: Rulebook, holds: Withholding) -> None:
    hold = holds.why(rule, offer)
    if hold is None:
        asked = union.asked_by.setdefault(offer.kind, [])
        if rule.id not in asked:
            asked.append(rule.id)
        if book.kinds[offer.kind].law_enforcement:
            union.opens_prosecution |= rule.opens_prosecution
            union.missing |= holds.open_wishes(rule)
        if offer.emergency or book.kinds[offer.kind].family == "emergency":
            union.emergency.add(offer.kind)
        return
    union.held.setdefault(offer.kind, hold)
    union.missing.update(hold.missing)
    if hold.refused and rule.id not in union.refused_by:
        union.refused_by.append(rule.id)
    replacement = book.replacements.get(offer.kind)
    if hold.walled and replacement:
        _offer(union, rule, replace(offer, kind=replacement), book, holds)


def _in_order(union: _Union, book: Rulebook) -> list[dict[str, Any]]:
    """Kinds by the rules' precedence; emergency first, then who must lead, then providers where a person declined."""
    if union.refused_by and PROVIDER not in union.held:
        union.asked_by.setdefault(PROVIDER, list(union.refused_by))

    def place(kind: str) -> int:
        if kind in union.emergency:
            return 0
        if kind in union.leading:
            return 1
        return 2 if union.refused_by and book.kinds[kind].family == "service" else 3

    ordered = sorted(union.asked_by, key=place)
    return [{"kind": kind, "order": n, "rules": union.asked_by[kind]} for n, kind in enumerate(ordered, start=1)]


def _pillars(fired: Iterable[Rule], union: _Union, book: Rulebook) -> list[str]:
    named = {pillar for rule in fired for pillar in rule.pillars}
    if union.opens_prosecution:
        named.add(PROSECUTION)
    elif any(book.kinds[kind].law_enforcement for kind in union.held):
        named.discard(PROSECUTION)
    return [pillar for pillar in PILLARS if pillar in named]


def _urgency(rule: Rule, case: Case) -> str:
    urgency = rule.urgency
    if urgency is None or urgency.first_when is None:
        return urgency.first if urgency else ""
    return urgency.first if urgency.first_when.test(case, -1) is True else urgency.second


def _request_type(fired: Iterable[Rule], case: Case, book: Rulebook) -> str | None:
    rules = list(fired)
    if _is_crisis(case, book):
        return "crisis"
    worked = [rule for rule in rules if not rule.request_type and rule.doors != ("none",)]
    if worked:
        return _type_of_work(worked, case, book)
    learning = [rule.request_type for rule in rules if rule.request_type]
    if learning:
        return max(learning)  # Training opens work of its own; information is answered beside it.
    if case.said("requests") & _QUESTIONS_FROM_OUTSIDE:
        return "general_information"
    # A situation that no row knows yet is still told to us, or told for help.
    if any(rule.doors == ("none",) for rule in rules) or book.compiler.term("situation").test(case, -1) is not True:
        return None
    return "referral" if _asks_in_person(case, book) else "tip"


def _is_crisis(case: Case, book: Rulebook) -> bool:
    if "life" in case.said("danger"):
        return True
    if book.compiler.term("out_of_scope").test(case, -1) is True:
        return False
    needs = any(case.said("needs", number) & _URGENT_NEEDS for number in range(len(case.victims)))
    return needs or "yes" in case.said(CRISIS_FACT)


def _type_of_work(rules: list[Rule], case: Case, book: Rulebook) -> str:
    if any(rule.high_risk for rule in rules) and book.compiler.term("signs").test(case, -1) is not True:
        return "high_risk"
    if book.compiler.term("no_signs").test(case, -1) is True and any("tip" in rule.doors for rule in rules):
        return "high_risk"
    if any("help" in rule.doors for rule in rules) and _asks_in_person(case, book):
        return "referral"
    return "tip" if any("tip" in rule.doors for rule in rules) else "referral"


def _asks_in_person(case: Case, book: Rulebook) -> bool:
    """Whether a potential victim asks for help: in person, through a representative, or beside the caller."""
    near = [book.compiler.term(name).test(case, -1) for name in ("speaks_for_self", "in_contact")]
    return True in near and book.compiler.term("asks_for_help").test(case, -1) is True


def _told(rule: Rule, case: Case, holds: Withholding) -> dict[str, Any]:
    reason = rule.reason
    if rule.status_note and any(not case.said("citizenship", n) for n in holds.victims_of(rule)):
        reason = f"{reason} {STATUS_NOTE}"
    return {
        "id": rule.id,
        "version": rule.version,
        "reason": reason,
        "source": rule.source,
        "confidence": rule.confidence,
    }


def _line(item: Started) -> dict[str, str]:
    return {"id": item.rule.id, "why": item.why, "holder": item.rule.holder, "duty": item.duty}


def _add_gates(union: _Union, case: Case, book: Rulebook, holds: Withholding) -> None:
    union.gates.update((gate, None) for gate, when in book.gate_rules if when.test(case, -1) is True)
    if holds.heard:
        union.gates[MINOR_HEARD] = None
    proposed = [book.kinds[kind] for kind in union.asked_by if book.kinds[kind].family != "emergency"]
    if any(kind.immigration for kind in proposed):
        union.gates[NO_STATUS] = None
    adults = [number for number in range(len(case.victims)) if not holds.is_minor(number)]
    if any(holds.declines(number, kind) for number in adults for kind in proposed):
        union.gates[LEFT_OUT] = None


def _gates(union: _Union, running: Iterable[Started], book: Rulebook) -> list[dict[str, str]]:
    legal = [{"id": item.rule.id, "why": item.why} for item in running if item.rule.kind == "gate"]
    return legal + [{"id": gate, "why": book.gates[gate]} for gate in union.gates]


def _missing_facts(
    fired: Iterable[Rule], unsettled: Iterable[Rule], union: _Union, case: Case, book: Rulebook
) -> list[str]:
    """Paths of facts in the order of the vocabulary, danger first; only those whose answer could change something."""
    found = set(union.missing)
    for rule in unsettled:
        found |= missing(rule.when, case)
    for rule in fired:
        found |= missing(rule.when, case)
        if rule.urgency and rule.urgency.first_when:
            found |= missing(rule.urgency.first_when, case)
    if book.compiler.term("situation").test(case, -1) and not book.compiler.term("out_of_scope").test(case, -1):
        for clock in book.clocks:
            found |= missing(clock.trigger, case)
        if not _is_crisis(case, book) and not case.said(CRISIS_FACT):
            found.add(CRISIS_FACT)
    places = {name: place for place, name in enumerate([*vocabulary().tip, *vocabulary().person])}

    def place(path: str) -> tuple[int, str]:
        return places[path.rsplit(".", 1)[-1]], path

    return sorted(found, key=place)
