"""The engine that runs every state table: lock, check, write, record, in one transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

from agencies import audit
from agencies.models import Agency, User
from agencies.scope import Actor
from agencies.whole import whole

M = TypeVar("M", bound=models.Model)

SYSTEM = "system"


class Conflict(Exception):
    """Too late: somebody else was first. The message says what is true now; it is shown to the loser (409)."""


@dataclass(frozen=True)
class Move:
    """One row of a state table.

    An empty `target` leaves the state as it is.
    `side` names who may (the lifecycle's `sides` says which sides a user is on); `right` is a permission of
    casework/roles.py; `needs` are fields that must be filled after the values are set; `button` is the deed in words;
    `says` is the sentence about what it does, shown before it is done.
    """

    name: str
    button: str
    sources: tuple[str, ...]
    target: str
    side: str
    right: str = ""
    needs: tuple[str, ...] = ()
    says: str = ""
    is_primary: bool = False
    stamps: tuple[str, ...] = field(default=())

    @property
    def asks(self) -> bool:
        """Whether the move has a page of its own, with a form, before it is done."""
        return bool(self.needs)


@dataclass(frozen=True)
class Lifecycle(Generic[M]):
    """A state table and the questions that only its model can answer."""

    model: type[M]
    kind: str
    moves: tuple[Move, ...]
    sides: Callable[[M, User], set[str]]
    tip_of: Callable[[M], UUID | None]
    pillar_of: Callable[[M], str] = lambda record: ""

    def get(self, name: str) -> Move:
        return next(move for move in self.moves if move.name == name)

    def available(self, record: M, user: User) -> list[Move]:
        """The moves that this user may make now, in the table's order. Pages and API show exactly these."""
        sides = self.sides(record, user)
        return [m for m in self.moves if self._state(record) in m.sources and m.side in sides and _has_right(user, m)]

    def move(
        self,
        record: M,
        name: str,
        *,
        by: Actor,
        at: datetime,
        version: int | None = None,
        reason: str = "",
        values: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
        is_locked: bool = False,
    ) -> M:
        """Make one move and return the record as saved; the one given is stale.

        The trail gets the state before and after; `details` adds ids and codes of the deed, never content. `is_locked`
        says that this deed read the record FOR UPDATE itself: it is not read again then.
        Raises PermissionDenied for the wrong side or right, Conflict when the state or `version` is no longer the one
        that was seen, ValidationError when a needed field is empty. Nothing is written then.
        """
        move = self.get(name)
        with whole():
            locked = record if is_locked else self._lock(record)
            self._check_actor(locked, move, by)
            self._check_state(locked, move, version)
            before = self._state(locked)
            self._write(locked, move, at=at, values=dict(values or {}))
            audit.record(
                name,
                kind=self.kind,
                by=by,
                at=at,
                object_id=locked.pk,
                tip=self.tip_of(locked),
                pillar=self.pillar_of(locked),
                reason=reason,
                fields=sorted(values or {}),
                details={"from": before, "to": self._state(locked), **(details or {})},
            )
        return locked

    def _lock(self, record: M) -> M:
        locked = self.model._default_manager.select_for_update(of=("self",)).filter(pk=record.pk).first()
        if locked is None:
            raise PermissionDenied("This record is no longer open to you.")
        _keep_names(record, locked)
        return locked

    def _check_actor(self, record: M, move: Move, by: Actor) -> None:
        if not isinstance(by, User):
            allowed = move.side == SYSTEM
        else:
            allowed = move.side in self.sides(record, by) and _has_right(by, move)
        if not allowed:
            raise PermissionDenied("Your role or agency cannot do this here.")

    def _check_state(self, record: M, move: Move, version: int | None) -> None:
        state = self._state(record)
        if state not in move.sources:
            raise Conflict(f"This is now: {self.label(state)}. {move.button} is no longer possible.")
        if version is not None and version != record.version:  # type: ignore[attr-defined]
            raise Conflict("Somebody else changed this after you opened it. Look at it again, then decide.")

    def _write(self, record: M, move: Move, *, at: datetime, values: dict[str, Any]) -> None:
        values |= dict.fromkeys(move.stamps, at)
        for name, value in values.items():
            setattr(record, name, value)
        missing = [name for name in move.needs if _is_empty(getattr(record, name))]
        if missing:
            raise ValidationError(dict.fromkeys(missing, "Fill this in."))
        if move.target:
            record.status = move.target  # type: ignore[attr-defined]
        record.version += 1  # type: ignore[attr-defined]
        changes = {name: getattr(record, name) for name in [*values, "status", "version"]}
        # Under row-level security an update of a row that one may not write touches nothing and says nothing.
        if self.model._default_manager.filter(pk=record.pk).update(**changes) != 1:
            raise PermissionDenied("This record is no longer open to you.")

    def _state(self, record: M) -> str:
        return str(record.status)  # type: ignore[attr-defined]

    def label(self, state: str) -> str:
        choices: Iterable[tuple[Any, Any]] = self.model._meta.get_field("status").choices or ()  # type: ignore[union-attr]
        return str(dict(choices)[state])

    def states(self) -> list[str]:
        """Every state of the table's model, in the order of its choices."""
        choices: Iterable[tuple[Any, Any]] = self.model._meta.get_field("status").choices or ()  # type: ignore[union-attr]
        return [str(value) for value, _ in choices]


def _keep_names(record: models.Model, locked: models.Model) -> None:
    """Agencies and people behind the record were read with it: no move changes them, so they need not be read again."""
    for name, related in record._state.fields_cache.items():
        if isinstance(related, Agency | User) and related.pk == getattr(locked, f"{name}_id", None):
            locked._state.fields_cache[name] = related


def _has_right(user: User, move: Move) -> bool:
    return not move.right or user.has_perm(move.right)


def _is_empty(value: Any) -> bool:
    return value is False or value in (None, "", [], {})
