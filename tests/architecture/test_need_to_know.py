"""Need to know holds in the database itself, whatever the code forgets."""

import random
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, models, transaction

from agencies.ids import uuid7
from agencies.lifecycle import Conflict
from agencies.models import Location, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import referrals
from casework.models import Referral
from tests.factories import NOW, World, log_tip, make_referral, route
from tips.actions import access
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
        referrals.expire_due(at=at)
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


def test_the_runtime_role_cannot_write_access_rows(world: World) -> None:
    tip = log_tip(world)
    statements = [
        (
            "insert into tips_tipaccess select %s, tip_id, %s, level, false, pillars, valid_from, valid_until,"
            " basis_kind, basis_id, status, urgency, next_due_at, created_at from tips_tipaccess",
            [uuid7(), world.legal.pk],
        ),
        ("update tips_tipaccess set agency_id = %s", [world.legal.pk]),
        ("delete from tips_tipaccess", []),
        ("delete from tips_tip where id = %s", [tip.pk]),
        ("alter table tips_tip disable row level security", []),
        ("drop policy tip_need_to_know on tips_tip", []),
        ("set role casework_owner", []),
        ("update agencies_auditevent set verb = 'x'", []),
        ("delete from agencies_auditevent", []),
        ("truncate agencies_auditevent", []),
    ]
    with acting_as(world.operator):
        for statement, values in statements:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)


@pytest.mark.parametrize("status", ["sent", "received", "information_requested", "declined", "expired", "recalled"])
def test_access_has_no_basis_before_acceptance(world: World, status: str) -> None:
    referral = make_referral(world, status)
    with acting_as(world.liaison), pytest.raises(PermissionDenied):
        access.grant(
            referral.tip_id,
            agency_id=world.shelter.pk,
            level="working",
            basis_kind="referral",
            basis_id=referral.pk,
            by=world.liaison,
            at=NOW,
        )


def test_a_receiver_cannot_raise_its_own_level(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.liaison), pytest.raises(PermissionDenied):
        access.grant(
            referral.tip_id,
            agency_id=world.shelter.pk,
            level="lead",
            basis_kind="referral",
            basis_id=referral.pk,
            by=world.liaison,
            at=NOW,
        )


@pytest.mark.parametrize("who", ["stranger", "liaison2", "agencyadmin", "auditor", "sysadmin"])
@pytest.mark.parametrize("basis", ["new_tip", "referral", "approval", ""])
def test_no_stranger_grants_itself_a_tip(world: World, who: str, basis: str) -> None:
    referral = make_referral(world, "accepted")
    user: User = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        access.grant(
            referral.tip_id,
            agency_id=user.acting_agency_id or uuid7(),
            level="working",
            basis_kind=basis,
            basis_id=referral.pk,
            by=user,
            at=NOW,
        )


def test_a_stranger_cannot_end_anybodys_access(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.stranger), pytest.raises(DatabaseError), transaction.atomic():
        access.end(referral.tip_id, agency_id=world.shelter.pk, by=world.stranger, at=NOW)


def test_a_stranger_cannot_end_a_referrals_clocks(world: World) -> None:
    referral = make_referral(world, "sent")
    with acting_as(world.stranger), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select end_referral_clocks(%s, 'met', '', now())", [referral.pk])


def test_a_draft_referral_does_not_exist_for_its_receiver(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
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
