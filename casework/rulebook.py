"""The rules as data: routing rules, clocks, agency kinds and gates, read from the reference files. Plain Python."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from casework.conditions import Compiler, Node
from tips.facts import AGENCY_KINDS

REFERENCE = Path(__file__).resolve().parent / "reference"


@dataclass(frozen=True)
class Kind:
    """An agency kind. `law_enforcement` is meant for consent (ruling 30 b), `immigration` by function (ruling 23)."""

    code: str
    label: str
    functions: frozenset[str]
    family: str
    law_enforcement: bool
    immigration: bool


@dataclass(frozen=True)
class Offer:
    """One kind that a rule proposes, with its own condition.

    `first_when` puts it before all others; `needs_wish`: only on a potential victim's own wish; `own_service`: only
    this body can give what the person asked for; `emergency`: stands beside the emergency centre.
    """

    kind: str
    when: Node | None = None
    first_when: Node | None = None
    needs_wish: bool = False
    own_service: bool = False
    emergency: bool = False


@dataclass(frozen=True)
class Urgency:
    """A level, or a range that is split by a condition: `first` while it is not ruled out, else `second`."""

    first: str
    second: str = ""
    first_when: Node | None = None


@dataclass(frozen=True)
class Rule:
    """One routing rule. `subjects` says whom it concerns: all, adults, minors, missing, vulnerable, complaint, none."""

    id: str
    version: int
    precedence: int
    when: Node
    reason: str
    source: str
    confidence: str
    offers: tuple[Offer, ...]
    pillars: tuple[str, ...]
    urgency: Urgency | None
    doors: tuple[str, ...]
    subjects: str = "all"
    gates: tuple[str, ...] = ()
    exempt: frozenset[str] = frozenset()
    mandate: bool = False
    status_note: bool = False
    high_risk: bool = False
    even_out_of_scope: bool = False
    opens_prosecution: bool = True
    request_type: str = ""


@dataclass(frozen=True)
class Note:
    """A sentence that is added to a clock's reason when its condition holds."""

    when: Node
    text: str


@dataclass(frozen=True)
class ClockRule:
    """One of the 40 clocks, checks and gates. `limit` counts `unit`; None where the law gives no number.

    `ours`: the duty holder is the holder of the tip. `holder_kinds`: agency kinds that carry the duty in their inbox
    once they have accepted a referral. `alert`: a line on the board that opening the tip acknowledges. `met_by`: the
    move of a referral that meets it, or empty.
    """

    id: str
    version: int
    kind: str
    name: str
    trigger: Node
    why: str
    holder: str
    holder_kinds: frozenset[str]
    ours: bool
    limit: int | None
    unit: str
    extended_limit: int | None
    recipient: str
    citation: str
    on_breach: str
    reminders: tuple[str, ...]
    confidence: str
    source: str
    notes: tuple[Note, ...]
    alert: bool
    met_by: str


@dataclass(frozen=True)
class Rulebook:
    """All rules in force, by precedence, with what they refer to."""

    rules: tuple[Rule, ...]
    clocks: tuple[ClockRule, ...]
    kinds: Mapping[str, Kind]
    gates: Mapping[str, str]
    gate_rules: tuple[tuple[str, Node], ...]
    replacements: Mapping[str, str]
    compiler: Compiler


@cache
def installed() -> Rulebook:
    """The rulebook of the reference files that came with this version."""
    return rulebook_of(frame(), _load("routing_rules.json")["rules"], _load("clocks.json"), kind_rows())


def frame() -> dict[str, Any]:
    """What rules refer to: named terms, gates, stand-ins for accused kinds."""
    terms: dict[str, Any] = _load("routing_terms.json")
    return terms


def kind_rows() -> list[dict[str, str]]:
    """The rows of agency_kinds.csv."""
    with AGENCY_KINDS.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def _load(name: str) -> Any:
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


