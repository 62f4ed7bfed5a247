"""The demo's hotline and its ten users."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password

from agencies.models import Agency, AgencyKind, Coverage, Membership, Role, User

HOTLINE = "Example National Hotline"
SHELTER = "Example Harbor Shelter"
POLICE = "Example City Police Department"
# Seats are older than the oldest case of the demo.
SEATED_BEFORE = timedelta(days=200)


@dataclass(frozen=True)
class DemoUser:
    """One log-in of the demo."""

    username: str
    name: str
    role: str
    agency: str


USERS = (
    DemoUser("operator", "Olive Demo", Role.OPERATOR, HOTLINE),
    DemoUser("operator2", "Oscar Demo", Role.OPERATOR, HOTLINE),
    DemoUser("liaison", "Lena Demo", Role.LIAISON, SHELTER),
    DemoUser("liaison2", "Luis Demo", Role.LIAISON, POLICE),
    DemoUser("supervisor", "Sam Demo", Role.SUPERVISOR, HOTLINE),
    DemoUser("supervisor2", "Sofia Demo", Role.SUPERVISOR, HOTLINE),
    DemoUser("agencyadmin", "Ada Demo", Role.AGENCY_ADMIN, SHELTER),
    DemoUser("agencyadmin2", "Abel Demo", Role.AGENCY_ADMIN, POLICE),
    DemoUser("auditor", "Audrey Demo", Role.AUDITOR, HOTLINE),
    DemoUser("sysadmin", "Sid Demo", Role.SYSADMIN, HOTLINE),
)
# Agencies without a user of their own, and who answered for them.
STAND_INS = {
    "Example Gulf Legal Aid": "liaison",
    "Example Lantern Victim Services": "liaison",
    "Example Bluebonnet Clinic": "liaison",
    "Example Training Institute": "liaison",
    "Example Mangrove Immigration Clinic": "liaison",
    "Example Peach Worker Center": "liaison",
    "Example Sunshine Task Force": "liaison2",
    "Example State Police of Florida": "liaison2",
    "Example Labor Department of Georgia": "liaison2",
    "Example Child Protection of Florida": "liaison2",
}


def make_hotline() -> Agency:
    """The agency that takes the demo's contacts."""
    hotline, _ = Agency.objects.get_or_create(
        name=HOTLINE,
        source="demo",
        defaults={"kind": AgencyKind.objects.get(pk="hotline"), "is_hotline": True, "email": "hotline@example.org"},
    )
    Coverage.objects.get_or_create(
        agency=hotline, kind=Coverage.Kind.COUNTRY, country="US", defaults={"label": "United States"}
    )
    return hotline


def make_users(*, password: str, at: datetime) -> int:
    """The ten users with their seats; returns how many were made or got another password.

    They share one hash of the one password: checking it takes a third of a second, by design, and is done once.
    """
    agencies = {agency.name: agency for agency in Agency.objects.filter(name__in={user.agency for user in USERS})}
    known = {user.username: user for user in User.objects.filter(username__in=[user.username for user in USERS])}
    right = {user.password for user in known.values() if user.is_demo}
    right = {encoded for encoded in right if check_password(password, encoded)}
    encoded = next(iter(right), "") or make_password(password)
    changed = 0
    for demo in USERS:
        user = known.get(demo.username) or _new_user(demo)
        if not user.is_demo or user.password in right:
            continue
        user.password = encoded
        user.save()
        changed += 1
        if not user.memberships.exists():
            seat = Membership(user=user, agency=agencies[demo.agency], role=demo.role, valid_from=at - SEATED_BEFORE)
            seat.save(force_insert=True)
    return changed


def _new_user(demo: DemoUser) -> User:
    return User(username=demo.username, display_name=demo.name, email=f"{demo.username}@example.org", is_demo=True)


def make_stand_ins(*, until: datetime) -> dict[str, User]:
    """Agency -> the liaison who answered for it until now.

    So that offers to other agencies were answered too, while each of the ten users has one seat from now on.
    """
    found = {}
    for name, username in STAND_INS.items():
        user = User.objects.get(username=username)
        seat = Membership(
            user=user,
            agency=Agency.objects.get(name=name),
            role=Role.LIAISON,
            valid_from=until - SEATED_BEFORE,
            valid_until=until,
        )
        seat.save(force_insert=True)
        user.act_as(seat)
        found[name] = user
    return found
