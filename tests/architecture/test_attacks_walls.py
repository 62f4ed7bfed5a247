"""Who is kept from a tip sees no trace of it: not as an agency, not as a person, not through a successor."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.ids import uuid7
from agencies.lifecycle import Conflict
from agencies.models import Agency, AuditEvent, Notice, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import desk, referrals
from casework.actions.walls import keep_agency_away
from casework.models import Clock, Disclosure, Proposal, Referral, ReferralPerson
from tests.architecture.test_attacks_sql import REFUSED, attempt
from tests.factories import NOW, World, log_tip, make_referral, make_user, route
from tips.actions import access, intake, triage, walls
from tips.models import (
    Contact,
    Identifier,
    Narrative,
    Note,
    Person,
    PersonIdentity,
    Place,
    SharedAccount,
    Situation,
    Tip,
    TipAccess,
    Wall,
)
from tips.told import Told

pytestmark = pytest.mark.django_db
CONTENT = (
    Tip,
    TipAccess,
    Contact,
    Narrative,
    Person,
    PersonIdentity,
    Identifier,
    Place,
    Situation,
    SharedAccount,
    Note,
    Referral,
    ReferralPerson,
    Disclosure,
    Clock,
    Proposal,
    Wall,
)


def traces(user: User) -> set[str]:
    """The tables in which this user finds anything at all."""
    with acting_as(user):
        return {model.__name__ for model in CONTENT if model.objects.exists()}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    return client


@pytest.mark.parametrize("status", ["sent", "received", "information_requested", "accepted", "in_progress"])
def test_a_wall_ends_what_an_accused_agency_had_open(world: World, status: str) -> None:
    referral = make_referral(world, status)
    assert "Referral" in traces(world.liaison)
    with acting_as(world.operator):
        keep_agency_away(referral.tip, world.shelter, by=world.operator, at=NOW)
    assert traces(world.liaison) == set()
    with acting_as(world.operator):
        ended = Referral.objects.get()
        assert ended.status == ("cancelled" if status in ("accepted", "in_progress") else "recalled")
        assert Clock.objects.filter(referral=ended, ended_at=None).count() == 0
    client = signed_in(world.liaison)
    assert client.get(f"/referrals/{referral.pk}/").status_code == 404
    assert client.get(f"/tips/{referral.tip_id}/").status_code == 404
    assert client.get(f"/api/v1/tips/{referral.tip_id}/").status_code == 404
    assert referral.reference not in client.get("/referrals/").content.decode()


def test_an_accused_agency_is_told_nothing_and_what_was_on_its_way_is_stopped(world: World) -> None:
    referral = make_referral(world, "sent")
    with acting_as_system("test"):
        assert Notice.objects.filter(agency=world.shelter).count() == 1
    with acting_as(world.operator):
        keep_agency_away(referral.tip, world.shelter, by=world.operator, at=NOW)
    with acting_as_system("test"):
        assert Notice.objects.filter(agency=world.shelter).count() == 0


def test_an_accused_agency_gets_no_new_offer_and_no_access(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        keep_agency_away(referral.tip, world.shelter, by=world.operator, at=NOW)
        with pytest.raises(ValidationError, match="walled off from it"):
            route(world, referral.tip, [world.shelter], needs=["other"])
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


def test_a_draft_is_not_sent_past_a_wall_that_came_later(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        triage.triage(tip, request_type="tip", urgency="P2", by=world.operator, at=NOW)
        asked = {"need": "shelter", "pillar": "protection", "purpose": "x", "legal_basis": "x"}
        draft = referrals.draft(
            Tip.objects.get(), receiver=world.shelter, persons=[], by=world.operator, at=NOW, **asked
        )
        Wall.objects.create(tip=tip, agency=world.shelter, reason="accused", created_at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            referrals.send(draft, by=world.operator, at=NOW)


def test_a_wall_that_no_verb_of_ours_stood_works_all_the_same(world: World) -> None:
    referral = make_referral(world, "accepted")
    statement = "insert into tips_wall (id, tip_id, agency_id, reason, created_at) values (%s, %s, %s, 'x', now())"
    assert attempt(world.operator, statement, [uuid7(), referral.tip_id, world.shelter.pk]) == 1
    assert traces(world.liaison) == set()


@pytest.mark.parametrize("who", ["liaison", "stranger", "auditor", "agencyadmin"])
def test_nobody_but_the_holder_keeps_others_away(world: World, who: str) -> None:
    referral = make_referral(world, "accepted")
    user: User = getattr(world, who)
    statement = (
        "insert into tips_wall (id, tip_id, agency_id, user_id, reason, created_at) values (%s, %s, %s, %s, 'x', now())"
    )
    assert attempt(user, statement, [uuid7(), referral.tip_id, world.police.pk, None]) == REFUSED
    assert attempt(user, statement, [uuid7(), referral.tip_id, None, world.operator.pk]) == REFUSED
    with acting_as(world.operator):
        tip = referral.tip
    with acting_as(user), pytest.raises(PermissionDenied):
        walls.keep_agency_away(tip, world.police, by=user, at=NOW)


def test_the_holder_is_not_walled_off_as_an_agency(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        with pytest.raises(PermissionDenied):
            walls.keep_agency_away(tip, world.hotline, by=world.operator, at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            Wall.objects.create(tip=tip, agency=world.hotline, reason="x", created_at=NOW)


def test_a_successor_inherits_the_wall(world: World) -> None:
    """Ruling 20: open referrals and walls go over. The agency after the next one too."""
    tip = log_tip(world)
    referral = route(world, tip, [world.legal])[0]
    with acting_as(world.operator):
        Wall.objects.create(tip=tip, agency=world.police, reason="accused", created_at=NOW)
        between = Agency.objects.create(name="Between", kind=world.legal.kind)
        Agency.objects.filter(pk=world.police.pk).update(succeeded_by=between)
        assert traces(world.stranger) == {"Referral", "ReferralPerson", "Disclosure"}
        Agency.objects.filter(pk=between.pk).update(succeeded_by=world.legal)
        assert world.legal.pk in walls.kept_away(tip)
    assert traces(world.stranger) == set()
    with acting_as(world.stranger), pytest.raises(PermissionDenied):
        referrals.accept(referral, by=world.stranger, at=NOW)


@pytest.mark.parametrize("who", ["operator2", "supervisor", "liaison"])
def test_a_person_walls_themselves_off_and_sees_no_trace(world: World, who: str) -> None:
    referral = make_referral(world, "accepted")
    user: User = getattr(world, who)
    colleague = make_user("colleague", user.role, user.acting.agency)  # type: ignore[union-attr]
    before = traces(colleague)
    assert {"Tip", "Referral"} <= before
    with acting_as(user):
        walls.wall_off_oneself(Tip.objects.get(), by=user, at=NOW)
        assert Tip.objects.visible_to(user).count() == 0
    assert traces(user) == set()
    assert traces(colleague) - {"Wall"} == before
    client = signed_in(user)
    assert client.get(f"/tips/{referral.tip_id}/").status_code == 404
    assert client.get(f"/referrals/{referral.pk}/").status_code == 404
    assert client.get(f"/api/v1/referrals/{referral.pk}/").status_code == 404


def test_no_reason_is_asked_of_whoever_walls_themselves_off(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator2):
        walls.wall_off_oneself(tip, by=world.operator2, at=NOW)
    with acting_as(world.auditor):
        event = AuditEvent.objects.get(verb="wall")
        assert (event.reason, event.actor, event.details) == (
            "own_wish",
            world.operator2.pk,
            {"user": str(world.operator2.pk)},
        )


def test_a_tip_whose_holder_walls_themselves_off_is_nobodys_again(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        taken = triage.take(tip, by=world.operator, at=NOW)
        walls.wall_off_oneself(taken, by=world.operator, at=NOW)
    with acting_as(world.operator2):
        assert Tip.objects.get().holder is None
        assert triage.take(Tip.objects.get(), by=world.operator2, at=NOW).holder == world.operator2


def test_a_supervisor_keeps_an_accused_colleague_away_and_nobody_else_does(world: World) -> None:
    tip = log_tip(world)
    for user in (world.operator, world.stranger):
        with acting_as(user), pytest.raises(PermissionDenied):
            walls.keep_person_away(tip, world.operator2, by=user, at=NOW)
    with acting_as(world.supervisor):
        walls.keep_person_away(tip, world.operator2, by=world.supervisor, at=NOW)
        with pytest.raises(Conflict):
            walls.keep_person_away(tip, world.operator2, by=world.supervisor, at=NOW)
    assert traces(world.operator2) == set()
    assert "Tip" in traces(world.operator)


def test_a_walled_supervisor_is_not_told_of_danger_to_life(world: World) -> None:
    other = make_user("supervisor2", "supervisor", world.hotline)
    tip = log_tip(world)
    with acting_as(world.supervisor):
        walls.wall_off_oneself(tip, by=world.supervisor, at=NOW)
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW)
        tip = Tip.objects.get(pk=tip.pk)
        desk.log_on_tip(contact, Told(), by=world.operator, at=NOW, values={"danger": "life"}, tip=tip)
    with acting_as_system("test"):
        assert list(Notice.objects.filter(code="tip_urgent").values_list("user", flat=True)) == [other.pk]


def test_an_auditor_in_the_tip_reads_nothing_of_it_in_the_trail(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.auditor):
        assert AuditEvent.objects.filter(tip=tip.pk).exists()
    with acting_as(world.supervisor):
        walls.keep_person_away(tip, world.auditor, by=world.supervisor, at=NOW)
    with acting_as(world.auditor):
        assert not AuditEvent.objects.filter(tip=tip.pk).exists()


def test_a_wall_is_taken_down_by_a_supervisor_and_what_it_ended_stays_ended(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        wall = keep_agency_away(referral.tip, world.shelter, by=world.operator, at=NOW)
        with pytest.raises(PermissionDenied):
            walls.lift(wall, by=world.operator, at=NOW)
    with acting_as(world.supervisor):
        walls.lift(wall, by=world.supervisor, at=NOW)
        with pytest.raises(Conflict):
            walls.lift(wall, by=world.supervisor, at=NOW)
    assert "Tip" not in traces(world.liaison)
    again = route(world, referral.tip, [world.shelter], needs=["later"], at=NOW + timedelta(hours=1))[0]
    with acting_as(world.liaison):
        assert referrals.accept(again, by=world.liaison, at=NOW + timedelta(hours=2)).status == "accepted"
    assert "Tip" in traces(world.liaison)


@pytest.mark.parametrize("column", ["tip_id = gen_random_uuid()", "reason = 'x'", "user_id = casework_user()"])
def test_a_wall_is_lifted_and_never_turned_into_another(world: World, column: str) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        Wall.objects.create(tip=tip, agency=world.police, reason="accused", created_at=NOW)
    assert attempt(world.operator, f"update tips_wall set {column}") == REFUSED


def test_a_wall_keeps_an_agency_or_a_person(world: World) -> None:
    tip = log_tip(world)
    both = {"agency": world.police, "user": world.operator2}
    for parties in ({}, both):
        with acting_as(world.operator), pytest.raises(IntegrityError), transaction.atomic():
            Wall.objects.create(tip=tip, reason="accused", created_at=NOW, **parties)


def test_a_wall_stands_once(world: World) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        Wall.objects.create(tip=tip, agency=world.police, reason="accused", created_at=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            Wall.objects.create(tip=tip, agency=world.police, reason="accused", created_at=NOW)


def test_who_is_kept_away_is_asked_by_the_holder_only(world: World) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        Wall.objects.create(tip=referral.tip, agency=world.police, reason="accused", created_at=NOW)
        assert walls.kept_away(referral.tip) == {world.police.pk}
    for user in (world.liaison, world.liaison2, world.stranger, world.auditor):
        with acting_as(user):
            assert walls.kept_away(referral.tip) == frozenset()


def statements(client: Client, path: str) -> list[str]:
    """What the database was asked for this page, without the values."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 404
    said = [query["sql"].split(" WHERE ")[0].split(" values ")[0] for query in asked.captured_queries]
    return ["SAVEPOINT" if "SAVEPOINT" in words else words for words in said]


