"""What the tip page shows one reader: read in few queries, passed through the levels, put into words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from agencies.directory import Candidate
from agencies.disclosure import Disclosed, disclosed
from agencies.lifecycle import Move
from agencies.models import Role, User
from agencies.named import with_names
from casework import keyset
from casework.actions import proposals
from casework.models import Approval, ApprovalStatus, Clock, Proposal, Referral, Step, Track
from casework.pages import history
from casework.pages.tip_people import closed_of, level_of, persons_of
from casework.pages.tip_shown import Masked, Next, ReferralShown, StepShown, TipShown, TrackShown
from casework.pages.tip_words import fact_pairs, place_words
from casework.states import AT_WORK, STEP, TRACK, WAITING
from tips import codes
from tips.actions import walls
from tips.actions.reveal import may_open
from tips.models import (
    Contact,
    Merging,
    Narrative,
    Note,
    Pillar,
    Place,
    Tip,
    TipAccess,
    TipStatus,
    Urgency,
)
from tips.states import TIP

HISTORY = 10
PLACE_PARTS = ("country", "state", "county", "postal_code", "tribal_land", "military_base", "road", "words")
NOTES = 20
_ENDED_WITHOUT_HELP = ("declined", "expired")
# These ask nothing: what the table needs of them is filled in by the verb.
# These stand in the menu when there are others.
_RARE = frozenset({"give_back", "take_over"})
_AT_ONCE = frozenset({"take", "take_over"})


def tips_for(user: User) -> QuerySet[Tip]:
    """Tips that the user may see, each with what belongs to it and is short, in one query."""
    mine = TipAccess.objects.held_by(user).filter(tip=OuterRef("pk"))
    places = Place.objects.filter(tip=OuterRef("pk")).order_by("pk")
    contacts = Contact.objects.filter(tip=OuterRef("pk")).order_by("-started_at")
    narrative = Narrative.objects.filter(contact=OuterRef("pk"))
    asked = Approval.objects.filter(tip=OuterRef("pk"), status=ApprovalStatus.ASKED)
    latest = Proposal.objects.filter(tip=OuterRef("pk")).order_by("-made_at")
    plain = ("id", *PLACE_PARTS, "valid_from", "valid_until")
    told = ("channel", "agency_id", "caller_type", "knows_how", "language", "danger", "started_at")
    tips = with_names(Tip.objects.visible_to(user), "holder", "holder_agency", "situation", "shared_account")
    return tips.annotate(
        level=Subquery(mine.values("level")[:1]),
        place_rows=ArraySubquery(places.values(json=JSONObject(**{name: name for name in plain}))),
        contact_rows=ArraySubquery(
            contacts.annotate(told=Exists(narrative), words=Subquery(narrative.values("pk")[:1])).values(
                json=JSONObject(id="id", words="words", **{name: name for name in told})
            )
        ),
        proposed=Subquery(latest.values("result")[:1]),
        has_inside=Exists(Merging.objects.filter(kept=OuterRef("pk"), undone_at=None)),
        asked=Subquery(asked.values(json=JSONObject(id="id", asked_by="asked_by_id", urgency="values__urgency"))[:1]),
    )


def shown_to(user: User, tip: Tip, *, before: str = "", after: str = "") -> TipShown:
    """Everything on the page of `tip`, which came from `tips_for`. Eight queries, nine when an offer failed."""
    clocks = list(Clock.objects.filter(tip=tip, ended_at=None).order_by("due_at", "pk"))
    referrals = _referrals(tip, user)
    closed = closed_of(tip, user)
    situation = disclosed(tip.situation, to=user)
    shown = disclosed(tip, to=user)
    page = keyset.page(history.events_of(tip), history.ORDER, before=before, after=after, size=HISTORY, newest=True)
    return TipShown(
        record=tip,
        tip=shown,
        moves=_moves(tip, user),
        next=_next(tip, user, referrals),
        what=_what(shown, situation),
        places=_places(tip, user),
        contacts=_contacts(tip, user),
        account=disclosed(tip.shared_account, to=user),
        persons=persons_of(tip, user, closed),
        loose=closed.get(None, []),
        tracks=_tracks(tip, user, clocks),
        referrals=referrals,
        next_agencies=_next_agencies(tip, user, referrals),
        clocks=clocks,
        may_end_clocks=tip.holder_agency_id == user.acting_agency_id and user.has_perm("casework.work_track"),
        may_write=tip.holder_agency_id == user.acting_agency_id and user.has_perm("tips.triage"),
        may_wall=tip.holder_agency_id == user.acting_agency_id and user.role == Role.SUPERVISOR,
        notes=_notes(tip, user),
        history=history.told(page.rows, to=user),
        pages=page,
    )


def _moves(tip: Tip, user: User) -> list[Move]:
    """The table's moves as this page draws them: the next one first, what asks nothing as a button."""
    found = []
    for move in TIP.available(tip, user):
        if move.name in ("start", "assign", "assign_new") or (move.name == "take_over" and tip.holder_id == user.pk):
            continue
        is_primary = move.is_primary and not (move.name == "triage" and tip.urgency)
        is_primary = is_primary and not (move.name == "route" and (not tip.urgency or tip.status != "in_triage"))
        needs = () if move.name in _AT_ONCE else ("reason",) if move.name == "reopen" else move.needs
        found.append(replace(move, is_primary=is_primary, needs=needs))
    return sorted(found, key=lambda move: (not move.is_primary, move.name in _RARE))


