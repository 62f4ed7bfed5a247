"""How the contact ends: on a tip, or answered."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from casework.forms.contact.section import Section, line
from tips.models import AnsweredAs, RequestType, Tip, TipStatus

# The request type of each way to answer, unless another one was chosen (domain facts, 2.1).
REQUEST_TYPE_OF = {
    AnsweredAs.CALLER_SUPPORT: RequestType.INFORMATION,
    AnsweredAs.STATISTICS: RequestType.INFORMATION,
    AnsweredAs.NUMBER_GIVEN: RequestType.REFERRAL,
}


REOPEN, NEW = "reopen", "new"


class EndingSection(Section):
    """What its end needs, asked where it ends. A closed tip is asked about: it counts once (ruling 28)."""

    code = "next"
    title = "Next"

    request_type = forms.ChoiceField(choices=[("", "Choose"), *RequestType.choices], required=False)
    tip_reference = line("Add to a tip that the desk holds", 32, "Its reference; empty opens a new tip.")

    again = forms.ChoiceField(
        label="This tip is closed. Reopen it, or open a new tip?",
        choices=[
            (
                REOPEN,
                "Reopen it: the same situation goes on. It still counts once, in the year of its first contact;"
                " the reopening is counted apart.",
            ),
            (NEW, "New tip: another situation. It counts as a tip of its own."),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tip: Tip | None = None

    @cached_property
    def named(self) -> Tip | None:
        """The tip of this desk whose reference was typed; None for any other one, as for one that is not there."""
        reference = self.data.get("tip_reference", "").strip().upper()
        if not reference:
            return None
        user = self.talk.user
        held = Tip.objects.visible_to(user).filter(holder_agency_id=user.acting_agency_id)
        return held.filter(reference=reference).exclude(status=TipStatus.MERGED).first()

    @property
    def asks_again(self) -> bool:
        """Whether the tip that was named is closed."""
        return self.named is not None and self.named.status == TipStatus.CLOSED

    def clean_tip_reference(self) -> str:
        """A tip that this desk holds; any other one is as unknown as one that is not there."""
        reference = str(self.cleaned_data["tip_reference"]).strip().upper()
        if reference and self.named is None:
            raise ValidationError("No tip of your desk has this reference. Check it, or leave it empty.")
        return reference

    def clean(self) -> dict[str, Any]:
        """Settle which tip the contact goes on: the one that was named, unless a new one was chosen."""
        cleaned = super().clean() or {}
        if self.asks_again and not cleaned.get("again"):
            self.add_error("again", "The tip is closed. Choose: reopen it, or open a new tip.")
        self.tip = None if self.asks_again and cleaned.get("again") == NEW else self.named
        return cleaned
