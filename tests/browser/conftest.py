"""A real browser on a live server: Chromium, axe, and a page that reports what it should not have done."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection
from django.test.testcases import LiveServerThread

from tests.factories import PASSWORD, World

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# WCAG 2.2 A and AA, and what axe calls best practice.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _missing(what: str) -> None:
    """No browser: said aloud on a machine of somebody's, a failure where the suite must be whole."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI=true requires the browser tests. Run .ci/run, which installs it.")
    pytest.skip(f"{what} is missing: the browser tests did not run. .ci/run installs what they need.")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, started once a file: its driver's event loop must be gone before other tests run in this process."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("The package playwright")
    path = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if path is None:
        _missing("Chromium")
    if not (settings.BUILD_DIR / "static" / "uswds").is_dir():
        _missing("The front-end package (make setup)")
    # The driver keeps an event loop in this thread; the queries of the tests themselves are plain all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def server(browser: Any, real_world: World) -> Iterator[str]:
    """The address of a server in a thread of this process, on a database of its own with the people of `World`."""
    thread = LiveServerThread("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()
    _end_stray_requests()


def _end_stray_requests() -> None:
    """A request that the browser gave up may still hold a connection; its database is about to be dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
        )


@dataclass
class Watched:
    """A page, the server it may talk to, and what went wrong in it."""

    page: Any
    server: str
    problems: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)

    def open(self, path: str) -> None:
        """Load a page of the server."""
        self.page.goto(f"{self.server}{path}")

    def sign_in(self, name: str, *, to: str = "/help/") -> None:
        """Sign in by keyboard, as a person does, and land on `to`."""
        self.open(f"/accounts/login/?next={to}")
        self.page.locator("#id_login").focus()
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.server}{to}")

    def axe(self) -> list[str]:
        """What axe finds wrong: rule and elements, empty when clean."""
        from axe_playwright_python.sync_playwright import Axe

        # Without reading style sheets once more: only a rule about locked orientation asks for it.
        options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "preload": False}
        found = Axe().run(self.page, options=options)
        return [
            f"{rule['id']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
            for rule in found.response["violations"]
        ]

    def overflow(self) -> int:
        """By how many CSS pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture
def watch(browser: Any, server: str) -> Iterator[Any]:
    """Make watched pages: `watch(width=320, color_scheme="dark", script=False)`.

    At the end each must be free of script errors, policy violations and requests that leave the site.
    """
    contexts: list[Any] = []
    pages: list[Watched] = []

    def make(*, width: int = 1280, height: int = 800, script: bool = True, **options: Any) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, **options
        )
        contexts.append(context)
        watched = Watched(context.new_page(), server)
        pages.append(watched)
        watched.page.on("console", lambda message: _note_console(watched, message))
        watched.page.on("pageerror", lambda error: watched.problems.append(f"script error: {error}"))
        context.on("request", lambda request: _note_request(watched, request))
        return watched

    yield make
    for context in contexts:
        context.close()
    assert [problem for watched in pages for problem in watched.problems] == []


def _note_console(watched: Watched, message: Any) -> None:
    # A refused request is the server's answer, not a fault of the page; those are asserted where they matter.
    if message.type in {"error", "warning"} and "the server responded with a status of" not in message.text:
        watched.problems.append(f"console {message.type}: {message.text}")


def _note_request(watched: Watched, request: Any) -> None:
    address = urlsplit(request.url)
    if address.scheme not in {"data", "blob", "about"} and f"{address.scheme}://{address.netloc}" != watched.server:
        watched.problems.append(f"left the site: {request.url}")
