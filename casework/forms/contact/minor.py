"""A person in contact who may be under 18: what must be reported here, and the words to say it, before names."""

from typing import Any

from django.http import QueryDict

from casework.forms.contact.person import MINOR_AGES
from casework.forms.contact.section import Section
from tips.models import StateDuty

_PERSONS = 60
_YES = ("on", "true", "1")


class MinorSection(Section):
    """Nothing to fill in: what to say, and the stamp that it was said."""

    code = "minor"
    title = "If they may be under 18"

    @property
    def is_concerned(self) -> bool:
        """Whether somebody in contact is or may be under 18, by what was typed so far."""
        return any(_may_be_minor(self.data, number) for number in range(_PERSONS))  # type: ignore[arg-type]

    @property
    def told_at(self) -> Any:
        """When it was said; None while it was not."""
        return self.talk.contact.told_duty_at

    @property
    def state(self) -> str:
        """The state of the place, as far as it was typed."""
        return str(self.data.get("state", ""))[:2]

    @property
    def duty(self) -> StateDuty | None:
        """What a second person verified for this state; None where nobody did."""
        return StateDuty.objects.filter(state=self.state, verified_at__isnull=False).first() if self.state else None


def _may_be_minor(data: QueryDict, number: int) -> bool:
    prefix = f"person-{number}-"
    speaks = data.get(f"{prefix}is_in_contact") in _YES or (
        data.get("caller_type") == "potential_victim"
        and (data.get(f"{prefix}role") or "potential_victim") == "potential_victim"
    )
    years = data.get(f"{prefix}years", "")
    is_young = years.isdecimal() and len(years) < len("1000") and int(years) < 18
    return speaks and (is_young or data.get(f"{prefix}age") in MINOR_AGES)
