"""Need to know holds in the database itself, whatever the code forgets."""

import random
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, models

from agencies.lifecycle import Conflict
from agencies.models import Location, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import referrals, silence
from casework.models import Referral
from tests.factories import NOW, World, log_tip, make_referral, route
from tips.actions import triage
from tips.models import Contact, Tip, TipAccess

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SCOPED: tuple[Any, ...] = (Tip, Contact, Referral)


def ids(queryset: "models.QuerySet[Any]") -> set[Any]:
    return set(queryset.values_list("pk", flat=True))


def assert_pinned(world: World) -> None:
    """The query filter and the row-level policy give the same ids, to everybody."""
    for user in world.everybody():
        with acting_as(user):
            for model in SCOPED:
                assert ids(model.objects.visible_to(user)) == ids(model.objects.all()), (user.username, model.__name__)


def random_history(world: World, dice: random.Random, moves: int) -> None:
    """Some tips, referred around, answered at random by whoever may, a minute apart."""
    sent: list[Referral] = []
    for n in range(3):
        tip = log_tip(world, at=NOW + timedelta(minutes=n))
        if dice.random() < 0.8:
            receivers = dice.sample([world.shelter, world.police, world.legal], dice.randint(1, 2))
            sent += route(world, tip, receivers, at=NOW + timedelta(minutes=n))
    liaisons = {world.shelter.pk: world.liaison, world.police.pk: world.liaison2, world.legal.pk: world.stranger}
    for n in range(moves):
        if not sent:
            return
        referral = dice.choice(sent)
        at = NOW + timedelta(minutes=10 + n)
        liaison = liaisons[referral.receiver_id]
        choice = dice.choice(["accept", "decline", "ask", "recall", "close", "withdraw", "expire", "receive"])
        try:
            make_move(choice, referral, liaison, world.operator, at)
        except (Conflict, PermissionDenied):
            continue


def make_move(choice: str, referral: Referral, liaison: User, operator: User, at: Any) -> None:
    if choice == "expire":
        silence.expire_due(at=at)
        return
    by = operator if choice in ("recall", "withdraw") else liaison
    deeds = {
        "accept": lambda: referrals.accept(referral, by=by, at=at),
        "decline": lambda: referrals.decline(referral, reason="no_capacity", by=by, at=at),
        "ask": lambda: referrals.ask_information(referral, question="Where?", by=by, at=at),
        "recall": lambda: referrals.recall(referral, by=by, at=at),
        "close": lambda: referrals.close(referral, outcome="got_help", by=by, at=at),
        "withdraw": lambda: referrals.withdraw(referral, reason="consent_withdrawn", by=by, at=at),
        "receive": lambda: referrals.receive(referral, by=by, at=at),
    }
    with acting_as(by):
        deeds[choice]()


@pytest.mark.parametrize("seed", range(6))
def test_filter_and_policy_agree_after_a_random_history(world: World, seed: int) -> None:
    random_history(world, random.Random(seed), moves=12)  # noqa: S311 - a test's dice
    assert_pinned(world)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 300))
def test_filter_and_policy_agree_after_two_hundred_random_histories(world: World, seed: int) -> None:
    random_history(world, random.Random(seed), moves=25)  # noqa: S311 - a test's dice
    assert_pinned(world)


def test_the_tests_run_as_the_runtime_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper or rolbypassrls or rolcreaterole, (select count(*) from pg_class where relowner = r.oid)"
            " from pg_roles r where rolname = current_user"
        )
        assert cursor.fetchone() == (False, 0)


def test_nobody_is_nobody(world: World) -> None:
    make_referral(world, "accepted")
    for model in (*SCOPED, TipAccess):
        assert model.objects.count() == 0


def test_a_draft_referral_does_not_exist_for_its_receiver(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        tip = triage.triage(tip, request_type="referral", urgency="P2", by=world.operator, at=NOW)
        asked = {"need": "shelter", "pillar": "protection", "purpose": "x", "legal_basis": "x"}
        referrals.draft(tip, receiver=world.shelter, persons=[], by=world.operator, at=NOW, **asked)
        assert Referral.objects.count() == 1
    with acting_as(world.liaison):
        assert Referral.objects.count() == 0


def test_a_confidential_place_is_seen_at_home_and_at_the_hotline_only(world: World) -> None:
    with acting_as_system("test"):
        Location.objects.create(agency=world.shelter, name="Hidden house", is_confidential=True)
        Location.objects.create(agency=world.shelter, name="Front office")
    seen = {}
    for user in world.everybody():
        with acting_as(user):
            seen[user.username] = Location.objects.filter(agency=world.shelter).count()
    assert {name for name, count in seen.items() if count == 2} == {
        "operator",
        "operator2",
        "supervisor",
        "liaison",
        "agencyadmin",
    }
    assert set(seen.values()) == {1, 2}


def test_a_nested_scope_gives_back_what_was_before(world: World) -> None:
    log_tip(world)
    with acting_as(world.operator):
        assert Tip.objects.count() == 1
        with acting_as(world.stranger):
            assert Tip.objects.count() == 0
        assert Tip.objects.count() == 1
        with pytest.raises(ZeroDivisionError), acting_as(world.stranger):
            raise ZeroDivisionError
        assert Tip.objects.count() == 1


def test_the_sort_keys_follow_the_tip(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.liaison):
        row = TipAccess.objects.get()
        assert (row.status, row.urgency, row.level, row.is_holder) == ("in_progress", "P2", "working", False)
    with acting_as(world.operator):
        row = TipAccess.objects.get()
        assert (row.status, row.urgency, row.is_holder) == ("in_progress", "P2", True)
        assert row.next_due_at <= NOW + timedelta(days=1)
        assert row.tip_id == referral.tip_id


def test_set_config_stands_in_one_place_only() -> None:
    pattern = re.compile(r"set_config|set\s+(local|session)\s+['\"]?casework", re.IGNORECASE)
    found = [
        str(path.relative_to(ROOT))
        for room in ("agencies", "tips", "casework")
        for path in (ROOT / room).rglob("*.py")
        if pattern.search(path.read_text())
    ]
    assert found == ["agencies/scope.py"]
