"""What a person agreed to, or refused: to whom, for what, which fields, how it was explained, until when."""

from datetime import UTC, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models import Agency, AgencyKind, User
from tips.models.contact import Channel
from tips.models.person import Person
from tips.models.tip import Tip

# A refusal is a fact and does not run out; Python cannot read infinity.
NO_END = datetime(9999, 12, 31, tzinfo=UTC)


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, at: datetime) -> Self:
        """What stands at this moment: begun, not over, not withdrawn."""
        return self.filter(valid_from__lte=at, valid_until__gt=at, withdrawn_at=None)


@tracked(exclude=["text"])
class Consent(models.Model):
    """One yes or no of one person to one recipient. `text` is what was read out or shown; its hash proves it."""

    class How(models.TextChoices):
        SIGNED = "signed", "Signed form"
        ELECTRONIC = "electronic", "Electronic signature"
        SPOKEN = "spoken", "Spoken, read back"
        THREE_WAY = "three_way", "Said in a three-way call"

    class GivenBy(models.TextChoices):
        PERSON = "person", "The person"
        BOTH = "both", "The person and a parent or guardian"
        GUARDIAN = "guardian", "A guardian alone"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    recipient = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recipient_kind = models.ForeignKey(AgencyKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_refusal = models.BooleanField(default=False)
    purpose = models.CharField(max_length=60, help_text="A need.")
    fields = ArrayField(models.CharField(max_length=60), default=list)
    how = models.CharField(max_length=12, choices=How)
    language = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True, db_default="", help_text="What was read out or shown, word for word.")
    text_hash = models.CharField(max_length=64, blank=True, db_default="", help_text="SHA-256 of the text.")
    given_by = models.CharField(max_length=8, choices=GivenBy, default=GivenBy.PERSON, db_default="person")
    has_no_conflict = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Somebody made sure that the guardian is not accused and does not control the person.",
    )
    explained_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    witness = models.CharField(max_length=120, blank=True, db_default="", help_text="Role of whoever listened.")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=12, choices=Channel, blank=True, db_default="", help_text="Channel.")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(recipient_kind__isnull=False), name="consent_names_a_recipient"
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="consent_has_an_end"),
            models.CheckConstraint(
                condition=Q(given_by="person") | Q(has_no_conflict=True), name="consent_of_a_guardian_is_checked"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("valid_from")),
                name="consent_is_withdrawn_after_it_was_given",
            ),
            models.CheckConstraint(condition=Q(text="") | ~Q(text_hash=""), name="consent_text_has_its_hash"),
        ]
        indexes = [models.Index(fields=["tip"]), models.Index(fields=["person"])]

    def __str__(self) -> str:
        return "refusal" if self.is_refusal else "consent"
