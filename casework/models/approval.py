"""What takes two people: asked by one, given or refused by another."""

from django.db import models
from django.db.models import F, Q

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models import Agency, User
from tips.models import Tip


class ApprovalStatus(models.TextChoices):
    """Ruling 12."""

    ASKED = "asked", "Asked"
    GIVEN = "given", "Given"
    REFUSED = "refused", "Refused"
    LAPSED = "lapsed", "Lapsed"


class LowerReason(models.TextChoices):
    """Why a danger is no longer imminent."""

    SAFE = "safe", "The person is in a safe place"
    OVER = "over", "The danger has passed"
    MISTAKEN = "mistaken", "It was never so: misheard or mistaken"
    WITH_RESPONDERS = "responders", "Those who can act are there"


@tracked()
class Approval(models.Model):
    """One question to a second person. `values` holds codes only: what is to be when the answer is yes.

    `tip_version` is that of the tip at the moment of the yes: the database lets it count for that moment alone.
    """

    class What(models.TextChoices):
        LOWER_DANGER = "lower_danger", "Lower an imminent danger"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="approvals")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=16, choices=What)
    reason = models.CharField(max_length=12, choices=LowerReason)
    values = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=ApprovalStatus, default=ApprovalStatus.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    tip_version = models.PositiveIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="approval_takes_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["given", "refused"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["tip", "what"], condition=Q(status="asked"), name="approval_is_asked_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.get_what_display()
