"""The outbox: a notice is written with the deed and delivered by the worker."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.ids import uuid7
from agencies.models.agency import Agency
from agencies.models.link import OneTimeLink
from agencies.models.person import User


class Notice(models.Model):
    """Tells an agency or a user that something waits. Content-free: a reference, what is wanted, a link."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="notices")
    code = models.CharField(max_length=40, help_text="Which sentence: a key of agencies/notices.py SENTENCES.")
    reference = models.CharField(max_length=40, blank=True)
    path = models.CharField(max_length=200, help_text="Where the reader finds it after signing in.")
    link = models.ForeignKey(
        OneTimeLink,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Gets its token when sent.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=120, blank=True, help_text="Class of the last error; never its text.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | Q(user__isnull=False), name="notice_has_an_addressee"
            ),
            # Whoever could write a notice past agencies/notices.py still could not write a word of their own into it.
            models.CheckConstraint(
                condition=Q(path__regex=r"^/[A-Za-z0-9/_-]*$")
                & Q(reference__regex=r"^([A-Z]{1,6}-[0-9]{4}-[0-9]{6,12}-[A-Z])?$")
                & Q(code__regex=r"^[a-z_]+$"),
                name="notice_holds_no_words",
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(delivered_at=None), name="notice_still_to_deliver"),
        ]

    def __str__(self) -> str:
        return self.code
