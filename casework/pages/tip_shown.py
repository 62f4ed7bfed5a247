"""What the tip page is made of: plain shapes, filled by casework/pages/tip.py and drawn by the template."""

from dataclasses import dataclass, field
from typing import Any

from agencies.directory import Candidate
from agencies.disclosure import Disclosed
from agencies.lifecycle import Move
from casework import keyset
from casework.models import Clock
from casework.pages import history
from casework.states import AT_WORK
from tips.models import Tip

_ENDED_STEPS = ("done", "skipped")


@dataclass
class Masked:
    """Something closed: what it is called, and whether this reader may open it."""

    key: str
    label: str
    may_open: bool


@dataclass
class PersonShown:
    """One person, by codes; what identifies them is masked."""

    title: str
    pairs: list[tuple[str, str]]
    safe: str
    closed: list[Masked] = field(default_factory=list)


@dataclass
class StepShown:
    """A step with its clock and its moves."""

    step: Disclosed
    moves: list[Move]
    clock: Clock | None
    is_current: bool = False

    @property
    def deed(self) -> Move | None:
        """The move that asks nothing and ends the step; it is the button."""
        return next((move for move in self.moves if move.is_primary), None)

    @property
    def others(self) -> list[Move]:
        return [move for move in self.moves if not move.is_primary]


@dataclass
class TrackShown:
    """A pillar's column: its open or last track, or none."""

    pillar: str
    label: str
    track: Disclosed | None = None
    moves: list[Move] = field(default_factory=list)
    steps: list[StepShown] = field(default_factory=list)

    @property
    def progress(self) -> str:
        """How far the steps are, in words."""
        ended = sum(shown.step["status"] in _ENDED_STEPS for shown in self.steps)
        return f"{ended} of {len(self.steps)} steps"


@dataclass
class ReferralShown:
    """A referral as this reader may see it; `is_over` when it ended without help and nobody else is asked yet."""

    referral: Disclosed
    is_over: bool


@dataclass(frozen=True)
class Next:
    """Something that waits for this reader: what, and the page where it is done."""

    words: str
    link: str
    url: str


@dataclass
class TipShown:
    """The whole page."""

    record: Tip
    tip: Disclosed
    moves: list[Move]
    next: list[Next]
    what: list[tuple[str, str]]
    places: list[str]
    contacts: list[dict[str, Any]]
    account: Disclosed
    persons: list[PersonShown]
    loose: list[Masked]
    tracks: list[TrackShown]
    referrals: list[ReferralShown]
    next_agencies: list[Candidate]
    clocks: list[Clock]
    may_end_clocks: bool
    may_write: bool
    may_wall: bool
    notes: list[Disclosed]
    history: list[history.Line]
    pages: keyset.Page[Any]

    @property
    def nearest(self) -> Clock | None:
        """The clock of our own duty that runs out first."""
        return next((c for c in self.clocks if c.duty == Clock.Duty.OURS and c.drives_queue), None)

    @property
    def readers(self) -> list[str]:
        """The agencies that may see this tip, as far as this reader knows."""
        at_work = [shown.referral for shown in self.referrals if shown.referral["status"] in AT_WORK]
        names = [str(self.record.holder_agency), *(str(referral["receiver"]) for referral in at_work)]
        return list(dict.fromkeys(names))

    @property
    def safe_lines(self) -> list[tuple[str, str]]:
        """(person, rule) of everybody with a rule; it never folds."""
        return [(person.title.partition(":")[0], person.safe) for person in self.persons if person.safe]
