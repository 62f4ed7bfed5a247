"""The workload: one literal table of rows with their bounds, and how each is done once."""

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from agencies import chain
from bench import floors, form, mixed
from bench.client import Answer, Browser
from bench.samples import Samples
from bench.server import Server
from casework import rulebook
from casework.actions import clocks
from casework.routing import propose

RULES = 1000
SERVICES = 20_000
REFERENCE_FLOOR = 8.0  # Milliseconds, where the bounds were set.
FEWEST_FOR_SEEDING = 100_000  # Below, starting up is most of the time.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
STORY = {
    "exploitation": ["labor"],
    "venues": ["farm"],
    "industries": ["agriculture"],
    "state": "FL",
    "persons": [{"role": "potential_victim", "age": "adult", "wants_help": "yes", "needs": ["shelter"]}],
}


@dataclass
class Site:
    """One size under measurement: its server, who sits at which browser, and what there is to look at."""

    tips: int
    database: str
    server: Server
    browsers: dict[str, Browser]
    samples: Samples
    times: dict[str, tuple[float, int]]


# One request; True asks for its statements too.
Ask = Callable[[bool], Answer]


@dataclass(frozen=True)
class Row:
    """A row over HTTP. `bound` is times its floor, `growth` and `queries` as in the table of bounds; None: no bound."""

    code: str
    what: str
    floor: str
    bound: float
    growth: float
    queries: int | None
    make: Callable[[Site], Ask]
    beyond_floor: bool = False  # Count only the statements that the floor does not send.


@dataclass(frozen=True)
class Inside:
    """A row measured as a whole; `measure` returns one value in `unit`. `at_least`: more is better.

    Bounds are for a machine whose floor of pages is REFERENCE_FLOOR.
    """

    code: str
    what: str
    unit: str
    bound: float
    growth: float | None
    measure: Callable[[Site], float]
    at_least: bool = False
    is_once: bool = False
    scales: bool = True  # With the machine: a slower one may take longer.


def page(path: Callable[[Site], str], who: str = "operator") -> Callable[[Site], Ask]:
    """A page that is asked for again and again over one connection."""

    def make(site: Site) -> Ask:
        browser = site.browsers[who]
        browser.close()
        where = path(site)
        return lambda count: browser.get(where, count=count)

    return make


def floor_page(site: Site) -> Ask:
    """The floor of pages."""
    return page(lambda _: "/bench/floor-page/")(site)


def floor_post(site: Site) -> Ask:
    """The floor of posts."""
    return _floor_post(site, "/bench/floor-post/")


def seven_events(site: Site) -> Ask:
    """The floor of posts with six events more."""
    return _floor_post(site, "/bench/floor-post/?events=6")


def _floor_post(site: Site, path: str) -> Ask:
    fields: form.Fields = dict(floors.filled())
    browser = site.browsers["operator"]
    return lambda count: browser.post(path, fields, count=count)


def log_contact(site: Site) -> Ask:
    """The whole form, ended on a new tip; opening the contact beforehand is not timed."""
    fields = {**form.whole(), "act": "triage"}
    browser = site.browsers["operator"]

    def ask(count: bool) -> Answer:
        opened = browser.post("/contacts/new/", {"channel": "call"})
        return browser.post(opened.location, fields, count=count)

    return ask


def save_draft(site: Site) -> Ask:
    """One contact that is typed into for the whole measurement."""
    browser = site.browsers["operator"]
    opened = browser.post("/contacts/new/", {"channel": "call"})
    values, numbers = form.as_draft(), itertools.count(1)
    where = f"{opened.location}draft/"
    return lambda count: browser.post_json(where, {"sequence": next(numbers), "values": values}, count=count)


def accept(site: Site) -> Ask:
    """Each time another referral that waits at the big agency."""
    offers: Iterator[tuple[str, int]] = iter(site.samples.offers)
    browser = site.browsers["big"]
    browser.close()

    def ask(count: bool) -> Answer:
        where, version = next(offers)
        return browser.post(where, {"version": str(version)}, count=count)

    return ask


def thousand_rules(site: Site) -> float:
    """Milliseconds of one evaluation, without database."""
    book = _many_rules()
    began = time.perf_counter()
    propose(STORY, book)
    return (time.perf_counter() - began) * 1000


_BOOKS: list[rulebook.Rulebook] = []


