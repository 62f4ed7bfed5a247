"""Need to know, told to the database: the one place that sets for whom a transaction reads and writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from agencies.models import Agency, Membership, User
from agencies.whole import write_kept

_SET = (
    "select set_config('casework.user', %s, true), set_config('casework.agency', %s, true),"
    " set_config('casework.reader', %s, true), set_config('casework.role', %s, true),"
    " set_config('casework.scope', %s, true)"
)


@dataclass(frozen=True)
class System:
    """The actor of jobs: the clock sweep, the sealer, the mailer. `reason` goes into the trail."""

    reason: str
    pk: None = None
    acting_agency_id: None = None
    role: str = "system"

    def __str__(self) -> str:
        return "Casework"


Actor = User | System


def stand_in(agency: Agency, *, role: str, person: User | None = None) -> User:
    """Who answers for an agency without a seat there: a user of no table, on a seat of no table, for one deed.

    `role` is one of casework/roles.py STAND_INS. `person` is the operator who has the agency on the phone, and stands
    in the trail; None for whoever came by a one-time link.
    """
    user = User(pk=person.pk if person else None, display_name=str(person) if person else "One-time link")
    user.act_as(Membership(user=user, agency=agency, role=role))
    return user


def _tell(
    *, user: UUID | None = None, agency: UUID | None = None, reads: bool = False, role: str = "", scope: str = ""
) -> None:
    agency_text = str(agency) if agency else ""
    values = [str(user) if user else "", agency_text, agency_text if reads else "", role, scope]
    with connection.cursor() as cursor:
        cursor.execute(_SET, values)


def tell_database(user: AbstractBaseUser | AnonymousUser | None) -> None:
    """Set the scope of the open transaction to this user, or to nobody.

    `casework.agency` is where the user acts; `casework.reader` is the same only for roles that may read content.
    """
    if isinstance(user, User) and user.is_active and user.acting:
        reads = user.has_perm("tips.read_content")
        _tell(user=user.pk, agency=user.acting_agency_id, reads=reads, role=user.role, scope="user")
    elif isinstance(user, User) and user.is_active:
        # Without a seat there is nothing to read, but what such a user tries is still in the trail under their name.
        _tell(user=user.pk, scope="user")
    else:
        _tell()


@contextmanager
def acting_as(user: User) -> Iterator[None]:
    """A transaction in which the database lets through what this user may see. For streams, jobs, commands, tests.

    Nested in another scope, it takes over and gives back: the inner block sees as `user`, the outer as before.
    """
    with _scope():
        tell_database(user)
        yield


@contextmanager
def acting_as_system(reason: str) -> Iterator[System]:
    """A transaction in which a job sees everything it must move. `reason` names the job."""
    with _scope():
        _tell(role="system", scope="system")
        yield System(reason)


@contextmanager
def _scope() -> Iterator[None]:
    nested = connection.in_atomic_block
    write_kept()
    with transaction.atomic():
        before = _read() if nested else None
        yield
        write_kept()
        # After an exception there is nothing to give back: the rollback takes the settings with it.
        if before is not None:
            with connection.cursor() as cursor:
                cursor.execute(_SET, before)


def _read() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(current_setting(name, true), '')"
            " from unnest(array['casework.user','casework.agency','casework.reader','casework.role','casework.scope'])"
            " with ordinality as t(name, place) order by place"
        )
        return [row[0] for row in cursor.fetchall()]
