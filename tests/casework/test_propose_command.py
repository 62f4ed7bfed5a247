"""`manage.py propose`, run as a command of its own, with no database to talk to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
# Nothing listens there: a command that opened a database would fail.
NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "DATABASE_OWNER_URL": "postgres://owner@127.0.0.1:1/nothing",
}


def run(*arguments: str, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **NOWHERE, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, str(ROOT / "manage.py"), "propose", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, env=environment, check=False)


def write(folder: Path, text: str | bytes) -> str:
    path = folder / "facts.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_proposal_of_a_file_is_json_on_standard_output(tmp_path: Path) -> None:
    done = run(write(tmp_path, '{"danger": "life"}'))
    assert done.returncode == 0
    result = json.loads(done.stdout)
    assert result["urgency"] == "P0"
    assert result["agency_kinds"][0] == {"kind": "emergency_dispatch", "order": 1, "rules": ["R01"]}


def test_dash_reads_standard_input_with_or_without_a_byte_order_mark() -> None:
    plain = run("-", stdin=b'{"requests": ["training"]}')
    marked = run("-", stdin=b'\xef\xbb\xbf{"requests": ["training"]}')
    assert json.loads(plain.stdout)["request_type"] == "training_and_technical_assistance"
    assert plain.stdout == marked.stdout


def test_schema_is_printed_and_accepts_what_propose_accepts() -> None:
    done = run("--schema")
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"persons": [{"role": "potential_victim", "age": "minor"}]})
    assert not validator.is_valid({"dangr": "life"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"dangr": "life"}', "dangr: is not a known fact. Did you mean danger?"),
        ('{"danger": "lethal"}', "danger: "),
        ('{"persons": [{"role": "witness"}, {"role": "witness", "age_band": "x"}]}', "persons[1].age_band: "),
        ('{"persons": [{"role": "witness"}, {"role": "witness", "age": "x"}]}', "Allowed: under_13, 13_to_17"),
        ('{"danger": "life", "danger": "none"}', "danger: is given twice"),
        ('{"persons": [{"role": "witness", "role": "other"}]}', "role: is given twice"),
        ("", "Not JSON: line 1, column 1"),
        ('{"danger": }', "Not JSON: line 1, column 12"),
        ("[]", "must be one JSON object"),
        ("null", "must be one JSON object"),
        ("NaN", "must be one JSON object"),
        (b'{"danger": "\xff"}', "not UTF-8"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_facts_that_are_not_allowed_are_refused_with_status_2_and_a_sentence(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("propose", write(tmp_path, text))
    assert refusal.value.returncode == 2
    assert told in str(refusal.value)


def test_refusal_reaches_standard_error_with_status_2_and_no_traceback(tmp_path: Path) -> None:
    done = run(write(tmp_path, '{"dangr": "life", "persons": [{"role": "witness", "age": "old"}]}'))
    assert done.returncode == 2
    assert done.stdout == b""
    message = done.stderr.decode()
    assert "dangr: is not a known fact. Did you mean danger?" in message
    assert "persons[0].age: " in message
    assert "Traceback" not in message


@pytest.mark.parametrize("name", ["none.json", "."])
def test_file_that_cannot_be_read_is_refused_with_status_2(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="cannot be read") as refusal:
        call_command("propose", str(tmp_path / name))
    assert refusal.value.returncode == 2


def test_no_file_named_is_refused_with_status_2() -> None:
    with pytest.raises(CommandError, match="Name a file of facts") as refusal:
        call_command("propose")
    assert refusal.value.returncode == 2


def test_facts_that_are_too_long_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="longer than 2000000 bytes"):
        call_command("propose", write(tmp_path, " " * 2_000_001))


def test_command_works_from_any_folder(tmp_path: Path) -> None:
    write(tmp_path, "{}")
    assert run("facts.json", cwd=tmp_path).returncode == 0
