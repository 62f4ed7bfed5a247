"""How the contact ends: on a tip, or answered."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from casework.forms.contact.section import Section, line
from tips.models import AnsweredAs, RequestType, Tip

# The request type of each way to answer, unless another one was chosen (domain facts, 2.1).
REQUEST_TYPE_OF = {
    AnsweredAs.CALLER_SUPPORT: RequestType.INFORMATION,
    AnsweredAs.STATISTICS: RequestType.INFORMATION,
    AnsweredAs.NUMBER_GIVEN: RequestType.REFERRAL,
}


class EndingSection(Section):
    """What its end needs, asked where it ends."""

    code = "next"
    title = "Next"

    request_type = forms.ChoiceField(choices=[("", "Choose"), *RequestType.choices], required=False)
    tip_reference = line("Add to a tip that the desk holds", 32, "Its reference; empty opens a new tip.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tip: Tip | None = None

    def clean_tip_reference(self) -> str:
        """A tip that this desk holds; any other one is as unknown as one that is not there."""
        reference = str(self.cleaned_data["tip_reference"]).strip().upper()
        if reference:
            user = self.talk.user
            held = Tip.objects.visible_to(user).filter(holder_agency_id=user.acting_agency_id)
            self.tip = held.filter(reference=reference).exclude(status__in=("closed", "merged")).first()
            if self.tip is None:
                raise ValidationError("No open tip of your desk has this reference. Check it, or leave it empty.")
        return reference