def _next(tip: Tip, user: User, referrals: Iterable[ReferralShown]) -> list[Next]:
    """What waits for this reader on the tip, the gravest first."""
    if tip.holder_agency_id != user.acting_agency_id:
        return []
    found = []
    is_open = tip.status not in (TipStatus.CLOSED, TipStatus.MERGED)
    if is_open and not tip.urgency and user.has_perm("tips.triage"):
        found.append(Next("Nobody has triaged it yet.", "Triage it", reverse("tip-triage", args=[tip.pk])))
    found += _second_person(tip, user)
    found += _account(tip, user) if is_open and tip.urgency else []
    for shown in referrals:
        referral = shown.referral
        page = reverse("referral", args=[referral["pk"]])
        if referral["status"] == "information_requested":
            found.append(Next(f"{referral['receiver']} asks a question.", "Answer it", page))
        elif shown.is_over and is_open:
            how = "declined" if referral["status"] == "declined" else "did not answer in time"
            ask = reverse("proposals", args=[tip.pk])
            found.append(Next(f"{referral['receiver']} {how}.", "Ask another agency", ask))
    return found


def _second_person(tip: Tip, user: User) -> list[Next]:
    asked = tip.asked  # type: ignore[attr-defined]
    if not asked or not user.has_perm("tips.triage"):
        return []
    wanted = Urgency(asked["urgency"]).label
    page = reverse("approval", args=[tip.pk, asked["id"]])
    if asked["asked_by"] == str(user.pk):
        return [Next(f"You asked a second person to lower it to {wanted}.", "See it", page)]
    return [Next(f"A second person is asked to lower it to {wanted}.", "Decide", page)]


def _account(tip: Tip, user: User) -> list[Next]:
    account = tip.shared_account
    if not user.has_perm("tips.triage") or (account.number and not account.stale_since):
        return []
    words = "No shared account yet: others see codes only."
    if account.number:
        words = "What was told changed after the shared account."
    return [Next(words, "Write it", reverse("tip-account", args=[tip.pk]))]


def _what(tip: Disclosed, situation: Disclosed) -> list[tuple[str, str]]:
    pairs = [
        ("Request type", tip.get("request_type_label", "")),
        ("Indicator level", tip.get("indicator_level_label", "")),
    ]
    return [*pairs, *fact_pairs(situation.get("facts", {})), *codes.labels(situation.get("codes", {}))]


