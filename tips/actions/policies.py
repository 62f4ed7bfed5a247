"""Deciding the policies of the deployment: one person asks, another puts in force or refuses."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from agencies import audit, notices
from agencies.lifecycle import Conflict
from agencies.models import User
from agencies.whole import whole
from tips.models import ANSWERS, Answer, PolicyAnswer, PolicyStatus, Switch
from tips.states import POLICY

_ONLY = "Only supervisors of the hotline decide the policies of this installation."
_WAITS = "Somebody has asked for another answer to this policy already. Decide on that one first."


@whole()
def ask(switch: str, answer: str, *, reason: str, by: User, at: datetime) -> PolicyAnswer:
    """Ask a second person to put this answer in force; until then nothing changes. A question of one's own is replaced.

    Raises PermissionDenied, ValidationError for an answer that does not fit or is in force already, Conflict when
    somebody else's question waits.
    """
    standing = check_question(switch, answer, by=by)
    if not reason.strip():
        raise ValidationError({"reason": "Say why, in words that the public may read."})
    if standing is not None:
        POLICY.move(standing, "lapse", by=by, at=at)
    asked = PolicyAnswer(switch=switch, answer=answer, reason=reason.strip(), asked_by=by, asked_at=at)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_WAITS) from error
    audit.record("ask", kind="policy", by=by, at=at, object_id=asked.pk, reason=switch, details={"answer": answer})
    if by.acting is not None:
        notices.queue("second_person_asked", agency=by.acting.agency, reference="", path=_path(asked), at=at)
    return asked


def check_question(switch: str, answer: str, *, by: User) -> PolicyAnswer | None:
    """Whether this may be asked now; returns the question of one's own that it would replace. Raises as `ask` does."""
    if not may_decide(by):
        raise PermissionDenied(_ONLY)
    if switch not in Switch.values or answer not in ANSWERS[Switch(switch)]:
        raise ValidationError({"choice": "Choose a policy and its answer."})
    if answer == in_force().get(switch, Answer.UNSET):
        raise ValidationError({"choice": "This answer is in force already."})
    standing = PolicyAnswer.objects.filter(switch=switch, status=PolicyStatus.ASKED).first()
    if standing is not None and standing.asked_by_id != by.pk:
        raise Conflict(_WAITS)
    return standing


@whole()
def give(asked: PolicyAnswer, *, by: User, at: datetime, version: int | None = None) -> PolicyAnswer:
    """Put the answer in force, as another human being than whoever asked."""
    return _decide(asked, "give", by=by, at=at, version=version)


@whole()
def refuse(asked: PolicyAnswer, *, by: User, at: datetime, version: int | None = None) -> PolicyAnswer:
    """Say no: the policy stays as it is, and whoever asked is told."""
    return _decide(asked, "refuse", by=by, at=at, version=version)


@whole()
def take_back(asked: PolicyAnswer, *, by: User, at: datetime, version: int | None = None) -> PolicyAnswer:
    """Withdraw one's own question."""
    return POLICY.move(asked, "lapse", by=by, at=at, version=version)


def _decide(asked: PolicyAnswer, verb: str, *, by: User, at: datetime, version: int | None) -> PolicyAnswer:
    details = {"switch": asked.switch, "answer": asked.answer}
    values = {"decided_by_id": by.pk}
    decided = POLICY.move(asked, verb, by=by, at=at, version=version, values=values, details=details)
    notices.queue("second_person_decided", user=decided.asked_by, reference="", path=_path(decided), at=at)
    return decided


def _path(record: PolicyAnswer) -> str:
    return f"/admin/tips/policyanswer/{record.pk}/change/"


def may_decide(user: User) -> bool:
    return user.has_perm("casework.manage_rules") and user.acting is not None and user.acting.agency.is_hotline


def in_force() -> dict[str, str]:
    """Switch -> answer in force; what nobody decided is not there. One query."""
    newest = PolicyAnswer.objects.given().order_by("switch", "-decided_at", "-pk").distinct("switch")
    return dict(newest.values_list("switch", "answer"))


def undecided() -> list[Switch]:
    """The policies that this installation still has to answer (ruling 3: they have no default). One query."""
    answers = in_force()
    return [switch for switch in Switch if answers.get(switch, Answer.UNSET) == Answer.UNSET]
