"""The words by which a person is asked to agree: what goes to whom, why, until when, and how it is taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from agencies.models import Agency
from casework.cards import need_label
from tips.models import PersonIdentity

FIELDS = {
    "card": "what kind of help is needed, in which area, the language, and an age group: nothing that names you",
    "working": "what you told us, in words without your name, and how to reach you safely",
    "feedback": "that they may tell us how it went",
}
CHOICES = [
    ("card", "The card: need, area, language, age group"),
    ("working", "The working level: the situation without names, safe contact"),
    ("feedback", "They may tell us how it went"),
    *((field.value, f"Identity: {str(field.label).lower()}") for field in PersonIdentity.Field),
]
_IDENTITY = {field.value: f"your {str(field.label).lower()}" for field in PersonIdentity.Field}


def text(holder: Agency, recipient: Agency, *, need: str, fields: Sequence[str], at: datetime) -> str:
    """What is read out or shown; stored word for word with its hash. Grade 6, without a name in it."""
    last = (at.astimezone(ZoneInfo(settings.TIME_ZONE)) + timedelta(days=settings.CONSENT_DAYS)).date()
    known = {**FIELDS, **_IDENTITY}
    told = "\n".join(f"- {known[name]}" for name in known if name in fields)
    return (
        f"{holder} may tell {recipient}:\n{told}\n"
        f"Why: {need_label(need).lower()}.\n"
        f"Until: {last.day} {last:%B %Y}. Then it ends by itself.\n"
        "You can say no. You get the same help from us.\n"
        "You can take it back at any time with one sentence, by phone, text or chat. What they know by then they know."
    )
