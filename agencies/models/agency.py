"""Who can receive a referral: agency kinds, agencies, groups."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.history import tracked
from agencies.ids import uuid7

if TYPE_CHECKING:
    from agencies.models.person import User


class AgencyKind(models.Model):
    """One row of reference/agency_kinds.csv: what an agency is, for routing and for the law's purposes."""

    code = models.SlugField(primary_key=True, max_length=60)
    label = models.CharField(max_length=120)
    family = models.CharField(max_length=40)
    functions = ArrayField(models.CharField(max_length=60), default=list)
    sectors = ArrayField(models.CharField(max_length=60), default=list)
    is_law_enforcement_for_consent = models.BooleanField(default=False, help_text="Ruling 30 (b).")
    is_immigration_enforcement = models.BooleanField(default=False, help_text="Ruling 23.")
    source = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.label


class AgencyQuerySet(models.QuerySet["Agency"]):
    def visible_to(self, user: "User") -> Self:
        """The directory is open to every signed-in member of staff; confidential places are rows of their own."""
        return self if user.is_active and user.acting_agency_id else self.none()

    def receiving(self) -> Self:
        """Agencies that a referral may be sent to now."""
        return self.filter(is_active=True, succeeded_by=None).exclude(accepts_by=Agency.AcceptsBy.NONE)


@tracked(exclude=["extra"])
class Agency(models.Model):
    """Any organisation that can take part: federal, state, local, tribal, private, civil society and the rest."""

    class AcceptsBy(models.TextChoices):
        INBOX = "inbox", "Inbox in Casework"
        LINK = "link", "One-time link"
        PHONE = "phone", "Phone"
        PORTAL = "portal", "Its own portal"
        LETTER = "letter", "Fax or letter"
        NONE = "none", "Takes no referrals"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=255)
    alternate_name = models.CharField(max_length=255, blank=True)
    description = models.TextField(blank=True)
    kind = models.ForeignKey(AgencyKind, on_delete=models.PROTECT, related_name="agencies")
    functions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    sectors = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    is_group = models.BooleanField(default=False, help_text="A task force, coalition or multidisciplinary team.")
    is_hotline = models.BooleanField(default=False, help_text="Takes contacts: its members work at the desk.")
    funded_under = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="VAWA, VOCA, FVPSA: ruling 11 binds it."
    )
    accepts_by = models.CharField(max_length=10, choices=AcceptsBy, default=AcceptsBy.INBOX)
    email = models.EmailField(blank=True, help_text="Where notices go; never content.")
    website = models.URLField(max_length=500, blank=True)
    languages = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    verified_at = models.DateTimeField(null=True, blank=True)
    succeeded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=120, blank=True, help_text="The file or system that it was imported from.")
    source_id = models.CharField(max_length=120, blank=True)
    extra = models.JSONField(default=dict, blank=True, help_text="Properties of the source that we do not use.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source_id=""), name="agency_is_imported_once"
            ),
            models.CheckConstraint(condition=~Q(succeeded_by=F("id")), name="agency_does_not_succeed_itself"),
        ]
        indexes = [models.Index(fields=["kind", "is_active"]), models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """An agency's seat in a group; a referral to a group is addressed to chosen members (ruling 20)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="seats")
    member = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="groups")
    is_co_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "member"], name="group_member_sits_once"),
            models.CheckConstraint(condition=~Q(group=F("member")), name="group_is_not_its_own_member"),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.group}"
