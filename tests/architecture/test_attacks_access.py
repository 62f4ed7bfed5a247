"""Ways to a tip that is not one's own, tried as the runtime role: every door to access asks for its basis."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from agencies.ids import uuid7
from agencies.models import User
from agencies.scope import acting_as
from casework.models import Referral
from tests.architecture.statements import REFUSED, attempt
from tests.factories import NOW, World, log_tip, make_referral
from tips.actions import access

pytestmark = pytest.mark.django_db


def assert_no_grant(
    referral: Referral, *, by: User, agency: Any, level: str = "working", basis: str = "referral"
) -> None:
    with acting_as(by), pytest.raises(PermissionDenied):
        access.grant(
            referral.tip_id,
            agency_id=agency,
            level=level,
            basis_kind=basis,
            basis_id=referral.pk,
            by=by,
            at=NOW,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "insert into tips_tipaccess select gen_random_uuid(), tip_id, %(legal)s, level, false, pillars, valid_from,"
        " valid_until, basis_kind, basis_id, status, urgency, next_due_at, created_at from tips_tipaccess",
        "update tips_tipaccess set agency_id = %(legal)s",
        "delete from tips_tipaccess",
        "delete from tips_tip where id = %(tip)s",
        "alter table tips_tip disable row level security",
        "drop policy tip_need_to_know on tips_tip",
        "set role casework_owner",
        "update agencies_auditevent set verb = 'x'",
        "delete from agencies_auditevent",
        "truncate agencies_auditevent",
    ],
)
def test_the_runtime_role_changes_neither_access_nor_policies_nor_the_trail(world: World, statement: str) -> None:
    tip = log_tip(world)
    values = {"legal": world.legal.pk, "tip": tip.pk}
    assert attempt(world.operator, statement, values) == REFUSED


@pytest.mark.parametrize("status", ["sent", "received", "information_requested", "declined", "expired", "recalled"])
def test_access_has_no_basis_before_acceptance(world: World, status: str) -> None:
    assert_no_grant(make_referral(world, status), by=world.liaison, agency=world.shelter.pk)


@pytest.mark.parametrize("status", ["declined", "recalled", "expired", "closed", "cancelled"])
def test_an_ended_referral_never_becomes_an_accepted_one_again(world: World, status: str) -> None:
    referral = make_referral(world, status)
    done = attempt(
        world.liaison,
        "update casework_referral set status = 'accepted', answered_at = now(), ended_at = null where id = %s",
        [referral.pk],
    )
    assert done == REFUSED
    assert_no_grant(referral, by=world.liaison, agency=world.shelter.pk)


def test_a_receiver_cannot_raise_its_own_level(world: World) -> None:
    assert_no_grant(make_referral(world, "accepted"), by=world.liaison, agency=world.shelter.pk, level="lead")


@pytest.mark.parametrize("who", ["stranger", "liaison2", "agencyadmin", "auditor", "sysadmin"])
@pytest.mark.parametrize("basis", ["new_tip", "referral", "approval", ""])
def test_no_stranger_grants_itself_a_tip(world: World, who: str, basis: str) -> None:
    user: User = getattr(world, who)
    assert_no_grant(make_referral(world, "accepted"), by=user, agency=user.acting_agency_id or uuid7(), basis=basis)


def test_a_stranger_cannot_end_anybodys_access(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.stranger), pytest.raises(DatabaseError), transaction.atomic():
        access.end(referral.tip_id, agency_id=world.shelter.pk, by=world.stranger, at=NOW)


def test_a_stranger_cannot_end_a_referrals_clocks(world: World) -> None:
    referral = make_referral(world, "sent")
    statement = "select end_referral_clocks(%s, 'met', '', now())"
    assert attempt(world.stranger, statement, [referral.pk]) == REFUSED
