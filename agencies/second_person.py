"""What takes two people: one asks, another one of the same desk agrees or refuses, and who asked may take it back."""

from uuid import UUID

from agencies.lifecycle import Move
from agencies.models import User


def sides(user: User, asked_by: UUID) -> set[str]:
    """The side of somebody of the desk; two keys are two different people."""
    return {"asker"} if asked_by == user.pk else {"second person"}


def moves(
    right: str, *, given: str, refused: str, agree: str = "Agree", needs: tuple[str, ...] = ()
) -> tuple[Move, ...]:
    """The moves of a question; `given` and `refused` say what each answer does, `needs` what else a yes must set."""
    return (
        Move(
            "give",
            agree,
            ("asked",),
            "given",
            "second person",
            right,
            needs=("decided_by_id", *needs),
            stamps=("decided_at",),
            says=given,
            is_primary=True,
        ),
        Move(
            "refuse",
            "Refuse",
            ("asked",),
            "refused",
            "second person",
            right,
            needs=("decided_by_id",),
            stamps=("decided_at",),
            says=refused,
        ),
        Move("lapse", "Take back", ("asked",), "lapsed", "asker", right, says="Nobody decides it any more."),
    )
