"""Tips that are one: merging, and taking a merging back. No row moves; the kept tip's page gathers what is merged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Q

from agencies import audit
from agencies.lifecycle import Conflict
from agencies.models import Agency, AuditEvent, User
from agencies.whole import whole
from casework.models import Referral
from casework.states import AT_WORK, WAITING
from tips.actions import contacts, notes, walls
from tips.gathering import together
from tips.models import Contact, Merging, Note, Tip, TipStatus, Wall
from tips.states import TIP

# Every relation to Tip, and what a merging makes of it. "stays": the row stays on its tip, which the kept tip's page
# gathers for the holder; whoever had a part in one tip goes on seeing that one and nothing of the other (record 0041).
STAYS = "stays"
RELATIONS: dict[str, str] = {
    "tips.Tip.merged_into": "the merging itself",
    "tips.TipAccess.tip": "stays: need to know is neither widened nor ended",
    "tips.PersonalAccess.tip": "stays: given for one tip",
    "tips.Wall.tip": "holds for all merged tips, from the moment they are merged",
    "tips.Contact.tip": STAYS,
    "tips.Narrative.tip": STAYS,
    "tips.Attachment.tip": STAYS,
    "tips.Indication.tip": STAYS,
    "tips.PersonNeed.tip": STAYS,
    "tips.MatchKey.tip": STAYS,
    "tips.MatchAsk.tip": STAYS,
    "tips.MatchQuestion.tip": STAYS,
    "tips.SharedAccount.tip": STAYS,
    "tips.Situation.tip": STAYS,
    "tips.Place.tip": STAYS,
    "tips.Note.tip": STAYS,
    "tips.Person.tip": STAYS,
    "tips.ClosedFacts.tip": STAYS,
    "tips.PersonIdentity.tip": STAYS,
    "tips.Identifier.tip": STAYS,
    "tips.SafeContact.tip": STAYS,
    "tips.Consent.tip": STAYS,
    "tips.Merging.tip": "says how the tip was before",
    "tips.Merging.kept": "says how the kept tip was before",
    "tips.SamePerson.one_tip": "a person that two merged tips name is shown and counted once",
    "tips.SamePerson.other_tip": "a person that two merged tips name is shown and counted once",
    "casework.Referral.tip": "stays: its receiver goes on as before; the kept tip closes when all of them ended",
    "casework.ReferralPerson.tip": STAYS,
    "casework.Disclosure.tip": STAYS,
    "casework.AnswerGiven.tip": STAYS,
    "casework.Track.tip": "stays: worked to its outcome; the kept tip closes when all of them have one",
    "casework.Step.tip": STAYS,
    "casework.Clock.tip": "stays and goes on; the kept tip stands in the queue by the nearest of all",
    "casework.Proposal.tip": STAYS,
    "casework.Approval.tip": STAYS,
    "casework.IdentityAsk.tip": STAYS,
    "casework.CallBack.tip": STAYS,
    "casework.CallBackAttempt.tip": STAYS,
    "casework.Presence.tip": STAYS,
}

_LIVE = ("draft", *WAITING, *AT_WORK)


@dataclass(frozen=True)
class Since:
    """Something written on the kept tip after the merging, of which only people know where it belongs."""

    pk: UUID
    kind: str  # "contact" or "note"
    record: Contact | Note


@whole()
def merge(
    tips: Sequence[Tip], *, reason: str, by: User, at: datetime, versions: Mapping[UUID, int] | None = None
) -> Tip:
    """Make several tips one: the oldest stays (ruling 28) and is returned, the others are counted with it.

    Its urgency becomes the most urgent of all. `reason` is words for people; `versions` are those that were seen, by
    id. Raises PermissionDenied unless the actor's desk holds them all; Conflict when one changed or was merged
    meanwhile; ValidationError when the oldest is closed and another is not, when a wall or a walled holder stands
    between them, or without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": "Say why these are one situation: the next person reads only this."})
    locked = _locked([tip.pk for tip in tips], by=by)
    kept, *others = sorted(locked, key=lambda tip: (tip.created_at, tip.pk))
    _check_can_merge(kept, others, versions or {})
    _check_walls(locked)
    base = _base_urgency(kept)
    for tip in others:
        merging = Merging(
            tip=tip,
            kept=kept,
            reason=reason.strip(),
            by=by,
            at=at,
            status_before=tip.status,
            closed_at_before=tip.closed_at,
            kept_urgency_before=base,
        )
        merging.save(force_insert=True)
        TIP.move(tip, "merge", by=by, at=at, values={"merged_into_id": kept.pk, "closed_at": None})
        _record("merge_in", kept, merging, by=by, at=at)
    _set_urgency(kept, _urgency_together(kept, base))
    return Tip.objects.get(pk=kept.pk)


