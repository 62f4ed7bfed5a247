"""What each door of the Makefile does. Written so that an old Python can still say that it is too old."""

import os
import shutil
import sys

OLDEST = (3, 11)
CANDIDATES = ("python3.14", "python3.13", "python3.12", "python3.11")


def find_python() -> None:
    """Go on under a Python that is new enough, or say what to install."""
    if sys.version_info >= OLDEST:
        return
    for name in CANDIDATES:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, "-m", "tools.make", *sys.argv[1:]])  # noqa: S606 - the same program, newer Python.
    sys.exit(
        f"Casework needs Python 3.11 or newer; this is {sys.version_info[0]}.{sys.version_info[1]}. "
        f"Install a newer one, then: PYTHON=python3.11 make {' '.join(sys.argv[1:])}"
    )


if __name__ == "__main__":
    find_python()
    from tools import doors

    sys.exit(doors.open_door(sys.argv[1:]))
