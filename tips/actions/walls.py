"""Walls: keeping an agency or a person from a tip, existence included (rulings 2, 16, 20, 29)."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection

from agencies import audit
from agencies.ids import uuid7
from agencies.lifecycle import Conflict
from agencies.models import Agency, Role, User
from agencies.whole import whole
from tips.models import Tip, Wall

ACCUSED = "accused"
OWN_WISH = "own_wish"


def kept_away(tip: Tip) -> frozenset[UUID]:
    """The agencies kept from a tip or from one merged with it, their successors too; for the tip's holder only.

    Anybody else gets an empty set: who is kept away is not theirs to know.
    """
    with connection.cursor() as cursor:
        cursor.execute("select walled_agencies(%s)", [tip.pk])
        return frozenset(row[0] for row in cursor.fetchall())


def people_kept_away(tip: Tip) -> frozenset[UUID]:
    """The people kept from a tip or from one merged with it; for the tip's holder and the worker only."""
    with connection.cursor() as cursor:
        cursor.execute("select walled_people(%s)", [tip.pk])
        return frozenset(row[0] for row in cursor.fetchall())


@whole()
def keep_agency_away(tip: Tip, agency: Agency, *, by: User, at: datetime) -> Wall:
    """Stand a wall between an accused agency and a tip. What it had open ends in this moment, and it is not told.

    End its referrals first (casework.actions.walls does both). Raises PermissionDenied unless the actor's desk holds
    the tip, or for the holder itself; Conflict when the wall stands already.
    """
    _check_holder(tip, by)
    if agency.pk == tip.holder_agency_id:
        raise PermissionDenied("The hotline that holds the tip is not kept from it. Wall off its people instead.")
    return _stand(tip, agency=agency, reason=ACCUSED, by=by, at=at)


@whole()
def keep_person_away(tip: Tip, person: User, *, by: User, at: datetime) -> Wall:
    """Stand a wall between a member of staff and a tip in which they are named. Only the holder's supervisors do."""
    _check_holder(tip, by)
    if by.role != Role.SUPERVISOR or person.pk == by.pk:
        raise PermissionDenied("Only another person, a supervisor, keeps somebody from a tip.")
    return _stand(tip, user=person, reason=ACCUSED, by=by, at=at)


@whole()
def wall_off_oneself(tip: Tip, *, by: User, at: datetime) -> Wall:
    """Never see this tip again. Anybody who may read it may do so; no reason is asked (ruling 29)."""
    if not by.has_perm("tips.read_content"):
        raise PermissionDenied("Your role reads no tips.")
    return _stand(tip, user=by, reason=OWN_WISH, by=by, at=at)


@whole()
def lift(wall: Wall, *, by: User, at: datetime) -> None:
    """Take a wall down that stood in error; what it ended stays ended. Raises Conflict when it is down already."""
    _check_holder(wall.tip, by)
    if by.role != Role.SUPERVISOR:
        raise PermissionDenied("Only a supervisor takes a wall down.")
    if not Wall.objects.filter(pk=wall.pk, lifted_at=None).update(lifted_at=at):
        raise Conflict("This wall was taken down already.")
    _record("lift_wall", wall, by=by, at=at)


def _check_holder(tip: Tip, by: User) -> None:
    if tip.holder_agency_id != by.acting_agency_id or not by.has_perm("casework.route"):
        raise PermissionDenied("Only the desk that holds the tip decides who is kept from it.")


def _stand(
    tip: Tip, *, reason: str, by: User, at: datetime, agency: Agency | None = None, user: User | None = None
) -> Wall:
    if Wall.objects.filter(tip=tip, agency=agency, user=user, lifted_at=None).exists():
        raise Conflict("This wall stands already.")
    wall = Wall(id=uuid7(), tip=tip, agency=agency, user=user, reason=reason, created_at=at)
    # Recorded first: whoever walls themselves off sees nothing of the tip a moment later.
    _record("wall", wall, by=by, at=at)
    wall.save(force_insert=True)
    return wall


def _record(verb: str, wall: Wall, *, by: User, at: datetime) -> None:
    who = {"agency": str(wall.agency_id)} if wall.agency_id else {"user": str(wall.user_id)}
    audit.record(
        verb, kind="tip", by=by, at=at, object_id=wall.tip_id, tip=wall.tip_id, reason=wall.reason, details=who
    )
