"""What an agency offers: services, places, coverage, phones, hours and capacity."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models.agency import Agency


@tracked(exclude=["extra"])
class Service(models.Model):
    """Something an agency does for people."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        DEFUNCT = "defunct", "Defunct"
        TEMPORARILY_CLOSED = "temporarily closed", "Temporarily closed"  # HSDS spells it with a space.

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="services")
    name = models.CharField(max_length=255)
    alternate_name = models.CharField(max_length=255, blank=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE)
    needs = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Years; empty for no limit.")
    maximum_age = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Years; empty for no limit.")
    genders = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, help_text="Codes of the facts; empty for everybody."
    )
    eligibility = models.TextField(blank=True)
    immigration_statuses = ArrayField(
        models.CharField(max_length=250), default=list, blank=True, help_text="Whom the service takes, in its words."
    )
    fees = models.TextField(blank=True)
    application_process = models.TextField(blank=True)
    documents = models.TextField(blank=True, help_text="What the person must bring.")
    accessibility = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    alert = models.TextField(blank=True)
    news = models.CharField(max_length=200, blank=True, help_text="What the agency said lately; holds until its end.")
    news_until = models.DateTimeField(null=True, blank=True)
    full_until = models.DateTimeField(null=True, blank=True, help_text="Nobody is taken in before.")
    email = models.EmailField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    assured_at = models.DateField(null=True, blank=True)
    source_id = models.CharField(max_length=120, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum_age=None) | Q(maximum_age=None) | Q(minimum_age__lte=F("maximum_age")),
                name="service_ages_are_in_order",
            ),
            models.CheckConstraint(condition=Q(news="") | Q(news_until__isnull=False), name="service_news_ends"),
            models.UniqueConstraint(
                fields=["agency", "source_id"], condition=~Q(source_id=""), name="service_is_imported_once"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "status"]),
            GinIndex(fields=["needs"], name="service_by_needs", opclasses=["array_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place of an agency. Confidential ones (shelters) are seen by the agency itself and by the hotline."""

    class Kind(models.TextChoices):
        PHYSICAL = "physical", "Physical"
        POSTAL = "postal", "Postal"
        VIRTUAL = "virtual", "Virtual"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="locations")
    services = models.ManyToManyField(Service, related_name="locations", blank=True)
    name = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PHYSICAL)
    is_confidential = models.BooleanField(default=False)
    description = models.TextField(blank=True)
    address = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=100, blank=True)
    county = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="US")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees, WGS 84.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees, WGS 84.")
    source_id = models.CharField(max_length=120, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "source_id"], condition=~Q(source_id=""), name="location_is_imported_once"
            ),
        ]
        indexes = [models.Index(fields=["agency"])]

    def __str__(self) -> str:
        return self.name or "Unnamed place"


class Coverage(models.Model):
    """Where an agency, or one of its services, works."""

    class Kind(models.TextChoices):
        WORLDWIDE = "worldwide", "Worldwide"
        COUNTRY = "country", "Country"
        STATE = "state", "State"
        COUNTY = "county", "County"
        ZIP = "zip", "ZIP code"
        TRIBAL = "tribal", "Tribal land"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="coverages")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="coverages")
    kind = models.CharField(max_length=10, choices=Kind)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 alpha-2.")
    state = models.CharField(max_length=2, blank=True, help_text="Two letters.")
    county = models.CharField(max_length=100, blank=True, help_text="Without the word County.")
    code = models.CharField(max_length=120, blank=True, help_text="ZIP code or name of the tribal land.")
    label = models.CharField(max_length=255, blank=True, help_text="As the source writes it.")

    class Meta:
        verbose_name_plural = "coverage"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "service", "kind", "country", "state", "county", "code"],
                nulls_distinct=False,
                name="coverage_is_said_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind="county") | (~Q(state="") & ~Q(county="")), name="coverage_county_names_its_state"
            ),
            models.CheckConstraint(condition=~Q(kind="state") | ~Q(state=""), name="coverage_state_is_named"),
        ]
        indexes = [models.Index(fields=["kind", "state", "county"]), models.Index(fields=["agency"])]

    def __str__(self) -> str:
        return self.label or " ".join(filter(None, [self.county or self.code, self.state or self.country])) or self.kind


class Phone(models.Model):
    """A number of an agency, with what it is for and whether somebody has tried it."""

    class Purpose(models.TextChoices):
        PUBLIC = "public", "Public"
        WARM_TRANSFER = "warm_transfer", "Warm transfer"
        AFTER_HOURS = "after_hours", "After hours"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="phones")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="phones")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(max_length=60, help_text="As it is dialled or read out.")
    extension = models.CharField(max_length=20, blank=True)
    purpose = models.CharField(max_length=15, choices=Purpose, default=Purpose.PUBLIC)
    kind = models.CharField(max_length=30, blank=True, help_text="voice, text, fax, tty ...")
    description = models.CharField(max_length=255, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_id = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "source_id"], condition=~Q(source_id=""), name="phone_is_imported_once"
            )
        ]
        indexes = [models.Index(fields=["agency"])]

    def __str__(self) -> str:
        return self.number


class Hours(models.Model):
    """Opening hours of an agency or a service; a row without times is words only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="hours")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="hours")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.CASCADE, related_name="hours")
    weekdays = models.CharField(max_length=30, blank=True, help_text="iCalendar BYDAY, such as MO,TU,WE.")
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    source_id = models.CharField(max_length=120, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "hours"
        indexes = [models.Index(fields=["agency"])]

    def __str__(self) -> str:
        return self.description or f"{self.weekdays} {self.opens_at} to {self.closes_at}"


class Capacity(models.Model):
    """How many units (beds, places) a service has free, and when somebody last said so."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="capacities")
    unit = models.CharField(max_length=80, default="beds")
    available = models.PositiveIntegerField()
    maximum = models.PositiveIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField()
    source_id = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = "capacities"
        constraints = [models.UniqueConstraint(fields=["service", "unit"], name="capacity_is_counted_once_a_unit")]

    def __str__(self) -> str:
        return f"{self.available} {self.unit}"
