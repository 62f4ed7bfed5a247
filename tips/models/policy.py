"""Policies that each deployment answers for itself: asked by one person, put in force by another."""

from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models import User


class Switch(models.TextChoices):
    """Rulings 3 and 23. The value is the name of the fact that the rules read."""

    THIRD_PARTY = "third_party_switch", "Tips of third parties about adults: may law enforcement be told?"
    IMMIGRATION = (
        "immigration_switch",
        "Adults who may be non-citizens: may a body that enforces immigration law be told?",
    )


class Answer(models.TextChoices):
    UNSET = "unset", "Not decided: a supervisor decides on each such tip"
    NEVER = "never", "Never"
    CONSENT_ONLY = "consent_only", "Only with the person's own yes"
    CREDIBLE_AND_UNABLE = (
        "credible_and_unable",
        "Only when two people found the tip credible and the person unable to seek help",
    )
    ALWAYS = "always", "Always"
    AS_OTHERS = "as_other_law_enforcement", "As other law enforcement"


ANSWERS: dict[Switch, tuple[Answer, ...]] = {
    Switch.THIRD_PARTY: (
        Answer.NEVER,
        Answer.CONSENT_ONLY,
        Answer.CREDIBLE_AND_UNABLE,
        Answer.ALWAYS,
        Answer.UNSET,
    ),
    Switch.IMMIGRATION: (Answer.NEVER, Answer.CONSENT_ONLY, Answer.AS_OTHERS, Answer.UNSET),
}


class PolicyStatus(models.TextChoices):
    """Ruling 12, as for every question to a second person."""

    ASKED = "asked", "Waits for a second person"
    GIVEN = "given", "Decided"
    REFUSED = "refused", "Refused"
    LAPSED = "lapsed", "Taken back"


class PolicyAnswerQuerySet(models.QuerySet["PolicyAnswer"]):
    def given(self) -> "PolicyAnswerQuerySet":
        """What was decided; the newest of a switch is in force."""
        return self.filter(status=PolicyStatus.GIVEN)


class PolicyAnswer(models.Model):
    """One answer to one switch. The newest that was given is in force: no row is ever changed by a later one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    switch = models.CharField(max_length=20, choices=Switch)
    answer = models.CharField(max_length=24, choices=Answer)
    reason = models.CharField(max_length=300, help_text="Shown in public with the answer. Name no person and no case.")
    status = models.CharField(max_length=8, choices=PolicyStatus, default=PolicyStatus.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PolicyAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "policy"
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="policy_takes_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["given", "refused"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="policy_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="policy_says_why"),
            models.CheckConstraint(
                condition=Q(
                    switch="third_party_switch",
                    answer__in=["never", "consent_only", "credible_and_unable", "always", "unset"],
                )
                | Q(
                    switch="immigration_switch",
                    answer__in=["never", "consent_only", "as_other_law_enforcement", "unset"],
                ),
                name="policy_answer_fits_its_switch",
            ),
            models.UniqueConstraint(
                fields=["switch"], condition=Q(status="asked"), name="policy_is_asked_once_at_a_time"
            ),
        ]
        indexes = [
            models.Index("switch", F("decided_at").desc(), condition=Q(status="given"), name="policy_in_force"),
        ]

    def __str__(self) -> str:
        return self.get_switch_display()
