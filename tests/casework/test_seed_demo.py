"""The demo: what stands in it, that twice is once, that a broken run leaves nothing, and that it is only for demos."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Model, QuerySet
from django.test import Client

from agencies.models import Agency, AuditEvent, Membership, User
from agencies.scope import acting_as, acting_as_system
from casework.demo import people, plan, seeding, walking
from casework.demo.stories import STORIES
from casework.models import Clock, Referral, Track
from tests.factories import NOW
from tips.models import Contact, Narrative, Tip, TipAccess

Seed = Callable[[], list[str]]


@pytest.fixture
def seed(real_db: None) -> Seed:
    """Seed at the tests' fixed time; returns what it said."""

    def run() -> list[str]:
        said: list[str] = []
        seeding.seed(password="open for a demo", at=NOW, say=said.append)
        return said

    return run


def counted(rows: "QuerySet[Any]", field: str) -> dict[str, int]:
    return {row[field]: row["n"] for row in rows.values(field).annotate(n=Count("pk")).order_by(field)}


def everything() -> dict[str, int]:
    models: tuple[type[Model], ...] = (Tip, Contact, Referral, Clock, Track, AuditEvent, User, Membership, Agency)
    with acting_as_system("test"):
        return {model.__name__: model._default_manager.count() for model in models}


def test_the_demo_holds_every_state_and_twice_is_the_same_as_once(seed: Seed) -> None:
    said = seed()
    assert said[0] == "Directory: 34 agencies, invented."
    assert said[1] == "Users: 10 made or given the password."
    assert said[-1] == "Contacts without a tip: 24 not actionable, 14 answered."
    with acting_as_system("test"):
        assert counted(Tip.objects.all(), "status") == {
            "closed": 17, "in_progress": 15, "in_triage": 5, "new": 3, "routed": 20,
        }  # fmt: skip
        assert counted(Referral.objects.all(), "status") == {
            "accepted": 9, "cancelled": 3, "closed": 27, "declined": 10, "expired": 10, "in_progress": 11,
            "information_requested": 3, "recalled": 3, "received": 5, "sent": 6,
        }  # fmt: skip
        assert counted(Tip.objects.all(), "request_type") == {
            "": 5, "crisis": 8, "general_information": 2, "high_risk": 6, "referral": 10, "tip": 22,
            "training_and_technical_assistance": 7,
        }  # fmt: skip
        assert counted(Track.objects.all(), "pillar") == {
            "partnership": 4, "prevention": 9, "prosecution": 19, "protection": 31,
        }  # fmt: skip
        assert counted(Contact.objects.all(), "ended_as") == {"answered": 14, "non_actionable": 24, "on_tip": 67}
        assert counted(User.objects.all(), "is_demo") == {True: 10}
        assert Contact.objects.values("channel").distinct().count() == 13
        ours = Clock.objects.filter(ended_at=None, due_at__lt=NOW, duty="ours")
        assert (ours.filter(rule="first_action").count(), ours.filter(rule="triage").count()) == (6, 4)
        assert Tip.objects.filter(created_at__lt=NOW - timedelta(days=90)).count() == 0
        assert AuditEvent.objects.filter(at__gt=NOW).count() == 0
    before = everything()
    again = seed()
    assert again == ["Users: 0 made or given the password.", "Directory and cases: they are there already."]
    assert everything() == before


def test_each_log_in_sees_work_and_nobody_else_s(seed: Seed) -> None:
    seed()
    expected = {"liaison": "Referrals: 4 waiting", "liaison2": "Referrals: 3 waiting", "operator": "Sent referrals: 14"}
    for username, heading in expected.items():
        client, user = Client(), User.objects.get(username=username)
        assert user.check_password("open for a demo")
        client.force_login(user, backend="casework.roles.RoleBackend")
        assert heading in client.get("/referrals/").content.decode()
    auditor = User.objects.get(username="auditor")
    with acting_as(auditor):
        assert (Tip.objects.count(), Narrative.objects.count()) == (0, 0)
    with acting_as_system("test"):
        shelter = Agency.objects.get(name=people.SHELTER)
        open_now = TipAccess.objects.filter(agency=shelter, valid_until__gt=NOW)
        at_work = Referral.objects.filter(receiver=shelter, status__in=("accepted", "in_progress"))
        assert set(open_now.values_list("tip")) == set(at_work.values_list("tip"))
    assert [seat.role for seat in User.objects.get(username="liaison").memberships.current(NOW)] == ["liaison"]


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
