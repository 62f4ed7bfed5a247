"""The people who sign in, and the agency and role in which they act."""

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agencies.history import tracked
from agencies.ids import uuid7
from agencies.models.agency import Agency


class Role(models.TextChoices):
    """The six roles; what each may do is the table in casework/roles.py."""

    OPERATOR = "operator", "Hotline operator"
    LIAISON = "liaison", "Agency liaison"
    SUPERVISOR = "supervisor", "Supervisor"
    AGENCY_ADMIN = "agency_admin", "Agency administrator"
    AUDITOR = "auditor", "Auditor"
    SYSADMIN = "sysadmin", "System administrator"


class UserManager(BaseUserManager["User"]):
    def signed_in(self, pk: Any) -> "User | None":
        """A user with the seats held now, the oldest first; None for a key that is nobody's. One query for most."""
        seats = list(
            Membership.objects.current(timezone.now())
            .filter(user=pk)
            .select_related("user", "agency")
            .order_by("valid_from")
        )
        user = seats[0].user if seats else self.filter(pk=pk).first()
        if user is not None:
            user.sit_on(seats)
        return user

    def create_user(self, username: str, *, password: str | None = None, **fields: Any) -> "User":
        """A user who may sign in; without a password the account cannot be used until one is set."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with an account. There are no superusers: running the server is not a need to know."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=150, unique=True)
    display_name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="Made by the demo; start-up refuses it anywhere else.")
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    _seats: "list[Membership]"
    _acting: "Membership | None"
    _answers: dict[tuple[str, str], bool]

    def __str__(self) -> str:
        return self.display_name or self.username

    def sit_on(self, seats: "list[Membership]") -> None:
        """Fix, for this object, the current memberships, the oldest first."""
        self._seats = seats

    @property
    def seats(self) -> "list[Membership]":
        """The memberships held now, the oldest first; read once for this object."""
        if not hasattr(self, "_seats"):
            self._seats = list(self.memberships.current(timezone.now()).order_by("valid_from"))
        return self._seats

    def act_as(self, membership: "Membership | None") -> None:
        """Fix, for this object, the membership that rights and scope are read from."""
        self._acting = membership

    @property
    def acting(self) -> "Membership | None":
        """The membership acted in: the one chosen for the session, else the oldest current one."""
        if not hasattr(self, "_acting"):
            self._acting = next(iter(self.seats), None)
        return self._acting

    @property
    def acting_agency_id(self) -> UUID | None:
        return self.acting.agency_id if self.acting else None

    @property
    def role(self) -> str:
        """The role acted in, or the empty string."""
        return self.acting.role if self.acting else ""

    @property
    def is_staff(self) -> bool:
        """Django's admin asks this; the right itself is a row of casework/roles.py."""
        return self.has_perm("casework.use_admin")

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether the role acted in holds this right; asked once for this object, a page asks hundreds of times."""
        if not self.is_active:
            return False
        answers = self.__dict__.setdefault("_answers", {})
        key = (self.role, perm)
        if key not in answers:
            answers[key] = any(backend.has_perm(self, perm, obj) for backend in _rights_backends())
        return bool(answers[key])

    def has_perms(self, perms: Iterable[str], obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(backend.has_module_perms(self, app_label) for backend in _rights_backends())


def _rights_backends() -> list[Any]:
    return [backend for backend in get_backends() if hasattr(backend, "has_module_perms")]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, at: Any) -> Self:
        """Memberships in force at a moment."""
        return (
            self.filter(valid_from__lte=at, agency__is_active=True)
            .filter(Q(valid_until=None) | Q(valid_until__gt=at))
            .select_related("agency")
            .defer("agency__description", "agency__extra")
        )

    def on_duty(self, agency_id: UUID | None, at: Any) -> Self:
        """Seats of one desk whose switch is on at a moment."""
        return self.current(at).filter(agency_id=agency_id, on_duty_until__gt=at)


@tracked()
class Membership(models.Model):
    """A user's seat at an agency, in one role, for a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    on_duty_until = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"], condition=Q(valid_until=None), name="membership_is_held_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="membership_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["agency", "role"])]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} at {self.agency}"
