"""One run: databases, servers, sign-ins, and every row at every size in turn."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from agencies.models import User
from bench import database, people, samples
from bench.client import Browser, Refused
from bench.fresh import speaking_to
from bench.rows import FLOORS, INSIDE, ROWS, Ask, Inside, Row, Site
from bench.seed import Say
from bench.server import Server, serving
from bench.timing import WARM_ROUNDS, Measured, percentile, side_by_side

ROUNDS = 60
COUNTED = 5  # Requests that tell their statements; the one with the middle time in the database is kept.


@dataclass(frozen=True)
class Plan:
    """What is measured side by side, and how often."""

    sites: list[Site]
    rounds: int
    warm: int

    def times(self, acts: Sequence[Callable[[], float]]) -> list[list[float]]:
        """Milliseconds of each act, round after round."""
        return side_by_side(acts, self.rounds, self.warm)


Result = tuple[Row | Inside, list[Measured]]


def run(
    sizes: Sequence[int], *, services: int, clean: bool, logs: Path, say: Say, rounds: int = ROUNDS
) -> tuple[list[Result], list[Measured]]:
    """All rows, each at all sizes, and the two floors; databases are made where they are missing."""
    names = {tips: database.prepare(tips, services, clean=clean, say=say) for tips in sizes}
    return measure(names, logs=logs, say=say, rounds=rounds)


def measure(
    names: Mapping[int, str], *, logs: Path, say: Say, rounds: int, warm: int = WARM_ROUNDS
) -> tuple[list[Result], list[Measured]]:
    """The same over databases that are there: number of tips -> name."""
    with ExitStack() as stack:
        sites = []
        for tips, name in names.items():
            say(f"{name}: web server, sign-ins, tips to look at")
            server = stack.enter_context(serving(name, logs / f"{name}.log"))
            sites.append(stack.enter_context(site_of(tips, name, server, offers=rounds + warm + COUNTED)))
        say(f"Measuring, {rounds} rounds a row")
        plan = Plan(sites, rounds, warm)
        floors = [measured for name in FLOORS for measured in _floor(name, plan)]
        found: list[Result] = []
        for row in ROWS:
            found.append((row, _over_http(row, plan)))
            say(f"  {row.code} {row.what}{_failures(found[-1][1])}")
        for inside in INSIDE:
            found.append((inside, [_inside(inside, site, plan) for site in sites]))
            say(f"  {inside.code} {inside.what}{_failures(found[-1][1])}")
    return found, floors


@contextmanager
def site_of(tips: int, name: str, server: Server, *, offers: int) -> Iterator[Site]:
    """Everybody signed in, everything made that the rows look at."""
    with speaking_to(name):
        crew = people.make()
        big, small = people.liaison(people.BIG), people.liaison(people.SMALL)
        seats = {"operator": crew.operator, "supervisor": crew.supervisor, "big": big, "small": small}
        browsers = {seat: _signed_in(user, server.port) for seat, user in seats.items()}
        made = samples.make(crew, offers=offers)
        times = database.times()
    browsers["stranger"] = Browser(server.port)
    try:
        yield Site(tips, name, server, browsers, made, times)
    finally:
        for browser in browsers.values():
            browser.close()


def _signed_in(user: User, port: int) -> Browser:
    """Through the page, with a password that lasts for this run; hashed as the server expects it, whoever calls."""
    password, hasher = secrets.token_urlsafe(24), PBKDF2PasswordHasher()
    user.password = hasher.encode(password, hasher.salt())
    user.save(update_fields=["password"])
    browser = Browser(port)
    browser.sign_in(user.username, password)
    return browser


def _floor(name: str, plan: Plan) -> list[Measured]:
    acts = [FLOORS[name](site) for site in plan.sites]
    series = plan.times([_timed(act) for act in acts])
    found = []
    for site, act, times in zip(plan.sites, acts, series, strict=True):
        measured = Measured(site.tips, percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.5))
        _count(measured, act)
        found.append(measured)
    return found


def _over_http(row: Row, plan: Plan) -> list[Measured]:
    """The row and its floor in turn at every size: what the machine does meanwhile hits all of them alike."""
    sites = plan.sites
    found = [Measured(site.tips) for site in sites]
    try:
        floors = [FLOORS[row.floor](site) for site in sites]
        acts = [row.make(site) for site in sites]
        series = plan.times([_timed(act) for act in (*floors, *acts)])
        for number, measured in enumerate(found):
            times = series[len(sites) + number]
            measured.floor = percentile(series[number], 0.5)
            measured.p50, measured.p95 = percentile(times, 0.5), percentile(times, 0.95)
            _count(measured, acts[number])
            if row.beyond_floor and measured.queries is not None:
                measured.queries -= len(floors[number](True).statements)
    except (Refused, OSError) as error:
        for measured in found:
            measured.failure = str(error) or type(error).__name__
    return found


def _count(measured: Measured, act: Ask) -> None:
    told = sorted((act(True).statements for _ in range(COUNTED)), key=_milliseconds)[COUNTED // 2]
    measured.statements, measured.queries, measured.database = told, len(told), _milliseconds(told)


def _milliseconds(statements: Sequence[tuple[float, str]]) -> float:
    return sum(milliseconds for milliseconds, _ in statements)


def _timed(act: Ask) -> Callable[[], float]:
    return lambda: act(False).milliseconds


def _inside(row: Inside, site: Site, plan: Plan) -> Measured:
    """With the floor of pages beside it: on a busy machine a time or a rate alone says little."""
    floor = _timed(FLOORS["page"](site))
    with speaking_to(site.database):
        if row.is_once:
            floors = plan.times([floor])[0]
            value = row.measure(site)
            return Measured(site.tips, value, value, percentile(floors, 0.5))
        floors, series = plan.times([floor, lambda: row.measure(site)])
    return Measured(site.tips, percentile(series, 0.5), percentile(series, 0.95), percentile(floors, 0.5))


def _failures(found: Sequence[Measured]) -> str:
    return "".join(f": {failure}" for failure in dict.fromkeys(measured.failure for measured in found) if failure)