def _many_rules() -> rulebook.Rulebook:
    if not _BOOKS:
        book = rulebook.installed()
        copies = -(-RULES // len(book.rules))
        many = [replace(rule, id=f"{rule.id}-{copy}") for copy in range(copies) for rule in book.rules]
        _BOOKS.append(replace(book, rules=tuple(many[:RULES])))
    return _BOOKS[0]


def sweep(site: Site) -> float:
    """Milliseconds of a sweep that finds nothing due."""
    began = time.perf_counter()
    clocks.sweep(at=LONG_AGO)
    return (time.perf_counter() - began) * 1000


def verification(site: Site) -> float:
    """Audit events verified in a second."""
    chain.seal()
    began = time.perf_counter()
    findings = chain.verify()
    seconds = time.perf_counter() - began
    events = next(int(finding.sentence.split()[0]) for finding in findings if finding.kind == "checked")
    return events / seconds


def memory(site: Site) -> float:
    """MB of the larger web process."""
    return max(site.server.memory_mb(), default=math.nan)


def import_time(site: Site) -> float:
    """Seconds for 20,000 services, as when the database was made; none where that was interrupted."""
    seconds, rows = site.times.get("import", (math.nan, 1))
    return seconds * SERVICES / rows


def seeding_time(site: Site) -> float:
    """Seconds for a million tips, as when the database was made; none for a small or interrupted one."""
    seconds, rows = site.times.get("seeding", (math.nan, 1))
    return seconds * 1_000_000 / rows if rows >= FEWEST_FOR_SEEDING else math.nan


def find_by_reference(site: Site) -> Ask:
    """The find box: from a reference to its tip."""
    browser = site.browsers["operator"]
    return lambda count: browser.post("/find/", {"q": site.samples.reference}, count=count)


def report_of(days: int) -> Callable[[Site], float]:
    """Milliseconds of the report of contacts over the last `days` days."""

    def measure(site: Site) -> float:
        today = timezone.localdate()
        period = f"since={today - timedelta(days=days)}&until={today}"
        browser = site.browsers["supervisor"]
        browser.close()
        return browser.get(f"/admin/reports/contacts-by-channel/?{period}").milliseconds

    return measure


_MIXED: dict[str, mixed.Mixed] = {}


def _mixed(site: Site) -> mixed.Mixed:
    """Run once for the rows that read it."""
    if site.database not in _MIXED:
        cookies = {seat: browser.cookies for seat, browser in site.browsers.items()}
        _MIXED[site.database] = mixed.measure(site.server, site.database, cookies, site.samples.tip)
    return _MIXED[site.database]


def mixed_rate(site: Site) -> float:
    """Requests of the mix in a second over those of the floor of pages."""
    return _mixed(site).mix.rate / _mixed(site).floor.rate


def mixed_p95(site: Site) -> float:
    """p95 of the mix over that of the floor of pages, both under sixteen clients."""
    return _mixed(site).mix.p95 / _mixed(site).floor.p95


def mixed_errors(site: Site) -> float:
    """Answers that were errors, of floor and mix together."""
    return float(len(_mixed(site).mix.errors) + len(_mixed(site).floor.errors))


FLOORS = {"page": floor_page, "post": floor_post}
_P, _Q = "page", "post"
ROWS: tuple[Row, ...] = (
    Row("P1", "queue, first page", _P, 2, 1.15, 8, page(lambda _: "/desk/")),
    Row("P1", "queue, far page", _P, 2, 1.15, 8, page(lambda site: site.samples.far_page)),
    Row("P2", "log a contact, whole form", _Q, 3, 1.1, 25, log_contact),
    Row("P3", "save of a draft", _Q, 1.5, 1.05, 6, save_draft),
    Row("P5", "find by reference", _P, 1, 1.2, 6, find_by_reference),
    Row("P6", "tip page, short history", _P, 2.5, 1.1, 15, page(lambda site: site.samples.tip)),
    Row("P6", "tip page, 200 entries", _P, 4, 1.1, 15, page(lambda site: site.samples.long_tip)),
    Row("P7", "proposals page", _P, 2.5, 1.1, 12, page(lambda site: f"{site.samples.tip}proposals/")),
    Row("P8", "who can help: need, state", _P, 1.5, 1.2, 6, page(lambda _: "/directory/help/?need=shelter&state=FL")),
    Row("P9", "inbox of the big agency", _P, 1.5, 1.15, 8, page(lambda _: "/referrals/", "big")),
    Row("P9", "inbox of a small agency", _P, 1.5, 1.15, 8, page(lambda _: "/referrals/", "small")),
    Row("P10", "accept a referral", _Q, 2.5, 1.1, 20, accept),
    Row("P13", "admin home", _P, 3, 1.2, 15, page(lambda _: "/admin/", "supervisor")),
    Row("P13", "admin list of referrals", _P, 3, 1.2, 15, page(lambda _: "/admin/casework/referral/", "supervisor")),
    Row("P14", "first public page", _P, 0.5, 1.05, 3, page(lambda _: "/accounts/login/", "stranger")),
    Row("P14", "API list of 50", _P, 1.5, 1.05, 8, page(lambda _: "/api/v1/tips/")),
    Row("P15", "six events more in a deed", _Q, 1.2, 1.1, 1, seven_events, beyond_floor=True),
)
INSIDE: tuple[Inside, ...] = (
    Inside("P7", "evaluation of 1,000 rules", "ms", 20, 1.1, thousand_rules),
    Inside("P11", "sweep, none due", "ms", 2, 1.2, sweep),
    Inside("P12", "report of a month", "ms", 500, None, report_of(30)),
    Inside("P12", "report of a year", "ms", 1500, None, report_of(365)),
    Inside("P15", "verification", "events/s", 200_000, 1.1, verification, at_least=True, is_once=True),
    Inside("P16", "mixed load: rate", "x floor", 0.5, 1.2, mixed_rate, at_least=True, is_once=True, scales=False),
    Inside("P16", "mixed load: p95", "x floor", 4, 1.2, mixed_p95, is_once=True, scales=False),
    Inside("P16", "mixed load: errors", "", 0, None, mixed_errors, is_once=True, scales=False),
    Inside("P17", "memory of a web process", "MB", 160, 1.1, memory, is_once=True, scales=False),
    Inside("P18", "importing 20,000 services", "s", 120, 1.2, import_time, is_once=True, scales=False),
    Inside("P18", "seeding 1,000,000 tips", "s", 900, 1.2, seeding_time, is_once=True, scales=False),
)
