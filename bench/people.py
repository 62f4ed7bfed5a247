"""Who takes part in the bench: a hotline with its desk, liaisons of a big and of a small agency; all fictional."""

from dataclasses import dataclass

from django.utils import timezone

from agencies.models import Agency, Coverage, Membership, Role, User

BIG, SMALL = 0, 7


@dataclass(frozen=True)
class Crew:
    """The desk that logs and routes."""

    hotline: Agency
    operator: User
    supervisor: User


def make() -> Crew:
    """The hotline and its desk; may be called again."""
    hotline, is_new = Agency.objects.get_or_create(
        name="Example Hotline", is_hotline=True, defaults={"kind_id": "hotline", "email": "inbox@example.org"}
    )
    if is_new:
        Coverage.objects.create(agency=hotline, kind=Coverage.Kind.COUNTRY, country="US", label="US")
    return Crew(
        hotline, user("bench-operator", Role.OPERATOR, hotline), user("bench-supervisor", Role.SUPERVISOR, hotline)
    )


def liaison(number: int) -> User:
    """A liaison of one of the agencies that tips are referred to."""
    agency = Agency.objects.get(name=f"Example Agency {number}")
    return user(f"bench-liaison-{number}", Role.LIAISON, agency)


def user(username: str, role: str, agency: Agency) -> User:
    """A person with one seat, and a password that nobody knows; may be called again."""
    found = User.objects.filter(username=username).first()
    if found is None:
        found = User.objects.create_user(username, display_name=username.capitalize())
        Membership.objects.create(user=found, agency=agency, role=role, valid_from=timezone.now())
    return found
