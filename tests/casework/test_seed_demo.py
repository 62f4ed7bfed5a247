"""Seeding the demo: that a broken run leaves nothing, whose passwords it sets, and that it is only for demos."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from agencies.models import User
from agencies.scope import acting_as_system
from casework.demo import people, plan, seeding, walking
from casework.demo.stories import STORIES
from casework.models import Referral
from tests.factories import NOW
from tips.models import Contact, Tip

Seed = Callable[[], list[str]]


@pytest.fixture
def seed(real_db: None) -> Seed:
    """Seed at the tests' fixed time; returns what it said."""

    def run() -> list[str]:
        said: list[str] = []
        seeding.seed(password="open for a demo", at=NOW, say=said.append)
        return said

    return run


@pytest.mark.long
def test_a_run_that_breaks_off_leaves_no_case_and_the_next_one_is_whole(
    seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[str] = []

    def break_off(row: plan.Row, cast: walking.Cast) -> None:
        if len(walked) == 3:
            raise KeyboardInterrupt
        walked.append(row.story)
        walking.walk(row, cast)

    with monkeypatch.context() as patch:
        patch.setattr(seeding, "walk", break_off)
        with pytest.raises(KeyboardInterrupt):
            seed()
    assert walked == ["motel", "truck_stop", "school_training"]
    with acting_as_system("test"):
        assert (Tip.objects.count(), Contact.objects.count(), Referral.objects.count()) == (0, 0, 0)
    seed()
    with acting_as_system("test"):
        assert Tip.objects.count() == 60


@pytest.mark.django_db
def test_another_password_reaches_all_ten_users(seed_people: None) -> None:
    assert people.make_users(password="the second one", at=NOW) == 10
    assert all(user.check_password("the second one") for user in User.objects.filter(is_demo=True))
    assert people.make_users(password="the second one", at=NOW) == 0


@pytest.mark.django_db
def test_a_real_user_of_the_same_name_is_left_alone(seed_people: None) -> None:
    User.objects.filter(username="auditor").update(is_demo=False)
    assert people.make_users(password="the second one", at=NOW) == 9
    assert not User.objects.get(username="auditor").check_password("the second one")


@pytest.fixture
def seed_people(db: None) -> None:
    with acting_as_system("test"):
        seeding._fill_directory(NOW, lambda line: None)
        people.make_users(password="the first one", at=NOW)


@pytest.mark.django_db
def test_outside_a_demo_it_refuses(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="This is no demo"):
        call_command("seed_demo")
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_without_a_password_it_says_where_one_comes_from(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="Set DEMO_PASSWORD, or use `make run`"):
        call_command("seed_demo")


def test_the_plan_is_whole() -> None:
    assert len(plan.TIPS) == 60
    assert len(STORIES) == 30
    assert {row.story for row in plan.TIPS} == set(STORIES)
    assert [row.hours_ago for row in plan.TIPS] == sorted((row.hours_ago for row in plan.TIPS), reverse=True)
    assert {row.fate for row in plan.TIPS} == {*walking.FATES, "new", "taken", "triaged"}
    assert {story.request_type for story in STORIES.values()} == {
        "crisis", "tip", "high_risk", "referral", "training_and_technical_assistance", "general_information",
    }  # fmt: skip


def test_what_others_may_read_names_nobody() -> None:
    for story in STORIES.values():
        names = [person.identity[field] for person in story.persons for field in person.identity]
        told = [*names, *(identifier.value for identifier in story.identifiers)]
        assert [word for word in told if word in story.account or word in story.narrative] == []
        assert all("555-01" in name for name in names if name[:1].isdigit())
