"""What speaks against a rule before it decides anything, in sentences. Plain Python."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from casework import rule_shape
from casework.rule_logic import Logic
from casework.rulebook import rulebook_of

Row = Mapping[str, Any]
# A rule beside which another with the same of these adds nothing.
_SAME = ("request_type", "status_note", "high_risk", "subjects")
_AT_LEAST = ("mandate", "even_out_of_scope")


class RuleChecks:
    """Checks of rule bodies against the terms, the agency kinds, and the kinds that somebody in the directory has.

    `frame` is routing_terms.json; `kinds` the rows of agency_kinds.csv; `receivable` their codes with an active agency.
    """

    def __init__(
        self, frame: Mapping[str, Any], kinds: Iterable[Mapping[str, str]], receivable: Collection[str]
    ) -> None:
        self._frame, self._kinds, self._receivable = frame, list(kinds), receivable
        self._labels = {row["code"]: row["label"] for row in self._kinds}
        self._logic = Logic(frame["terms"])

    def of_routing(self, row: Row, others: Iterable[Row]) -> list[str]:
        """What speaks against a routing rule beside `others`, those in force without its own version before it."""
        unreadable = self._unreadable([row], [])
        if unreadable:
            return unreadable
        found = []
        if not self._can_fire(row):
            found.append("It can never fire: its condition contradicts itself.")
        if not self._has_receiver(row):
            names = ", ".join(self._labels[offer["kind"]] for offer in row["kinds"])
            found.append(f"No agency could receive what it proposes: the directory has none of these kinds: {names}.")
        for other in others if not found else ():
            if self._adds_nothing(row, to=other):
                found.append(f"{other['id']} shadows it: whenever this rule fires, {other['id']} proposes the same.")
            elif self._adds_nothing(other, to=row):
                found.append(f"It shadows {other['id']}: whenever {other['id']} fires, this rule proposes the same.")
        return found

    def of_clock(self, row: Row) -> list[str]:
        """What speaks against a clock, check or gate."""
        unreadable = self._unreadable([], [row])
        if unreadable:
            return unreadable
        return [] if self._logic.can_hold(row["trigger"]) else ["It can never start: its trigger contradicts itself."]

    def _unreadable(self, rules: list[Row], clocks: list[Row]) -> list[str]:
        found = [sentence for row in rules for sentence in rule_shape.wrong(row, rule_shape.ROUTING)]
        found += [sentence for row in clocks for sentence in rule_shape.wrong(row, rule_shape.CLOCK)]
        found = found or [sentence for row in clocks for sentence in rule_shape.wrong_unit(row)]
        if found:
            return [f"It cannot be read: {sentence}" for sentence in found]
        in_force = {"version": 1, "status": "in_force"}
        written = [[{**row, **in_force} for row in rows] for rows in (rules, clocks)]
        try:
            rulebook_of(self._frame, written[0], written[1], self._kinds)
        except KeyError as error:
            return [f"It cannot be read: {error.args[0]} is missing."]
        except (AttributeError, TypeError):
            return ["It cannot be read: a condition in it is built of the wrong parts."]
        except ValueError as error:
            return [f"It cannot be read: {error}."]
        return []

    def _can_fire(self, row: Row) -> bool:
        conditions: list[Mapping[str, Any]] = [row["when"]]
        if not row.get("even_out_of_scope"):
            conditions.append({"unless": {"term": "out_of_scope"}})
        return self._logic.can_hold(*conditions)

    def _has_receiver(self, row: Row) -> bool:
        return not row["kinds"] or any(offer["kind"] in self._receivable for offer in row["kinds"])

    def _adds_nothing(self, row: Row, *, to: Row) -> bool:
        """Whether `to` fires whenever `row` does and proposes at least as much, at least as early."""
        if to["precedence"] > row["precedence"] or not _holds_as_much(to, row):
            return False
        return self._logic.implies(row["when"], to["when"])


def _holds_as_much(wide: Row, row: Row) -> bool:
    same = all(wide.get(name) == row.get(name) for name in _SAME)
    at_least = all(wide.get(name) or not row.get(name) for name in _AT_LEAST)
    doors = "learn" in wide["door"].split("/") or "learn" not in row["door"].split("/")
    lists = all(set(wide.get(name, ())) >= set(row.get(name, ())) for name in ("pillars", "gates", "exempt"))
    prosecution = wide.get("opens_prosecution", True) or not row.get("opens_prosecution", True)
    offers = all(any(_offers_as_much(mine, theirs) for mine in wide["kinds"]) for theirs in row["kinds"])
    return same and at_least and doors and lists and prosecution and offers and _as_urgent(wide, row)


def _offers_as_much(mine: Row, theirs: Row) -> bool:
    rest = {name: value for name, value in mine.items() if name != "when"}
    return ("when" not in mine or mine["when"] == theirs.get("when")) and rest == {
        name: value for name, value in theirs.items() if name != "when"
    }


def _as_urgent(wide: Row, row: Row) -> bool:
    """A range counts as itself alone."""
    if not row["urgency"] or wide["urgency"] == row["urgency"]:
        return True
    return (
        isinstance(wide["urgency"], str) and isinstance(row["urgency"], str) and "" < wide["urgency"] <= row["urgency"]
    )
