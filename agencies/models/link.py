"""One-time links: a way in for somebody without an account, to one thing, once (ruling 27)."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models.agency import Agency
from agencies.models.person import User


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    def visible_to(self, user: User) -> Self:
        """Those that the own agency sent out. Policy: `one_time_link_of_the_agency_that_asks`."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        return self.filter(agency_id=user.acting_agency_id)

    def open(self) -> Self:
        return self.filter(spent_at=None, withdrawn_at=None)


class OneTimeLink(models.Model):
    """Looking does not spend it, the answer does. The token itself is stored nowhere, only its hash.

    It is made with the deed and gets its token when it is sent, so that none waits in the outbox; sending it again
    gives it another one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=20, help_text="A key of casework/views/links.py PURPOSES.")
    about = models.UUIDField(help_text="The record that the answer is about.")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who asks.")
    asked = models.ForeignKey(
        Agency, null=True, on_delete=models.PROTECT, related_name="+", help_text="Who is asked, where it is an agency."
    )
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    token_hash = models.BinaryField(max_length=32, null=True, unique=True)
    browser_hash = models.BinaryField(max_length=32, null=True, help_text="Of the browser that opened it.")
    opened_at = models.DateTimeField(null=True)
    spent_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = OneTimeLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gt=F("made_at")), name="one_time_link_has_an_end"),
            models.CheckConstraint(condition=Q(purpose__regex=r"^[a-z_]+$"), name="one_time_link_purpose_is_a_code"),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(browser_hash__isnull=False), name="one_time_link_opened_by_a_browser"
            ),
        ]
        indexes = [models.Index(fields=["about"])]

    def __str__(self) -> str:
        return f"one-time link: {self.purpose}"
