"""A contact: one call, text, chat, mail, form, letter or visit; and what the operator types while it goes on."""

from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models import Agency, Service, User
from tips.models.tip import RequestType, Tip


class Channel(models.TextChoices):
    CALL = "call", "Call"
    TEXT = "text", "Text"
    WEB_CHAT = "web_chat", "Web chat"
    EMAIL = "email", "E-mail"
    WEB_FORM = "web_form", "Web form"
    LETTER = "letter", "Letter"
    WALK_IN = "walk_in", "Walk-in"
    VOICEMAIL = "voicemail", "Voicemail"
    RELAY = "relay", "TTY or relay"
    VIDEO_RELAY = "video_relay", "Video relay"
    SOCIAL = "social", "Social media message"
    TRANSFER = "transfer", "Transfer from another hotline"
    PARTNER = "partner", "Partner agency"


class KnowsHow(models.TextChoices):
    """How the person in contact knows what they tell."""

    SELF = "self", "It happens to them"
    DIRECT = "direct", "Was told by the person"
    OBSERVATION = "observation", "Saw it"
    INDIRECT = "indirect", "Heard of it"
    UNKNOWN = "unknown", "Not known"


class Interpreter(models.TextChoices):
    NOT_NEEDED = "not_needed", "Not needed"
    NEEDED = "needed", "Needed, not yet there"
    CONNECTED = "connected", "Professional interpreter connected"
    REFUSED = "refused", "Offered, not wanted"
    INFORMAL = "informal", "Somebody they know interprets"


class Danger(models.TextChoices):
    """The codes of the fact `danger`, and that nobody asked yet."""

    NOT_ASKED = "not_asked", "Not asked yet"
    LIFE = "life", "Danger to life now"
    ONGOING = "ongoing", "Dangerous, but not likely within hours"
    NONE = "none", "None known after asking"
    UNKNOWN = "unknown", "Not known"


class NonActionable(models.TextChoices):
    HANG_UP = "hang_up", "Hang-up"
    WRONG_NUMBER = "wrong_number", "Wrong number"
    PRANK = "prank", "Prank"
    SILENT = "silent", "Silent after the tap-or-press script"
    TEST = "test", "Test"
    OUT_OF_SCOPE = "out_of_scope", "Out of scope"
    ABUSIVE = "abusive", "Abusive"
    CONTINUED = "continued", "Goes on in an earlier contact"


class ContactStatus(models.TextChoices):
    """Ruling 12."""

    DRAFT = "draft", "In progress"
    ENDED = "ended", "Ended"


class AnsweredAs(models.TextChoices):
    """What an answered contact was about."""

    CALLER_SUPPORT = "caller_support", "Caller support"
    STATISTICS = "statistics", "Statistics or general information"
    NUMBER_GIVEN = "number_given", "A number was given"


class EndedAs(models.TextChoices):
    NON_ACTIONABLE = "non_actionable", "Non-actionable"
    ANSWERED = "answered", "Answered"
    ON_TIP = "on_tip", "On a tip"


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> Self:
        """Contacts that the user's own agency took. Policy: `contact_of_the_agency_that_took_it`."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        return self.filter(agency_id=user.acting_agency_id)


class Contact(models.Model):
    """One contact. The words told stand in Narrative, the people in Person; here are codes and times."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="contacts")
    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="contacts")
    status = models.CharField(max_length=8, choices=ContactStatus, default=ContactStatus.DRAFT)
    channel = models.CharField(max_length=12, choices=Channel)
    is_outgoing = models.BooleanField(default=False)
    started_at = models.DateTimeField(help_text="When it happened.")
    ended_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    is_back_filled = models.BooleanField(default=False, help_text="Entered after it happened.")
    caller_type = models.CharField(max_length=24, default="unknown", help_text="A code of the fact `reporter`.")
    knows_how = models.CharField(max_length=12, choices=KnowsHow, default=KnowsHow.UNKNOWN)
    language = models.CharField(max_length=60, blank=True)
    interpreter = models.CharField(max_length=12, choices=Interpreter, default=Interpreter.NOT_NEEDED)
    danger = models.CharField(max_length=10, choices=Danger, default=Danger.NOT_ASKED)
    ended_as = models.CharField(max_length=15, choices=EndedAs, blank=True)
    end_reason = models.CharField(max_length=15, choices=NonActionable, blank=True)
    request_type = models.CharField(max_length=40, choices=RequestType, blank=True)
    answered_as = models.CharField(max_length=15, choices=AnsweredAs, blank=True, db_default="")
    external_id = models.CharField(
        max_length=120, blank=True, db_default="", help_text="The telephone system's own id of the call."
    )
    number = models.BinaryField(null=True, blank=True, help_text="The number of the person in contact, encrypted.")
    number_hash = models.BinaryField(null=True, blank=True)
    asked = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=models.Value([], ArrayField(models.CharField(max_length=40))),
        blank=True,
        help_text="Codes of the guide's questions.",
    )
    told_duty_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person who may be under 18 was told what must be reported."
    )
    is_doubtful = models.BooleanField(default=False, db_default=False, help_text="May not be who they say they are.")
    tip = models.ForeignKey(Tip, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts")
    version = models.PositiveIntegerField(default=1)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", ended_as="") | (Q(status="ended") & ~Q(ended_as="")),
                name="contact_ended_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(ended_as="on_tip") | Q(tip__isnull=False), name="contact_on_tip_names_its_tip"
            ),
            models.CheckConstraint(
                condition=~Q(ended_as="non_actionable") | ~Q(end_reason=""), name="contact_non_actionable_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(ended_as="answered") | ~Q(request_type=""), name="contact_answered_is_coded"
            ),
            models.UniqueConstraint(
                fields=["agency", "external_id"], condition=~Q(external_id=""), name="contact_opens_once_for_each_call"
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number_hash__isnull=False), name="contact_number_can_be_matched"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="contact_ends_after_it_began"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "started_at"], name="contact_of_agency_by_time"),
            models.Index(fields=["tip"]),
            models.Index(fields=["taker"], condition=Q(status="draft"), name="contact_in_progress"),
            models.Index(
                fields=["agency", "number_hash"],
                condition=Q(number_hash__isnull=False),
                name="contact_of_agency_by_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} contact"


class Draft(models.Model):
    """What the operator typed so far, as one encrypted blob; no history; gone when the contact ends."""

    contact = models.OneToOneField(Contact, primary_key=True, on_delete=models.CASCADE, related_name="draft")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="drafts")
    handed_to = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="handed_drafts")
    handed_from = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who handed it over last."
    )
    content = models.BinaryField()
    sequence = models.PositiveIntegerField(default=0, help_text="Saves with a lower number come too late.")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return "draft"

    @property
    def typist_id(self) -> UUID:
        """Who types now: the colleague it was handed to, else who began."""
        return self.handed_to_id or self.user_id


class ResourceGiven(models.Model):
    """A directory entry read out, texted or mailed; no agency is told and nothing is awaited."""

    class How(models.TextChoices):
        READ_OUT = "read_out", "Read out"
        TEXTED = "texted", "Texted"
        MAILED = "mailed", "Mailed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="resources")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", help_text="Whose contact this is: the policy's column."
    )
    given = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="times_given")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    needs = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    how = models.CharField(max_length=10, choices=How)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "resources given"
        indexes = [models.Index(fields=["contact"])]

    def __str__(self) -> str:
        return str(self.given)
