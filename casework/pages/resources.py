"""Who can help the person in contact: services of the directory for the place and the needs that were told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from agencies.directory import Where
from agencies.helping import ForWhom, Wanted
from casework import helping
from casework.helping import Line
from tips.actions.resources_given import Resource
from tips.models import Danger

_MOST = 12


@dataclass(frozen=True)
class Helper:
    """A service that may be read out, with its numbers; nobody is told."""

    line: Line

    @property
    def service_id(self) -> str:
        return str(self.line.service.pk)

    @property
    def label(self) -> str:
        return f"{self.line.agency.name}: {self.line.service.name}"

    def as_resource(self, how: str) -> Resource:
        """What the verb records."""
        return Resource(agency=self.line.agency, how=how, needs=self.line.needs, service=self.line.service)


@dataclass(frozen=True)
class Near:
    """Services to read out, and how many are not on the list and why."""

    helpers: tuple[Helper, ...] = ()
    left_out: str = ""


def near(data: QueryDict, *, at: datetime) -> Near:
    """Services for one of the needs ticked on the page, for its persons and its place.

    At most 12, in two statements; none at all while no need is ticked.
    """
    persons = list(_persons(data))
    needs = sorted({need for _, ticked in persons for need in ticked})
    wanted = Wanted(
        needs=needs,
        where=where_of(data),
        persons=[person for person, ticked in persons if ticked],
        languages=[data.get("language", ""), *_languages(data)],
        is_danger=data.get("danger") == Danger.LIFE,
    )
    found = helping.who_can_help(wanted, at=at, limit=_MOST)
    return Near(tuple(Helper(line) for line in found.lines), found.left_out)


def where_of(data: QueryDict) -> Where:
    """The place typed on the page, as the directory understands it."""
    return Where(
        country=data.get("country", "").strip().upper() or "US",
        state=data.get("state", "") if data.get("state") != "unknown" else "",
        county=data.get("county", "").strip(),
        postal_code=data.get("postal_code", "").strip(),
        tribal_land=data.get("tribal_land", "").strip(),
    )


def _persons(data: QueryDict) -> Iterator[tuple[ForWhom, list[str]]]:
    """Each person on the page, and the needs ticked for them."""
    for name in data:
        person = name.removesuffix("-needs")
        if name.startswith("person-") and person != name:
            gender = data.get(f"{person}-gender", "")
            ages = helping.AGES.get(data.get(f"{person}-age", ""))
            needs = [need for need in data.getlist(name) if need not in ("none", "unknown")]
            yield ForWhom(ages, gender if gender != "unknown" else ""), needs


def _languages(data: QueryDict) -> Iterator[str]:
    """Languages of the persons, as they were typed with commas between."""
    for name in data:
        if name.startswith("person-") and name.endswith("-languages"):
            yield from data.get(name, "").split(",")
