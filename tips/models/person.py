"""The people of a tip, what identifies them (encrypted, apart), and how to reach them safely."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.ids import uuid7
from agencies.models import Agency
from tips.models.tip import Tip


class PersonRole(models.TextChoices):
    POTENTIAL_VICTIM = "potential_victim", "Potential victim"
    POTENTIAL_TRAFFICKER = "potential_trafficker", "Potential trafficker"
    WITNESS = "witness", "Witness"
    IN_CONTACT = "person_in_contact", "Person in contact"
    OTHER = "other", "Other"


class YesNoUnknown(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"


class Person(models.Model):
    """Somebody in the tip, by role and band; names and numbers are PersonIdentity and Identifier rows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="persons")
    number = models.PositiveSmallIntegerField(help_text="Person 1, Person 2 ... on this tip.")
    role = models.CharField(max_length=20, choices=PersonRole)
    is_in_contact = models.BooleanField(default=False)
    count_least = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="Above one: several, not told apart."
    )
    count_most = models.PositiveSmallIntegerField(
        default=1, db_default=1, null=True, blank=True, help_text="Empty: not known."
    )
    age = models.CharField(max_length=16, default="unknown", help_text="A code of the fact `age`.")
    is_minor = models.CharField(max_length=7, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN)
    languages = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    needs = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    facts = models.JSONField(default=dict, help_text="Codes of tips/reference/facts about this person.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tip", "number"], name="person_number_is_unique_on_a_tip"),
            models.CheckConstraint(
                condition=Q(count_least__gte=1) & (Q(count_most=None) | Q(count_most__gte=F("count_least"))),
                name="person_counts_one_at_least",
            ),
        ]

    def __str__(self) -> str:
        return f"Person {self.number}"


class PersonNeed(models.Model):
    """What one person asked for and what became of it, as the federal hotline form counts it (OMB 0970-0598)."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked for, open"
        MET = "met", "Met"
        NOT_MET = "not_met", "Not met"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="needs_told")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="needs_told")
    need = models.CharField(max_length=40, help_text="A code of the fact `needs`.")
    state = models.CharField(max_length=8, choices=State)
    why_not = models.CharField(max_length=60, blank=True, help_text="A code of the list `unmet`.")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "need"], name="need_stands_once_for_a_person"),
            models.CheckConstraint(condition=Q(why_not="") | Q(state="not_met"), name="need_why_not_when_not_met"),
        ]
        indexes = [models.Index(fields=["tip"])]

    def __str__(self) -> str:
        return self.get_state_display()


class ClosedFacts(models.Model):
    """Facts above working level (citizenship, visa program, immigration relief), encrypted: codes as JSON.

    `person` is empty for those of the situation as a whole. Policy: the agency that took them down.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="closed_facts")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="closed_facts")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    value = models.BinaryField()

    class Meta:
        verbose_name_plural = "closed facts"
        constraints = [
            models.UniqueConstraint(
                fields=["tip", "person", "agency"], nulls_distinct=False, name="closed_facts_stand_once"
            )
        ]

    def __str__(self) -> str:
        return "closed facts"


class PersonIdentity(models.Model):
    """One identifying field of one person, encrypted; opens field by field (ruling 14)."""

    class Field(models.TextChoices):
        NAME = "name", "Name"
        SAFE_NAME = "safe_name", "Safe name"
        ALIASES = "aliases", "Other names"
        BIRTH_DATE = "birth_date", "Birth date"
        PHONE = "phone", "Phone"
        EMAIL = "email", "E-mail"
        ADDRESS = "address", "Address"
        DESCRIPTION = "description", "Description"
        CODE_WORD = "code_word", "Code word"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identity")
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="identities")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who took it down.")
    field = models.CharField(max_length=12, choices=Field)
    value = models.BinaryField()
    is_lead_fact = models.BooleanField(default=False, help_text="Of a potential trafficker only (ruling 14 b).")
    forms = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Version of the forms that its match keys have."
    )

    class Meta:
        verbose_name_plural = "person identities"
        constraints = [models.UniqueConstraint(fields=["person", "field"], name="identity_field_stands_once")]
        indexes = [
            models.Index(fields=["tip"]),
            models.Index(fields=["id"], condition=Q(forms__lt=1), name="identity_without_keys"),
        ]

    def __str__(self) -> str:
        return self.get_field_display()


class Identifier(models.Model):
    """Something to match on: a phone, handle, plate, address, as it was said; MatchKey rows hold its forms."""

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        EMAIL = "email", "E-mail"
        HANDLE = "handle", "Handle"
        WEB = "web", "Web address"
        PLATE = "plate", "Vehicle plate"
        ADDRESS = "address", "Street address"
        BUSINESS = "business", "Business"
        VEHICLE = "vehicle", "Vehicle: make, colour, marks"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="identifiers")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="identifiers")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who took it down.")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.BinaryField()
    is_lead_fact = models.BooleanField(default=False)
    forms = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Version of the forms that its match keys have."
    )

    class Meta:
        indexes = [
            models.Index(fields=["tip"]),
            models.Index(fields=["id"], condition=Q(forms__lt=1), name="identifier_without_keys"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class SafeContact(models.Model):
    """How this person may be reached without harm: what to do, not why."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.PROTECT, related_name="safe_contact")
    tip = models.ForeignKey(Tip, on_delete=models.PROTECT, related_name="safe_contacts")
    may_call = models.CharField(max_length=7, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN)
    may_text = models.CharField(max_length=7, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN)
    may_voicemail = models.CharField(max_length=7, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN)
    may_email = models.CharField(max_length=7, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN)
    never = models.BooleanField(default=False, help_text="Never get in touch.")
    hours = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    is_device_shared = models.CharField(max_length=7, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN)
    has_code_word = models.BooleanField(default=False)
    would_work_out = models.CharField(
        max_length=7,
        choices=YesNoUnknown,
        default=YesNoUnknown.UNKNOWN,
        db_default="unknown",
        help_text="Whether somebody would work out who told us.",
    )
    parents = models.CharField(
        max_length=7,
        choices=YesNoUnknown,
        default=YesNoUnknown.UNKNOWN,
        db_default="unknown",
        help_text="Whether a parent may be reached; of a minor only their own yes counts.",
    )

    def __str__(self) -> str:
        return "safe contact"
