"""A conversation while it runs: danger raised in it, the line that broke, who took it over, help that was asked for."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.ids import uuid7
from agencies.models import Agency, User
from tips.models.contact import Contact
from tips.models.person import YesNoUnknown


class OwnQuerySet(models.QuerySet["models.Model"]):
    def visible_to(self, user: User) -> Self:
        """Rows of contacts that the user's own agency took."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        return self.filter(agency_id=user.acting_agency_id)


def _user(help_text: str = "") -> "models.ForeignKey[User, User]":
    return models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text=help_text)


def _maybe_user() -> "models.ForeignKey[User | None, User | None]":
    return models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


def _own_agency() -> "models.ForeignKey[Agency, Agency]":
    return models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", help_text="Whose contact this is: the policy's column."
    )


def _answer() -> "models.CharField[str, str]":
    return models.CharField(max_length=7, choices=YesNoUnknown, blank=True, help_text="Empty: not asked.")


class SafeToTalk(models.TextChoices):
    YES = "yes", "Yes"
    YES_OR_NO = "yes_or_no", "Only yes or no"
    LISTENED = "listened", "Somebody is listening"
    UNKNOWN = "unknown", "Not known"


class Emergency(models.Model):
    """Danger raised in a contact: P0 from the first second, before anything else is known."""

    class EndedAs(models.TextChoices):
        OVER = "over", "No longer in danger"
        TAKEN_BACK = "taken_back", "Taken back"
        ON_TIP = "on_tip", "Goes on with the tip"

    class TakenBack(models.TextChoices):
        """Why a danger was no danger."""

        PRESSED = "pressed", "Pressed by mistake"
        MISHEARD = "misheard", "Misheard"
        OTHER_CONTACT = "other_contact", "Meant for another conversation"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="emergencies")
    agency = _own_agency()
    raised_by = _user()
    raised_at = models.DateTimeField()
    safe_to_talk = models.CharField(max_length=10, choices=SafeToTalk, blank=True, help_text="Empty: not asked.")
    weapon = _answer()
    children = _answer()
    injury = _answer()
    overdose = _answer()
    suicide = _answer()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = _maybe_user()
    ended_as = models.CharField(max_length=10, choices=EndedAs, blank=True)
    end_reason = models.CharField(max_length=15, choices=TakenBack, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "emergencies"
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(ended_at=None), name="emergency_is_open_once_a_contact"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_as="") | (Q(ended_at__isnull=False) & ~Q(ended_as="")),
                name="emergency_ended_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(ended_as="taken_back") | ~Q(end_reason=""), name="emergency_taken_back_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "raised_at"], condition=Q(ended_at=None), name="emergency_open_at_the_desk"),
            models.Index(fields=["contact"]),
        ]

    def __str__(self) -> str:
        return "danger"


class EmergencyOffer(models.Model):
    """What was offered in a danger, chosen by whom, and how far it came: stamped, never erased."""

    class Kind(models.TextChoices):
        CENTRE = "centre", "Emergency centre of their place, with their yes"
        NO_POLICE = "no_police", "No police: planned with them"
        CRISIS_LINE = "crisis_line", "988 crisis line"
        WITHOUT_YES = "without_yes", "Emergency centre without their yes"
        HUNG_UP = "hung_up", "They hung up"

    class Basis(models.TextChoices):
        """When the emergency centre may be called without a yes (ruling 2)."""

        LIFE = "life", "Death or serious injury is likely within hours"
        MINOR = "minor", "A minor"
        CANNOT_ANSWER = "cannot_answer", "Cannot answer"

    class Said(models.TextChoices):
        """The least that saves a life; never the complaint, the accused or the caller."""

        PLACE = "place", "The place"
        INJURY = "injury", "Injury or illness"
        WEAPON = "weapon", "A weapon"
        PEOPLE = "people", "How many people, and children"

    class Plan(models.TextChoices):
        SAFETY = "safety", "Safety plan"
        SHELTER = "shelter", "Shelter"
        TRANSPORT = "transport", "Transport"
        EXTRACTION = "extraction", "Extraction"
        CALL_BACK = "call_back", "Call-back"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    emergency = models.ForeignKey(Emergency, on_delete=models.PROTECT, related_name="offers")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    agency = _own_agency()
    kind = models.CharField(max_length=12, choices=Kind)
    centre = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=15, choices=Basis, blank=True)
    said = ArrayField(models.CharField(max_length=10, choices=Said), default=list, blank=True)
    plans = ArrayField(models.CharField(max_length=12, choices=Plan), default=list, blank=True)
    offered_at = models.DateTimeField()
    offered_by = _user()
    connected_at = models.DateTimeField(null=True, blank=True)
    connected_by = _maybe_user()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = _maybe_user()
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = _maybe_user()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="without_yes") | ~Q(basis=""), name="offer_without_a_yes_says_why"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(connected_at__isnull=False), name="offer_confirmed_was_connected"
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(connected_at=None), name="offer_declined_was_not_connected"
            ),
        ]
        indexes = [models.Index(fields=["emergency"])]

    def __str__(self) -> str:
        return self.get_kind_display()


