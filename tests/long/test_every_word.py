"""Typing for a minute without a pause while the server is killed again and again: at most two seconds are lost."""

import random
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from agencies.scope import acting_as
from tests.browser.conftest import Watched, browser  # noqa: F401 - the fixture
from tests.factories import World
from tips.actions import drafts
from tips.models import Draft

pytestmark = [pytest.mark.long, pytest.mark.browser]
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60.0
WINDOW = 2.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


def serve(port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.long.serving", str(port), connection.settings_dict["NAME"]]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        with socket.socket() as door:
            if door.connect_ex(("localhost", port)) == 0:
                return process
        assert process.poll() is None, "The server did not start."
        time.sleep(0.1)
    raise AssertionError("The server does not answer.")


def kept(world: World) -> str:
    with acting_as(world.operator):
        values = drafts.read_draft(Draft.objects.get()).get("values", {})
    return str((values.get("narrative") or [""])[0])


@pytest.mark.parametrize("seed", [1, 2])
def test_a_minute_of_typing_outlives_killed_servers_and_a_killed_browser(
    browser: Any,  # noqa: F811
    real_world: World,
    seed: int,
) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    port = free_port()
    process = serve(port)
    page = browser.new_context().new_page()
    seen = Watched(page, f"http://localhost:{port}")
    try:
        seen.sign_in("operator", to="/desk/")
        page.click("#new-contact")
        page.wait_for_selector("#id_narrative")
        typed: list[tuple[float, str]] = []
        started = time.monotonic()
        kills = sorted(dice.uniform(5, SECONDS - 15) for _ in range(3))
        up_since = started
        while time.monotonic() - started < SECONDS:
            word = f"w{len(typed)} "
            page.keyboard.type(word, delay=dice.uniform(5, 60))
            typed.append((time.monotonic(), word))
            if kills and time.monotonic() - started > kills[0]:
                kills.pop(0)
                process.kill()
                process.wait()
                killed_at = time.monotonic()
                # What was typed two seconds before the server died had been kept, whatever becomes of the page.
                assert within(kept(real_world), typed, older_than=max(up_since, killed_at - WINDOW), since=up_since)
                process = serve(port)
                up_since = time.monotonic() + 6  # The page tries again every few seconds.
        assert kills == []
        with pytest.raises(Exception, match=r".*"):
            page.goto("chrome://crash")
        crashed_at = time.monotonic()
        words = "".join(word for at, word in typed if at < crashed_at - WINDOW)
        assert kept(real_world).startswith(words)
    finally:
        process.kill()
        process.wait()
        page.context.close()


def within(found: str, typed: list[tuple[float, str]], *, older_than: float, since: float) -> bool:
    """Whether everything typed before a moment is there; just after a restart only what the page could send by then."""
    if older_than <= since:
        return True
    return found.startswith("".join(word for at, word in typed if at < older_than))
