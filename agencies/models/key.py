"""Which keys this database was written with, so that a lost key ring shows at start."""

from django.db import models
from django.utils import timezone


class KeyMark(models.Model):
    """The id of a key of the ring, never the key."""

    key_id = models.CharField(primary_key=True, max_length=40)
    first_seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key_id
