"""The tip: narrow, because a million of them are read by key; what it says stands in tables of its own."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models import Agency, User


class Urgency(models.TextChoices):
    """Ruling 1: how soon the first action is due."""

    P0 = "P0", "P0 Act now"
    P1 = "P1", "P1 Within 1 hour"
    P2 = "P2", "P2 Within 24 hours"
    P3 = "P3", "P3 Three days"
    P4 = "P4", "P4 Five working days"


class RequestType(models.TextChoices):
    """The six request types of the field."""

    CRISIS = "crisis", "Crisis"
    TIP = "tip", "Tip"
    HIGH_RISK = "high_risk", "High risk (no clear signs of trafficking)"
    REFERRAL = "referral", "Referral"
    TRAINING = "training_and_technical_assistance", "Training and technical assistance"
    INFORMATION = "general_information", "General information"


class Door(models.TextChoices):
    GET_HELP = "get_help", "GET HELP"
    REPORT = "report", "REPORT A TIP"
    LEARN = "learn", "LEARN MORE"


DOOR_OF = {
    RequestType.CRISIS: Door.GET_HELP,
    RequestType.REFERRAL: Door.GET_HELP,
    RequestType.TIP: Door.REPORT,
    RequestType.HIGH_RISK: Door.REPORT,
    RequestType.TRAINING: Door.LEARN,
    RequestType.INFORMATION: Door.LEARN,
}


class Pillar(models.TextChoices):
    PREVENTION = "prevention", "Prevention"
    PROTECTION = "protection", "Protection"
    PROSECUTION = "prosecution", "Prosecution"
    PARTNERSHIP = "partnership", "Partnership (plan pillar 4: crosscutting)"


class IndicatorLevel(models.TextChoices):
    HIGH = "high", "High"
    MODERATE = "moderate", "Moderate"
    NONE = "none", "None"


class TipStatus(models.TextChoices):
    """Ruling 12."""

    NEW = "new", "New"
    IN_TRIAGE = "in_triage", "In triage"
    ROUTED = "routed", "Routed"
    IN_PROGRESS = "in_progress", "In progress"
    CLOSED = "closed", "Closed"
    MERGED = "merged", "Merged"


class Disposition(models.TextChoices):
    """Why a tip closes though no agency was ever asked."""

    ANSWERED = "answered", "Advice or numbers were enough"
    DECLINED = "declined", "The person wants nothing more from us"
    NO_CONTACT = "no_contact", "The person could not be reached again"
    TOO_LITTLE = "too_little", "Too little to act on"
    NO_SIGNS = "no_signs", "No signs of trafficking, and no need that we can pass on"
    KNOWN = "known", "The competent agency has it already"
    NOBODY = "nobody", "No agency can help with this"
    ERROR = "error", "Entered in error"


class ReopenReason(models.TextChoices):
    """Why a closed tip comes back."""

    NEW_CONTACT = "new_contact", "Somebody got in touch again"
    NEW_FACTS = "new_facts", "New facts came to light"
    NOT_HELPED = "not_helped", "The help did not hold"
    CLOSED_EARLY = "closed_early", "It was closed too early"
    ERROR = "error", "It was closed in error"


class TipQuerySet(models.QuerySet["Tip"]):
    def visible_to(self, user: User) -> Self:
        """Tips that the user's agency has a need to know, for roles that may read content.

        The row-level policy `tip_need_to_know` repeats this rule; the two are pinned by tests/architecture.
        """
        return self.filter(accesses__in=TipAccess.objects.held_by(user))


@tracked()
class Tip(models.Model):
    """The situation that one or more contacts tell of; what is triaged, routed, worked and closed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=32, unique=True)
    status = models.CharField(max_length=12, choices=TipStatus, default=TipStatus.NEW)
    request_type = models.CharField(max_length=40, choices=RequestType, blank=True)
    urgency = models.CharField(max_length=2, choices=Urgency, blank=True)
    indicator_level = models.CharField(max_length=8, choices=IndicatorLevel, blank=True)
    state = models.CharField(max_length=2, blank=True)
    county = models.CharField(max_length=100, blank=True)
    holder_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="held_tips")
    holder = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="held_tips")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    created_at = models.DateTimeField()
    triaged_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    disposition = models.CharField(max_length=12, choices=Disposition, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["new", "in_triage", "merged"]) | ~Q(urgency=""), name="tip_routed_has_urgency"
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at=None)),
                name="tip_closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False) | (~Q(status="merged") & Q(merged_into=None)),
                name="tip_merged_names_the_other",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def door(self) -> str:
        """The public door that this request type belongs to, or the empty string before triage."""
        return DOOR_OF[RequestType(self.request_type)].label if self.request_type else ""


class TipAccessQuerySet(models.QuerySet["TipAccess"]):
    def held_by(self, user: User) -> Self:
        """Access rows in force for the agency that the user acts for; none for roles without content."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        return self.filter(agency_id=user.acting_agency_id, valid_until__gt=Now())


# Where a tip that nobody triaged yet stands in a queue: right behind P0, since it may be anything.
NOT_TRIAGED = "P0+"


class TipAccess(models.Model):
    """Need to know is a row. It carries the tip's sort keys (kept by triggers), so that it drives every list.

    Written by the database functions `grant_access` and `end_access` alone: the runtime role can only read it.
    """

    class Level(models.TextChoices):
        WORKING = "working", "Working"
        LEAD = "lead", "Working and lead facts"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="accesses")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="accesses")
    level = models.CharField(max_length=8, choices=Level)
    is_holder = models.BooleanField(default=False)
    pillars = ArrayField(models.CharField(max_length=12), default=list, help_text="Empty: all of them.")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(help_text="31 Dec 9999 while open: Python cannot read infinity.")
    basis_kind = models.CharField(max_length=20)
    basis_id = models.UUIDField(null=True)
    status = models.CharField(max_length=12)
    urgency = models.CharField(max_length=3, help_text="The tip's, or NOT_TRIAGED.")
    next_due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = TipAccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tip access"
        constraints = [models.UniqueConstraint(fields=["tip", "agency"], name="tip_access_once_an_agency")]
        indexes = [
            models.Index(fields=["tip", "agency", "valid_until"], name="tip_access_for_policies"),
            models.Index(
                fields=["agency", "urgency", "next_due_at", "tip"],
                condition=~Q(status__in=["closed", "merged"]),
                name="tip_access_open_queue",
            ),
            models.Index(fields=["agency", "status", "urgency", "next_due_at", "tip"], name="tip_access_by_status"),
            models.Index("agency", F("created_at").desc(), name="tip_access_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} to {self.tip}"


class PersonalAccess(models.Model):
    """What is given to one person for a time: emergency access, identity. Granted by another human being."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="personal_accesses")
    person = models.ForeignKey("tips.Person", null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="personal_accesses")
    level = models.CharField(max_length=10)
    fields = ArrayField(models.CharField(max_length=60), default=list)
    reason = models.CharField(max_length=60)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "personal access"
        constraints = [
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("granted_by")), name="personal_access_takes_two_people"
            )
        ]
        indexes = [models.Index(fields=["tip", "user", "valid_until"])]

    def __str__(self) -> str:
        return f"{self.user} to {self.tip}"
