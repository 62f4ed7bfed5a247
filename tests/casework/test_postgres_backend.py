"""Django's connections to the embedded server: cold starts through the pool, and a server that is gone."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.postgres.signals import register_type_handlers
from django.db import OperationalError, connections
from django.db.backends.signals import connection_created
from pytest_django.plugin import DjangoDbBlocker

from casework import env
from casework.postgres import launcher
from casework.postgres.base import DatabaseWrapper
from tests.casework.servers import kill_server, throw_away

# Under the 30 s that a pool waits by default, also on a busy machine.
SOON_SECONDS = 25.0


@pytest.fixture
def open_connection(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[..., DatabaseWrapper]]:
    """Connections to a server that is not running yet, all through one pool."""
    made: list[DatabaseWrapper] = []

    def open_one(**more: Any) -> DatabaseWrapper:
        settings = connections.configure_settings({"default": {**env.database("NO_SUCH_VARIABLE", tmp_path), **more}})
        wrapper = DatabaseWrapper(settings["default"], alias="tried")
        wrapper.inc_thread_sharing()
        made.append(wrapper)
        return wrapper

    DatabaseWrapper._answered = False
    # It would look up this connection by its alias, which is in no settings.
    connection_created.disconnect(register_type_handlers)
    with django_db_blocker.unblock(), throw_away(tmp_path):
        yield open_one
        for wrapper in made:
            wrapper.close()
        made[0].close_pool()
    connection_created.connect(register_type_handlers)
    DatabaseWrapper._answered = False


def ask(wrapper: DatabaseWrapper, question: str = "SELECT current_user") -> object:
    with wrapper.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def test_cold_start_through_the_pool_connects_as_the_runtime_role(
    open_connection: Callable[..., DatabaseWrapper],
) -> None:
    wrapper = open_connection()
    assert wrapper.pool is not None
    began = time.monotonic()
    assert ask(wrapper) == "casework_app"
    assert time.monotonic() - began < SOON_SECONDS


def test_server_killed_under_a_warm_pool_is_started_again(
    open_connection: Callable[..., DatabaseWrapper], tmp_path: Path
) -> None:
    wrapper = open_connection()
    assert ask(wrapper) == "casework_app"
    wrapper.close()
    kill_server(tmp_path / "postgres")
    # Its connections belong to the old server, and its next tries may be minutes apart.
    old_pool = wrapper.pool
    began = time.monotonic()
    assert ask(wrapper) == "casework_app"
    assert time.monotonic() - began < SOON_SECONDS
    assert old_pool is not None
    assert old_pool.closed
    assert wrapper.pool is not old_pool


def test_four_threads_that_find_the_server_gone_all_come_back(
    open_connection: Callable[..., DatabaseWrapper], tmp_path: Path
) -> None:
    wrappers = [open_connection() for _ in range(4)]
    for wrapper in wrappers:
        ask(wrapper)
        wrapper.close()
    kill_server(tmp_path / "postgres")
    answers: list[object] = []
    threads = [threading.Thread(target=lambda w=wrapper: answers.append(ask(w))) for wrapper in wrappers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["casework_app"] * 4


def test_connection_without_a_pool_starts_the_server_too(open_connection: Callable[..., DatabaseWrapper]) -> None:
    wrapper = open_connection(OPTIONS={})
    assert wrapper.pool is None
    assert ask(wrapper) == "casework_app"


def test_missing_database_on_a_running_server_is_an_error_and_not_a_loop(
    open_connection: Callable[..., DatabaseWrapper],
) -> None:
    ask(open_connection())
    with pytest.raises(OperationalError, match="does not exist"):
        ask(open_connection(NAME="nowhere", OPTIONS={}))


def test_exhausted_pool_is_an_error_and_the_server_is_left_alone(
    open_connection: Callable[..., DatabaseWrapper], tmp_path: Path
) -> None:
    options = {"pool": {"min_size": 1, "max_size": 1, "timeout": 0.5}}
    first, second = open_connection(OPTIONS=options), open_connection(OPTIONS=options)
    ask(first)
    pid = launcher.status(tmp_path / "postgres").pid
    with pytest.raises(OperationalError, match="couldn't get a connection"):
        ask(second)
    assert launcher.status(tmp_path / "postgres").pid == pid
    assert ask(first) == "casework_app"


def test_server_of_ones_own_that_is_down_is_noticed_at_once(
    monkeypatch: pytest.MonkeyPatch, open_connection: Callable[..., DatabaseWrapper], tmp_path: Path
) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://someone:secret@127.0.0.1:1/casework")
    wrapper = open_connection(**env.database("SOME_URL", tmp_path), EMBEDDED=None)
    began = time.monotonic()
    with pytest.raises(OperationalError, match=r"[Cc]onnection refused"):
        ask(wrapper)
    assert time.monotonic() - began < 3
    assert not (tmp_path / "postgres").exists()


def test_psql_gets_the_socket_of_the_embedded_server(
    open_connection: Callable[..., DatabaseWrapper], tmp_path: Path
) -> None:
    wrapper = open_connection()
    arguments, _ = wrapper.client.settings_to_cmd_args_env(wrapper.settings_dict, [])
    host = str(launcher.socket_directory(tmp_path / "postgres"))
    assert arguments[0].endswith("/bin/psql")
    assert arguments[1:] == ["-U", "casework_app", "-h", host, "-p", "5432", "casework"]
