"""The worker and its jobs: what is due is done once, a failure shows, a signal ends it cleanly."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as current
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from procrastinate.contrib.django import app
from pytest_django import Settings

from agencies import audit, notices
from agencies.models import Anchor, Notice, SealedEvent
from agencies.scope import acting_as_system
from casework import jobs
from tests.factories import NOW, World

SECRET = "Maria Example"

pytestmark = pytest.mark.usefixtures("own_data_dir")


@pytest.fixture
def may_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the worker may serve is tried in test_startup.py."""
    monkeypatch.setattr("casework.management.commands.worker.refuse_or_serve", lambda: None)


def run_once() -> str:
    out = StringIO()
    call_command("worker", "--once", stdout=out)
    return out.getvalue()


def rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def write_notice(world: World) -> None:
    with acting_as_system("test"):
        notices.queue("referral_sent", agency=world.shelter, reference="CW-2026-000123-K", path="/inbox/1/", at=NOW)


def test_schedule_is_as_written() -> None:
    periodic = {name.rpartition(".")[2]: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}
    assert periodic == {
        "expire_referrals": "* * * * *",
        "sweep_clocks": "* * * * *",
        "end_shifts": "* * * * *",
        "climb_alarms": "* * * * *",
        "call_people": "* * * * *",
        "deliver_notices": "* * * * *",
        "ask_feedback": "7 * * * *",
        "try_rules": "* * * * *",
        "keep_match_keys": "* * * * *",
        "sweep_files": "41 3 * * *",
        "count_words": "41 3 * * *",
        "seal": "* * * * *",
        "anchor": "7 * * * *",
        "tidy_jobs": "41 3 * * *",
    }


def test_no_job_has_a_lock_that_a_killed_worker_would_leave() -> None:
    assert {job.lock for job in jobs.ALL} == {None}
    assert {job.queueing_lock for job in jobs.ALL} == {None}


def test_name_that_a_notice_asks_for_is_that_of_the_job() -> None:
    assert jobs.deliver_notices.name == notices.DELIVER


def test_once_does_everything_that_is_due(
    real_world: World, mailoutbox: list[EmailMessage], tmp_path: Path, may_start: None
) -> None:
    audit.record("opened", kind="tip", by=None, at=NOW)
    write_notice(real_world)
    assert run_once() == "Everything that was due is done.\n"
    assert [message.to for message in mailoutbox] == [["inbox@example.org"]]
    with acting_as_system("test"):
        assert Notice.objects.filter(delivered_at=None).count() == 0
    assert SealedEvent.objects.count() >= 1
    assert Anchor.objects.count() == 1
    assert len(list((tmp_path / "anchors").iterdir())) == 1
    assert rows("select count(*) from procrastinate_jobs") == [(0,)]


def test_second_run_of_a_day_sends_no_second_anchor(real_world: World, may_start: None) -> None:
    audit.record("opened", kind="tip", by=None, at=NOW)
    run_once()
    run_once()
    assert Anchor.objects.count() == 1


def test_failed_job_is_named_and_its_error_is_not_quoted(
    real_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, may_start: None
) -> None:
    def fail(*, at: datetime) -> int:
        raise ValueError(SECRET)

    monkeypatch.setattr(notices, "deliver_pending", fail)
    with pytest.raises(CommandError, match=r"^These jobs failed: deliver_notices\. The log names the place\.$"):
        run_once()
    assert "JobFailed: ValueError at fail, line" in caplog.text
    assert SECRET not in caplog.text


def test_failed_job_does_not_stop_the_others(
    real_world: World, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage], may_start: None
) -> None:
    def fail(*, at: datetime) -> int:
        raise ValueError(SECRET)

    monkeypatch.setattr(jobs.silence, "expire_due", fail)
    write_notice(real_world)
    with pytest.raises(CommandError, match="expire_referrals"):
        run_once()
    assert len(mailoutbox) == 1


def test_killed_workers_leftovers_are_tidied(real_world: World, may_start: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status) values"
            " ('default', 'casework.jobs.seal', 'doing')"
        )
    run_once()
    assert rows("select count(*) from procrastinate_jobs") == [(0,)]


def test_worker_that_may_not_serve_does_not_start(
    real_world: World, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with acting_as_system("test"):
        type(real_world.operator).objects.filter(pk=real_world.operator.pk).update(is_demo=True)
    settings.DEMO = False
    with pytest.raises(SystemExit) as end:
        call_command("worker", "--once")
    assert end.value.code == 3
    assert "demo users" in capsys.readouterr().err
    assert rows("select count(*) from procrastinate_jobs") == [(0,)]


# --- The worker as a process -----------------------------------------------------------------------------

PROGRAM = """
import sys, django
django.setup()
from django.db import connection
from django.core.management import call_command
connection.settings_dict |= {"NAME": sys.argv[1], "EMBEDDED": sys.argv[2] or None}
from casework.management.commands import worker
worker.refuse_or_serve = lambda: None
call_command("worker")
"""


@pytest.fixture
def process(real_world: World, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`manage.py worker` in a process of its own, on the test's database, with mail to files."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "casework.settings",
        "CASEWORK_DATA_DIR": str(Path(os.environ.get("CASEWORK_DATA_DIR", current.BASE_DIR / ".data"))),
        "CASEWORK_DEMO": "1",
        "EMAIL_URL": f"file:{tmp_path}/mail",
    }
    embedded = connection.settings_dict.get("EMBEDDED") or ""
    child = subprocess.Popen(
        [sys.executable, "-u", "-c", PROGRAM, connection.settings_dict["NAME"], embedded],
        cwd=current.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield child
    if child.poll() is None:
        child.kill()
    child.communicate()


def wait_for(is_true: Callable[[], bool], seconds: float = 30) -> None:
    """Look until it holds; a moment that never comes fails the test."""
    ready = threading.Event()
    until = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until
        ready.wait(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_worker_cleanly(process: subprocess.Popen[str], number: signal.Signals) -> None:
    wait_for(lambda: rows("select count(*) from procrastinate_workers") == [(1,)])
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output.rstrip().endswith("The worker has stopped.")
    assert "Traceback" not in output
    assert rows("select count(*) from procrastinate_workers") == [(0,)]


def test_running_worker_delivers_a_notice_when_its_deed_commits(
    process: subprocess.Popen[str], real_world: World, tmp_path: Path
) -> None:
    wait_for(lambda: rows("select count(*) from procrastinate_workers") == [(1,)])
    # The jobs of the first minute are done: what follows comes by the notice's own call.
    wait_for(lambda: rows("select count(*) from procrastinate_jobs") == [(0,)])
    write_notice(real_world)
    # Well before the next minute, and before the worker would look by itself.
    wait_for(lambda: (tmp_path / "mail").is_dir() and any((tmp_path / "mail").iterdir()), seconds=4)


def test_worker_survives_the_loss_of_its_connections(
    process: subprocess.Popen[str], real_world: World, tmp_path: Path
) -> None:
    wait_for(lambda: rows("select count(*) from procrastinate_workers") == [(1,)])
    lost = rows(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
    )
    assert (True,) in lost
    write_notice(real_world)
    wait_for(lambda: (tmp_path / "mail").is_dir() and any((tmp_path / "mail").iterdir()))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
