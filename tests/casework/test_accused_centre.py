"""An accused emergency centre is not offered, also before there is a tip (rulings 2 and 30 l)."""

import pytest

from agencies.models import AuditEvent
from agencies.scope import acting_as
from tests.casework.pages import sign_in
from tests.casework.test_conversation_pages import WORDS, act, begin, centre
from tests.factories import World, make_agency
from tips.facts_of import facts_of
from tips.models import EmergencyOffer, Tip, Wall

pytestmark = pytest.mark.django_db


def test_an_accused_centre_gives_way_to_its_neighbour_and_the_state_police(world: World) -> None:
    accused = centre()
    neighbour = make_agency("Example Lee Centre", "emergency_dispatch_neighbor", accepts_by="none")
    police = make_agency("Example State Patrol", "state_police")
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise", narrative=WORDS, postal_code="34142", danger="life")
    page = client.get(url).text
    assert f'value="danger:offer:centre:{accused.pk}"' in page
    assert f'value="danger:offer:centre:{neighbour.pk}"' not in page
    answer = act(client, url, f"danger:accuse:{accused.pk}")
    assert answer.headers["Location"] == f"{url}#danger"
    page = client.get(url).text
    assert f"<b>{accused}</b> is accused" in page
    assert "Do not ask the person to call 911" in page
    assert f'value="danger:offer:centre:{accused.pk}"' not in page
    assert f'value="danger:offer:without_yes:{accused.pk}"' not in page
    assert 'value="danger:offer:centre"' not in page
    assert 'value="danger:offer:without_yes"' not in page
    for offered in (neighbour, police):
        assert f'value="danger:offer:centre:{offered.pk}"' in page
        assert f'value="danger:offer:without_yes:{offered.pk}"' in page
    assert WORDS in page


@pytest.mark.parametrize("deed", ["danger:offer:centre:{}", "danger:offer:without_yes:{}", "danger:offer:centre"])
def test_a_page_that_still_offers_it_is_refused_in_words(world: World, deed: str) -> None:
    accused = centre()
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise", narrative=WORDS, postal_code="34142")
    act(client, url, f"danger:accuse:{accused.pk}")
    refused = act(client, url, deed.format(accused.pk), danger_basis="minor")
    assert refused.status_code == 422
    assert "Call a neighbouring centre or the state police." in refused.text
    assert WORDS in refused.text
    with acting_as(world.operator):
        assert EmergencyOffer.objects.count() == 0


def test_the_tip_keeps_the_accused_centre_away_from_its_first_moment(world: World) -> None:
    accused = centre()
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise", narrative=WORDS, postal_code="34142", danger="life")
    act(client, url, f"danger:accuse:{accused.pk}")
    act(client, url, "triage")
    with acting_as(world.operator):
        tip, wall = Tip.objects.get(), Wall.objects.get()
        assert (wall.tip, wall.agency, wall.reason) == (tip, accused, "accused")
        assert facts_of(tip, by=world.operator)["accused_kinds"] == ["emergency_dispatch"]
        trail = AuditEvent.objects.filter(verb="hold_back").values_list("details", flat=True)
        assert list(trail) == [{"agency": str(accused.pk), "accused": True}]


def test_who_is_not_accused_after_all_is_offered_again(world: World) -> None:
    accused = centre()
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise", postal_code="34142")
    act(client, url, f"danger:accuse:{accused.pk}")
    act(client, url, f"danger:trust:{accused.pk}")
    assert f'value="danger:offer:centre:{accused.pk}"' in client.get(url).text
    act(client, url, "triage")
    with acting_as(world.operator):
        assert Wall.objects.count() == 0


@pytest.mark.parametrize("key", ["x", "", "00000000-0000-7000-8000-000000000000"])
def test_who_is_in_no_directory_is_not_accused(world: World, key: str) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    act(client, url, "danger:raise", narrative=WORDS)
    assert act(client, url, f"danger:accuse:{key}").status_code == 404
    assert WORDS in client.get(url).text
