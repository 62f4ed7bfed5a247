"""The mark of a training database: what holds it was made for practice, and no real desk may serve it."""

from django.db import models
from django.db.models import Q


class TrainingMark(models.Model):
    """One row, written into an empty database and never removed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="training_mark_stands_once")]

    def __str__(self) -> str:
        return "training"
