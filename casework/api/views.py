"""The API's addresses: find with visible_to, call the verb, say the result."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, permissions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies import audit
from agencies.filters import AgencyFilter
from agencies.models import Agency, User
from casework.api.moves import MOVES, VersionInput
from casework.api.serializers import (
    AgencyDetailSerializer,
    AgencySerializer,
    ReferralSerializer,
    TipDetailSerializer,
    TipSerializer,
)
from casework.filters import ReferralFilter
from casework.models import Referral
from casework.pagination import CursorPages
from tips.filters import TipFilter
from tips.models import Tip, TipAccess


class ReadsContent(permissions.BasePermission):
    """Roles without case content are refused, not shown an empty list."""

    message = "Your role reads no case content."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.has_perm("tips.read_content")


class ActsSomewhere(permissions.BasePermission):
    """The directory is for those who act for an agency."""

    message = "You act for no agency now. Ask your administrator for a seat."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.acting_agency_id is not None


class NewestFirst(CursorPages):
    ordering = ("-created_at", "-id")


class ByName(CursorPages):
    ordering = ("name", "id")


class RecordedList(generics.ListAPIView[Any]):
    """A list; which records were looked at is one audit event."""

    kind = ""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        ids = [str(row["id"]) for row in response.data["results"]]
        audit.record("list", kind=self.kind, by=_user(request), details={"ids": ids, "in": "api"})
        return response


class RecordedDetail(generics.RetrieveAPIView[Any]):
    """One record; the look is an audit event with the names of the fields that were shown."""

    kind = ""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        record = self.get_object()
        said = self.get_serializer(record).data
        tip = record.pk if isinstance(record, Tip) else getattr(record, "tip_id", None)
        audit.record(
            "view",
            kind=self.kind,
            by=_user(request),
            object_id=record.pk,
            tip=tip,
            fields=list(said),
            details={"in": "api"},
        )
        return Response(said)


class TipList(RecordedList):
    """Tips that the own agency has a need to know, newest first."""

    kind = "tip"
    permission_classes = [permissions.IsAuthenticated, ReadsContent]
    serializer_class = TipSerializer
    pagination_class = NewestFirst
    filterset_class = TipFilter
    queryset = TipAccess.objects.none()

    def get_queryset(self) -> "QuerySet[Any]":
        # The access rows drive the list, as on every page: they carry the keys it is sorted and filtered by.
        return TipAccess.objects.held_by(_user(self.request)).select_related("tip")

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return [access.tip for access in page or []]


class TipDetail(RecordedDetail):
    kind = "tip"
    permission_classes = [permissions.IsAuthenticated, ReadsContent]
    serializer_class = TipDetailSerializer
    queryset = Tip.objects.none()

    def get_queryset(self) -> "QuerySet[Any]":
        rows = Tip.objects.visible_to(_user(self.request))
        return rows.prefetch_related("persons", "places", "tracks__tip")


class ReferralList(RecordedList):
    """What the own agency sent and what was sent to it, newest first."""

    kind = "referral"
    permission_classes = [permissions.IsAuthenticated, ReadsContent]
    serializer_class = ReferralSerializer
    filterset_class = ReferralFilter
    queryset = Referral.objects.none()

    def get_queryset(self) -> "QuerySet[Any]":
        return Referral.objects.visible_to(_user(self.request)).select_related("sender", "receiver")


class ReferralDetail(RecordedDetail):
    kind = "referral"
    permission_classes = [permissions.IsAuthenticated, ReadsContent]
    serializer_class = ReferralSerializer
    queryset = Referral.objects.none()

    def get_queryset(self) -> "QuerySet[Any]":
        return Referral.objects.visible_to(_user(self.request)).select_related("sender", "receiver")


class ReferralMove(generics.GenericAPIView[Any]):
    """One move, named in the address. 409 when somebody else was first, 403 for the wrong side or role."""

    move = ""
    permission_classes = [permissions.IsAuthenticated, ReadsContent]
    pagination_class = None
    filter_backends = []
    queryset = Referral.objects.none()

    def get_queryset(self) -> "QuerySet[Any]":
        return Referral.objects.visible_to(_user(self.request)).select_related("sender", "receiver")

    def get_serializer_class(self) -> type[VersionInput]:
        return MOVES[self.move].input

    @extend_schema(responses=ReferralSerializer)
    def post(self, request: Request, pk: Any) -> Response:
        move = MOVES[self.move]
        referral = self.get_object()
        sent = self.get_serializer(data=request.data)
        sent.is_valid(raise_exception=True)
        values = {move.names.get(name, name): value for name, value in sent.validated_data.items()}
        move.verb(referral, by=_user(request), at=timezone.now(), **values)
        record = self.get_queryset().filter(pk=referral.pk).first()
        if record is None:
            raise Http404
        return Response(ReferralSerializer(record, context=self.get_serializer_context()).data)


class AgencyList(RecordedList):
    """The directory, by name."""

    kind = "agency"
    permission_classes = [permissions.IsAuthenticated, ActsSomewhere]
    serializer_class = AgencySerializer
    pagination_class = ByName
    filterset_class = AgencyFilter
    queryset = Agency.objects.none()

    def get_queryset(self) -> "QuerySet[Any]":
        return Agency.objects.visible_to(_user(self.request))


class AgencyDetail(RecordedDetail):
    kind = "agency"
    permission_classes = [permissions.IsAuthenticated, ActsSomewhere]
    serializer_class = AgencyDetailSerializer
    queryset = Agency.objects.none()

    def get_queryset(self) -> "QuerySet[Any]":
        rows = Agency.objects.visible_to(_user(self.request))
        return rows.prefetch_related("services", "phones", "coverages", "locations")


def _user(request: Request) -> User:
    # permission_classes let nobody else in.
    return cast(User, request.user)
