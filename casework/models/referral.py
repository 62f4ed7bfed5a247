"""A referral: one need of one tip, for named persons, offered to one agency's queue; and what it disclosed."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models import Agency, Service, User
from tips.models import Person, Pillar, Tip, Urgency


class ReferralStatus(models.TextChoices):
    """Ruling 12."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    RECEIVED = "received", "Received"
    INFORMATION_REQUESTED = "information_requested", "Information asked"
    ACCEPTED = "accepted", "Accepted"
    IN_PROGRESS = "in_progress", "In progress"
    CLOSED = "closed", "Closed"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Expired"
    RECALLED = "recalled", "Recalled"
    CANCELLED = "cancelled", "Cancelled"


class DeclineReason(models.TextChoices):
    NO_CAPACITY = "no_capacity", "No space now"
    NOT_OUR_AREA = "not_our_area", "Not our area"
    NOT_OUR_SERVICE = "not_our_service", "We do not offer this"
    NOT_ELIGIBLE = "not_eligible", "Outside who we may serve"
    LANGUAGE = "language", "We lack the language"
    CONFLICT = "conflict", "Conflict of interest"
    SAFETY = "safety", "Not safe with us"
    ALREADY_SERVED = "already_served", "Already served by us"
    OTHER_AGENCY = "other_agency", "Another agency is competent"


class Outcome(models.TextChoices):
    """How an accepted referral ended; closing needs one."""

    GOT_HELP = "got_help", "Got help"
    PART_HELP = "part_help", "Got part of the help"
    COULD_NOT_REACH = "could_not_reach", "Could not reach the person"
    DECLINED_BY_PERSON = "declined_by_person", "The person declined"
    INVESTIGATION_OPENED = "investigation_opened", "Investigation opened"
    NO_INVESTIGATION = "no_investigation", "No investigation"
    REFERRED_ONWARD = "referred_onward", "Referred onward"
    NOT_OURS_TO_KNOW = "not_ours_to_know", "Answered, outcome not ours to know"
    NO_INFORMATION = "no_information", "No information from the agency"


class CancelReason(models.TextChoices):
    CONSENT_WITHDRAWN = "consent_withdrawn", "Consent was withdrawn"
    ENTERED_IN_ERROR = "entered_in_error", "Entered in error"
    ASKED_FOR = "asked_for", "The sender asked for it"
    DISCARDED = "discarded", "The draft was discarded"
    FOUND_ELSEWHERE = "found_elsewhere", "Found elsewhere"


class Progress(models.TextChoices):
    SCHEDULED = "scheduled", "Appointment made"
    CONTACT_FAILED = "contact_failed", "Tried, could not reach yet"
    ON_HOLD = "on_hold", "On hold"
    RETURNED = "returned", "Returned to us for more"
    REFERRED_ONWARD = "referred_onward", "Referred onward"
    NOTHING_NEW = "nothing_new", "Still open, nothing to report"
    CANNOT_SAY = "cannot_say", "Still open, we cannot say more"


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: User) -> Self:
        """What the user's agency sent, and what was sent to it. Policy: `referral_of_sender_and_receiver`."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        agency = user.acting_agency_id
        return self.filter(Q(sender_id=agency) | (Q(receiver_id=agency) & ~Q(status=ReferralStatus.DRAFT)))

    def inbox(self, user: User) -> Self:
        """What was sent to the user's agency; drives on the receiver's index alone."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        return self.filter(receiver_id=user.acting_agency_id).exclude(status=ReferralStatus.DRAFT)


