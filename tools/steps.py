"""The steps of the set-up. Each leaves a stamp when it is through; an interrupted step is done again."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools import frontend
from tools.say import BUILD, ROOT, Stop, environment, python, run_step, say

STAMPS = BUILD / "stamps"
LEAST_FREE_BYTES = 1_500_000_000


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """A hash over names and contents of `files` and over `words`."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    for word in words:
        digest.update(f"{word}\0".encode())
    return digest.hexdigest()


def is_done(step: str, mark: str) -> bool:
    """Whether `step` ended well for the same inputs."""
    try:
        return (STAMPS / step).read_text(encoding="utf-8") == mark
    except OSError:
        return False


def set_done(step: str, mark: str) -> None:
    """Remember that `step` ended well; the file appears whole or not at all."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    beside = STAMPS / f".{step}.{os.getpid()}"
    beside.write_text(mark, encoding="utf-8")
    beside.replace(STAMPS / step)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the set-up lock: two commands in two terminals must not write the same directories at once."""
    try:
        BUILD.mkdir(exist_ok=True)
        descriptor = os.open(BUILD / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise Stop(
            f"{ROOT} cannot be written ({error.strerror}). Run the command as its owner, or clone it anew."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("==> Waiting for another set-up in this directory to end")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_environment() -> None:
    """Make .venv with the Python that runs this. One that is a link belongs to whoever shares it: it stays as it is."""
    if _is_shared(".venv"):
        if not _has_pip():
            raise Stop(f"{ROOT / '.venv'} leads to no Python. Remove the link, then run the same command again.")
        return
    mark = f"{sys.version_info[0]}.{sys.version_info[1]} {ROOT}"
    if is_done("venv", mark) and _has_pip():
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Stop(
            f"This Python cannot make virtual environments. On Debian and Ubuntu: apt install python{version}-venv; "
            "then run the same command again."
        )
    if shutil.disk_usage(ROOT).free < LEAST_FREE_BYTES:
        raise Stop(f"Less than 1.5 GB is free on the disk of {ROOT}. Free some space, then run the same command again.")
    run_step("Environment: making .venv", [sys.executable, "-m", "venv", "--clear", ROOT / ".venv"])
    # What was installed went with the old environment.
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (STAMPS / lock).unlink(missing_ok=True)
    set_done("venv", mark)


def _is_shared(directory: str) -> bool:
    """Whether this directory is a link: emptying it would empty what others use."""
    return (ROOT / directory).is_symlink()


def _has_pip() -> bool:
    try:
        tried = subprocess.run([python(), "-m", "pip", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


def install(lock: str) -> None:
    """Install exactly what `lock` names; every file must have the hash that stands there."""
    if _is_shared(".venv"):
        return
    mark = fingerprint([ROOT / lock])
    if is_done(lock, mark):
        return
    options = ("--require-hashes", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    run_step(
        f"Packages: installing {lock} (one to five minutes)", [python(), "-m", "pip", "install", *options, "-r", lock]
    )
    set_done(lock, mark)


def get_frontend() -> None:
    """Fetch the front-end packages by npm and copy what is used to .build/static."""
    inputs = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc", "tools/frontend.py")]
    mark = fingerprint(inputs)
    if is_done("frontend", mark) and (BUILD / "static" / "uswds").is_dir():
        return
    if not _is_shared("node_modules"):
        _fetch_frontend()
    frontend.copy()
    shutil.rmtree(BUILD / "npm-cache", ignore_errors=True)
    set_done("frontend", mark)


def _fetch_frontend() -> None:
    with frontend.npm() as npm:
        run_step(
            "Front-end: fetching packages",
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", BUILD / "npm-cache"],
            environment=frontend.with_node(npm),
        )


def collect_static() -> None:
    """Gather all static files under names that carry their hash."""
    sources = [
        ROOT / "static",
        BUILD / "static",
        *(ROOT / room / "static" for room in ("agencies", "tips", "casework")),
    ]
    files = [path for source in sources if source.is_dir() for path in source.rglob("*") if path.is_file()]
    mark = fingerprint([*files, ROOT / "requirements.lock", ROOT / "casework" / "settings.py"])
    if is_done("collect", mark) and (BUILD / "collected" / "staticfiles.json").is_file():
        return
    run_step(
        "Static files: collecting",
        [python(), "manage.py", "collectstatic", "--noinput", "--clear"],
        environment=environment(CASEWORK_DEMO="1"),
    )
    set_done("collect", mark)
