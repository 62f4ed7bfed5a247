"""Walls: who must never see a tip, its existence included."""

from django.db import models
from django.db.models import Q

from agencies.ids import uuid7
from agencies.models import Agency, User
from tips.models.tip import Tip


class Wall(models.Model):
    """An agency or a person kept from a tip: accused in it, or walled off by their own wish (rulings 2 and 29).

    It holds for every tip merged with this one and for an agency's successors. The database hides the tip
    (`casework_walled_tips`) and, by a trigger, ends what was open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="walls")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="walls")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="walls")
    reason = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tip", "agency", "user"],
                condition=Q(lifted_at=None),
                nulls_distinct=False,
                name="wall_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(agency=None, user__isnull=False) | Q(agency__isnull=False, user=None),
                name="wall_keeps_an_agency_or_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency or self.user} kept from {self.tip}"
