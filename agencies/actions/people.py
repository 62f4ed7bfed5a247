"""Accounts and seats: who may sign in, and where they act in which role. Nobody changes their own."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from agencies import audit
from agencies.models import Membership, Role, User

# What an agency administrator may give and take at the own agency.
AGENCY_ROLES = frozenset({Role.LIAISON, Role.AGENCY_ADMIN})
ACCOUNT_FIELDS = frozenset({"username", "display_name", "email", "is_active"})


def roles_to_give(user: User) -> frozenset[Role]:
    """The roles that this user may give: all for the system administrator, two for an agency administrator."""
    if user.has_perm("casework.configure"):
        return frozenset(Role)
    return AGENCY_ROLES if user.has_perm("agencies.manage_agency") else frozenset()


@transaction.atomic
def create_account(person: User, *, by: User, at: datetime) -> User:
    """Save a new account, without a password: the person sets one by the link on the sign-in page.

    Raises PermissionDenied unless the actor is a system administrator, ValidationError for a name that is taken.
    """
    _check_configures(by)
    person.username = User.normalize_username(person.username)
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save(force_insert=True)
    audit.record("add", kind="user", by=by, at=at, object_id=person.pk)
    return person


@transaction.atomic
def change_account(person: User, *, by: User, at: datetime) -> User:
    """Write name, address and whether the account may be used; the rest of the given record is not looked at."""
    _check_configures(by)
    stored = User.objects.select_for_update().get(pk=person.pk)
    if stored.pk == by.pk:
        raise PermissionDenied("Nobody changes their own account here. Ask another system administrator.")
    changed = sorted(name for name in ACCOUNT_FIELDS if getattr(stored, name) != getattr(person, name))
    for name in changed:
        setattr(stored, name, getattr(person, name))
    if changed:
        stored.full_clean(exclude=["password"])
        stored.save(update_fields=changed)
        details = {"is_active": stored.is_active} if "is_active" in changed else {}
        audit.record("change", kind="user", by=by, at=at, object_id=stored.pk, fields=changed, details=details)
    return stored


@transaction.atomic
def add_membership(seat: Membership, *, by: User, at: datetime) -> Membership:
    """Save a new seat, held from now on.

    Raises PermissionDenied for a role or agency that is not the actor's to give, or the actor's own seat;
    ValidationError as check_seat does, and for a seat that is already held.
    """
    _check_may_seat(by, person_id=seat.user_id, agency_id=seat.agency_id, role=seat.role)
    check_seat(seat, at=at)
    seat.valid_from = at
    seat.full_clean()
    seat.save(force_insert=True)
    _record_seat("add", seat, by=by, at=at)
    return seat


def check_seat(seat: Membership, *, at: datetime) -> None:
    """Raises ValidationError for an operator outside a hotline, or an end that is already past."""
    if seat.role == Role.OPERATOR and not seat.agency.is_hotline:
        raise ValidationError({"role": "Operators work at a hotline. Choose liaison for this agency."})
    if seat.valid_until is not None and seat.valid_until <= at:
        raise ValidationError({"valid_until": "Choose a moment that is still to come, or leave it empty."})


@transaction.atomic
def end_membership(seat: Membership, *, by: User, at: datetime) -> Membership:
    """End a seat now. One that has ended stays as it is."""
    stored = Membership.objects.select_for_update(of=("self",)).get(pk=seat.pk)
    _check_may_seat(by, person_id=stored.user_id, agency_id=stored.agency_id, role=stored.role)
    if stored.valid_until is not None and stored.valid_until <= at:
        return stored
    stored.valid_until = max(at, stored.valid_from)
    stored.save(update_fields=["valid_until"])
    _record_seat("end", stored, by=by, at=at)
    return stored


def may_seat(user: User, seat: Membership) -> bool:
    """Whether the user may give or end this seat."""
    is_elsewhere = seat.agency_id != user.acting_agency_id and not user.has_perm("casework.configure")
    return seat.user_id != user.pk and not is_elsewhere and seat.role in roles_to_give(user)


def _check_may_seat(by: User, *, person_id: object, agency_id: object, role: str) -> None:
    if person_id == by.pk:
        raise PermissionDenied("Nobody gives or ends their own seat. Ask another administrator.")
    if role not in roles_to_give(by):
        raise PermissionDenied("This role is not yours to give. Ask the system administrator.")
    if agency_id != by.acting_agency_id and not by.has_perm("casework.configure"):
        raise PermissionDenied("You manage the people of your own agency only.")


def _check_configures(by: User) -> None:
    if not by.has_perm("casework.configure"):
        raise PermissionDenied("Only a system administrator manages accounts.")


def _record_seat(verb: str, seat: Membership, *, by: User, at: datetime) -> None:
    details = {"agency": str(seat.agency_id), "user": str(seat.user_id), "role": seat.role}
    audit.record(verb, kind="membership", by=by, at=at, object_id=seat.pk, details=details)
