"""What was told: the raw words stay with the agency that took them; the shared account is what others work with."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models import Agency, User
from tips.models.contact import Contact
from tips.models.tip import Pillar, Tip


class Narrative(models.Model):
    """The raw words of one contact, encrypted. Policy: the agency that took it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="narrative")
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="narratives")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    text = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return "narrative"


@tracked(exclude=["search"])
class SharedAccount(models.Model):
    """What happened, in words that name nobody, read and confirmed by a human. Only this is searched and compared.

    `number` counts the confirmations; each is kept. The database sets `stale_since` when what was told changes after.
    """

    tip = models.OneToOneField(Tip, primary_key=True, on_delete=models.PROTECT, related_name="shared_account")
    text = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    number = models.PositiveIntegerField(default=0)
    stale_since = models.DateTimeField(null=True, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("text", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(text="") | Q(confirmed_at__isnull=False), name="shared_account_was_confirmed"
            )
        ]
        indexes = [GinIndex(fields=["search"], name="shared_account_search")]

    def __str__(self) -> str:
        return "shared account"


class Situation(models.Model):
    """The coded facts of a tip that are not about one person: codes of tips/reference/facts, never free text."""

    tip = models.OneToOneField(Tip, primary_key=True, on_delete=models.PROTECT, related_name="situation")
    facts = models.JSONField(default=dict)
    codes = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="Codes of tips/reference/codes.json by list.",
    )
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return "situation"


class Indication(models.Model):
    """The words that led to one code, encrypted. Policy: the agency that took them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="indications")
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="indications")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    code_list = models.CharField(max_length=12, help_text="A list of tips/reference/codes.json.")
    code = models.CharField(max_length=60)
    value = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["tip"])]

    def __str__(self) -> str:
        return "words behind a code"


class Place(models.Model):
    """Where something happens, as coarse as it was told; a street address is an Identifier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="places")
    country = models.CharField(max_length=2, default="US")
    state = models.CharField(max_length=2, blank=True)
    county = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    tribal_land = models.CharField(max_length=120, blank=True)
    road = models.CharField(max_length=200, blank=True, db_default="")
    military_base = models.CharField(max_length=120, blank=True, db_default="")
    words = models.CharField(max_length=200, blank=True, help_text="Somewhere near ...")
    is_where_needed = models.BooleanField(default=True, help_text="Where the service is needed.")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="place_ends_after_it_began",
            )
        ]
        indexes = [models.Index(fields=["tip"])]

    def __str__(self) -> str:
        return "place"


class Note(models.Model):
    """A line written while working; its agency's own until it shares it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="notes")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    pillar = models.CharField(max_length=12, choices=Pillar, blank=True)
    text = models.TextField()
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tip", "created_at"])]

    def __str__(self) -> str:
        return "note"
