"""Tracks (one pillar's workflow on one tip), their steps, and the clocks that run."""

from django.db import models
from django.db.models import F, Q

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models import Agency, User
from casework.models.referral import Referral
from tips.models import Contact, Pillar, Tip


class TrackStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class TrackOutcome(models.TextChoices):
    DONE = "done", "What was asked for is done"
    PARTLY_DONE = "partly_done", "Partly done"
    NOT_POSSIBLE = "not_possible", "Not possible"
    NOT_WANTED = "not_wanted", "The person does not want it"
    PASSED_ON = "passed_on", "Passed on to another agency"
    NO_INFORMATION = "no_information", "No information from the agency"


class StepStatus(models.TextChoices):
    """Ruling 12."""

    OPEN = "open", "Open"
    WAITING = "waiting", "Waiting"
    BLOCKED = "blocked", "Blocked"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"


class StepGate(models.TextChoices):
    """What a step waits for."""

    CONSENT = "consent", "Consent of the person"
    SECOND_PERSON = "second_person", "A second person's yes"
    SAFE_CONTACT = "safe_contact", "A safe way to reach the person"
    INTERPRETER = "interpreter", "An interpreter"
    JURISDICTION = "jurisdiction", "Knowing who is competent there"
    AGENCY = "agency", "An agency's answer"


@tracked()
class Track(models.Model):
    """One pillar's workflow opened on one tip; a tip has at most one open track per pillar."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="tracks")
    pillar = models.CharField(max_length=12, choices=Pillar)
    status = models.CharField(max_length=6, choices=TrackStatus, default=TrackStatus.OPEN)
    lead = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    playbook = models.CharField(max_length=60)
    playbook_version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=15, choices=TrackOutcome, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tip", "pillar"], condition=Q(status="open"), name="track_is_open_once_a_pillar"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="track_closed_has_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.get_pillar_display()


@tracked(exclude=["reason"])
class Step(models.Model):
    """One step of a track's playbook, with the plan's principle and priority action that it serves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="steps")
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    principle = models.CharField(max_length=10, blank=True)
    action = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=8, choices=StepStatus, default=StepStatus.OPEN)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was skipped, or what blocks it.")
    gate = models.CharField(max_length=13, choices=StepGate, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["track", "number"], name="step_has_its_place"),
            models.CheckConstraint(condition=~Q(status="skipped") | ~Q(reason=""), name="step_skipped_has_reason"),
        ]
        indexes = [models.Index(fields=["tip"])]

    def __str__(self) -> str:
        return self.title


class Clock(models.Model):
    """A due time with the rule that set it. `duty` theirs: shown and reminded, never our breach (ruling 5)."""

    class Duty(models.TextChoices):
        OURS = "ours", "Ours"
        THEIRS = "theirs", "Theirs"

    class Ended(models.TextChoices):
        MET = "met", "Met"
        STOPPED = "stopped", "Stopped"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, null=True, blank=True, on_delete=models.PROTECT, related_name="clocks")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="clocks", help_text="Who watches it: the policy's other column."
    )
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="clocks")
    step = models.ForeignKey(Step, null=True, blank=True, on_delete=models.PROTECT, related_name="clocks")
    pillar = models.CharField(max_length=12, choices=Pillar, blank=True)
    rule = models.CharField(max_length=40, help_text="CLK-01, answer_time, first_action ...")
    rule_version = models.PositiveIntegerField(default=1)
    label = models.CharField(max_length=200)
    holder = models.CharField(max_length=120, help_text="Whose duty, in words.")
    duty = models.CharField(max_length=6, choices=Duty)
    drives_queue = models.BooleanField(
        default=True, help_text="No: a line on the board, acknowledged by opening the tip; neither late nor a breach."
    )
    citation = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=7, choices=Ended, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="clock_runs_forward"),
            models.CheckConstraint(
                condition=Q(ended_as="", ended_at=None) | (~Q(ended_as="") & Q(ended_at__isnull=False)),
                name="clock_ended_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["tip", "due_at"], condition=Q(ended_at=None), name="clock_running_on_tip"),
            models.Index(
                fields=["due_at"],
                condition=Q(ended_at=None, breached_at=None, drives_queue=True),
                name="clock_not_yet_breached",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(ended_at=None, reminded_at=None, drives_queue=True),
                name="clock_to_be_reminded",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(ended_at=None, breached_at=None, drives_queue=False),
                name="clock_alert_not_yet_told",
            ),
        ]

    def __str__(self) -> str:
        return self.label
