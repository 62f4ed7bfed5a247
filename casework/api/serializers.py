"""What the API says of a record: the fields that disclosed() gave, which were withheld, and the moves."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agencies.disclosure import Disclosed, disclosed
from agencies.lifecycle import Lifecycle
from agencies.models import Agency, Coverage, Location, Phone, Service, User
from casework.models import Referral, Track
from casework.states import REFERRAL, TRACK
from tips.models import Person, Place, SharedAccount, Tip
from tips.states import TIP


class MoveSerializer(serializers.Serializer[Any]):
    """A move that the reader may make now. `needs` are fields to send; `url` is empty where a page does it."""

    name = serializers.CharField()
    button = serializers.CharField()
    says = serializers.CharField()
    needs = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField()


class DisclosedSerializer(serializers.ModelSerializer[Any]):
    """Read-only. A field that the reader does not hold is absent, and named in `withheld`."""

    lifecycle: ClassVar[Lifecycle[Any] | None] = None

    def to_representation(self, instance: Any) -> dict[str, Any]:
        user = self.context["request"].user
        shown = disclosed(instance, to=user)
        said: dict[str, Any] = {}
        for name, field in self.fields.items():
            if isinstance(field, serializers.BaseSerializer | serializers.SerializerMethodField):
                said[name] = field.to_representation(field.get_attribute(instance))
            elif (key := _key(shown, name)) is not None:
                said[name] = shown[key]
        if self.lifecycle is not None:
            said["moves"] = [self._move(instance, move) for move in self.lifecycle.available(instance, user)]
        said["withheld"] = [name for name in shown.withheld if name in self.fields]
        return said

    def move_url(self, instance: Any, move: str) -> str:
        """The address to post a move to; empty where there is none."""
        return ""

    def _move(self, instance: Any, move: Any) -> dict[str, Any]:
        url = self.move_url(instance, move.name)
        return {"name": move.name, "button": move.button, "says": move.says, "needs": list(move.needs), "url": url}


def _key(shown: Disclosed, name: str) -> str | None:
    """Where the value stands: a key to another record under its own name with `_id`."""
    return next((key for key in (f"{name}_id", name) if key in shown), None)


def _withheld() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), read_only=True)


def _moves() -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=MoveSerializer(), read_only=True)


def _name_of(agency: Agency, user: User) -> str:
    return str(disclosed(agency, to=user).get("name", ""))


class TipSerializer(DisclosedSerializer):
    lifecycle = TIP
    moves = _moves()
    withheld = _withheld()

    class Meta:
        model = Tip
        fields: tuple[str, ...] = (
            "id",
            "reference",
            "status",
            "request_type",
            "urgency",
            "indicator_level",
            "state",
            "county",
            "holder_agency",
            "holder",
            "created_at",
            "triaged_at",
            "closed_at",
            "version",
            "moves",
            "withheld",
        )
        read_only_fields: tuple[str, ...] = fields


class PersonSerializer(DisclosedSerializer):
    withheld = _withheld()

    class Meta:
        model = Person
        fields = ("id", "number", "role", "is_in_contact", "age", "is_minor", "languages", "needs", "withheld")
        read_only_fields: tuple[str, ...] = fields


class PlaceSerializer(DisclosedSerializer):
    withheld = _withheld()

    class Meta:
        model = Place
        fields = ("id", "country", "state", "county", "postal_code", "tribal_land", "is_where_needed", "withheld")
        read_only_fields: tuple[str, ...] = fields


class SharedAccountSerializer(DisclosedSerializer):
    withheld = _withheld()

    class Meta:
        model = SharedAccount
        fields = ("text", "confirmed_at", "withheld")
        read_only_fields: tuple[str, ...] = fields


class TrackSerializer(DisclosedSerializer):
    lifecycle = TRACK
    moves = _moves()
    withheld = _withheld()

    class Meta:
        model = Track
        fields = ("id", "pillar", "status", "lead", "outcome", "opened_at", "closed_at", "version", "moves", "withheld")
        read_only_fields: tuple[str, ...] = fields


class TipDetailSerializer(TipSerializer):
    """With the people, places, shared account and tracks, each at the reader's level."""

    persons = PersonSerializer(many=True, read_only=True)
    places = PlaceSerializer(many=True, read_only=True)
    tracks = TrackSerializer(many=True, read_only=True)
    shared_account = serializers.SerializerMethodField()

    class Meta(TipSerializer.Meta):
        fields = (*TipSerializer.Meta.fields, "persons", "places", "tracks", "shared_account")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(SharedAccountSerializer(allow_null=True))
    def get_shared_account(self, tip: Tip) -> dict[str, Any] | None:
        account = SharedAccount.objects.filter(tip=tip).first()
        return SharedAccountSerializer(account, context=self.context).data if account else None


