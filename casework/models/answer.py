"""Who answered a referral at an agency where nobody signs in."""

from typing import Self

from django.db import models
from django.db.models import Q

from agencies.ids import uuid7
from agencies.models import Agency, User
from casework.models.referral import Referral
from tips.models import Tip


class AnswerWay(models.TextChoices):
    LINK = "link", "By one-time link"
    PHONE = "phone", "By phone"


class AnswerGivenQuerySet(models.QuerySet["AnswerGiven"]):
    def visible_to(self, user: User) -> Self:
        """Those of the referrals that the own agency sent or was sent. Policy: `answer_given_seen_by_its_parties`."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        agency = user.acting_agency_id
        return self.filter(Q(sender_id=agency) | Q(receiver_id=agency))


class AnswerGiven(models.Model):
    """One move of a referral's receiver made without an account: who spoke for the agency, how, when. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="answers_given")
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=5, choices=AnswerWay)
    verb = models.CharField(max_length=24, help_text="A move of the referral's table.")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, help_text="Their work at the agency.")
    number = models.CharField(max_length=40, blank=True, help_text="Their own number, or the agency's case number.")
    at = models.DateTimeField()
    entered_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="The operator on the phone."
    )

    objects = AnswerGivenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(role=""), name="answer_given_says_by_whom"),
            models.CheckConstraint(
                condition=Q(way="link", entered_by=None) | Q(way="phone", entered_by__isnull=False),
                name="answer_given_by_phone_is_entered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["referral", "at"]), models.Index(fields=["tip"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.get_way_display().lower()}"
