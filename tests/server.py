"""The tests' own embedded server: quick, because nothing in it has to outlive a power cut or a restart."""

import contextlib
import functools
import hashlib
import os
import shutil
import sys
from pathlib import Path

import psycopg
from django.conf import settings

from casework.postgres import cluster, launcher, place
from casework.postgres.errors import ServerUnavailable

# A clone of the template is some 900 small files: in memory it costs a twentieth of what it costs on a disk.
MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of ours in it, checked below.
# Template, clones and write-ahead log of four processes at once.
LEAST_FREE_BYTES = 2_000_000_000
# What gets lost is made anew. The launcher's own tests start servers with the settings of a deployment.
FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "min_wal_size": "32MB",
    "max_wal_size": "128MB",
}


def use_own() -> None:
    """Let the settings name the tests' server. With DATABASE_URL set the tests use that server as it is."""
    for database in (settings.DATABASES["default"], settings.DATABASE_OWNER):
        if database and database.get("EMBEDDED"):
            database["EMBEDDED"] = str(_directory())


def start() -> None:
    """See to it that the tests' server is up and forgetful; one that a power cut broke is made anew."""
    if not settings.DATABASES["default"].get("EMBEDDED"):
        return
    wanted = _directory()
    wanted.parent.mkdir(exist_ok=True)
    if wanted.parent.parent == MEMORY:
        # Root's server runs under another user, who passes through here; the directories inside are 0700.
        wanted.parent.chmod(0o711)
    try:
        launcher.ensure(wanted)
    except ServerUnavailable:
        remove()
        launcher.ensure(wanted)
    with _connect(wanted) as connection:
        if connection.execute("select count(*) from pg_file_settings where name = 'fsync'").fetchone() == (0,):
            for name, value in FORGETFUL.items():
                connection.execute(f"alter system set {name} = '{value}'".encode())
            connection.execute("select pg_reload_conf()")


def remove() -> None:
    """Stop the tests' server and remove its files, wherever root's lie."""
    wanted = _directory()
    found = place.find(wanted)
    with contextlib.suppress(ServerUnavailable):
        launcher.stop(wanted)
    for path in (found.home, found.socket):
        shutil.rmtree(path, ignore_errors=True)
    place.record_of(wanted).unlink(missing_ok=True)


@functools.cache
def _directory() -> Path:
    """In memory where there is room and nobody else laid the directory there; else beside the deployment's server."""
    ours = MEMORY / f"casework-tests-{hashlib.sha256(os.fsencode(settings.DATA_DIR)).hexdigest()[:16]}"
    try:
        if ours.is_dir():
            fits = ours.stat().st_uid == os.getuid() and not ours.is_symlink()
        else:
            fits = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > LEAST_FREE_BYTES
    except OSError:
        fits = False
    return ours / "postgres" if fits else settings.DATA_DIR / "postgres-tests"


def _connect(wanted: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=str(launcher.socket_directory(wanted)),
        port=launcher.PORT,
        dbname="postgres",
        user=cluster.SUPERUSER,
        autocommit=True,
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    if sys.argv[1:] != ["remove"]:
        sys.exit("Say: python -m tests.server remove")
    remove()