@whole()
def unmerge(
    tip: Tip, *, reason: str, belongs: Mapping[UUID, bool], by: User, at: datetime, version: int | None = None
) -> Tip:
    """Take a tip out again: it is as it was before, and what was written since goes where `belongs` says.

    `belongs` answers for each of `since(merging)` whether it belongs to the tip that is taken out. Raises Conflict
    when something was written that `belongs` does not know, so that nothing is decided unseen; ValidationError while
    the kept tip is closed over it.
    """
    if not reason.strip():
        raise ValidationError({"reason": "Say why these are two situations."})
    merging, kept = _locked_merging(tip, by=by)
    written = since(merging, by=by)
    if {item.pk for item in written} - set(belongs):
        raise Conflict("More was written since you opened this page. Look at it again, then decide.")
    intact = _intact_upward(kept)
    values = {"status": _status_after(merging), "merged_into_id": None, "closed_at": merging.closed_at_before}
    tip = TIP.move(tip, "unmerge", by=by, at=at, version=version, values=values)
    merging.undone_at, merging.undone_by, merging.undo_reason = at, by, reason.strip()
    merging.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    _record("take_out", kept, merging, by=by, at=at)
    for above in intact:
        _set_urgency(above, _urgency_together(above, _latest(above, but=merging).kept_urgency_before))
    for item in written:
        if belongs[item.pk]:
            _hand_over(item, tip, by=by, at=at)
    return tip


def _locked_merging(tip: Tip, *, by: User) -> tuple[Merging, Tip]:
    """The merging of a tip that can be taken out now, and the kept tip; both tips are locked."""
    found = standing(tip)
    rows = {row.pk: row for row in _locked([tip.pk, found.kept_id] if found else [tip.pk], by=by)}
    merging = standing(tip)  # Again, behind the lock: somebody else may have been faster.
    if merging is None or merging.kept_id not in rows:
        raise Conflict("This tip is not merged with another one now.")
    kept = rows[merging.kept_id]
    if kept.status == TipStatus.CLOSED and merging.status_before != TipStatus.CLOSED:
        raise ValidationError(f"{kept.reference} is closed. Open it again first: what is taken out was still open.")
    return merging, kept


def standing(tip: Tip) -> Merging | None:
    """How this tip is merged now, if it is."""
    return Merging.objects.select_related("kept", "by").filter(tip=tip, undone_at=None).first()


def since(merging: Merging, *, by: User) -> list[Since]:
    """Contacts and own notes that came onto the kept tip after the merging, oldest first."""
    came = AuditEvent.objects.filter(
        tip=merging.kept_id, kind="contact", verb__in=("end_on_tip", "move"), outcome="done", at__gte=merging.at
    )
    keys = [UUID(key) for key in came.values_list("object_id", flat=True)]
    rows = Contact.objects.visible_to(by).filter(pk__in=keys, tip=merging.kept_id).order_by("started_at", "pk")
    found = [Since(row.pk, "contact", row) for row in rows]
    own = Note.objects.filter(tip=merging.kept_id, agency=by.acting_agency_id, created_at__gte=merging.at)
    return [*found, *(Since(row.pk, "note", row) for row in own.order_by("created_at", "pk"))]


def _hand_over(item: Since, tip: Tip, *, by: User, at: datetime) -> None:
    if isinstance(item.record, Contact):
        contacts.move(item.record, tip, by=by, at=at)
    else:
        notes.move(item.record, tip, by=by, at=at)


