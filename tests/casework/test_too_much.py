"""A form that is longer than the server reads: a page that says what to do, and nothing saved before is lost."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client, RequestFactory

from agencies.scope import acting_as
from casework import errors
from tests.casework.pages import sign_in
from tests.factories import NOW, World, log_tip
from tips.actions import intake
from tips.models import Draft, Note

pytestmark = pytest.mark.django_db
MOST = 20_000


@pytest.fixture(autouse=True)
def little(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = MOST


def words_of(length: int) -> str:
    return "Canary " * (length // 7)


def contact_of(world: World) -> str:
    with acting_as(world.operator):
        return str(intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW).pk)


def test_the_page_says_how_much_is_too_much_and_shows_none_of_it(world: World) -> None:
    tip = log_tip(world)
    answer = sign_in(world.operator).post(f"/tips/{tip.pk}/notes/", {"text": words_of(MOST * 2)})
    assert answer.status_code == 413
    assert "<h1>Too much to send at once</h1>" in answer.text
    assert "One page takes 20 kB of text. This was 21 kB too much, so nothing of it was saved." in answer.text
    assert "go back, shorten the longest text, and send again" in answer.text
    assert "Canary" not in answer.text
    assert "as it was last saved" not in answer.text
    with acting_as(world.operator):
        assert Note.objects.count() == 0


def test_of_a_contact_what_was_saved_before_stays_and_the_page_leads_there(world: World) -> None:
    contact, client = contact_of(world), sign_in(world.operator)
    address = f"/contacts/{contact}/"
    saved = {"sequence": 1, "values": {"base": ["0"], "page": ["p1"], "narrative": ["The first words"]}}
    assert client.post(f"{address}draft/", json.dumps(saved), "application/json").status_code == 200
    answer = client.post(address, {"narrative": words_of(MOST * 2), "act": "save", "base": "1"})
    assert answer.status_code == 413
    assert f'href="{address}"' in answer.text
    assert "The first words" in client.get(address).text


def test_a_save_by_script_that_is_too_long_is_told_as_a_sentence(world: World) -> None:
    contact, client = contact_of(world), sign_in(world.operator)
    sent = {"sequence": 1, "values": {"base": ["0"], "page": ["p1"], "narrative": [words_of(MOST * 2)]}}
    with acting_as(world.operator):
        before = list(Draft.objects.values("sequence", "saved_at"))
    answer = client.post(
        f"/contacts/{contact}/draft/", json.dumps(sent), "application/json", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.json() == {"detail": "Not saved: 21 kB too much. What was saved before is kept. Shorten the text."}
    with acting_as(world.operator):
        assert list(Draft.objects.values("sequence", "saved_at")) == before


@pytest.mark.parametrize("address", ["/accounts/login/", "/contacts/00000000-0000-7000-8000-000000000001/"])
def test_a_stranger_gets_the_same_page_before_anything_is_looked_up(db: None, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    answer = client.post(address, {"login": words_of(MOST * 2)})
    assert answer.status_code == 413
    assert "Too much to send at once" in answer.text


def test_what_is_still_on_its_way_is_taken_and_thrown_away(rf: RequestFactory, world: World) -> None:
    body = BytesIO(b"x" * (MOST * 3))
    request = rf.post("/", data=b"", content_type="application/x-www-form-urlencoded")
    request._stream = body  # type: ignore[attr-defined]
    errors._read_to_the_end(request)
    assert body.tell() == MOST * 3


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 kB"),
        (20_000, "20 kB"),
        (20_001, "21 kB"),
        (1_000_000, "1 MB"),
        (2_621_440, "2.7 MB"),
        (9_990_000, "10 MB"),
    ],
)
def test_sizes_are_said_rounded_up(count: int, said: str) -> None:
    assert errors.size_words(count) == said
