"""The trail: who did, saw or disclosed what, why and on what basis; and the seals over it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from agencies.ids import uuid7


class AuditEvent(models.Model):
    """One deed, look, disclosure or refusal. Holds ids, codes and field names, never values.

    No foreign keys: the trail outlives what it speaks of. `at` is when it happened, `recorded_at` is the database's
    clock; they differ only for demo seeding and for contacts that were entered afterwards.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    transaction = models.BigIntegerField(
        db_default=models.Func(function="casework_transaction", output_field=models.BigIntegerField()),
        help_text="The database's transaction number: only rows of finished transactions are sealed.",
    )
    actor = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=150, blank=True)
    agency = models.UUIDField(null=True)
    agency_name = models.CharField(max_length=255, blank=True)
    role = models.CharField(max_length=12, blank=True)
    verb = models.CharField(max_length=60)
    kind = models.CharField(max_length=40, help_text="What was acted on: tip, referral, contact, list ...")
    object_id = models.CharField(max_length=64, blank=True)
    tip = models.UUIDField(null=True)
    pillar = models.CharField(max_length=12, blank=True)
    outcome = models.CharField(max_length=10, default="done", help_text="done or refused")
    reason = models.CharField(max_length=200, blank=True, help_text="A code or the basis; never free text of a record.")
    fields = ArrayField(models.CharField(max_length=80), default=list)
    details = models.JSONField(default=dict, help_text="Ids and codes only.")

    class Meta:
        indexes = [
            models.Index(fields=["tip", "at"], name="audit_of_a_tip"),
            models.Index(fields=["actor", "at"], name="audit_of_an_actor"),
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["transaction"], name="audit_by_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind}"


class Seal(models.Model):
    """A link of the hash chain over a batch of audit events, written afterwards by a job.

    Numbered 1, 2, 3 ... without gaps by the sealer, who holds a lock: a missing number is a removed seal.
    """

    id = models.BigIntegerField(primary_key=True)
    form = models.PositiveSmallIntegerField(help_text="Which list of columns was hashed: agencies/chain/form.py.")
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    event_count = models.IntegerField()
    horizon = models.BigIntegerField(help_text="Where the next search begins: a transaction number, never a proof.")
    previous_hash = models.BinaryField()
    hash = models.BinaryField(help_text="Over the last event's hash and this row.")
    sealed_at = models.DateTimeField(help_text="The database's clock, after the events were read.")

    def __str__(self) -> str:
        return f"events {self.first_event} to {self.last_event}"


class SealedEvent(models.Model):
    """The chain's hash of one event. Its own row, so that the event itself is never touched again."""

    event = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="events", db_index=False)
    place = models.IntegerField(help_text="Place within the seal, from 0.")
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "place"], name="sealed_event_has_its_place")]

    def __str__(self) -> str:
        return f"event {self.event}"


class Anchor(models.Model):
    """A head of the chain that left the house (by mail or file), so that a cut tail shows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seal = models.BigIntegerField()
    hash = models.BinaryField()
    anchored_at = models.DateTimeField()
    sent_to = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"anchor of seal {self.seal}"
