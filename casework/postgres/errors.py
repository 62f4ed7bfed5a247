"""What goes wrong with the embedded server, in words for the person who started it."""

import psycopg


class ServerUnavailable(psycopg.OperationalError):
    """The embedded server could not be started; the message says what to do next.

    It is a database error, so that Django reports it like a server that does not answer.
    """


# What PostgreSQL's tools print, and what it means to a person. The first match counts.
MEANINGS: tuple[tuple[str, str], ...] = (
    ("No space left on device", "The disk is full. Free some space, then start again."),
    ("Read-only file system", "The disk is read-only. Set CASEWORK_DATA_DIR to a directory that can be written."),
    (
        "could not look up effective user ID",
        "This process runs under a user id without a name, which PostgreSQL refuses. Add the user to /etc/passwd, "
        "or set DATABASE_URL to a server of your own.",
    ),
    (
        "could not create shared memory",
        "The machine gives PostgreSQL too little shared memory. Give it more, or set DATABASE_URL to another server.",
    ),
    (
        "are incompatible with server",
        "The data directory was made by another major version of PostgreSQL. Dump it with that version and restore "
        "the dump here (docs/operations.md), or set CASEWORK_DATA_DIR to a new directory.",
    ),
    (
        "cannot be run as root",
        "PostgreSQL refuses to run as root. Run the command as an ordinary user.",
    ),
)


def meaning(output: str) -> str | None:
    """The sentence for what the tools printed; None when we do not know it."""
    return next((sentence for text, sentence in MEANINGS if text in output), None)
