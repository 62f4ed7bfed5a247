"""What stands beside a contact: who interpreted, files, numbers that abuse the line, guide, state duties."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models import Agency, User
from tips.models.contact import Contact
from tips.models.person import YesNoUnknown
from tips.models.tip import Tip


class Interpretation(models.Model):
    """Who interpreted a contact and how it went. A yes or no through somebody close does not count (ruling 11)."""

    class Who(models.TextChoices):
        PROFESSIONAL = "professional", "Professional interpreter"
        STAFF = "staff", "A colleague who speaks the language"
        RELATIVE = "relative", "A relative"
        EMPLOYER = "employer", "An employer"
        COMPANION = "companion", "Somebody who is with them"
        CHILD = "child", "A child"

    contact = models.OneToOneField(Contact, primary_key=True, on_delete=models.PROTECT, related_name="interpretation")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Whose contact this is.")
    who = models.CharField(max_length=12, choices=Who, blank=True)
    vendor = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=40, blank=True, help_text="The interpreter's own number at the vendor.")
    minutes_until_connected = models.PositiveSmallIntegerField(null=True, blank=True)
    was_lost = models.BooleanField(default=False, help_text="The interpreter was lost during the contact.")
    dialect = models.CharField(max_length=120, blank=True)
    is_feared = models.CharField(
        max_length=7,
        choices=YesNoUnknown,
        default=YesNoUnknown.UNKNOWN,
        help_text="The person knows or fears this interpreter.",
    )

    def __str__(self) -> str:
        return "interpretation"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """Files that the user's own agency took. Policy: `attachment_of_the_agency_that_took_it`."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        return self.filter(agency_id=user.acting_agency_id)


class Attachment(models.Model):
    """A file that somebody sent. Its bytes lie encrypted in the attachments directory, under this row's id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="attachments")
    tip = models.ForeignKey(Tip, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who took it.")
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.BinaryField(help_text="The name that the file came with, encrypted.")
    content_type = models.CharField(max_length=40, help_text="By content, never by name.")
    size = models.PositiveIntegerField(help_text="Bytes as they are stored, before encryption.")
    is_scanned = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["contact"]), models.Index(fields=["tip"])]

    def __str__(self) -> str:
        return "attachment"


class CallerFlag(models.Model):
    """A number that abused the line, for a time. It is a remark beside the contact; it hides no call and no button."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="flags", help_text="Set on this one.")
    number_hash = models.BinaryField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="flag_has_an_end")]
        indexes = [models.Index(fields=["agency", "number_hash"], name="caller_flag_by_number")]

    def __str__(self) -> str:
        return "flag"


class GuideQuestion(models.Model):
    """A question of the call guide, in the words to say; supervisors edit them. No case content."""

    code = models.SlugField(primary_key=True, max_length=40)
    text = models.CharField(max_length=300)
    why = models.CharField(max_length=300, blank=True, help_text="Why we ask, or what to listen for.")
    listened = models.CharField(
        max_length=300,
        blank=True,
        help_text="While somebody listens: yes or no is enough, and it could be any call. Empty: not asked then.",
    )
    door = models.CharField(max_length=12, blank=True, help_text="A door, or empty for all of them.")
    situation = models.CharField(max_length=20, blank=True, help_text="A kind of exploitation, minor, or empty.")
    order = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["order"])]

    def __str__(self) -> str:
        return self.text


class StateDuty(models.Model):
    """What must be reported about a child in one state, and the words to say it; a second person verifies."""

    state = models.CharField(max_length=2, primary_key=True)
    duty = models.CharField(max_length=500, blank=True, help_text="What must be reported.")
    words = models.CharField(max_length=500, blank=True, help_text="The words to say it to a child.")
    report_to = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=300, blank=True)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "state duties"
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(written_by=None) | ~Q(verified_by=F("written_by")),
                name="state_duty_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None) | (Q(verified_by__isnull=False) & ~Q(duty="") & ~Q(source="")),
                name="state_duty_verified_says_what_and_whence",
            ),
        ]

    def __str__(self) -> str:
        return self.state
