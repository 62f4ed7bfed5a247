"""What the frame of every staff page shows: who am I, where, which time zone, and the ways that are open to me."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from agencies.disclosure import Disclosed, disclosed
from agencies.models import Alarm, User
from casework.addresses import address_of

THEME_COOKIE = "theme"
KEYS_COOKIE = "keys"
SOUND_COOKIE = "sound"
MOST_ALARMS = 50
ZONES = {
    "America/New_York": "US Eastern",
    "America/Chicago": "US Central",
    "America/Denver": "US Mountain",
    "America/Phoenix": "US Mountain, Arizona",
    "America/Los_Angeles": "US Pacific",
    "America/Anchorage": "US Alaska",
    "Pacific/Honolulu": "US Hawaii",
    "America/Puerto_Rico": "US Atlantic",
    "Pacific/Guam": "US Chamorro",
}
THEMES = {"": "As the computer is set", "light": "Light", "dark": "Dark"}


@dataclass(frozen=True)
class Way:
    """An entry of the navigation; `right` is a right of casework/roles.py, empty for everybody signed in."""

    label: str
    name: str
    right: str


NAV = (
    Way("Desk", "desk", "tips.log_contact"),
    Way("Duty", "duty", "tips.log_contact"),
    Way("Referrals", "referral-inbox", "tips.read_content"),
    Way("Directory", "directory", "tips.read_content"),
    Way("Reports", "admin:reports", "casework.read_reports"),
    Way("Admin", "admin:index", "casework.use_admin"),
    Way("Help", "help", ""),
)


def ways(user: User, path: str) -> list[dict[str, Any]]:
    """The entries that this user may follow; the one that `path` lies under is the current one."""
    found = []
    for way in NAV:
        if way.right and not user.has_perm(way.right):
            continue
        url = address_of(way.name)
        found.append({"label": way.label, "url": url, "current": path.startswith(url)})
    return found


def way_to(user: User, name: str, right: str) -> str:
    """The address of a page; empty for those who may not go there."""
    return address_of(name) if user.has_perm(right) else ""


def alarms_for(user: User) -> list[Disclosed]:
    """The oldest alarms that nobody at the user's desk has answered; one query."""
    sounding = Alarm.objects.visible_to(user).unanswered().select_related("raised_by").order_by("raised_at", "pk")
    return [disclosed(alarm, to=user) for alarm in sounding[:MOST_ALARMS]]


def duty(request: HttpRequest, user: User, now: datetime) -> dict[str, Any]:
    """For somebody on duty: the alarms, asked for when a whole page is drawn, and how often the script looks."""
    seat = user.acting
    if seat is None or seat.on_duty_until is None or seat.on_duty_until <= now:
        return {}
    return {
        "duty_until": seat.on_duty_until,
        "sounding": partial(alarms_for, user),
        "alarm_seconds": settings.ALARM_LOOK_SECONDS,
        "sound_on": request.COOKIES.get(SOUND_COOKIE) == "on",
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; no query of its own but for people on duty, whose alarms are read."""
    now = timezone.localtime()
    shown = {
        "site_name": settings.SITE_NAME,
        "version": settings.VERSION,
        "is_demo": settings.DEMO,
        "is_training": settings.TRAINING,
        "read_at": now,
        "zone": f"{now:%Z}",
        "zone_name": ZONES.get(settings.TIME_ZONE, settings.TIME_ZONE.replace("_", " ")),
        "look_seconds": settings.LOOK_SECONDS,
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "lock_minutes": round(settings.AXES_COOLOFF_TIME * 60),
        "theme": request.COOKIES.get(THEME_COOKIE, "") if request.COOKIES.get(THEME_COOKIE) in THEMES else "",
        "most_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        "keys_on": request.COOKIES.get(KEYS_COOKIE) == "on",
    }
    user = getattr(request, "user", None)
    if isinstance(user, User):
        # The membership acted in is read once per request; this finds it in memory.
        shown |= {
            "nav": ways(user, request.path),
            "new_contact_url": way_to(user, "contact-new", "tips.log_contact"),
            "find_url": way_to(user, "find", "tips.read_content"),
            "recent_url": way_to(user, "recent", "tips.read_content"),
            "acting": user.acting,
            **duty(request, user, now),
        }
    return shown
