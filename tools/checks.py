"""`make check`: every check runs, also after one has failed."""

from tools.say import ROOT, command, environment, python, say

ROOMS = ("agencies", "tips", "casework")


def all_checks() -> list[tuple[str, list[str]]]:
    """Name and command of each check."""
    run = str(python())
    templates = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))
    contracts = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return [
        ("ruff", [run, "-m", "ruff", "check", "."]),
        ("format", [run, "-m", "ruff", "format", "--check", "."]),
        ("templates", [str(python().with_name("djade")), "--check", "--target-version", "5.2", *templates]),
        ("imports", [run, "-c", contracts]),
        ("types", [run, "-m", "mypy"]),
        ("migrations", [run, "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("generated docs", [run, "manage.py", "docs", "--check"]),
        # B608 (SQL in strings) is ruff's S608, which wants a reason at each place.
        ("security", [run, "-m", "bandit", "-q", "-ll", "--skip", "B608", "-r", *ROOMS, "tools"]),
    ]


def run_all() -> int:
    """Run all checks; 0 when each passed."""
    failed = []
    for name, arguments in all_checks():
        say(f"==> {name}")
        if command(*arguments, environment=environment(CASEWORK_DEMO="1")) != 0:
            failed.append(name)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0
