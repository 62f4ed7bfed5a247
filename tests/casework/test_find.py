"""The find box: a reference leads to its tip for whoever may know of it, and to the same words for everybody else."""

import pytest
from django.test import Client

from agencies.ids import make_reference
from tests.factories import World, log_tip


def find(client: Client, text: str) -> tuple[str, str]:
    """Where the box leads, and the notice that is then shown."""
    answer = client.post("/find/", {"q": text})
    notice = "".join(str(message) for message in answer.wsgi_request._messages)
    client.get("/help/")  # Shows the notice, and with that it is gone.
    return answer.url, notice


def test_reference_leads_to_the_tip_however_it_is_written(client: Client, world: World) -> None:
    tip = log_tip(world)
    client.force_login(world.operator)
    assert find(client, tip.reference) == (f"/tips/{tip.pk}/", "")
    assert find(client, f"  {tip.reference.lower()} ") == (f"/tips/{tip.pk}/", "")


def test_hidden_tip_and_missing_tip_get_the_same_answer(client: Client, world: World) -> None:
    tip = log_tip(world)
    missing = make_reference("CW", 2026, 999999)
    client.force_login(world.stranger)
    notice = "No tip with this reference is open to you. It may be mistyped, or your agency has no part in it."
    assert find(client, tip.reference) == ("/", notice)
    assert find(client, missing) == ("/", notice)


def test_mistyped_reference_is_told_so(client: Client, world: World) -> None:
    tip = log_tip(world)
    wrong = f"{tip.reference[:-1]}{'A' if tip.reference[-1] != 'A' else 'B'}"
    client.force_login(world.operator)
    address, notice = find(client, wrong)
    assert address == "/"
    assert "one wrong character is enough" in notice
    assert wrong not in notice


@pytest.mark.parametrize("who", ["agencyadmin", "auditor", "sysadmin"])
def test_role_without_tips_cannot_look_for_one(client: Client, world: World, who: str) -> None:
    client.force_login(getattr(world, who))
    assert client.post("/find/", {"q": "x"}).status_code == 403


def test_find_takes_neither_a_get_nor_a_stranger(client: Client, world: World) -> None:
    assert client.post("/find/", {"q": "x"}).url == "/accounts/login/?next=/find/"
    client.force_login(world.operator)
    assert client.get("/find/?q=x").status_code == 405
