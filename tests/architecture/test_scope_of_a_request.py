"""The scope never leaks from one request to the next: one connection, two users, errors, streams, lazy pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path

from agencies.lifecycle import Conflict
from agencies.models import AuditEvent
from agencies.scope import acting_as, acting_as_system
from casework.urls import handler404, handler500  # noqa: F401 - a test URL configuration needs them
from casework.urls import urlpatterns as real_patterns
from tests.factories import World, log_tip
from tips.models import Contact, Tip

SETTINGS = ("user", "agency", "reader", "role", "scope")


def scope_now() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(f"coalesce(current_setting('casework.{s}', true), '')" for s in SETTINGS))
        return dict(zip(SETTINGS, cursor.fetchone(), strict=True))


def count(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{Tip.objects.count()} {scope_now()['role']}")


def lazy(request: HttpRequest) -> HttpResponse:
    response = TemplateResponse(request, "400.html", {"tips": Tip.objects.all()})
    response.template_name = ["does-not-exist.html", "400.html"]
    response.add_post_render_callback(lambda done: done.__setitem__("X-Count", str(Tip.objects.count())))
    return response


def stream(request: HttpRequest) -> StreamingHttpResponse:
    user = request.user

    def rows() -> Iterator[bytes]:
        yield f"outside {Tip.objects.count()} ".encode()
        with acting_as(user):  # type: ignore[arg-type]
            yield f"inside {Tip.objects.count()}".encode()

    return StreamingHttpResponse(rows())


def boom(request: HttpRequest, how: str) -> HttpResponse:
    Contact.objects.update(language="half-written")
    raise {"500": ZeroDivisionError, "404": Http404, "403": PermissionDenied, "409": Conflict}[how]("no content")


def answers_500(request: HttpRequest) -> HttpResponse:
    Contact.objects.update(language="half-written")
    return HttpResponse(status=500)


urlpatterns = [
    *real_patterns,
    path("t/count", count),
    path("t/lazy", lazy),
    path("t/stream", stream),
    path("t/boom/<str:how>", boom),
    path("t/answers-500", answers_500),
]


@pytest.fixture
def one_connection(real_world: World) -> Iterator[World]:
    """A pool that holds a single connection, as a busy server would hand it around."""
    connections.close_all()
    options = connection.settings_dict["OPTIONS"]
    options["pool"] = {"min_size": 1, "max_size": 1, "timeout": 5}
    yield real_world
    connections.close_all()
    connection.close_pool()
    del options["pool"]


@pytest.fixture
def clients(one_connection: World, settings: Any) -> dict[str, Client]:
    settings.ROOT_URLCONF = __name__
    log_tip(one_connection)
    made = {}
    for name in ("operator", "stranger"):
        made[name] = Client(raise_request_exception=False)
        made[name].force_login(getattr(one_connection, name), backend="casework.roles.RoleBackend")
    made["nobody"] = Client()
    return made


def test_two_users_in_turn_on_one_connection(clients: dict[str, Client]) -> None:
    for _ in range(3):
        assert clients["operator"].get("/t/count").content == b"1 operator"
        assert clients["stranger"].get("/t/count").content == b"0 liaison"
        assert clients["nobody"].get("/t/count").content == b"0 "
    assert set(scope_now().values()) == {""}


@pytest.mark.parametrize("how", ["500", "404", "403", "409"])
def test_nothing_stays_after_an_exception(clients: dict[str, Client], how: str, one_connection: World) -> None:
    clients["operator"].get(f"/t/boom/{how}")
    assert set(scope_now().values()) == {""}
    assert clients["nobody"].get("/t/count").content == b"0 "
    with acting_as(one_connection.operator):
        assert Contact.objects.get().language == ""


def test_a_view_that_answers_500_is_rolled_back(clients: dict[str, Client], one_connection: World) -> None:
    assert clients["operator"].get("/t/answers-500").status_code == 500
    with acting_as(one_connection.operator):
        assert Contact.objects.get().language == ""


@pytest.mark.parametrize(("how", "reason"), [("404", "Http404"), ("403", "PermissionDenied"), ("409", "Conflict")])
def test_a_refusal_is_recorded_after_the_rollback(
    clients: dict[str, Client], one_connection: World, how: str, reason: str
) -> None:
    clients["stranger"].get(f"/t/boom/{how}")
    with acting_as_system("test"):
        event = AuditEvent.objects.get(verb="refused")
    assert (event.reason, event.actor, event.outcome) == (reason, one_connection.stranger.pk, "refused")


def test_a_lazily_rendered_page_is_rendered_inside(clients: dict[str, Client]) -> None:
    assert clients["operator"].get("/t/lazy")["X-Count"] == "1"
    assert clients["stranger"].get("/t/lazy")["X-Count"] == "0"


def test_a_stream_sees_nothing_until_it_says_for_whom(clients: dict[str, Client]) -> None:
    response = clients["operator"].get("/t/stream")
    assert b"".join(response.streaming_content) == b"outside 0 inside 1"  # type: ignore[attr-defined]
    assert set(scope_now().values()) == {""}


@pytest.mark.django_db
def test_inside_one_transaction_the_middleware_clears_the_scope(world: World, settings: Any, client: Client) -> None:
    """In a TestCase the transaction-local setting would survive into the next request."""
    settings.ROOT_URLCONF = __name__
    log_tip(world)
    client.force_login(world.operator, backend="casework.roles.RoleBackend")
    assert client.get("/t/count").content == b"1 operator"
    assert set(scope_now().values()) == {""}
    assert Client().get("/t/count").content == b"0 "
