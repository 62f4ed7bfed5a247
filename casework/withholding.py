"""Why a proposed agency kind is held back: walls, refusals and policy switches (rulings 2, 3, 8, 19, 23, 24). Plain."""

from dataclasses import dataclass, field

from casework.conditions import Case
from casework.rulebook import Kind, Offer, Rule, Rulebook

SUPERVISOR = "SUPERVISOR"
TWO_PEOPLE = "TWO-PEOPLE"
MINOR_HEARD = "MINOR-HEARD"
# Ruling 24 speaks of the bodies that license a business beside law enforcement.
LICENSING = "licensing_body"
POLICY, DECLINED = "policy", "declined"
_WISH = "wants_law_enforcement"
_MINOR_AGES = frozenset({"under_13", "13_to_17", "minor", "may_be_minor"})


@dataclass(frozen=True)
class Hold:
    """Why one kind is held back for one rule. `refused`: a person said no; `walled`: the kind is accused.

    `ground` is POLICY for the switch of ruling 3, DECLINED for a person's no, else empty.
    """

    why: str
    gate: str = ""
    missing: tuple[str, ...] = ()
    refused: bool = False
    walled: bool = False
    is_policy: bool = False

    @property
    def ground(self) -> str:
        return POLICY if self.is_policy else DECLINED if self.refused else ""


WALLED = Hold("Accused, and so walled off from this tip (ruling 2).", walled=True)


