"""Whether ruling 3's switch covers a tip, and what that did to law enforcement: for the ledger. Plain Python."""

from collections.abc import Mapping
from typing import Any

from casework.conditions import case_of
from casework.rulebook import Rulebook
from casework.withholding import DECLINED, POLICY, Withholding

PROPOSED, OTHER, NOT_PROPOSED = "proposed", "other", "not_proposed"
# Where several rules hold law enforcement back for several reasons, the first of these is the one that is told.
_GROUNDS = (POLICY, DECLINED, OTHER)


def matter(facts: Mapping[str, Any], result: Mapping[str, Any], book: Rulebook) -> dict[str, Any]:
    """Of a proposal for these facts: `ground`, the `rules` behind it, and the persons' `wish` (yes, no or empty).

    `ground` is proposed, policy (held back by the switch), declined, other, or not_proposed. Empty where the switch
    does not cover the tip: somebody's own call, a child, a vulnerable adult, danger to life, or no situation at all.
    """
    case = case_of(facts)
    holds = Withholding(case, book)
    is_situation = book.compiler.term("situation").test(case, -1) is True
    if not is_situation or book.compiler.term("out_of_scope").test(case, -1) is True or not holds.switch_applies():
        return {}
    ground, rules = _ground(holds, result, book)
    return {"ground": ground, "rules": rules, "wish": _wish(case.victims)}


def _ground(holds: Withholding, result: Mapping[str, Any], book: Rulebook) -> tuple[str, list[str]]:
    proposed = [line for line in result["agency_kinds"] if book.kinds[line["kind"]].law_enforcement]
    if proposed:
        return PROPOSED, sorted({rule for line in proposed for rule in line["rules"]})
    withheld = {line["kind"] for line in result["withheld"] if book.kinds[line["kind"]].law_enforcement}
    fired = {rule["id"] for rule in result["rules"]}
    found: dict[str, list[str]] = {}
    for rule in book.rules:
        for offer in rule.offers if rule.id in fired else ():
            hold = holds.why(rule, offer) if offer.kind in withheld else None
            if hold is not None and rule.id not in found.setdefault(hold.ground or OTHER, []):
                found[hold.ground or OTHER].append(rule.id)
    return next(((ground, found[ground]) for ground in _GROUNDS if ground in found), (NOT_PROPOSED, []))


def _wish(victims: list[dict[str, tuple[frozenset[str], bool]]]) -> str:
    said = [victim.get("wants_law_enforcement", (frozenset(), True))[0] for victim in victims]
    if any("yes" in one for one in said):
        return "yes"
    return "no" if all("no" in one for one in said) else ""
