"""Whether the table of what may be told lets a referral go out, and who may send it all the same."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit
from agencies.directory import Where
from agencies.models import Agency, User
from agencies.whole import whole
from casework import offering, sharing
from casework.actions import consents
from casework.sharing_cases import CARD, WORKING, Answer, cases_of
from tips.models import Person, Tip

# What an agency gets of itself: the card at once, the working level when it accepts.
GIVEN = (CARD, WORKING)
_SUPERVISOR = "supervisor"
# (agency, persons, need, legal basis) of one referral.
Asked = tuple[Agency, Sequence[Person], str, str]


def answers(tip: Tip, asked: Sequence[Asked], *, place: Where, by: User, at: datetime) -> list[list[Answer]]:
    """What the table says of each referral, person by person and level by level."""
    cases = cases_of(tip, [agency for agency, *_ in asked], place=place, by=by, at=at)
    return [cases.answers(agency, persons, need=need, basis=basis) for agency, persons, need, basis in asked]


def held_back(found: Iterable[Answer]) -> list[Answer]:
    """The answers that stand against sending."""
    return [answer for answer in found if answer.level in GIVEN and answer.row.answer == sharing.MUST_NOT]


def words(answer: Answer) -> str:
    """One answer that stands against sending, with what can be done."""
    way = "Leave them out." if answer.row.absolute else "Leave them out, keep their yes first, or ask a supervisor."
    return f"{answer.agency}: {answer.person}. {answer.row.why} {way}"


@whole()
def check(tip: Tip, asked: Sequence[Asked], *, place: Where, by: User, at: datetime, override_reason: str = "") -> None:
    """Refuse what the table does not open; a supervisor may send it with a reason, unless the row is absolute.

    Raises ValidationError with a sentence for each, PermissionDenied for an operator.
    """
    found = [answer for line in answers(tip, asked, place=place, by=by, at=at) for answer in held_back(line)]
    if not found:
        return
    absolute = [answer for answer in found if answer.row.absolute]
    if absolute:
        raise ValidationError([words(answer) for answer in absolute])
    if by.role != _SUPERVISOR:
        raise PermissionDenied(words(found[0]))
    if not override_reason.strip():
        raise ValidationError({"override_reason": "Say why this is told all the same."})
    audit.record(
        "tell_all_the_same",
        kind="tip",
        by=by,
        at=at,
        object_id=tip.pk,
        tip=tip.pk,
        reason="not opened by the table of what may be told",
        details={
            "rows": sorted({answer.row.id for answer in found}),
            "persons": sorted({str(answer.person.pk) for answer in found if answer.person}),
        },
    )


def keep_consents(asked: Sequence[Asked], *, by: User, at: datetime) -> None:
    """The spoken yes that a sender states becomes a record of each person, so that it can be taken back."""
    for agency, persons, need, basis in asked:
        if basis != offering.BASES[0]:
            continue
        for person in persons:
            consents.keep_spoken(person, agency, need=need, by=by, at=at)
