"""`python -m bench 10000 100000`: measure the workload at these sizes, print one table; status 0 whatever it says."""

import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / ".build"
DEFAULT_TIPS = "10000"
DEFAULT_SERVICES = "20000"
FEWEST_TIPS = 100


def main(arguments: Sequence[str]) -> int:
    """The whole run. Only what kept it from measuring at all gives a status other than 0."""
    sizes = _numbers(" ".join(arguments) or os.environ.get("TIPS", "").strip() or DEFAULT_TIPS)
    services = _numbers(os.environ.get("SERVICES", "").strip() or DEFAULT_SERVICES)
    if not sizes or min(sizes) < FEWEST_TIPS or len(services) != 1:
        return _refuse(f"Write the numbers of tips, {FEWEST_TIPS} or more, as in: python -m bench 10000 100000")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    os.environ.setdefault("CASEWORK_DEMO", "1")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError
    from django.db import DatabaseError

    try:
        django.setup()
        return _measure(sizes, services[0])
    except (ImproperlyConfigured, CommandError, DatabaseError) as error:
        return _refuse(f"The bench's database cannot be made or read: {str(error).strip()}")


def _measure(sizes: Sequence[int], services: int) -> int:
    from bench import table
    from bench.client import Refused
    from bench.run import run

    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {line}", flush=True)

    clean = os.environ.get("CLEAN", "").strip() not in ("", "0")
    try:
        found, floors = run(sizes, services=services, clean=clean, logs=BUILD / "logs", say=say)
    except Refused as refused:
        return _refuse(f"The bench cannot begin: {refused}.")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"\n{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} processors{load}; milliseconds")
    print("\n".join(table.lines(found, floors)))
    table.write(BUILD / "bench-result.json", found, floors)
    print("\nStatements of each row: .build/bench-result.json. How to read this: docs/bench.md")
    return 0


def _numbers(text: str) -> list[int]:
    """Whole numbers, ascending, each once; nothing when the text holds anything else."""
    words = text.replace(",", "").split()
    return sorted({int(word) for word in words}) if all(word.isascii() and word.isdigit() for word in words) else []


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
