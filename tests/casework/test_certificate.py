"""The certificate of disclosures: what it says, that it checks, and that nothing in it can be changed."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from agencies import chain
from agencies.scope import acting_as
from casework.actions import referrals
from tests.factories import NOW, World, log_tip, route
from tips.models import Tip

pytestmark = pytest.mark.usefixtures("own_data_dir")


@pytest.fixture
def tip(real_world: World) -> Tip:
    tip = log_tip(real_world)
    shelter, _ = route(real_world, tip, [real_world.shelter, real_world.legal])
    with acting_as(real_world.liaison):
        referrals.accept(shelter, by=real_world.liaison, at=NOW)
    return tip


def write(tip: Tip, path: Path, *more: str) -> dict[str, Any]:
    call_command("certificate", tip.reference, str(path), *more, stdout=StringIO())
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def verify(path: Path) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", "--certificate", str(path), stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_it_names_each_disclosure_holds_no_content_and_checks(tip: Tip, tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"
    written = write(tip, path)
    lines = [(line["to"], line["level"], line["persons"], line["basis"]) for line in written["body"]["disclosures"]]
    yes = "Spoken consent, read back"
    assert sorted(lines) == [
        ("Example Harbor Shelter", "card", [1], yes),
        ("Example Harbor Shelter", "working", [1], yes),
        ("Example Legal Aid", "card", [1], yes),
    ]
    assert "Canary" not in path.read_text(encoding="utf-8")
    assert "Offer a safe place" not in path.read_text(encoding="utf-8")
    code, said = verify(path)
    assert code == 0
    assert "The certificate is as it was sealed" in said
    chain.seal()
    assert verify(path)[0] == 0


def test_of_a_person_it_holds_only_what_was_told_about_them(tip: Tip, tmp_path: Path) -> None:
    assert len(write(tip, tmp_path / "one.json", "--person", "1")["body"]["disclosures"]) == 3
    assert write(tip, tmp_path / "two.json", "--person", "2")["body"]["disclosures"] == []
    for wrong in (["--person", "9"], []):
        reference = tip.reference if wrong else "CW-2026-999999-K"
        with pytest.raises(CommandError):
            call_command("certificate", reference, str(tmp_path / "no.json"), *wrong)
    with pytest.raises(CommandError, match="never written over"):
        write(tip, tmp_path / "one.json")


def test_no_part_of_it_can_be_changed(tip: Tip, tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"
    whole = write(tip, path)
    left_out = json.loads(json.dumps(whole))
    left_out["body"]["disclosures"].pop()
    other = json.loads(json.dumps(left_out))
    other["seal"]["digest"] = chain.certificates.digest(other["body"])
    unknown = json.loads(json.dumps(whole))
    unknown["body"]["certificate"] = "00000000-0000-0000-0000-000000000000"
    for changed in (left_out, other, unknown, {**whole, "form": 2}, {"body": {}}, []):
        path.write_text(json.dumps(changed), encoding="utf-8")
        code, said = verify(path)
        assert code == 1, changed
        assert "the certificate is not what it says" in said
    path.write_text("not json", encoding="utf-8")
    with pytest.raises(CommandError, match="cannot be read"):
        verify(path)
