"""What a shift looks after: promised call-backs and their attempts, notices for all, who looks at a tip now."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models import Agency, User
from casework.models.track import Clock
from tips.models import Person, Tip, TipAccess


class CallBackStatus(models.TextChoices):
    PROMISED = "promised", "Promised"
    TO_DECIDE = "to_decide", "A supervisor decides"
    REACHED = "reached", "Reached"
    STOPPED = "stopped", "Stopped"


class Way(models.TextChoices):
    """How the person is to be reached; each has its rule in SafeContact."""

    CALL = "call", "Call"
    TEXT = "text", "Text"
    EMAIL = "email", "E-mail"


class AttemptResult(models.TextChoices):
    REACHED = "reached", "Reached"
    NO_ANSWER = "no_answer", "No answer"
    OTHER_PERSON = "other_person", "Another person answered"
    VOICEMAIL_NOT_SAFE = "voicemail_not_safe", "Voicemail: nothing left, not safe"
    VOICEMAIL_LEFT = "voicemail_left", "Voicemail left"
    WRONG_NUMBER = "wrong_number", "Wrong number"


class WhyDecide(models.TextChoices):
    """Why a supervisor decides."""

    TRIED_ENOUGH = "tried_enough", "Tried as often as agreed"
    WRONG_NUMBER = "wrong_number", "Wrong number"
    WINDOW_OVER = "window_over", "The time is over"


class WhyStopped(models.TextChoices):
    NOT_WANTED = "not_wanted", "The person does not want it"
    NOT_SAFE = "not_safe", "Not safe any more"
    OTHERWISE = "otherwise", "Reached in another way"
    NOT_REACHABLE = "not_reachable", "Cannot be reached"


class CallBackQuerySet(models.QuerySet["CallBack"]):
    def visible_to(self, user: User) -> Self:
        """The own desk's, on tips that it may see. Policy: `call_back_of_the_desk_that_promised`."""
        held = TipAccess.objects.held_by(user)
        return self.filter(agency_id=user.acting_agency_id, tip__accesses__in=held)

    def open(self) -> Self:
        return self.filter(status__in=[CallBackStatus.PROMISED, CallBackStatus.TO_DECIDE])


class CallBack(models.Model):
    """A promise to get in touch with one person, in a window of their own time; kept within their safe-contact rule."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="call_backs")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who promised.")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="call_backs")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=5, choices=Way)
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    time_zone = models.CharField(max_length=60, help_text="The person's.")
    words = models.CharField(max_length=200, blank=True, help_text="What may be said to whoever answers.")
    promised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    promised_at = models.DateTimeField()
    holder = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="held_call_backs")
    status = models.CharField(max_length=9, choices=CallBackStatus, default=CallBackStatus.PROMISED)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Since the last window was agreed.")
    why_decide = models.CharField(max_length=12, choices=WhyDecide, blank=True)
    why_stopped = models.CharField(max_length=13, choices=WhyStopped, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(window_until__gt=F("window_from")), name="call_back_window_has_a_length"
            ),
            models.CheckConstraint(
                condition=~Q(status="stopped") | ~Q(why_stopped=""), name="call_back_stopped_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(status="to_decide") | ~Q(why_decide=""), name="call_back_to_decide_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "window_until"],
                condition=Q(status__in=["promised", "to_decide"]),
                name="call_back_open",
            ),
            models.Index(fields=["window_until"], condition=Q(status="promised"), name="call_back_to_lapse"),
            models.Index(fields=["tip"]),
        ]

    def __str__(self) -> str:
        return f"call-back by {self.get_way_display().lower()}"


class CallBackAttempt(models.Model):
    """One try, stamped when it was made; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call_back = models.ForeignKey(CallBack, on_delete=models.PROTECT, related_name="attempts")
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="The policy's column.")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=18, choices=AttemptResult)

    class Meta:
        indexes = [models.Index(fields=["call_back", "at"]), models.Index(fields=["tip"])]

    def __str__(self) -> str:
        return self.get_result_display()


class DeskNoticeQuerySet(models.QuerySet["DeskNotice"]):
    def visible_to(self, user: User) -> Self:
        """The own desk's. Policy: `desk_notice_read_at_its_desk`."""
        return self.filter(agency_id=user.acting_agency_id) if user.has_perm("tips.read_content") else self.none()


class DeskNotice(models.Model):
    """What a supervisor tells everybody at the desk until a day; no case belongs in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()

    objects = DeskNoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gt=F("at")), name="desk_notice_has_an_end")]
        indexes = [models.Index(fields=["agency", "until"])]

    def __str__(self) -> str:
        return "notice for all"


class Presence(models.Model):
    """Who of the own agency has a tip open; a page says so every few seconds. It has no history."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tip", "user"], name="presence_stands_once")]

    def __str__(self) -> str:
        return "presence"
