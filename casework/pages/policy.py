"""What the public page of the policies shows. One query."""

from dataclasses import dataclass, field

from tips.models import ANSWERS, Answer, PolicyAnswer, Switch

# Older answers than these are in the trail.
MOST_SHOWN = 50


@dataclass
class Policy:
    """One policy: the answer in force (None while nobody decided), the ones before it, and all that are possible."""

    label: str
    possible: list[str]
    given: list[PolicyAnswer] = field(default_factory=list)

    @property
    def in_force(self) -> PolicyAnswer | None:
        return self.given[0] if self.given else None

    @property
    def before(self) -> list[PolicyAnswer]:
        return self.given[1:]

    @property
    def is_decided(self) -> bool:
        return bool(self.given) and self.given[0].answer != Answer.UNSET


def policies_in_force() -> list[Policy]:
    """Both policies, in the order of their rulings."""
    found = {
        switch.value: Policy(switch.label, [answer.label for answer in ANSWERS[switch] if answer != Answer.UNSET])
        for switch in Switch
    }
    newest = PolicyAnswer.objects.given().order_by("-decided_at", "-pk").select_related("asked_by", "decided_by")
    for row in newest[:MOST_SHOWN]:
        found[row.switch].given.append(row)
    return list(found.values())
