"""`manage.py import_hsds`: the table it prints, the refusals, and the exit status."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from agencies.models import Agency
from tests.agencies.hsds_files import empty_directory

DEMO = Path(__file__).resolve().parents[2] / "agencies" / "reference" / "demo_directory"
AGENCY = {"id": "11111111-1111-4111-8111-111111111111", "name": "Example Group", "description": "Fictional."}

pytestmark = pytest.mark.django_db


def write(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "directory.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def status_of(*arguments: Any) -> int:
    try:
        call_command("import_hsds", *map(str, arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_import_prints_counts_and_refusals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, [AGENCY | {"email": "nobody"}, {"id": "2", "name": ""}])
    assert status_of(path) == 0
    assert capsys.readouterr().out.splitlines() == [
        "directory.json:#/0: email: this is not an e-mail address",
        "directory.json:#/1: name: this is missing, and nothing can be kept without it",
        "                  created   changed unchanged   removed   refused",
        "organizations           1         0         0         0         1",
        "services                0         0         0         0         0",
        "locations               0         0         0         0         0",
        "phones                  0         0         0         0         0",
        "coverages               0         0         0         0         0",
        "hours                   0         0         0         0         0",
        "capacities              0         0         0         0         0",
        "Single fields left out: 1. Fields kept as edited here: 0.",
        "Agencies that cover no place: 1. Until coverage is added, nobody who looks for help at a place finds them.",
    ]


def test_demo_directory_twice_is_status_0_and_the_second_time_unchanged(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(DEMO) == 0
    capsys.readouterr()
    assert status_of(DEMO) == 0
    assert "organizations           0         0        34         0         0" in capsys.readouterr().out


def test_everything_refused_is_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(write(tmp_path, [{"id": "2", "name": ""}])) == 1
    assert capsys.readouterr().err == "Everything was refused; nothing came in.\n"


def test_empty_list_is_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(write(tmp_path, [])) == 1
    assert capsys.readouterr().err == "The path holds nothing to import; nothing came in.\n"


def test_path_that_is_not_there_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(tmp_path / "nowhere") == 2
    assert capsys.readouterr().err == f"There is no file or folder at {tmp_path / 'nowhere'}; check the path.\n"


def test_unknown_kind_is_status_2_and_names_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(write(tmp_path, [AGENCY]), "--kind", "castle") == 2
    error = capsys.readouterr().err
    assert error.startswith("There is no agency kind 'castle'. Known kinds: adult_protective_services, ")
    assert Agency.objects.filter(name="Example Group").count() == 0


def test_database_without_agency_kinds_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty_directory()
    with connection.cursor() as cursor:
        cursor.execute("delete from agencies_agencykind")
    assert status_of(write(tmp_path, [AGENCY])) == 2
    assert capsys.readouterr().err == "There are no agency kinds yet; run `manage.py load_reference` first.\n"


def test_kind_option_is_taken_for_agencies_that_name_none(tmp_path: Path) -> None:
    assert status_of(write(tmp_path, [AGENCY]), "--kind", "faith_organization") == 0
    assert Agency.objects.get(name="Example Group").kind_id == "faith_organization"


def test_source_keeps_counted_ids_of_two_publishers_apart(tmp_path: Path) -> None:
    path = write(tmp_path, [{"id": 1, "name": "Example One", "description": "x"}])
    assert status_of(path, "--source", "north") == 0
    assert status_of(path, "--source", "south") == 0
    assert Agency.objects.filter(name="Example One", source_id="1").count() == 2


def test_dry_run_says_so_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(write(tmp_path, [AGENCY]), "--dry-run") == 0
    assert capsys.readouterr().out.endswith("This was a dry run: nothing was changed.\n")
    assert Agency.objects.filter(name="Example Group").count() == 0
