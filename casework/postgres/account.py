"""Which operating system account the embedded server runs under."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.postgres.errors import ServerUnavailable

SERVICE_NAMES = ("postgres", "casework")


@dataclass(frozen=True)
class Account:
    """A user to run PostgreSQL's programs as; `switch` is False when that is the present user."""

    uid: int
    gid: int
    switch: bool

    def run(
        self, command: Sequence[str | Path], *, cwd: Path, environment: dict[str, str], seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run one program to its end and return what it printed; raises subprocess.TimeoutExpired after `seconds`."""
        identity = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        return subprocess.run(  # noqa: S603 - the program is ours, found in the installed wheel.
            [str(part) for part in command],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            **identity,  # type: ignore[call-overload]
        )

    def own(self, path: Path) -> None:
        """Give `path`, which we have just made, to this account."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def make_directory(self, path: Path) -> None:
        """Make `path` if it is not there: mode 0700, owned by this account. One that is there stays as it is."""
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            return
        self.own(path)


def current() -> Account:
    """The account of this process."""
    return Account(os.getuid(), os.getgid(), switch=False)


def of_owner(path: Path) -> Account:
    """The account that owns `path`: a directory made by one user is served under that user, also by root."""
    found = path.stat()
    return Account(found.st_uid, found.st_gid, switch=os.getuid() == 0 and found.st_uid != 0)


def service() -> Account:
    """For root, whom PostgreSQL refuses: the user `postgres`, else `casework`, which is created when missing."""
    for name in SERVICE_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    return _create()


def _create() -> Account:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise ServerUnavailable(
            "PostgreSQL refuses to run as root and this machine has no user `postgres` or `casework`. "
            "Create one of them, or run the command as an ordinary user."
        )
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(  # noqa: S603 - a fixed command.
        [*command, "--shell", "/usr/sbin/nologin", "casework"], capture_output=True, text=True, check=False
    )
    # Status 9: another process created the user between our look and our try.
    if made.returncode not in (0, 9):
        raise ServerUnavailable(
            "PostgreSQL refuses to run as root and the user `casework` could not be created. "
            "Create it with useradd, or run the command as an ordinary user."
        )
    entry = pwd.getpwnam("casework")
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def reaches(account: Account, directory: Path) -> bool:
    """Whether `account` may pass through `directory` and everything above it."""
    for part in (directory, *directory.parents):
        try:
            found = part.stat()
        except OSError:
            return False
        shift = 6 if found.st_uid == account.uid else 3 if found.st_gid == account.gid else 0
        if not (found.st_mode >> shift) & 1:
            return False
    return True
