"""A line that broke: the contact stays open, somebody decides what to do, whoever answers next goes on with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError

from agencies import audit, crypto
from agencies.lifecycle import Conflict
from agencies.models import Role, User
from agencies.whole import whole
from tips import safe_contact
from tips.actions import danger, drafts, hand_over, intake, supervisors
from tips.identifiers import normalise
from tips.models import Contact, ContactStatus, CutOff, Draft


def hash_of(number: str, *, contact: Contact | None = None) -> bytes | None:
    """The keyed hash of the caller's number, as it was typed, else as the telephone said; None when there is none."""
    normal = normalise("phone", number) if number.strip() else ""
    if normal:
        return crypto.keyed_hash("phone", normal)
    return bytes(contact.number_hash) if contact is not None and contact.number_hash else None


@whole()
def drop(contact: Contact, *, by: User, at: datetime, number: str = "", may_ring_back: str = "") -> CutOff:
    """The line broke; the contact stays open. Pressed twice, it is the same one.

    `may_ring_back` is a code of YesNoUnknown, as the person answered when they were asked.
    """
    _check(contact, by)
    open_one = CutOff.objects.filter(contact=contact, ended_at=None).first()
    if open_one is not None:
        return open_one
    row = CutOff(
        contact=contact,
        agency_id=contact.agency_id,
        dropped_at=at,
        dropped_by=by,
        number_hash=hash_of(number, contact=contact),
        may_ring_back=may_ring_back,
    )
    row.save(force_insert=True)
    audit.record("drop_line", kind="contact", by=by, at=at, object_id=contact.pk)
    return row


@whole()
def choose(row: CutOff, step: str, *, by: User, at: datetime, rules: Sequence[Mapping[str, Any]] = ()) -> CutOff:
    """Ring back, wait, ask for a welfare check, or nothing; may be chosen anew while the line is broken.

    `rules` are the safe-contact rules of whoever was on the line, as typed. A welfare check waits for a supervisor,
    except in danger to life. Raises PermissionDenied where the person said that nobody may ring back, ValidationError
    where a rule bars it.
    """
    row = _locked(row, by)
    if step not in CutOff.Step.values:
        raise ValidationError("Choose what to do next.")
    is_life = danger.was_in_danger(row.contact)
    if step == CutOff.Step.RING_BACK and row.may_ring_back == "no":
        raise PermissionDenied("The person said that nobody may ring back.")
    if step == CutOff.Step.RING_BACK and (why_not := safe_contact.why_not_all(rules, "call")):
        raise ValidationError(why_not)
    changes: dict[str, object] = {"step": step, "step_at": at, "step_by": by}
    if step == CutOff.Step.WELFARE_CHECK:
        changes["welfare"] = CutOff.Welfare.LIFE if is_life else CutOff.Welfare.ASKED
        if not is_life:
            path = f"/contacts/{row.contact_id}/"
            supervisors.tell("contact_welfare", agency_id=row.agency_id, path=path, by=by, at=at)
    CutOff.objects.filter(pk=row.pk).update(**changes)
    audit.record("choose_after_cut_off", kind="contact", by=by, at=at, object_id=row.contact_id, details={"step": step})
    return CutOff.objects.get(pk=row.pk)


@whole()
def answer_welfare(row: CutOff, *, agrees: bool, by: User, at: datetime) -> CutOff:
    """A supervisor's yes or no to a welfare check; never by the one who asked (ruling 15)."""
    row = _locked(row, by)
    if by.role != Role.SUPERVISOR or by.pk == row.step_by_id:
        raise PermissionDenied("Another person, a supervisor, decides on a welfare check.")
    if row.step != CutOff.Step.WELFARE_CHECK or row.welfare != CutOff.Welfare.ASKED:
        raise Conflict("This welfare check was decided meanwhile.")
    welfare = CutOff.Welfare.GIVEN if agrees else CutOff.Welfare.REFUSED
    CutOff.objects.filter(pk=row.pk).update(welfare=welfare, welfare_at=at, welfare_by=by)
    audit.record("answer_welfare", kind="contact", by=by, at=at, object_id=row.contact_id, details={"answer": welfare})
    return CutOff.objects.get(pk=row.pk)


@whole()
def resume(row: CutOff, *, by: User, at: datetime) -> None:
    """The person is on the line again."""
    _end(_locked(row, by), CutOff.EndedAs.RESUMED, by=by, at=at)


@whole()
def take_up(row: CutOff, *, by: User, at: datetime, leg: Contact | None = None) -> Contact:
    """The caller rang again and `by` answered: the same draft goes on with them.

    `leg` is the contact that they opened for this call: it ends as continued, and what was typed into it goes along.
    """
    if not waiting(by, at=at, contact=row.contact):
        raise Conflict("This conversation goes on with a colleague, or has ended. Go on with your own.")
    heard = ""
    if leg is not None:
        heard = _typed_into(leg, by)
        intake.end_non_actionable(leg, reason="continued", by=by, at=at)
    hand_over.take_up(row.contact, by=by, at=at, heard=heard)
    return row.contact


def waiting(
    user: User, *, at: datetime, number_hash: bytes | None = None, contact: Contact | None = None
) -> list[CutOff]:
    """Conversations of the desk whose line broke within CUT_OFF_MINUTES and is still broken, newest first.

    With a hash of `hash_of` only those from this number. At most ten.
    """
    since = at - timedelta(minutes=settings.CUT_OFF_MINUTES)
    rows = CutOff.objects.visible_to(user).filter(ended_at=None, dropped_at__gt=since)
    if number_hash is not None:
        rows = rows.filter(number_hash=number_hash)
    if contact is not None:
        rows = rows.filter(contact=contact)
    return list(rows.select_related("contact", "dropped_by").order_by("-dropped_at", "-pk")[:10])


def _typed_into(leg: Contact, by: User) -> str:
    draft = Draft.objects.filter(contact=leg).first()
    if draft is None or draft.typist_id != by.pk:
        raise PermissionDenied("Only who types a contact continues it elsewhere.")
    return str((drafts.read_draft(draft).get("values", {}).get("narrative") or [""])[0])


def _check(contact: Contact, by: User) -> None:
    if contact.agency_id != by.acting_agency_id or not by.has_perm("tips.log_contact"):
        raise PermissionDenied("Only the desk that took this contact can do this.")
    # Locked, so that it does not end meanwhile.
    if Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk).status != ContactStatus.DRAFT:
        raise Conflict("This contact has ended.")


def _locked(row: CutOff, by: User) -> CutOff:
    _check(row.contact, by)
    found = CutOff.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if found.ended_at is not None:
        raise Conflict(f"The line is no longer broken: {found.get_ended_as_display()}.")
    return found


def _end(row: CutOff, how: str, *, by: User, at: datetime) -> None:
    CutOff.objects.filter(pk=row.pk).update(ended_at=at, ended_by=by, ended_as=how)
    audit.record("end_cut_off", kind="contact", by=by, at=at, object_id=row.contact_id, details={"as": how})
