"""The demo: what stands in it, and that twice is once. It is seeded once for all tests of this file."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count, Model, QuerySet
from django.test import Client

from agencies.models import Agency, Alarm, AuditEvent, Membership, User
from agencies.scope import acting_as, acting_as_system
from casework.demo import people, seeding
from casework.models import Clock, Referral, Track
from tests import databases
from tests.conftest import template_name
from tests.factories import NOW
from tips.models import Contact, Narrative, Tip, TipAccess


def seed() -> list[str]:
    """Seed at the tests' fixed time; returns what it said."""
    said: list[str] = []
    seeding.seed(password="open for a demo", at=NOW, say=said.append)
    return said


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[str]]:
    """What the first seeding said, in a database of its own that holds the demo."""
    with django_db_blocker.unblock(), databases.clone(template_name()):
        yield seed()


def counted(rows: "QuerySet[Any]", field: str) -> dict[str, int]:
    return {row[field]: row["n"] for row in rows.values(field).annotate(n=Count("pk")).order_by(field)}


def everything() -> dict[str, int]:
    models: tuple[type[Model], ...] = (Tip, Contact, Referral, Clock, Track, AuditEvent, User, Membership, Agency)
    with acting_as_system("test"):
        return {model.__name__: model._default_manager.count() for model in models}


def test_the_demo_holds_every_state_and_twice_is_the_same_as_once(said: list[str]) -> None:
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
        assert Alarm.objects.count() > 0
        assert not Alarm.objects.unanswered().filter(raised_at__lte=NOW - timedelta(days=1)).exists()
        assert not Clock.objects.filter(
            ended_at=None, drives_queue=True, breached_at=None, due_at__lte=NOW - timedelta(days=1)
        ).exists()
    before = everything()
    again = seed()
    assert again == ["Users: 0 made or given the password.", "Directory and cases: they are there already."]
    assert everything() == before


def test_each_log_in_sees_work_and_nobody_else_s(said: list[str]) -> None:
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