@dataclass
class Withholding:
    """Answers for one case which kinds are held back; remembers what it found on the way."""

    case: Case
    book: Rulebook
    heard: bool = False
    _memo: dict[tuple[object, ...], Hold | None] = field(default_factory=dict)
    _victims: dict[str, list[int]] = field(default_factory=dict)
    _wishes: dict[str, set[str]] = field(default_factory=dict)

    def why(self, rule: Rule, offer: Offer) -> Hold | None:
        """The first reason to hold back this offer of this rule, or None when it stands."""
        row = rule.id if offer.needs_wish else ""  # The only reason that names its row.
        key = (offer.kind, rule.subjects, rule.mandate, rule.exempt, row, offer.own_service, offer.emergency)
        if key not in self._memo:
            self._memo[key] = self._decide(rule, offer)
        return self._memo[key]

    def victims_of(self, rule: Rule) -> list[int]:
        """The numbers of the potential victims whom a rule concerns."""
        if rule.subjects not in self._victims:
            self._victims[rule.subjects] = self._find_victims(rule)
        return self._victims[rule.subjects]

    def _find_victims(self, rule: Rule) -> list[int]:
        everyone = list(range(len(self.case.victims)))
        if rule.subjects == "none":
            return []
        if rule.subjects == "complaint":
            return [number for number in everyone if self.case.victims[number]]
        if rule.subjects == "adults":
            return [number for number in everyone if not self.is_minor(number)]
        test = {"minors": "a_minor_here", "missing": "missing_here", "vulnerable": "vulnerable_here"}.get(rule.subjects)
        chosen = [number for number in everyone if test and self._is_true(test, number)]
        return chosen or everyone

    def _is_true(self, test: str, number: int) -> bool:
        if test == "a_minor_here":
            return self.is_minor(number)
        fact = "missing" if test == "missing_here" else "vulnerable_adult"
        return "yes" in self.case.said(fact, number)

    def is_minor(self, number: int) -> bool:
        """Whether a potential victim is or may be under 18, as far as it was said."""
        return bool(self.case.said("age", number) & _MINOR_AGES)

    def _decide(self, rule: Rule, offer: Offer) -> Hold | None:
        kind = self.book.kinds[offer.kind]
        if kind.code in self.case.said("accused_kinds"):
            return WALLED
        subjects = self.victims_of(rule)
        if kind.family == "emergency" or offer.emergency or not subjects:
            return None
        checks = [self._refusal(rule, kind, subjects)]
        if kind.law_enforcement or kind.code == LICENSING:
            checks += [self._harmful_report(kind), self._no_coercion(rule)]
        if offer.needs_wish:
            checks.append(self._needs_wish(rule, subjects))
        if kind.law_enforcement:
            checks.append(self._third_party(rule))
        if kind.immigration and not offer.own_service:
            checks.append(self._immigration(rule, subjects))
        return next((hold for hold in checks if hold), None)

    # --- Ruling 8: a person who declines ---

    def declines(self, number: int, kind: Kind) -> bool:
        """Whether one potential victim declined this kind, one of its functions, or all law enforcement."""
        said = self.case.said
        if kind.law_enforcement and "no" in said(_WISH, number):
            return True
        if kind.family == "service" and "no" in said("wants_help", number):
            return True
        return kind.code in said("declined_kinds", number) or bool(kind.functions & said("declined_functions", number))

    def _refusal(self, rule: Rule, kind: Kind, subjects: list[int]) -> Hold | None:
        refusing = [number for number in subjects if self.declines(number, kind)]
        minors = [number for number in refusing if self.is_minor(number)]
        if minors and (rule.mandate or self.case.said("danger") & {"life", "ongoing"}):
            self.heard = True
            refusing = [number for number in refusing if number not in minors]
        if not refusing:
            return None
        others = [number for number in subjects if number not in refusing or (number in minors and rule.mandate)]
        if any(self._may_go_ahead(number, rule, kind) for number in others):
            return None
        if minors:
            return Hold(
                "A minor refused, and there is no mandate or danger: the supervisor decides (ruling 30 g).",
                gate=SUPERVISOR,
                refused=True,
            )
        return Hold("The person declined it; no rule proposes it for what concerns them (ruling 8).", refused=True)

    def _may_go_ahead(self, number: int, rule: Rule, kind: Kind) -> bool:
        """Whether the tip may go to this kind for a person who did not refuse, though another one did."""
        if not kind.law_enforcement or "yes" in self.case.said(_WISH, number):
            return True
        if (self.is_minor(number) and rule.mandate) or "yes" in self.case.said("vulnerable_adult", number):
            return True
        third_party = self.book.compiler.term("third_party").test(self.case, -1) is True
        return third_party and (self._switch("third_party_switch") == "always" or self._found_credible())

    def open_wishes(self, rule: Rule) -> set[str]:
        """Adults whom a rule concerns and who have not said whether law enforcement may know: a no would change it."""
        if rule.subjects not in self._wishes:
            adults = [number for number in self.victims_of(rule) if not self.is_minor(number)]
            silent = [number for number in adults if not self.case.said(_WISH, number)]
            self._wishes[rule.subjects] = {f"{self.case.paths[number]}{_WISH}" for number in silent}
        return self._wishes[rule.subjects]

    # --- Rulings 19 and 24 ---

    def _harmful_report(self, kind: Kind) -> Hold | None:
        if not kind.law_enforcement or "yes" not in self.case.said("seems_made_to_harm"):
            return None
        why = "The report seems made to harm: a supervisor reads it before any law enforcement sees it (ruling 19)."
        return Hold(why, gate=SUPERVISOR)

    def _no_coercion(self, rule: Rule) -> Hold | None:
        kinds = self.case.said("exploitation")
        if "no_coercion" in rule.exempt or not kinds or kinds - {"commercial_sex", "labor"}:
            return None
        if "no" not in self.case.said("force_fraud_coercion") or "life" in self.case.said("danger"):
            return None
        everyone = range(len(self.case.victims))
        if any(self.is_minor(n) or "yes" in self.case.said(_WISH, n) for n in everyone):
            return None
        return Hold(
            "No force, fraud or coercion: not without the person's wish, danger to life or a minor (ruling 24).",
            missing=self._paths(_WISH),
        )

    def _needs_wish(self, rule: Rule, subjects: list[int]) -> Hold | None:
        if any(self.is_minor(n) or "yes" in self.case.said(_WISH, n) for n in subjects):
            return None
        return Hold(
            f"Only if the person wants it, and they have not said so (row {rule.id}).",
            missing=self._paths(_WISH),
        )

    # --- Ruling 3: the switch on third-party tips about adults ---

    def _third_party(self, rule: Rule) -> Hold | None:
        if rule.mandate or "third_party_switch" in rule.exempt or not self.switch_applies():
            return None
        switch = self._switch("third_party_switch")
        policy = "Tips of third parties about adults"
        if switch == "always" or (switch == "credible_and_unable" and self._found_credible()):
            return None
        if switch == "consent_only":
            wishes = [self.case.said(_WISH, n) for n in range(len(self.case.victims))]
            if any("yes" in wish for wish in wishes):
                return None
            missing = (*self._open_facts(), *self._paths(_WISH))
            return Hold(f"{policy}: only with the person's own yes (ruling 3).", missing=missing, is_policy=True)
        if switch == "credible_and_unable":
            why = f"{policy}: only when two people found it credible and the person unable to seek help (ruling 3)."
            return Hold(why, gate=TWO_PEOPLE, missing=self._open_facts(), is_policy=True)
        open_facts = self._open_facts()
        if switch == "never":
            return Hold(
                f"{policy} are not proposed to law enforcement here (ruling 3).", missing=open_facts, is_policy=True
            )
        why = f"{policy}: the policy is not decided yet, so a supervisor decides (ruling 3)."
        return Hold(why, gate=SUPERVISOR, missing=open_facts, is_policy=True)

    def switch_applies(self) -> bool:
        """Whether the switch of ruling 3 covers this tip."""
        # Somebody of whom nobody knows who they are is not known to be a potential victim: the switch applies.
        if "life" in self.case.said("danger"):
            return False
        if self.book.compiler.term("third_party").test(self.case, -1) is False:
            return False
        everyone = range(len(self.case.victims))
        return not any(self.is_minor(n) or "yes" in self.case.said("vulnerable_adult", n) for n in everyone)

    def _open_facts(self) -> tuple[str, ...]:
        """What would still settle whether the switch applies: who reports, and how old the persons are."""
        reporter = () if self.case.said("reporter") else ("reporter",)
        ages = [f"{p}age" for n, p in enumerate(self.case.paths) if not self.case.said("age", n)]
        return (*reporter, *ages)

    def _found_credible(self) -> bool:
        return "yes" in self.case.said("credible_and_unable")

    def _switch(self, name: str) -> str:
        return next(iter(self.case.said(name)), "unset")

    # --- Ruling 23: bodies with an immigration-enforcement function ---

    def _immigration(self, rule: Rule, subjects: list[int]) -> Hold | None:
        # A minor among them: the body is proposed for the minor, and adults are left out of what is sent.
        if rule.subjects == "minors" or any(self.is_minor(number) for number in subjects):
            return None
        if all("us_citizen" in self.case.said("citizenship", number) for number in subjects):
            return None
        switch = self._switch("immigration_switch")
        policy = "For adults who may be non-citizens, a body with an immigration-enforcement function"
        if switch == "as_other_law_enforcement":
            return None
        if switch == "consent_only":
            if any("yes" in self.case.said("agrees_to_immigration_body", number) for number in subjects):
                return None
            missing = self._paths("agrees_to_immigration_body")
            return Hold(f"{policy} needs the person's own yes (ruling 23).", missing=missing)
        if switch == "never":
            return Hold(f"{policy} is not proposed here (ruling 23).")
        return Hold(f"{policy}: the policy is not decided yet, so a supervisor decides (ruling 23).", gate=SUPERVISOR)

    def _paths(self, name: str) -> tuple[str, ...]:
        """Where a fact of a person is still open."""
        return tuple(f"{path}{name}" for n, path in enumerate(self.case.paths) if not self.case.said(name, n))
