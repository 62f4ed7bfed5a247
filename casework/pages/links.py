"""Numbers on pages for people without an account."""

from collections.abc import Iterator

from agencies.models import Agency
from agencies.models.agency import AgencyQuerySet
from agencies.reach import with_reach


def number_of(agency: Agency) -> str:
    """The agency's number to call; empty where none is on file."""
    return next(_numbers(Agency.objects.filter(pk=agency.pk)), "")


def public_number() -> str:
    """The hotline's number: of several hotlines with one, that which was entered first."""
    return next(_numbers(Agency.objects.filter(is_hotline=True, is_active=True)), "")


def _numbers(agencies: AgencyQuerySet) -> Iterator[str]:
    for agency in with_reach(agencies).order_by("created_at", "pk"):
        number: str = agency.call_at or ""  # type: ignore[attr-defined]
        if number:
            yield number
