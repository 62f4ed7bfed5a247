"""Who is reached when something cannot wait: the chain of people on call, alarms, and the calls that they cause."""

from typing import Self

from django.db import models
from django.db.models import Q

from agencies.ids import uuid7
from agencies.models.agency import Agency
from agencies.models.person import User


class OnCallQuerySet(models.QuerySet["OnCall"]):
    def visible_to(self, user: User) -> Self:
        """The own desk's chain. Policy: `on_call_seen_by_its_desk`."""
        return self.filter(agency_id=user.acting_agency_id) if user.has_perm("tips.read_content") else self.none()


class OnCall(models.Model):
    """One place in a desk's on-call chain. `pager` is what the hook knows the person by, never a name or number."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="on_call")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="on_call")
    position = models.PositiveSmallIntegerField(help_text="1 is called first.")
    pager = models.CharField(max_length=60, blank=True)

    objects = OnCallQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "on call"
        constraints = [
            models.UniqueConstraint(fields=["agency", "position"], name="on_call_place_is_held_once"),
            models.UniqueConstraint(fields=["agency", "user"], name="on_call_stands_once_in_a_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.user}"


class AlarmReason(models.TextChoices):
    """Why people are called: ruling 4 lets only P0, an unseen P1 and a breach do so; danger and call-backs are P0."""

    DANGER = "danger", "Danger to life"
    ACT_NOW = "act_now", "A tip was set to P0 Act now"
    UNSEEN = "unseen", "Nobody has opened a P1 tip"
    BREACH = "breach", "A time limit has passed"


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def visible_to(self, user: User) -> Self:
        """The own desk's alarms. Policy: `alarm_of_own_desk`."""
        return self.filter(agency_id=user.acting_agency_id) if user.has_perm("tips.read_content") else self.none()

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)


class Alarm(models.Model):
    """Something that cannot wait, until somebody answers by name. Content-free: a reason, a reference, a path."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="alarms", help_text="Whose desk.")
    reason = models.CharField(max_length=8, choices=AlarmReason)
    reference = models.CharField(max_length=40, blank=True)
    path = models.CharField(max_length=200, help_text="Where it is looked after, once signed in.")
    tip = models.UUIDField(null=True, help_text="Its id alone, for the trail: this room knows no tips.")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    climbs_at = models.DateTimeField(help_text="When the next person is called, if nobody answers.")
    calls = models.PositiveSmallIntegerField(default=0, help_text="How many people on call were called so far.")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "reason", "path"], condition=Q(answered_at=None), name="alarm_sounds_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="alarm_answered_by_name",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "raised_at"], condition=Q(answered_at=None), name="alarm_unanswered"),
            models.Index(fields=["climbs_at"], condition=Q(answered_at=None), name="alarm_to_climb"),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()


class AlarmCall(models.Model):
    """One call of one person on call; the worker makes it through the hook. Holds no content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="made_calls")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="The policy's column.")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    pager = models.CharField(max_length=60, blank=True)
    number = models.PositiveSmallIntegerField(help_text="The how-manieth call of this alarm.")
    called_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=120, blank=True, help_text="Class of the last error; never its text.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alarm", "number"], name="alarm_call_is_numbered")]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(delivered_at=None), name="alarm_call_still_to_make"),
        ]

    def __str__(self) -> str:
        return f"call {self.number}"
