"""Where the embedded server's files lie, and who owns them."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from casework.postgres import account as accounts
from casework.postgres.account import Account
from casework.postgres.errors import ServerUnavailable

# An address of a unix socket holds about 107 bytes on Linux and 103 on macOS; the server adds 18 to the directory.
LONGEST_SOCKET_DIRECTORY = 85
# Fixed and not $TMPDIR, which may differ between two processes that must find the same server. What lies there is a
# 0700 directory whose owner is checked.
SHORT_DIRECTORY = Path("/tmp")  # noqa: S108 # nosec B108
# Root's server runs under another user, who cannot reach a private directory of root's.
SHARED_HOME = Path("/var/lib/casework")


@dataclass(frozen=True)
class Place:
    """The directories of one server; `home` holds the cluster, the log and, where the path is short, the socket."""

    home: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "data"

    @property
    def socket(self) -> Path:
        """The directory of the unix socket, 0700: who can enter it needs no password."""
        wanted = self.home / "socket"
        if len(os.fsencode(wanted)) <= LONGEST_SOCKET_DIRECTORY:
            return wanted
        return SHORT_DIRECTORY / f"casework-{_digest(self.home)}"

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self.home / "server.log"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def record_of(wanted: Path) -> Path:
    """The file that remembers where root's server lies, beside the directory in which it would have been."""
    return wanted.with_name(wanted.name + ".location")


def find(wanted: Path) -> Place:
    """Where the server for the directory `wanted` lies, or will lie. Changes nothing on disk.

    An ordinary user's server lies in `wanted`. Root's lies there too when the account it runs under can reach it,
    else in /var/lib/casework; raises ServerUnavailable where the directory belongs to somebody else.
    """
    try:
        if (wanted / "data").is_dir():
            return Place(wanted, _owner(wanted))
        if os.getuid() != 0:
            return Place(wanted, accounts.current())
        return _place_of_root(wanted)
    except PermissionError as error:
        raise _not_ours(wanted) from error


def _owner(wanted: Path) -> Account:
    owner = accounts.of_owner(wanted / "data")
    if os.getuid() not in (0, owner.uid):
        raise _not_ours(wanted)
    return owner


def _not_ours(wanted: Path) -> ServerUnavailable:
    return ServerUnavailable(
        f"The data directory {wanted.parent} belongs to another user. Run the command as that user, "
        "or set CASEWORK_DATA_DIR to a directory of your own."
    )


def _place_of_root(wanted: Path) -> Place:
    recorded = _recorded(wanted)
    if recorded is not None:
        return Place(recorded, accounts.of_owner(recorded) if recorded.is_dir() else accounts.service())
    account = accounts.service()
    if accounts.reaches(account, wanted.parent):
        return Place(wanted, account)
    return Place(SHARED_HOME / _digest(wanted), account)


def _recorded(wanted: Path) -> Path | None:
    """The recorded place; None for a copied checkout, whose original still uses that server."""
    try:
        lines = record_of(wanted).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    place, made_for = Path(lines[0]), Path(lines[1])
    original = record_of(made_for)
    if original.exists() and not original.samefile(record_of(wanted)):
        return None
    return place


def make(wanted: Path, place: Place) -> None:
    """Make the directories of `place` and remember it; never changes the mode of a directory that was there."""
    try:
        if place.home != wanted:
            SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
            record_of(wanted).write_text(f"{place.home}\n{wanted}\n", encoding="utf-8")
        place.account.make_directory(place.home)
        place.account.make_directory(place.socket)
    except OSError as error:
        raise ServerUnavailable(f"{place.home} could not be made ({error.strerror}). {_ADVICE}") from error
    _check_socket_directory(place)


_ADVICE = "Set CASEWORK_DATA_DIR to a directory that can be written, or DATABASE_URL to a server of your own."


def _check_socket_directory(place: Place) -> None:
    """A directory in /tmp could have been laid there by somebody else, who would then hear every connection."""
    found = place.socket.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != place.account.uid or found.st_mode & 0o077:
        raise ServerUnavailable(
            f"{place.socket} must be a directory with mode 0700 of the user that runs the database. "
            "Remove it, then start again."
        )
