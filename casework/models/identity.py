"""Names and contact details opened by two people: the question of one, the answer of another."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models import Agency, User
from casework.models.approval import ApprovalStatus
from tips.models import Person, Tip

# Ruling 14 (d).
LONGEST = timedelta(minutes=60)


class IdentityReason(models.TextChoices):
    """Why more than a call-back is needed."""

    REACH = "reach", "The safe ways to reach the person do not work"
    PROTECT = "protect", "To keep the person safe"
    REPORT = "report", "For a report that the law asks for"
    SAME = "same", "To tell whether two persons are one"
    CORRECT = "correct", "To put right what was written down"


class EmergencyReason(models.TextChoices):
    """Why nobody can wait for a second person: death or serious injury is likely within hours (ruling 2)."""

    FIND = "find", "To find the person before they die or are hurt"
    MEDICAL = "medical", "Those who give medical help need it now"
    WARN = "warn", "To warn the person of a danger to their life"


class IdentityAsk(models.Model):
    """One question: these fields of this person, for whoever asks, for an hour at most. A trigger grants the yes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    fields = ArrayField(models.CharField(max_length=60))
    reason = models.CharField(max_length=12, choices=IdentityReason)
    status = models.CharField(max_length=8, choices=ApprovalStatus, default=ApprovalStatus.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "identity question"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="identity_takes_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["given", "refused"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="identity_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="given")
                | Q(open_until__gt=F("decided_at"), open_until__lte=F("decided_at") + LONGEST),
                name="identity_is_open_for_an_hour_at_most",
            ),
            models.CheckConstraint(condition=~Q(fields=[]), name="identity_asks_for_something"),
            models.UniqueConstraint(
                fields=["person", "asked_by"], condition=Q(status="asked"), name="identity_is_asked_once_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["tip"])]

    def __str__(self) -> str:
        return "identity question"
