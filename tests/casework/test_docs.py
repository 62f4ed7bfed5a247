"""The generated pages of docs/: current, complete, and printed without a database."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from agencies.disclosure import level_of
from casework.generated_docs import PAGES


def test_the_pages_in_docs_are_current() -> None:
    call_command("docs", "--check")


def test_a_page_that_is_not_current_is_named(tmp_path: Path) -> None:
    call_command("docs", "--to", str(tmp_path))
    call_command("docs", "--check", "--to", str(tmp_path))
    (tmp_path / "states.md").write_text("old", encoding="utf-8")
    (tmp_path / "facts.md").unlink()
    with pytest.raises(CommandError, match=r"^Not current: facts.md, states.md. Run manage.py docs"):
        call_command("docs", "--check", "--to", str(tmp_path))


def test_checking_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("docs", "--check", "--to", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_every_lifecycle_is_printed_with_its_diagram() -> None:
    page = PAGES["states.md"]()
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    lifecycles = ["Contact", "Tip", "Referral", "Track", "Step", "Rule version", "Call back", "Approval"]
    lifecycles += ["Identity question", "Policy"]
    assert headings == [f"## {name}" for name in lifecycles]
    assert page.count("```mermaid") == 10
    assert "    sent --> accepted: accept\n" in page
    assert "    draft --> in_force: put_in_force\n" in page
    assert "| `expire` | Expire | Sent, Received, Information asked | Expired | system |" in page


def test_permissions_say_yes_for_a_role_that_holds_the_right_and_nothing_for_others() -> None:
    lines = PAGES["permissions.md"]().splitlines()
    head = next(line for line in lines if line.startswith("| Right"))
    roles = [cell.strip() for cell in head.strip("|").split("|")][2:]
    row = next(line for line in lines if line.startswith("| `agencies.read_trail`"))
    cells = [cell.strip() for cell in row.strip("|").split("|")][2:]
    assert dict(zip(roles, cells, strict=True)) == {
        "Hotline operator": "",
        "Agency liaison": "",
        "Supervisor": "",
        "Agency administrator": "",
        "Auditor": "yes",
        "System administrator": "",
    }


def test_every_field_of_every_table_of_ours_stands_on_a_level() -> None:
    without = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ("agencies", "tips", "casework") and not model._meta.label.endswith("Event")
        for field in model._meta.concrete_fields
        if level_of(model, field.name) is None
    ]
    assert without == []


def test_levels_name_no_field_that_is_gone() -> None:
    from agencies.disclosure import registered

    gone = [
        f"{label}.{name}"
        for label, fields in registered().items()
        for name in fields
        if name not in {field.name for field in apps.get_model(label)._meta.concrete_fields}
    ]
    assert gone == []


def test_passwords_and_drafts_are_nobodys() -> None:
    page = PAGES["disclosure.md"]()
    user = page.split("## agencies.User")[1].split("##")[0]
    assert "| `nobody` | `password` |" in user
    draft = page.split("## tips.Draft")[1].split("##")[0]
    assert "`working`" not in draft


def test_a_report_is_printed_with_its_whole_definition() -> None:
    page = PAGES["reports.md"]()
    assert "## R1 Contacts by channel and month" in page
    for label in ("What is counted", "Unit", "Period", "Left out", "As of", "Basis"):
        assert f"- **{label}.** " in page
