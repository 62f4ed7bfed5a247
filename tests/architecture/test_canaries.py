"""Every page that each person can reach, with a canary in every field of words: who sees which is a literal table."""

import html
import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from agencies.models import User
from agencies.scope import acting_as
from casework.actions import referrals
from tests.factories import NOW, TOLD, World, log_tip, route
from tips.actions import notes, triage
from tips.models import Tip
from tips.told import IdentifierTold, PersonTold, PlaceTold, Told

pytestmark = pytest.mark.django_db
MOST_PAGES = 250
LINK = re.compile(r'(?:href|action)="([^"#]*)')
CANARY = re.compile(r"Canary[A-Z][A-Za-z]+")
NEVER_FOLLOWED = ("/accounts/", "/static/", "/admin/jsi18n", "/session/", "/preferences")

CARD = {"CanaryPurpose", "CanaryBasis", "CanarySummary"}
WORKING = {"CanaryShared", "CanarySharedNote", "CanaryHours"}
OWN = {"CanaryOwnNote", "CanaryPlaceWords"}
# Behind a recorded look, one at a time: on no page that is only opened.
IDENTITY = {"CanaryNarrative", "CanaryName", "CanaryTrafficker", "CanaryHandle", "CanaryBusiness", "CanaryCode"}

SEEN_BY = {
    "operator": CARD | WORKING | OWN,
    "operator2": CARD | WORKING | OWN,
    "supervisor": CARD | WORKING | OWN,
    "liaison": CARD | WORKING,  # accepted
    "liaison2": CARD,  # was sent it, did not answer
    "stranger": set(),
    "agencyadmin": set(),
    "agencyadmin2": set(),
    "auditor": {"CanaryBasis"},  # the basis of a disclosure is what an auditor is there for
    "sysadmin": set(),
}


@pytest.fixture
def tip(world: World) -> Tip:
    victim = PersonTold(
        facts={"role": "potential_victim", "age": "adult", "needs": ["shelter"]},
        is_in_contact=True,
        identity={"name": "CanaryName", "code_word": "CanaryCode"},
        safe_contact={"may_text": "yes", "hours": "CanaryHours"},
        identifiers=(IdentifierTold("handle", "CanaryHandle"),),
    )
    trafficker = PersonTold(facts={"role": "potential_trafficker"}, identity={"name": "CanaryTrafficker"})
    told = Told(
        narrative="CanaryNarrative",
        facts=TOLD.facts,
        place=PlaceTold(state="FL", county="Miami-Dade", words="CanaryPlaceWords"),
        persons=(victim, trafficker),
        identifiers=(IdentifierTold("business", "CanaryBusiness"),),
    )
    tip = log_tip(world, told)
    texts = {"purpose": "CanaryPurpose", "legal_basis": "CanaryBasis", "summary": "CanarySummary"}
    accepted, _ = route(world, tip, [world.shelter, world.police], **texts)
    with acting_as(world.operator):
        tip = Tip.objects.get(pk=tip.pk)
        triage.confirm_shared_account(tip, "CanaryShared", by=world.operator, at=NOW)
        notes.add(tip, "CanaryOwnNote", is_shared=False, by=world.operator, at=NOW)
        notes.add(tip, "CanarySharedNote", is_shared=True, by=world.operator, at=NOW)
    with acting_as(world.liaison):
        referrals.accept(accepted, by=world.liaison, at=NOW)
    return tip


def crawl(user: User, pages: list[str]) -> dict[str, str]:
    """Address -> body of everything that answers 200 to this person, following links, GET only."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="casework.roles.RoleBackend")
    waiting, known, bodies = deque(pages), set(pages), {}
    while waiting and len(known) < MOST_PAGES:
        address = waiting.popleft()
        response = client.get(address)
        assert response.status_code != 500, address
        if response.status_code in (301, 302):
            links = [response["Location"]]
        elif response.status_code == 200 and not response.streaming:
            bodies[address] = response.content.decode(errors="replace")
            links = [html.unescape(link) for link in LINK.findall(bodies[address])]
        else:
            links = []
        for link in links:
            parts = urlsplit(urljoin(address, link))
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc in ("", "testserver") and target not in known and not target.startswith(NEVER_FOLLOWED):
                known.add(target)
                waiting.append(target)
    return bodies


@pytest.mark.parametrize("username", sorted(SEEN_BY))
def test_each_person_meets_exactly_the_words_of_their_levels(world: World, tip: Tip, username: str) -> None:
    user = getattr(world, username)
    with acting_as(world.operator):
        keys = [str(key) for key in tip.referrals.values_list("pk", flat=True)]
    # The pages with the words come first: of those found on the way only so many are opened.
    pages = [
        *(f"/referrals/{key}/" for key in keys),
        *(f"/api/v1/referrals/{key}/" for key in keys),
        *starting_points_of(tip),
    ]
    bodies = crawl(user, pages)
    assert len(bodies) > 3
    where: dict[str, str] = {}
    for address, body in bodies.items():
        for canary in CANARY.findall(body):
            where.setdefault(canary, address)
    unexpected = {canary: address for canary, address in where.items() if canary not in SEEN_BY[username]}
    assert unexpected == {}
    assert SEEN_BY[username] - set(where) == set()


def starting_points_of(tip: Tip) -> list[str]:
    pages = ["/", "/desk/", "/referrals/", "/directory/", "/admin/", "/help/", "/find/?q=Shared", "/desk/?view=all"]
    pages += [f"/tips/{tip.pk}/{name}" for name in ("", "triage/", "proposals/", "notes/", "close/", "reveal/")]
    return [*pages, "/api/v1/tips/", "/api/v1/referrals/", "/api/v1/agencies/", f"/api/v1/tips/{tip.pk}/"]


def test_no_address_of_a_page_holds_words_of_a_record(world: World, tip: Tip) -> None:
    bodies = crawl(world.operator, starting_points_of(tip))
    assert [address for address in bodies if CANARY.search(address)] == []
