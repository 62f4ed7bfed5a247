"""Making an empty database a training database."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from agencies import audit
from agencies.models import AuditEvent, User
from agencies.scope import acting_as_system
from casework.models import TrainingMark
from tips.models import Contact, Tip


@transaction.atomic
def mark(*, at: datetime) -> bool:
    """Mark this database for training; False when it is marked already.

    Raises ValidationError where CASEWORK_TRAINING is off, and for a database in which somebody has worked: what is
    real never becomes practice.
    """
    if not settings.TRAINING:
        raise ValidationError("This is no training desk. Set CASEWORK_TRAINING=1, with a database of its own.")
    with acting_as_system("mark_training") as system:
        if TrainingMark.objects.exists():
            return False
        if any(model.objects.exists() for model in (Tip, Contact, User, AuditEvent)):
            raise ValidationError("This database is in use. A training desk begins with an empty one.")
        TrainingMark(made_at=at).save(force_insert=True)
        audit.record("mark_training", kind="training", by=system, at=at)
    return True
