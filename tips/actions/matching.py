"""Keeping the forms that are matched on; asking holders of tips that one may not open, and answering them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from agencies import audit, crypto
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.scope import acting_as_system
from agencies.whole import whole
from tips.identifiers import VERSION, kept
from tips.identifiers.keys import parts_of_name
from tips.models import Identifier, MatchKey, MatchQuestion, PersonIdentity, Tip

NAMES = frozenset({"name", "aliases"})
BATCH = 500
_FORBIDDEN = "42501"  # insufficient_privilege


def keys_of(source: Identifier | PersonIdentity) -> list[MatchKey]:
    """The rows under which the value of `source` is met again; none for what is not matched on."""
    which: dict[str, Identifier | PersonIdentity]
    if isinstance(source, Identifier):
        forms, which = kept(source.kind, _value(source)), {"identifier": source}
    elif source.field in NAMES:
        text = _value(source)
        forms, which = [*kept("name", text), *parts_of_name(text)], {"identity": source}
    else:
        return []
    return [
        MatchKey(
            tip_id=source.tip_id,
            agency_id=source.agency_id,
            form=key.form,
            hash=crypto.keyed_hash(key.form, key.text),
            is_lead_fact=source.is_lead_fact,
            **which,
        )
        for key in forms
    ]


def keep(rows: Iterable[Identifier | PersonIdentity]) -> None:
    """Write the match keys of rows that were just written, all in one statement."""
    MatchKey.objects.bulk_create([key for row in rows for key in keys_of(row)])


def keep_missing(*, most: int | None = None) -> int:
    """Give keys to rows that were written before the forms of today; returns how many rows.

    Runs in the worker, some at a time, each batch whole; several may run at once. Old keys stay.
    """
    done = 0
    while most is None or done < most:
        with acting_as_system("keep_match_keys"):
            found = sum(_keep_batch(model) for model in (Identifier, PersonIdentity))
        if not found:
            break
        done += found
    return done


def _keep_batch(model: type[Identifier] | type[PersonIdentity]) -> int:
    rows: Sequence[Identifier | PersonIdentity] = list(
        islice(model._default_manager.select_for_update(skip_locked=True).filter(forms__lt=VERSION)[:BATCH], BATCH)
    )
    keep(rows)
    model._default_manager.filter(pk__in=[row.pk for row in rows]).update(forms=VERSION)
    return len(rows)


def _value(row: Identifier | PersonIdentity) -> str:
    return crypto.decrypt(row.value, table=row._meta.db_table, row=row.pk, field="value")


def count_words(*, sample: int) -> int:
    """Count in how many shared accounts each word stands, over at most `sample` of them; returns how many it saw."""
    with acting_as_system("count_words"), connection.cursor() as cursor:
        cursor.execute("select tips_count_words(%s)", [sample])
        return int(cursor.fetchone()[0])


@whole()
def ask_holders(tip: Tip, *, by: User, at: datetime) -> int:
    """Ask whoever holds a tip that shares something with this one and is not open here; returns how many were asked.

    The question says only that something is shared. Whoever was asked before is not asked again. Raises
    PermissionDenied for anybody but the desk that holds the tip.
    """
    asked = _call("select tips_ask_holders(%s, %s)", [tip.pk, at])
    audit.record("ask_holders", kind="tip", by=by, at=at, object_id=tip.pk, tip=tip.pk, details={"asked": asked})
    return asked


@whole()
def answer(question: MatchQuestion, *, answer: str, by: User, at: datetime) -> None:
    """Answer another holder: a code of MatchAnswer. Raises Conflict when a colleague was first."""
    if not _call("select tips_answer_match(%s, %s, %s)", [question.pk, answer, at]):
        raise Conflict("A colleague has answered this meanwhile. Look at the answer.")
    audit.record("answer_match", kind="tip", by=by, at=at, object_id=question.pk, tip=question.tip_id, reason=answer)


def _call(statement: str, values: list[UUID | str | datetime]) -> int:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.fetchone()[0])
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == _FORBIDDEN:
            raise PermissionDenied("Only the desk that holds the tip asks and answers.") from error
        raise