@tracked(exclude=["card", "question", "answer", "decline_note"])
class Referral(models.Model):
    """The unit that liaisons accept. `card` is what the sender previewed, the receiver sees, and was disclosed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="referrals")
    reference = models.CharField(max_length=32, help_text="The tip's, so that the receiver need not read the tip.")
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="sent_referrals")
    receiver = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="received_referrals")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    persons = models.ManyToManyField(Person, through="ReferralPerson", related_name="referrals")
    pillar = models.CharField(max_length=12, choices=Pillar)
    need = models.CharField(max_length=40)
    purpose = models.CharField(max_length=120)
    legal_basis = models.CharField(max_length=120)
    urgency = models.CharField(max_length=2, choices=Urgency)
    gives_lead_facts = models.BooleanField(default=False, help_text="Ruling 14 (b): accepting opens lead facts.")
    card = models.JSONField(default=dict)
    status = models.CharField(max_length=22, choices=ReferralStatus, default=ReferralStatus.DRAFT)
    progress = models.CharField(max_length=16, choices=Progress, blank=True)
    outcome = models.CharField(max_length=22, choices=Outcome, blank=True)
    decline_reason = models.CharField(max_length=16, choices=DeclineReason, blank=True)
    decline_note = models.TextField(blank=True)
    question = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    cancel_reason = models.CharField(max_length=18, choices=CancelReason, blank=True)
    is_cancellation_asked = models.BooleanField(default=False)
    round = models.UUIDField(
        null=True, blank=True, help_text="The offers of one need that stand side by side: the first confirmed wins."
    )
    ready_at = models.DateTimeField(null=True, blank=True, help_text="Said yes, and waits for the sender's word.")
    reminders = models.PositiveSmallIntegerField(default=0, help_text="Sent while the answer was waited for.")
    feedback_asked = models.PositiveSmallIntegerField(default=0, help_text="Times asked since the last word.")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    feedback_due_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="referral_goes_to_another_agency"),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""), name="referral_declined_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""), name="referral_cancelled_has_reason"
            ),
            models.CheckConstraint(condition=~Q(status="closed") | ~Q(outcome=""), name="referral_closed_has_outcome"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "cancelled"]) | Q(sent_at__isnull=False, answer_due_at__isnull=False),
                name="referral_sent_has_times",
            ),
            models.CheckConstraint(
                condition=~Q(status="information_requested") | ~Q(question=""), name="referral_question_is_asked"
            ),
        ]
        indexes = [
            models.Index(
                fields=["receiver", "urgency", "answer_due_at", "id"],
                condition=Q(status__in=["sent", "received", "information_requested"]),
                name="referral_waiting_for_answer",
            ),
            models.Index(
                fields=["sender", "urgency", "answer_due_at", "id"],
                condition=Q(status__in=["sent", "received", "information_requested"]),
                name="referral_sender_waits",
            ),
            *[
                models.Index(
                    fields=[side, "urgency", "answer_due_at", "id"],
                    condition=Q(status__in=["accepted", "in_progress"]),
                    name=f"referral_at_work_{side}",
                )
                for side in ("receiver", "sender")
            ],
            *[
                models.Index(
                    fields=[side, "-ended_at", "-id"],
                    condition=Q(status__in=["declined", "expired", "recalled", "cancelled", "closed"]),
                    name=f"referral_ended_{side}",
                )
                for side in ("receiver", "sender")
            ],
            models.Index(fields=["tip"]),
            models.Index(fields=["round"], condition=Q(round__isnull=False), name="referral_side_by_side"),
            models.Index(
                fields=["feedback_due_at"],
                condition=Q(status__in=["accepted", "in_progress"]),
                name="referral_feedback_due",
            ),
            models.Index(
                fields=["answer_due_at"],
                condition=Q(status__in=["sent", "received", "information_requested"]),
                name="referral_expiring",
            ),
        ]

    def __str__(self) -> str:
        return f"Referral of {self.reference}"


class ReferralPerson(models.Model):
    """A person a referral is for. Tip, sender and receiver are copied, since the policy tests only them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="for_persons")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "person"], name="referral_names_a_person_once")]
        indexes = [models.Index(fields=["person"])]

    def __str__(self) -> str:
        return f"{self.person}"


class Disclosure(models.Model):
    """What was shown or sent to whom, on what basis. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="disclosures")
    referral = models.ForeignKey(Referral, null=True, on_delete=models.PROTECT, related_name="disclosures")
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="disclosures")
    persons = ArrayField(models.UUIDField(), default=list)
    level = models.CharField(max_length=10)
    fields = ArrayField(models.CharField(max_length=60), default=list)
    basis = models.CharField(max_length=120)
    card = models.JSONField(default=dict, help_text="The card as sent; empty for other levels.")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tip", "at"])]

    def __str__(self) -> str:
        return f"{self.level} to {self.recipient}"