def test_a_walled_tip_answers_with_the_same_work_as_one_that_is_not_there(world: World) -> None:
    """Timing: the same statements, in the same order, whether the tip is walled or unknown."""
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        keep_agency_away(referral.tip, world.shelter, by=world.operator, at=NOW)
    client = signed_in(world.liaison)
    client.get("/help/")
    unknown = UUID("01900000-0000-7000-8000-000000000001")
    for page in ("tips", "referrals"):
        key = referral.tip_id if page == "tips" else referral.pk
        assert statements(client, f"/{page}/{key}/") == statements(client, f"/{page}/{unknown}/")


# Read by eye: their rules ask an access row whatever else they ask.
ASK_ACCESS_ALWAYS = {"tips_wall", "tips_tip", "tips_note"}


def test_no_table_that_hangs_on_a_tip_is_forgotten_by_the_walls() -> None:
    """Each reads access rows in every policy that lets somebody read, or has a wall of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct k.conrelid::regclass::text from pg_constraint k"
            " where k.contype = 'f' and k.confrelid = 'tips_tip'::regclass"
        )
        tables = {row[0] for row in cursor.fetchall()} - ASK_ACCESS_ALWAYS
        cursor.execute(
            "select tablename, policyname, permissive, cmd, qual from pg_policies where schemaname = 'public'"
        )
        rows = cursor.fetchall()
    assert len(tables) > 20
    walled = {table for table, _, permissive, *_ in rows if permissive == "RESTRICTIVE"}
    reading = [
        (table, name)
        for table, name, _, command, rule in rows
        if table in tables - walled
        and command in ("SELECT", "ALL")
        and not name.startswith("zz_")
        and ("tips_tipaccess" not in rule or " OR " in rule.split("FROM tips_tipaccess")[0])
    ]
    assert reading == []
