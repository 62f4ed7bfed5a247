"""What somebody doubts about an entry of the directory, and by when it is looked into."""

from django.db import models
from django.db.models import Q

from agencies.ids import uuid7
from agencies.models.agency import Agency
from agencies.models.person import User
from agencies.models.service import Phone, Service


class Doubt(models.Model):
    """A task of whoever keeps the entry. It names no tip and no person: the directory learns codes only."""

    class Reason(models.TextChoices):
        WRONG_NUMBER = "wrong_number", "Wrong number"
        NO_ANSWER = "no_answer", "Nobody answers the phone"
        NOT_OUR_AREA = "not_our_area", "Declined: not their area"
        NOT_OUR_SERVICE = "not_our_service", "Declined: they do not offer this"
        NOT_ELIGIBLE = "not_eligible", "Declined: outside whom they serve"
        LANGUAGE = "language", "Declined: they lack the language"
        CHANGED = "changed", "The agency says it has changed"

    class Settled(models.TextChoices):
        STILL_TRUE = "still_true", "The entry is right"
        CORRECTED = "corrected", "The entry was corrected"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="doubts")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="doubts")
    phone = models.ForeignKey(Phone, null=True, blank=True, on_delete=models.CASCADE, related_name="doubts")
    reason = models.CharField(max_length=16, choices=Reason)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_as = models.CharField(max_length=10, choices=Settled, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "service", "phone", "reason"],
                condition=Q(settled_at=None),
                nulls_distinct=False,
                name="doubt_is_open_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, settled_as="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_as="")),
                name="doubt_is_settled_whole",
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(settled_at=None), name="doubt_open_by_due")]

    def __str__(self) -> str:
        return self.get_reason_display()