class CutOff(models.Model):
    """A line that broke in a contact which stays open, and what was decided then."""

    class Step(models.TextChoices):
        RING_BACK = "ring_back", "Ring back"
        WAIT = "wait", "Wait for them to ring"
        WELFARE_CHECK = "welfare_check", "Ask for a welfare check"
        NOTHING = "nothing", "Do nothing"

    class Welfare(models.TextChoices):
        """Whether a welfare check may be asked for."""

        ASKED = "asked", "Waits for a supervisor"
        GIVEN = "given", "A supervisor agreed"
        REFUSED = "refused", "A supervisor did not agree"
        LIFE = "life", "Danger to life: no yes is needed"

    class EndedAs(models.TextChoices):
        RESUMED = "resumed", "On the line again"
        TAKEN_UP = "taken_up", "Taken up by a colleague"
        CONTACT_ENDED = "contact_ended", "The contact ended"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="cut_offs")
    agency = _own_agency()
    dropped_at = models.DateTimeField()
    dropped_by = _user()
    number_hash = models.BinaryField(null=True, blank=True, help_text="Keyed hash of the caller's number.")
    may_ring_back = _answer()
    step = models.CharField(max_length=15, choices=Step, blank=True)
    step_at = models.DateTimeField(null=True, blank=True)
    step_by = _maybe_user()
    welfare = models.CharField(max_length=8, choices=Welfare, blank=True)
    welfare_at = models.DateTimeField(null=True, blank=True)
    welfare_by = _maybe_user()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = _maybe_user()
    ended_as = models.CharField(max_length=15, choices=EndedAs, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(ended_at=None), name="cut_off_is_open_once_a_contact"
            ),
            models.CheckConstraint(
                condition=~Q(step="welfare_check") | ~Q(welfare=""), name="welfare_check_says_who_agreed"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "dropped_at"], condition=Q(ended_at=None), name="cut_off_open_at_the_desk"),
            models.Index(fields=["contact"]),
        ]

    def __str__(self) -> str:
        return "cut off"


class HandOver(models.Model):
    """A running conversation given from one colleague to another; both stay named."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="hand_overs")
    agency = _own_agency()
    from_user = _user("Who typed until then.")
    to_user = _user("Who types from then on.")
    by = _user("Who did it: the one who gave, or the one who took up.")
    at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["contact", "at"])]

    def __str__(self) -> str:
        return "hand-over"


class HelpCall(models.Model):
    """An operator who asked the supervisor on duty to look at the page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="help_calls")
    agency = _own_agency()
    asked_by = _user()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = _maybe_user()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact"], condition=Q(ended_at=None), name="help_is_asked_once_a_contact")
        ]
        indexes = [
            models.Index(fields=["agency", "asked_at"], condition=Q(ended_at=None), name="help_open_at_the_desk"),
            models.Index(fields=["contact"]),
        ]

    def __str__(self) -> str:
        return "help"


class HelpLine(models.Model):
    """A line between an operator and a supervisor while help is asked for. No part of the record: it goes with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    help = models.ForeignKey(HelpCall, on_delete=models.CASCADE, related_name="lines")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    agency = _own_agency()
    author = _user()
    text = models.BinaryField()
    at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["help", "at"])]

    def __str__(self) -> str:
        return "line"
