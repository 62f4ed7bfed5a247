"""Forms of the shift: notices for all, giving tips to a colleague."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from agencies.models import Membership, Role, User
from casework.forms.duty import HOURS


class NoticeForm(forms.Form):
    """What everybody at the desk should know; no case belongs in it."""

    text = forms.CharField(
        label="Notice for all",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="No case, no name, no reference: everybody at the desk reads it.",
        error_messages={"required": "Write what everybody should know."},
    )
    hours = forms.TypedChoiceField(
        label="For how long", coerce=int, choices=[(hour, f"{hour} hours") for hour in (*HOURS, 72)], initial=12
    )

    def until(self, at: datetime) -> datetime:
        """When it goes by itself."""
        return at + timedelta(hours=self.cleaned_data["hours"])


class AssignForm(forms.Form):
    """To whom; people on duty come first, with the time until which they are there."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Give to",
        empty_label="Choose a colleague",
        error_messages={"required": "Choose who gets them.", "invalid_choice": "Choose somebody of this desk."},
    )

    def __init__(self, *args: Any, desk: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Membership.objects.current(at).filter(agency_id=desk, role__in=[Role.OPERATOR, Role.SUPERVISOR])
        there = set(Membership.objects.on_duty(desk, at).values_list("user", flat=True))
        people = User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("display_name", "username")
        field = self.fields["person"]
        field.queryset = people  # type: ignore[attr-defined]
        field.label_from_instance = lambda user: f"{user}, on duty" if user.pk in there else f"{user}, off duty"  # type: ignore[attr-defined]