def _locked(keys: Sequence[UUID], *, by: User) -> list[Tip]:
    """The tips by id, locked in one order, so that two who merge the same tips never wait for each other."""
    found = list(Tip.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    if len(found) != len(set(keys)) or any(tip.holder_agency_id != by.acting_agency_id for tip in found):
        raise PermissionDenied("Merge only tips that your hotline holds.")
    return found


def _check_can_merge(kept: Tip, others: Sequence[Tip], versions: Mapping[UUID, int]) -> None:
    if not others:
        raise ValidationError("Choose another tip: this one is the same.")
    for tip in (kept, *others):
        if tip.status == TipStatus.MERGED:
            raise Conflict(f"{tip.reference} was merged with another tip meanwhile. Look at that one.")
        if versions.get(tip.pk, tip.version) != tip.version:
            raise Conflict(f"Somebody else changed {tip.reference} after you opened it. Look at both again.")
    if kept.status == TipStatus.CLOSED and any(tip.status != TipStatus.CLOSED for tip in others):
        raise ValidationError(
            f"{kept.reference} is the older one and is closed. Open it again first, or keep them apart."
        )


def _check_walls(tips: Iterable[Tip]) -> None:
    """A wall at one tip will stand at all of them: nobody behind it may have a part in another."""
    tips = list(tips)
    away = frozenset[UUID]().union(*(walls.kept_away(tip) for tip in tips))
    keys = list(Tip.objects.filter(_any_together(tips)).values_list("pk", flat=True))
    behind = Referral.objects.filter(tip__in=keys, receiver_id__in=away, status__in=_LIVE).values("receiver")
    names = list(Agency.objects.filter(pk__in=behind).order_by("name").values_list("name", flat=True))
    if names:
        raise ValidationError(
            f"{', '.join(names)}: kept from one of these tips, and asked in the other. "
            "Keep the agency away from both first, or keep the tips apart."
        )
    people = Wall.objects.filter(tip__in=keys, lifted_at=None).exclude(user=None).values("user")
    held = Tip.objects.filter(pk__in=keys, holder__in=people).order_by("reference").values_list("reference", flat=True)
    if held:
        raise ValidationError(
            f"Whoever holds {', '.join(held)} cannot go on with it after the merging. Take it over first."
        )


def _any_together(tips: Iterable[Tip]) -> Q:
    found = Q()
    for tip in tips:
        found |= Q(pk__in=together(tip))
    return found


def _status_after(merging: Merging) -> str:
    """As before; but work that a receiver began meanwhile did begin."""
    began = Referral.objects.filter(tip_id=merging.tip_id, status__in=AT_WORK).exists()
    if merging.status_before == TipStatus.ROUTED and began:
        return str(TipStatus.IN_PROGRESS)
    return merging.status_before


def _record(verb: str, kept: Tip, merging: Merging, *, by: User, at: datetime) -> None:
    """On the kept tip's own trail; the merged tip's has the move itself."""
    details = {"merging": str(merging.pk), "other": str(merging.tip_id)}
    audit.record(verb, kind="tip", by=by, at=at, object_id=kept.pk, tip=kept.pk, details=details)


# The kept tip is as urgent as the most urgent of its tips, until somebody decides otherwise.


def _latest(kept: Tip, *, but: Merging | None = None) -> Merging:
    rows = Merging.objects.filter(kept=kept).filter(Q(undone_at=None) | Q(pk=but.pk if but else None))
    return rows.latest("at", "pk")


def _urgency_together(kept: Tip, base: str) -> str:
    inside = Merging.objects.filter(kept=kept, undone_at=None).exclude(status_before=TipStatus.CLOSED)
    known = [code for code in (base, *inside.values_list("tip__urgency", flat=True)) if code]
    return min(known, default="")


def _is_intact(kept: Tip) -> bool:
    """Whether the urgency is still what the mergings made it."""
    if not Merging.objects.filter(kept=kept, undone_at=None).exists():
        return False
    return kept.urgency == _urgency_together(kept, _latest(kept).kept_urgency_before)


def _base_urgency(kept: Tip) -> str:
    """The urgency without what is merged; a decision since the last merging is a new base."""
    return _latest(kept).kept_urgency_before if _is_intact(kept) else kept.urgency


def _intact_upward(kept: Tip) -> list[Tip]:
    """The kept tip, and what it is merged into, as far as mergings alone decide the urgency."""
    found: list[Tip] = []
    tip: Tip | None = kept
    while tip is not None and _is_intact(tip):
        found.append(tip)
        tip = tip.merged_into
    return found


def _set_urgency(tip: Tip, urgency: str) -> None:
    if Tip.objects.filter(pk=tip.pk).exclude(urgency=urgency).update(urgency=urgency, version=F("version") + 1):
        tip.urgency = urgency
