"""What is matched on, and what holders of matching tips ask each other. Written and read through database functions."""

from typing import Self

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import Q

from agencies.ids import uuid7
from agencies.models import Agency, User
from tips.models.person import Identifier, PersonIdentity
from tips.models.tip import Tip


class MatchKey(models.Model):
    """One form of one value as a keyed hash. Nobody reads this table; `tips_matches` and its sisters answer from it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="match_keys")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Who took the value down."
    )
    identifier = models.ForeignKey(
        Identifier, null=True, on_delete=models.PROTECT, related_name="match_keys", db_index=False
    )
    identity = models.ForeignKey(
        PersonIdentity, null=True, on_delete=models.PROTECT, related_name="match_keys", db_index=False
    )
    form = models.CharField(max_length=16, help_text="A code of tips/identifiers/keys.py.")
    hash = models.BinaryField()
    is_lead_fact = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(identifier__isnull=False, identity=None) | Q(identifier=None, identity__isnull=False),
                name="match_key_has_one_source",
            )
        ]
        indexes = [HashIndex(fields=["hash"], name="match_key_by_hash")]

    def __str__(self) -> str:
        return "match key"


class WordFrequency(models.Model):
    """In how many of a sample of shared accounts a word stands: likeness begins with the rare ones. For the machine."""

    word = models.TextField(primary_key=True)
    accounts = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "word frequencies"

    def __str__(self) -> str:
        return "word frequency"


class MatchAnswer(models.TextChoices):
    """What a holder answers who is asked about a tip that shares something with another one."""

    LINK = "link", "Link: each side may know the other's reference"
    TALK = "talk", "Talk: say who we are, nothing more"
    NO = "no", "No"


class MatchAskQuerySet(models.QuerySet["MatchAsk"]):
    def visible_to(self, user: User) -> Self:
        """What the user's agency asked. Policy: `match_ask_of_the_agency_that_asked`."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        return self.filter(agency_id=user.acting_agency_id)


class MatchAsk(models.Model):
    """The asking side: that a tip of ours shares something with one that we may not open. Says not with whose."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="match_asks")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=4, choices=MatchAnswer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    partner = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="After link or talk."
    )
    partner_reference = models.CharField(max_length=32, blank=True, help_text="After link.")

    objects = MatchAskQuerySet.as_manager()

    def __str__(self) -> str:
        return "question to a holder"


class MatchQuestionQuerySet(models.QuerySet["MatchQuestion"]):
    def visible_to(self, user: User) -> Self:
        """What the user's agency was asked. Policy: `match_question_to_the_holder`."""
        if not user.has_perm("tips.read_content"):
            return self.none()
        return self.filter(agency_id=user.acting_agency_id)


class MatchQuestion(models.Model):
    """The holder's side of a MatchAsk: about which tip of ours, asked by whom. Says not what is shared."""

    ask = models.OneToOneField(MatchAsk, primary_key=True, on_delete=models.PROTECT, related_name="question")
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="match_questions")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    asker = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    # A hash of both tips: the same two are asked about once, and neither side learns the other's id.
    pair = models.BinaryField(unique=True)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=4, choices=MatchAnswer, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    partner_reference = models.CharField(max_length=32, blank=True, help_text="After link.")

    objects = MatchQuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "asked_at"], condition=Q(answer=""), name="match_question_open"),
        ]

    def __str__(self) -> str:
        return "question from another holder"
