"""Taking a file: first what it is said to show, then the file."""

from django import forms
from django.db import models


class Shows(models.TextChoices):
    """What the person says that it shows. Only the last one goes on to the file."""

    CHILD = "child_sexual", "A child in a sexual way"
    NUDITY = "nudity", "Nudity, whatever the age said"
    NEITHER = "neither", "Neither of them"


class AskForm(forms.Form):
    """Asked before anything is sent: such files are never taken."""

    shows = forms.ChoiceField(
        choices=Shows,
        label="What does it show, as the person says?",
        widget=forms.RadioSelect,
        error_messages={"required": "Ask the person, then choose what it shows."},
    )


class FileForm(forms.Form):
    """The file itself."""

    shows = forms.ChoiceField(choices=[(Shows.NEITHER, Shows.NEITHER.label)], widget=forms.HiddenInput)
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        error_messages={"required": "Choose a file. If you chose one, it was too large."},
    )
