"""Tips that are one, and persons that are one: both can be taken back, and neither moves a row."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models import User
from tips.models.person import Person
from tips.models.tip import Tip, TipStatus, Urgency


class Merging(models.Model):
    """One tip counted and worked with an older one. Its rows stay its own; this row says how both were before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="mergings")
    kept = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="kept_mergings")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    status_before = models.CharField(max_length=12, choices=TipStatus)
    closed_at_before = models.DateTimeField(null=True, blank=True)
    kept_urgency_before = models.CharField(
        max_length=2, choices=Urgency, blank=True, help_text="The kept tip's own, without what is merged into it."
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undo_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tip"], condition=Q(undone_at=None), name="merging_stands_once"),
            models.CheckConstraint(condition=~Q(tip=F("kept")), name="merging_takes_two_tips"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
                name="merging_undone_says_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tip} in {self.kept}"


class SamePersonQuerySet(models.QuerySet["SamePerson"]):
    def standing(self) -> Self:
        """Links that nobody took back."""
        return self.filter(ended_at=None)


class SamePerson(models.Model):
    """Two persons on two tips who are one. Seen by those who see both tips; nothing is merged by it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    one = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="same_as")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="same_as_other")
    one_tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="+")
    other_tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True)

    objects = SamePersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other"], condition=Q(ended_at=None), name="same_person_is_linked_once"
            ),
            # The lower id comes first, so that a link is found whoever is asked.
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="same_person_lower_id_first"),
            models.CheckConstraint(condition=~Q(one_tip=F("other_tip")), name="same_person_is_on_two_tips"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="same_person_ended_says_by_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return "same person"
