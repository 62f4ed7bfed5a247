"""What the contact page shows of the conversation itself: danger, broken line, who has it, what else waits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.http import QueryDict

from agencies.directory import Reached, beside_the_centre, emergency_centres
from agencies.models import Agency, User
from casework.pages.resources import where_of
from tips.actions import cut_off, danger, hand_over, help_me
from tips.models import Contact, ContactStatus, CutOff, Draft, Emergency, EmergencyOffer, HandOver, HelpCall

_MOST = 30


@dataclass(frozen=True)
class Offered:
    """One offer, its stamps in words, and what can be stamped on it now."""

    row: EmergencyOffer
    stamps: list[tuple[str, datetime, str]]
    next: list[tuple[str, str]]


@dataclass(frozen=True)
class Waits:
    """A conversation in a list: in progress, and what makes it urgent."""

    contact: Contact
    typist: str
    saved_at: datetime | None
    is_danger: bool
    is_cut_off: bool
    wants_help: bool = False
    is_here: bool = False
    is_next: bool = False


def danger_panel(contact: Contact, data: QueryDict, *, now: datetime) -> dict[str, Any]:
    """The open danger with its offers, and who can be called for the place."""
    emergency = danger.open_danger(contact)
    if emergency is None:
        return {"emergency": None}
    away = danger.read_accused(data.getlist("accused"))
    # An accused centre is not offered: its neighbour and the state police are (ruling 30 l).
    centres = _but_not(emergency_centres(where_of(data)), away)
    beside = [] if centres and not away else _but_not(beside_the_centre(where_of(data)), away)
    return {
        "emergency": emergency,
        "offers": _offers(emergency),
        "centres": centres,
        "beside_centre": beside,
        "left_out": list(Agency.objects.filter(pk__in=away).order_by("name", "pk")) if away else [],
        "can_take_back": danger.can_take_back(emergency, at=now),
        "take_back_reasons": Emergency.TakenBack.choices,
    }


def _but_not(found: list[Reached], away: Collection[UUID]) -> list[Reached]:
    return [reached for reached in found if reached.agency.pk not in away]


def _offers(emergency: Emergency) -> list[Offered]:
    rows = EmergencyOffer.objects.filter(emergency=emergency).order_by("offered_at", "pk")
    rows = rows.select_related("centre", "offered_by", "connected_by", "confirmed_by", "declined_by")
    return [_offered(row) for row in rows]


def _offered(row: EmergencyOffer) -> Offered:
    stamps = [("Offered", row.offered_at, str(row.offered_by))]
    for name, words in danger.STAMPS.items():
        at = getattr(row, f"{name}_at")
        if at is not None:
            stamps.append((words, at, str(getattr(row, f"{name}_by"))))
    return Offered(row, stamps, [(name, danger.STAMPS[name]) for name in danger.next_stamps(row)])


def line_panel(contact: Contact, user: User, data: QueryDict, *, now: datetime) -> dict[str, Any]:
    """The broken line of this contact; the broken lines that its caller may come from; colleagues; help."""
    broken = CutOff.objects.filter(contact=contact, ended_at=None).select_related("step_by", "welfare_by").first()
    number_hash = cut_off.hash_of(data.get("number", ""), contact=contact)
    waiting = [row for row in cut_off.waiting(user, at=now) if row.contact_id != contact.pk]
    same = [row for row in waiting if number_hash and row.number_hash and bytes(row.number_hash) == number_hash]
    help_call = help_me.open_help(contact.pk)
    return {
        "cut_off": broken,
        "cut_off_steps": CutOff.Step.choices,
        "same_number": same,
        # From another number it is somebody else; from none it may be anybody.
        "other_broken": waiting if number_hash is None else [row for row in waiting if row.number_hash is None],
        "colleagues": [person for person in hand_over.colleagues(contact.agency_id, at=now) if person != user],
        "help_call": help_call,
        "help_lines": help_me.lines(help_call) if help_call else [],
    }


def handed(contact: Contact) -> list[HandOver]:
    """Who had it before, oldest first."""
    rows = HandOver.objects.filter(contact=contact).select_related("from_user", "to_user").order_by("at", "pk")
    return list(rows[:_MOST])


def told_so_far(values: Mapping[str, list[str]], emergency: Emergency | None) -> list[tuple[str, str]]:
    """What a colleague must know before saying a word: danger, safe words, what was asked and promised."""

    def said(name: str) -> str:
        return (values.get(name) or [""])[0].strip()

    rows = [("Danger", f"Raised at {emergency.raised_at:%H:%M}" if emergency else "")]
    if emergency is not None and emergency.safe_to_talk:
        rows.append(("Safe to talk", emergency.get_safe_to_talk_display()))
    rows += [
        ("If the line breaks, ring back", {"yes": "Yes", "no": "No, do not"}.get(said("may_ring_back"), "")),
        ("Say then", said("ring_back_words")),
    ]
    for name in sorted(values):
        if name.startswith("person-") and name.endswith(("-code_word", "-safe_name")):
            rows.append(("Code word" if name.endswith("-code_word") else "Safe name", said(name)))
    rows.append(("Asked and promised", said("promised")))
    return [(label, words) for label, words in rows if words]


def mine(user: User, *, here: Contact | None = None) -> list[Waits]:
    """The tray: conversations that this user types, oldest first; one query."""
    drafts = Draft.objects.filter(Q(handed_to=user) | Q(user=user, handed_to=None))
    rows = _with_marks(Contact.objects.filter(status=ContactStatus.DRAFT, draft__in=drafts))
    found = [_waits(row, here) for row in rows]
    if here is None or len(found) < 2:
        return found
    place = next((number for number, row in enumerate(found) if row.is_here), -1)
    after = found[(place + 1) % len(found)]
    return [Waits(**{**vars(row), "is_next": row is after}) for row in found]


def urgent_at_the_desk(user: User) -> "QuerySet[Any]":
    """Conversations of the desk that need somebody: danger, broken lines, help. As JSON, for a page's own query.

    `typist` is who has it as far as the reader may know: the draft of a colleague is not theirs to read.
    """
    rows = _with_marks(Contact.objects.visible_to(user).filter(status=ContactStatus.DRAFT))
    rows = rows.filter(Q(is_danger=True) | Q(is_cut_off=True) | Q(wants_help=True)).select_related(None)
    shown = JSONObject(
        id="id",
        channel="channel",
        started_at="started_at",
        typist=_name("draft__handed_to", "taker"),
        is_danger="is_danger",
        is_cut_off="is_cut_off",
        wants_help="wants_help",
    )
    return rows.order_by("-is_danger", "started_at", "pk").values(json=shown)[:_MOST]


def _name(*paths: str) -> Coalesce:
    """The first of these people, by the name that is shown of them."""
    names = [NullIf(f"{path}__{field}", Value("")) for path in paths for field in ("display_name", "username")]
    return Coalesce(*names)


def _with_marks(contacts: "QuerySet[Contact]") -> "QuerySet[Any]":
    def is_open(model: Any) -> Exists:
        return Exists(model.objects.filter(contact=OuterRef("pk"), ended_at=None))

    marked = contacts.annotate(
        is_danger=is_open(Emergency), is_cut_off=is_open(CutOff), wants_help=is_open(HelpCall)
    ).select_related("taker", "draft", "draft__user", "draft__handed_to")
    return marked.order_by("started_at", "pk")


def _waits(contact: Any, here: Contact | None) -> Waits:
    # The draft of a colleague is not ours to read: who began is what the contact itself says.
    draft = getattr(contact, "draft", None)
    typist = (draft.handed_to or draft.user) if draft is not None else contact.taker
    return Waits(
        contact=contact,
        typist=str(typist),
        saved_at=draft.saved_at if draft is not None else None,
        is_danger=contact.is_danger,
        is_cut_off=contact.is_cut_off,
        wants_help=contact.wants_help,
        is_here=here is not None and here.pk == contact.pk,
    )
