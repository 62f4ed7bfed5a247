"""A rule tried on past tips before it decides anything."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models import Agency, User
from casework.models.rule import RuleVersion


class RuleTrialQuerySet(models.QuerySet["RuleTrial"]):
    def visible_to(self, user: User) -> Self:
        """Trials on the tips of the user's own agency. Policy: `rule_trial_of_the_agency_whose_tips_it_reads`."""
        if not user.has_perm("casework.manage_rules"):
            return self.none()
        return self.filter(agency_id=user.acting_agency_id)


class RuleTrial(models.Model):
    """One dry run of one version over the tips that its agency holds. It keeps ids and counts, never facts.

    A job reads the tips in the order of `created_at` and id; `cursor_at` and `cursor_tip` are the last that it read.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="trials")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Whose tips are read.")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    since = models.DateTimeField()
    total_count = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    changed_tips = models.JSONField(default=list, help_text="Ids of the first of them.")
    cursor_at = models.DateTimeField(null=True, blank=True)
    cursor_tip = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RuleTrialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "agency"], condition=Q(finished_at=None), name="rule_trial_runs_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(changed_count__lte=F("done_count")), name="rule_trial_counts_what_it_read"
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(finished_at=None), name="rule_trial_to_run"),
        ]

    def __str__(self) -> str:
        return f"Trial of {self.rule}"
