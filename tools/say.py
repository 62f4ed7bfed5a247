"""Talking to the person at the terminal: progress while something takes long, one sentence when it fails."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
TICK_SECONDS = 10

# What the tools print when something outside of Casework is wrong, and what to do. The first match counts.
CAUSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("No space left on device", "ENOSPC", "Disk quota exceeded"),
        "The disk is full. Free about 2 GB, then run the same command again.",
    ),
    (
        ("SELF_SIGNED_CERT", "CERTIFICATE_VERIFY_FAILED", "UNABLE_TO_GET_ISSUER_CERT"),
        "This machine does not know the certificate of the network it is in. Install the certificate of your "
        "organisation (on Debian: update-ca-certificates), then run the same command again.",
    ),
    (
        (
            "name resolution",
            "NewConnectionError",
            "NameResolutionError",
            "Could not fetch URL",
            "Connection refused",
            "Network is unreachable",
            "ReadTimeoutError",
            "No matching distribution found",
            "ENOTFOUND",
            "EAI_AGAIN",
            "ECONNREFUSED",
            "ETIMEDOUT",
            "ENETUNREACH",
        ),
        "The network does not answer. Connect this machine (or set HTTPS_PROXY), then run the same command again.",
    ),
    (
        ("DO NOT MATCH THE HASHES", "EINTEGRITY"),
        "A download is not the file that was locked. Run the same command again; if it stays so, do not use the file "
        "and report it (SECURITY.md).",
    ),
    (
        ("Permission denied", "EACCES", "Read-only file system", "EROFS"),
        "A file cannot be written. Run the command as the user that owns this directory.",
    ),
)


class Stop(Exception):
    """The command cannot go on; the text says what to do."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def cause_of(output: str) -> str | None:
    """The sentence for what a tool printed; None when we do not know it."""
    for texts, sentence in CAUSES:
        if any(text in output for text in texts):
            return sentence
    return None


def run_step(what: str, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None) -> None:
    """Run a long command quietly: its output goes to a file, the terminal shows that time passes.

    Raises Stop with the known cause, or with the last lines of the output.
    """
    log = BUILD / "logs" / f"{what.split(maxsplit=1)[0].lower().rstrip(':')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    say(f"==> {what}")
    began = time.monotonic()
    done = threading.Event()
    clock = threading.Thread(target=_tick, args=(done, began), daemon=True)
    clock.start()
    try:
        with log.open("w", encoding="utf-8") as handle:
            ended = subprocess.run(
                [str(part) for part in command],
                cwd=ROOT,
                env=dict(environment) if environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                check=False,
            )
    finally:
        done.set()
        clock.join()
    if ended.returncode != 0:
        raise Stop(_explain(what, log))
    say(f"    done in {time.monotonic() - began:.0f} s")


def _tick(done: threading.Event, began: float) -> None:
    while not done.wait(TICK_SECONDS):
        say(f"    still at it, {time.monotonic() - began:.0f} s")


def _explain(what: str, log: Path) -> str:
    output = log.read_text(encoding="utf-8", errors="replace")
    known = cause_of(output)
    if known is not None:
        return f"{what}: {known}"
    last = "\n".join(output.strip().splitlines()[-15:])
    return f"{what}: this failed. The last lines of {log.relative_to(ROOT)}:\n{last}"


def command(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> int:
    """Run a command in the foreground and return its exit status; an interrupt is passed on by the terminal."""
    try:
        return subprocess.run(
            [str(part) for part in arguments], cwd=ROOT, env=dict(environment) if environment else None, check=False
        ).returncode
    except KeyboardInterrupt:
        return 130


def environment(**more: str) -> dict[str, str]:
    """This process's environment with `more` where it is not set already."""
    return {**more, **os.environ}


def python() -> Path:
    """The Python of the virtual environment."""
    return ROOT / ".venv" / "bin" / "python"


def warn(text: str) -> None:
    """Print one line to the error stream."""
    print(text, file=sys.stderr, flush=True)