class ReferralSerializer(DisclosedSerializer):
    lifecycle = REFERRAL
    sender_name = serializers.SerializerMethodField()
    receiver_name = serializers.SerializerMethodField()
    moves = _moves()
    withheld = _withheld()

    class Meta:
        model = Referral
        fields = (
            "id",
            "reference",
            "tip",
            "sender",
            "sender_name",
            "receiver",
            "receiver_name",
            "service",
            "status",
            "urgency",
            "pillar",
            "need",
            "purpose",
            "legal_basis",
            "card",
            "progress",
            "outcome",
            "decline_reason",
            "decline_note",
            "question",
            "answer",
            "cancel_reason",
            "is_cancellation_asked",
            "sent_at",
            "received_at",
            "answered_at",
            "ended_at",
            "answer_due_at",
            "feedback_due_at",
            "version",
            "moves",
            "withheld",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_sender_name(self, referral: Referral) -> str:
        return _name_of(referral.sender, self.context["request"].user)

    def get_receiver_name(self, referral: Referral) -> str:
        return _name_of(referral.receiver, self.context["request"].user)

    def move_url(self, instance: Referral, move: str) -> str:
        return f"/api/v1/referrals/{instance.pk}/{move}/"


class AgencySerializer(DisclosedSerializer):
    withheld = _withheld()

    class Meta:
        model = Agency
        fields: tuple[str, ...] = (
            "id",
            "name",
            "alternate_name",
            "description",
            "kind",
            "functions",
            "sectors",
            "is_group",
            "is_hotline",
            "accepts_by",
            "website",
            "languages",
            "time_zone",
            "verified_at",
            "succeeded_by",
            "is_active",
            "withheld",
        )
        read_only_fields: tuple[str, ...] = fields


def _part(of: type[models.Model], *names: str) -> type[DisclosedSerializer]:
    """A serializer of some fields of a directory entry."""
    meta = type("Meta", (), {"model": of, "fields": (*names, "withheld"), "read_only_fields": names})
    return type(f"{of.__name__}Serializer", (DisclosedSerializer,), {"Meta": meta, "withheld": _withheld()})


ServiceSerializer = _part(
    Service, "id", "name", "description", "status", "needs", "languages", "minimum_age", "maximum_age", "eligibility"
)
LocationSerializer = _part(
    Location, "id", "name", "kind", "is_confidential", "address", "city", "county", "state", "postal_code", "country"
)
PhoneSerializer = _part(Phone, "id", "service", "number", "extension", "purpose", "description", "verified_on")
CoverageSerializer = _part(Coverage, "id", "service", "kind", "country", "state", "county", "code", "label")


class AgencyDetailSerializer(AgencySerializer):
    """With services, phones, coverage, and the places that the reader may know of."""

    services = ServiceSerializer(many=True, read_only=True)
    phones = PhoneSerializer(many=True, read_only=True)
    coverages = CoverageSerializer(many=True, read_only=True)
    locations = LocationSerializer(many=True, read_only=True)

    class Meta(AgencySerializer.Meta):
        fields = (*AgencySerializer.Meta.fields, "services", "phones", "coverages", "locations")
        read_only_fields: tuple[str, ...] = fields