def rulebook_of(
    frame: Mapping[str, Any],
    rules: Iterable[Mapping[str, Any]],
    clocks: Iterable[Mapping[str, Any]],
    kinds: Iterable[Mapping[str, str]],
) -> Rulebook:
    """Build a rulebook of the rows in force.

    `frame` holds terms, gates and replacements (routing_terms.json); the others are rows as in routing_rules.json,
    clocks.json and agency_kinds.csv. Raises ValueError for a name that does not exist.
    """
    compiler = Compiler(frame["terms"])
    known = {row["code"]: _kind(row) for row in kinds}
    in_force = [row for row in rules if row["status"] == "in_force"]
    in_order = sorted((_rule(row, compiler) for row in in_force), key=lambda rule: (rule.precedence, rule.id))
    book = Rulebook(
        rules=tuple(in_order),
        clocks=tuple(_clock(row, compiler) for row in clocks if row["status"] == "in_force"),
        kinds=known,
        gates=frame["gates"],
        gate_rules=tuple((row["id"], compiler.compile(row["when"])) for row in frame["gate_rules"]),
        replacements=frame["replacements"],
        compiler=compiler,
    )
    _check_names(book)
    return book


def _check_names(book: Rulebook) -> None:
    kinds = {offer.kind for rule in book.rules for offer in rule.offers}
    kinds |= {kind for clock in book.clocks for kind in clock.holder_kinds} | set(book.replacements.values())
    gates = {gate for rule in book.rules for gate in rule.gates} | {gate for gate, _ in book.gate_rules}
    strangers = sorted((kinds - set(book.kinds)) | (gates - set(book.gates)))
    if strangers:
        raise ValueError(f"The rules name kinds or gates that do not exist: {', '.join(strangers)}")


def _kind(row: Mapping[str, str]) -> Kind:
    return Kind(
        code=row["code"],
        label=row["label"],
        functions=frozenset(row["functions"].split(";")),
        family=row["family"],
        law_enforcement=row["law_enforcement_for_consent"] == "yes",
        immigration=row["immigration_enforcement"] == "yes",
    )


def _rule(row: Mapping[str, Any], compiler: Compiler) -> Rule:
    plain = ("id", "version", "precedence", "reason", "source", "confidence", "subjects", "request_type")
    flags = ("mandate", "status_note", "high_risk", "even_out_of_scope", "opens_prosecution")
    return Rule(
        when=compiler.compile(row["when"]),
        offers=tuple(_offer(offer, compiler) for offer in row["kinds"]),
        pillars=tuple(row["pillars"]),
        urgency=_urgency(row["urgency"], compiler),
        doors=tuple(row["door"].split("/")),
        gates=tuple(row.get("gates", ())),
        exempt=frozenset(row.get("exempt", ())),
        **{name: row[name] for name in (*plain, *flags) if name in row},
    )


def _offer(row: Mapping[str, Any], compiler: Compiler) -> Offer:
    return Offer(
        kind=row["kind"],
        when=compiler.compile(row["when"]) if "when" in row else None,
        first_when=compiler.compile(row["first_when"]) if "first_when" in row else None,
        **{name: row[name] for name in ("needs_wish", "own_service", "emergency") if name in row},
    )


def _urgency(raw: str | Mapping[str, Any] | None, compiler: Compiler) -> Urgency | None:
    if raw is None or isinstance(raw, str):
        return Urgency(raw) if raw else None
    return Urgency(raw["first"], raw["second"], compiler.compile(raw["first_when"]))


def _clock(row: Mapping[str, Any], compiler: Compiler) -> ClockRule:
    plain = ("id", "version", "kind", "name", "why", "holder", "ours", "limit", "unit")
    more = ("recipient", "citation", "on_breach", "confidence", "source")
    return ClockRule(
        trigger=compiler.compile(row["trigger"]),
        holder_kinds=frozenset(row["holder_kinds"]),
        extended_limit=row.get("extended_limit"),
        reminders=tuple(row["reminders"]),
        alert=bool(row.get("alert")),
        met_by=str(row.get("met_by", "")),
        notes=tuple(Note(compiler.compile(note["when"]), note["text"]) for note in row["notes"]),
        **{name: row[name] for name in (*plain, *more)},
    )
