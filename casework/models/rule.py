"""Rules about the world as versioned rows, and the record of what they proposed on a tip."""

from django.db import models
from django.db.models import F, Q

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models import Agency, User
from tips.models import Tip


class RuleStatus(models.TextChoices):
    """Ruling 12."""

    DRAFT = "draft", "Draft"
    IN_FORCE = "in_force", "In force"
    RETIRED = "retired", "Retired"


@tracked()
class RuleVersion(models.Model):
    """One version of one rule: routing, clock, check, gate, playbook, or row of what may be told.

    The body is what the evaluator reads.
    """

    class Kind(models.TextChoices):
        ROUTING = "routing", "Routing rule"
        CLOCK = "clock", "Clock, check or gate"
        PLAYBOOK = "playbook", "Playbook"
        SHARING = "sharing", "What may be told"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=RuleStatus, default=RuleStatus.DRAFT)
    body = models.JSONField()
    source = models.CharField(max_length=300, blank=True)
    confidence = models.CharField(max_length=120, blank=True)
    proposed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    in_force_from = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Of the row, against lost updates.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "number"], name="rule_version_is_numbered_once"),
            models.UniqueConstraint(
                fields=["kind", "code"], condition=Q(status="in_force"), name="rule_has_one_version_in_force"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(proposed_by=None) | ~Q(approved_by=F("proposed_by")),
                name="rule_takes_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} version {self.number}"


class Proposal(models.Model):
    """What the rules proposed for a tip at one moment, with the versions; a tip keeps what it was routed with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="proposals")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    rules = models.JSONField(default=list, help_text="[{id, version}] of the rules that fired.")
    policies = models.JSONField(default=list, help_text="[{switch, answer, id}] of the policies in force then.")
    third_party = models.JSONField(default=dict, help_text="Where ruling 3 covers the tip: ground, rules, wish.")
    result = models.JSONField(default=dict, help_text="As `manage.py propose` prints it.")
    override_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tip", "made_at"])]

    def __str__(self) -> str:
        return "proposal"
