"""Error pages: plain words, no content, alike where they must be."""

import logging

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from psycopg_pool import PoolTimeout

from casework import errors
from tests.factories import World

pytestmark = pytest.mark.urls("tests.casework.frame_urls")


@pytest.fixture
def quiet() -> Client:
    """A client that shows the error page instead of raising."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("how", "heading"),
    [
        ("400", "This request could not be read"),
        ("403", "This is not open to your role"),
        ("404", "This page is not here"),
        ("409", "Somebody else was first"),
        ("500", "This did not work"),
        ("503", "Not available now"),
    ],
)
def test_each_failure_has_its_page_and_tells_nothing_of_a_record(
    quiet: Client, world: World, how: str, heading: str
) -> None:
    quiet.force_login(world.operator)
    answer = quiet.get(f"/fail/{how}/")
    page = answer.content.decode()
    assert answer.status_code == int(how)
    assert page.count("<h1>") == 1
    assert f"<h1>{heading}</h1>" in page
    for secret in ("internal words", "Example is", "her name is", "10.0.0.1", "Traceback", "Exception"):
        assert secret not in page


def test_refusal_and_conflict_say_what_to_do(quiet: Client, world: World) -> None:
    quiet.force_login(world.operator)
    assert "Ask for approval." in quiet.get("/fail/403/").content.decode()
    assert "The agency accepted at 02:20." in quiet.get("/fail/409/").content.decode()


def test_hidden_and_missing_look_alike(quiet: Client, world: World) -> None:
    quiet.force_login(world.stranger)
    hidden, missing = quiet.get("/fail/404/"), quiet.get("/there/is/no/such/page/")
    assert hidden.status_code == missing.status_code == 404

    def body(answer: object) -> str:
        page = answer.content.decode()  # type: ignore[attr-defined]
        return page[page.index("<main") : page.index("</main>")]

    assert body(hidden) == body(missing)


@pytest.mark.parametrize("name", ["400", "403", "404", "409", "429", "500", "503"])
def test_every_error_page_renders_without_a_request_user_or_database(name: str) -> None:
    page = render_to_string(f"{name}.html", {"site_name": "Casework", "style": []})
    assert page.count("<h1>") == 1


@pytest.mark.parametrize(("name", "status"), [("500", 500), ("503", 503)])
def test_server_error_page_uses_neither_database_nor_context_processors(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, name: str, status: int
) -> None:
    # Neither the `db` fixture nor a user: a query would fail this test.
    engine = engines["django"].engine  # type: ignore[attr-defined]
    monkeypatch.setattr(engine, "template_context_processors", (lambda request: 1 / 0,))
    failure = RuntimeError("x") if status == 500 else PoolTimeout("x")
    try:
        raise failure
    except (RuntimeError, PoolTimeout):
        answer = errors.server_error(rf.get("/"))
    assert answer.status_code == status
    assert answer.get("Retry-After") == ("60" if status == 503 else None)


def test_server_error_reference_stands_on_the_page_and_in_the_log(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="casework.errors"):
        page = errors.server_error(rf.get("/")).content.decode()
    reference = caplog.messages[-1].rsplit(" ", 1)[1]
    assert len(reference) == 8
    assert reference in page


def test_server_error_page_renders_after_a_statement_failed(quiet: Client, world: World) -> None:
    quiet.force_login(world.operator)
    answer = quiet.get("/break/")
    assert answer.status_code == 500
    assert "This did not work" in answer.content.decode()


def test_page_stands_without_collected_style_sheets(rf: RequestFactory) -> None:
    storage = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with override_settings(STORAGES=storage, STATIC_ROOT="/nowhere"):
        assert b"This did not work" in errors.server_error(rf.get("/")).content
