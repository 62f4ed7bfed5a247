"""Somebody who may not be who they say they are: one key hides what must not be given away."""

from typing import Any

from django import forms

from casework.forms.contact.section import Section


class DoubtSection(Section):
    """A mark on the contact. While it is set, repeats, places and names are out of sight."""

    code = "doubt_part"
    title = "May not be who they say"

    doubt = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def is_on(self) -> bool:
        """Whether it is set, by what was typed so far."""
        return self.data.get("doubt") == "on"

    def contact_values(self) -> dict[str, Any]:
        """The mark."""
        return {"is_doubtful": self.is_on}
