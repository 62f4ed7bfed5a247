"""Forms of the shift: going on duty, the on-call chain."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings

from agencies.models import Membership, Role, User

# What people work; the longest is the setting's.
HOURS = (2, 4, 6, 8, 10, 12, 24)


class DutyForm(forms.Form):
    """For how long from now on."""

    hours = forms.TypedChoiceField(label="For how long", coerce=int, initial=8)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.DUTY_LONGEST_HOURS
        hours = sorted({*(hour for hour in HOURS if hour < most), most})
        self.fields["hours"].choices = [(hour, f"{hour} hours") for hour in hours]  # type: ignore[attr-defined]

    def until(self, at: datetime) -> datetime:
        """When the switch goes off by itself."""
        return at + timedelta(hours=self.cleaned_data["hours"])


class OnCallForm(forms.Form):
    """Somebody of the desk, and what the installation's hook knows them by."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), label="Person", empty_label="Choose")
    pager = forms.CharField(
        label="Code at the hook", max_length=60, required=False, help_text="What the pager service knows them by."
    )

    def __init__(self, *args: Any, desk: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = Membership.objects.current(at).filter(agency_id=desk, role__in=[Role.OPERATOR, Role.SUPERVISOR])
        people = User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by("display_name", "username")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
