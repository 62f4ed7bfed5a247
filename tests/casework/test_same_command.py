"""manage.py same: the bare answer, reasons, JSON, refusals with status 2."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


def same(*arguments: str) -> str:
    out = StringIO()
    call_command("same", *arguments, stdout=out)
    return out.getvalue()


def test_first_line_is_the_bare_answer_and_reasons_follow_one_a_line() -> None:
    assert same("phone", "305-555-0101 x1", "(305) 555-0101 x2") == ("maybe\nthe same number\nthe extensions differ\n")
    assert same("plate", "ABC 123", "ABC 124").splitlines()[0] == "no"
    assert same("url", "example.org/", "http://www.example.org").splitlines()[0] == "yes"


def test_json_has_answer_and_reasons() -> None:
    assert json.loads(same("name", "Jose Ruiz", "Ruiz, José", "--json")) == {
        "answer": "yes",
        "reasons": ["the same name"],
    }


def test_values_are_not_repeated() -> None:
    assert "5550101" not in same("phone", "3055550101", "3055550101")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["fingerprint", "a", "b"], "Unknown kind. Choose one of: phone, handle, plate, address, name, url."),
        (["phone", "", "3055550101"], "No phone number was found"),
        (["phone", "3055550101", "\x00"], "No phone number was found"),
        (["name", "1234", "Ana"], "No name was found"),
        (["url", "example.org", "hello"], "No web address was found"),
        (["name", "a" * 1_000_000, "Ana"], "longer than 2000 characters"),
    ],
)
def test_kind_or_value_that_cannot_be_read_is_refused_with_status_2(arguments: list[str], told: str) -> None:
    with pytest.raises(CommandError) as refusal:
        same(*arguments)
    assert refusal.value.returncode == 2
    assert told in str(refusal.value)


def test_command_needs_no_database_and_prints_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, MANAGE, "same", "handle", "@a_b", "ig: a_b"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "yes")
    done = subprocess.run([sys.executable, MANAGE, "same", "plate", "‮", b"\xff"], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
