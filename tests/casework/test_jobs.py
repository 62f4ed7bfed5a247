"""The worker and its jobs: what is due is done once, a failure shows, a signal ends it cleanly."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as current
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from procrastinate.contrib.django import app

from agencies import audit, notices
from agencies.models import Anchor, Notice, SealedEvent
from agencies.scope import acting_as_system
from casework import jobs
from tests.factories import NOW, World

SECRET = "Maria Example"


@pytest.fixture(autouse=True)
def own_data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.ANCHOR_EMAIL = ""


@pytest.fixture
def may_start(monkeypatch):
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
    notices.queue("referral_sent", agency=world.shelter, reference="CW-2026-000123-K", path="/inbox/1/", at=NOW)


def test_schedule_is_as_written():
    periodic = {name.rpartition(".")[2]: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}
    assert periodic == {
        "expire_referrals": "* * * * *",
        "sweep_clocks": "* * * * *",
        "deliver_notices": "* * * * *",
        "seal": "* * * * *",
        "anchor": "7 * * * *",
        "tidy_jobs": "41 3 * * *",
    }


def test_no_job_has_a_lock_that_a_killed_worker_would_leave():
    assert {job.lock for job in jobs.ALL} == {None}
    assert {job.queueing_lock for job in jobs.ALL} == {None}


def test_name_that_a_notice_asks_for_is_that_of_the_job():
    assert jobs.deliver_notices.name == notices.DELIVER


def test_once_does_everything_that_is_due(real_world: World, mailoutbox, tmp_path, may_start):
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


def test_second_run_of_a_day_sends_no_second_anchor(real_world: World, may_start):
    audit.record("opened", kind="tip", by=None, at=NOW)
    run_once()
    run_once()
    assert Anchor.objects.count() == 1


def test_failed_job_is_named_and_its_error_is_not_quoted(real_world: World, monkeypatch, caplog, may_start):
    def fail(*, at: datetime) -> int:
        raise ValueError(SECRET)

    monkeypatch.setattr(notices, "deliver_pending", fail)
    with pytest.raises(CommandError, match=r"^These jobs failed: deliver_notices\. The log names the place\.$"):
        run_once()
    assert "JobFailed: ValueError at fail, line" in caplog.text
    assert SECRET not in caplog.text


def test_failed_job_does_not_stop_the_others(real_world: World, monkeypatch, mailoutbox, may_start):
    def fail(*, at: datetime) -> int:
        raise ValueError(SECRET)

    monkeypatch.setattr(jobs.referrals, "expire_due", fail)
    write_notice(real_world)
    with pytest.raises(CommandError, match="expire_referrals"):
        run_once()
    assert len(mailoutbox) == 1


def test_killed_workers_leftovers_are_tidied(real_world: World, may_start):
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status) values"
            " ('default', 'casework.jobs.seal', 'doing')"
        )
    run_once()
    assert rows("select count(*) from procrastinate_jobs") == [(0,)]


def test_worker_that_may_not_serve_does_not_start(real_world: World, settings, capsys):
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
connection.settings_dict["NAME"] = sys.argv[1]
from casework.management.commands import worker
worker.refuse_or_serve = lambda: None
call_command("worker")
"""


@pytest.fixture
def process(real_world: World, tmp_path: Path):
    """`manage.py worker` in a process of its own, on the test's database, with mail to files."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "casework.settings",
        "CASEWORK_DATA_DIR": str(Path(os.environ.get("CASEWORK_DATA_DIR", current.BASE_DIR / ".data"))),
        "CASEWORK_DEMO": "1",
        "EMAIL_URL": f"file:{tmp_path}/mail",
    }
    child = subprocess.Popen(
        [sys.executable, "-u", "-c", PROGRAM, connection.settings_dict["NAME"]],
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


def wait_for(is_true, seconds: float = 30) -> None:
    """Look until it holds; a moment that never comes fails the test."""
    ready = threading.Event()
    until = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until
        ready.wait(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_worker_cleanly(process: subprocess.Popen[str], number: signal.Signals):
    wait_for(lambda: rows("select count(*) from procrastinate_workers") == [(1,)])
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output.rstrip().endswith("The worker has stopped.")
    assert "Traceback" not in output
    assert rows("select count(*) from procrastinate_workers") == [(0,)]


def test_running_worker_delivers_a_notice_when_its_deed_commits(process, real_world: World, tmp_path: Path):
    wait_for(lambda: rows("select count(*) from procrastinate_workers") == [(1,)])
    # The jobs of the first minute are done: what follows comes by the notice's own call.
    wait_for(lambda: rows("select count(*) from procrastinate_jobs") == [(0,)])
    write_notice(real_world)
    # Well before the next minute, and before the worker would look by itself.
    wait_for(lambda: (tmp_path / "mail").is_dir() and any((tmp_path / "mail").iterdir()), seconds=4)


def test_worker_survives_the_loss_of_its_connections(process: subprocess.Popen[str]):
    wait_for(lambda: rows("select count(*) from procrastinate_workers") == [(1,)])
    first = rows("select max(id) from procrastinate_workers")
    rows(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
    )
    wait_for(
        lambda: rows("select max(id) from procrastinate_workers where last_heartbeat > now() - interval '9 s'") > first
    )
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