def _places(tip: Tip, user: User) -> list[str]:
    rows = tip.place_rows  # type: ignore[attr-defined]
    return [words for row in rows if (words := place_words(disclosed(_place(tip, row), to=user)))]


def _place(tip: Tip, row: dict[str, Any]) -> Place:
    # JSON knows no days.
    days = {name: row[name] and date.fromisoformat(row[name]) for name in ("valid_from", "valid_until")}
    return Place(tip=tip, **{**row, **days})


def _contacts(tip: Tip, user: User) -> list[dict[str, Any]]:
    """Contacts of the reader's own agency, each with the way to its raw words."""
    found = []
    for row in tip.contact_rows:  # type: ignore[attr-defined]
        words = row.pop("words")
        # JSON knows neither ids nor times.
        ids = {name: UUID(row[name]) for name in ("id", "agency_id")}
        record = Contact(**{**row, **ids, "started_at": datetime.fromisoformat(row["started_at"])})
        is_own = record.agency_id == user.acting_agency_id
        opens = may_open(
            kind="narrative", field="narrative", is_own=is_own, is_lead_fact=False, user=user, level=level_of(tip)
        )
        told = Masked(f"narrative:{words}", "What was told", opens) if words else None
        found.append({"contact": disclosed(record, to=user), "told": told})
    return found


def _tracks(tip: Tip, user: User, clocks: Sequence[Clock]) -> list[TrackShown]:
    """All four pillars in their fixed places; of several tracks of a pillar the newest."""
    shown = {pillar.value: TrackShown(pillar.value, pillar.label) for pillar in Pillar}
    running = {clock.step_id: clock for clock in clocks if clock.step_id}
    steps = with_names(Step.objects.filter(tip=tip), "track__lead").order_by("track__opened_at", "number")
    tracks: dict[UUID, Track] = {}
    for step in steps:
        step.track = tracks.setdefault(step.track_id, step.track)
        step.track.tip = tip
        column = shown[step.track.pillar]
        if column.track is None or column.track["pk"] != step.track_id:
            moves = TRACK.available(step.track, user)
            column.track, column.moves, column.steps = disclosed(step.track, to=user), moves, []
        moves = STEP.available(step, user) if column.track["status"] == "open" else []
        column.steps.append(StepShown(disclosed(step, to=user), moves, running.get(step.pk)))
    for column in shown.values():
        current = next((row for row in column.steps if row.moves), None)
        if current is not None:
            current.is_current = True
    return list(shown.values())


def _referrals(tip: Tip, user: User) -> list[ReferralShown]:
    rows = list(
        with_names(Referral.objects.visible_to(user).filter(tip=tip), "sender", "receiver").order_by("-created_at")
    )
    asked = {(row.need, row.pillar) for row in rows if row.status in (*WAITING, *AT_WORK, "draft", "closed")}
    return [
        ReferralShown(
            disclosed(row, to=user), row.status in _ENDED_WITHOUT_HELP and (row.need, row.pillar) not in asked
        )
        for row in rows
    ]


def _next_agencies(tip: Tip, user: User, referrals: Iterable[ReferralShown]) -> list[Candidate]:
    """After an offer that failed: who else is proposed and covers the place, for the desk that holds the tip."""
    proposed = tip.proposed  # type: ignore[attr-defined]
    is_desk = tip.holder_agency_id == user.acting_agency_id and user.has_perm("casework.route")
    if not (proposed and is_desk and any(shown.is_over for shown in referrals)):
        return []
    offered = [shown.referral["receiver_id"] for shown in referrals]
    where = proposals.where_of(tip, next(iter(tip.place_rows), None))  # type: ignore[attr-defined]
    return proposals.eligible(proposed, where, but_not=[*offered, *walls.kept_away(tip), tip.holder_agency_id], limit=3)


def _notes(tip: Tip, user: User) -> list[Disclosed]:
    rows = with_names(Note.objects.filter(tip=tip), "agency", "author").order_by("-created_at")[:NOTES]
    return [disclosed(row, to=user) for row in rows]
