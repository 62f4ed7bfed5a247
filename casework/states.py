"""The states of referrals, tracks, steps and rules, as tables (ruling 12)."""

from agencies import second_person
from agencies.lifecycle import SYSTEM, Lifecycle, Move
from agencies.models import Role, User
from casework.models import Approval, CallBack, IdentityAsk, Referral, RuleVersion, Step, Track

WAITING = ("sent", "received", "information_requested")
AT_WORK = ("accepted", "in_progress")


def _referral_sides(referral: Referral, user: User) -> set[str]:
    agency = user.acting_agency_id
    sides = {"sender"} if referral.sender_id == agency else set()
    if sides and user.role == Role.SUPERVISOR:
        sides.add("sender's supervisor")
    if sides and referral.ready_at is not None:
        sides.add("sender that was told yes")
    if referral.receiver_id == agency:
        sides.add("receiver")
        if referral.round is not None and referral.ready_at is None:
            sides.add("receiver beside others")
    return sides


REFERRAL = Lifecycle(
    model=Referral,
    kind="referral",
    sides=_referral_sides,
    tip_of=lambda referral: referral.tip_id,
    pillar_of=lambda referral: referral.pillar,
    moves=(
        Move(
            "send",
            "Send",
            ("draft",),
            "sent",
            "sender",
            "casework.route",
            needs=("card", "answer_due_at"),
            stamps=("sent_at",),
            says="The agency sees the card.",
            is_primary=True,
        ),
        Move(
            "discard",
            "Discard",
            ("draft",),
            "cancelled",
            "sender",
            "casework.route",
            needs=("cancel_reason",),
            stamps=("ended_at",),
            says="Nothing was sent; nothing will be.",
        ),
        Move("receive", "Open", ("sent",), "received", "receiver", "casework.answer", stamps=("received_at",)),
        Move(
            "accept",
            "Accept",
            WAITING,
            "accepted",
            "receiver",
            "casework.answer",
            stamps=("answered_at",),
            says="Opens the tip's working level to your agency.",
            is_primary=True,
        ),
        Move(
            "say_yes",
            "Say yes",
            WAITING,
            "",
            "receiver beside others",
            "casework.answer",
            needs=("ready_at",),
            says="Where others were asked too: the sender confirms one of those that said yes.",
        ),
        Move(
            "confirm",
            "Confirm this agency",
            WAITING,
            "",
            "sender that was told yes",
            "casework.route",
            needs=("ready_at",),
            says="It takes this on. The others that were asked are told that it was found elsewhere.",
            is_primary=True,
        ),
        Move(
            "decline",
            "Decline",
            WAITING,
            "declined",
            "receiver",
            "casework.answer",
            needs=("decline_reason",),
            stamps=("answered_at", "ended_at"),
            says="The sender is told why and moves on to another agency.",
        ),
        Move(
            "ask_information",
            "Ask for information",
            ("sent", "received"),
            "information_requested",
            "receiver",
            "casework.answer",
            needs=("question",),
            says="The sender is asked; the time to answer goes on.",
        ),
        Move(
            "give_information",
            "Answer the question",
            ("information_requested",),
            "received",
            "sender",
            "casework.route",
            needs=("answer",),
            says="Say no more than the card may say.",
            is_primary=True,
        ),
        Move(
            "recall",
            "Recall",
            WAITING,
            "recalled",
            "sender",
            "casework.route",
            stamps=("ended_at",),
            says="The agency loses sight of the card at once.",
        ),
        Move("expire", "Expire", WAITING, "expired", SYSTEM, stamps=("ended_at",)),
        Move(
            "report_progress",
            "Report progress",
            AT_WORK,
            "in_progress",
            "receiver",
            "casework.answer",
            needs=("progress",),
            says="The sender sees it.",
        ),
        Move(
            "close",
            "Report outcome",
            AT_WORK,
            "closed",
            "receiver",
            "casework.answer",
            needs=("outcome",),
            stamps=("ended_at",),
            says="Ends your agency's access to the tip.",
            is_primary=True,
        ),
        Move(
            "close_unheard",
            "No information from the agency",
            AT_WORK,
            "closed",
            "sender's supervisor",
            "casework.route",
            needs=("outcome",),
            stamps=("ended_at",),
            says="Only after three reminders without a word. The agency's access ends.",
        ),
        Move(
            "ask_cancellation",
            "Ask to cancel",
            AT_WORK,
            "",
            "sender",
            "casework.route",
            says="The agency confirms, or reports an outcome.",
        ),
        Move(
            "confirm_cancellation",
            "Confirm cancellation",
            AT_WORK,
            "cancelled",
            "receiver",
            "casework.answer",
            needs=("is_cancellation_asked", "cancel_reason"),
            stamps=("ended_at",),
            says="Ends your agency's access to the tip.",
        ),
        Move(
            "withdraw",
            "Cancel at once",
            (*WAITING, *AT_WORK),
            "cancelled",
            "sender",
            "casework.route",
            needs=("cancel_reason",),
            stamps=("ended_at",),
            says="For a withdrawn consent or an error: the agency's access ends at once.",
        ),
    ),
)


def _track_sides(track: Track, user: User) -> set[str]:
    agency = user.acting_agency_id
    sides = {"inside"}
    return sides | ({"lead"} if agency in (track.lead_id, track.tip.holder_agency_id) else set())


TRACK = Lifecycle(
    model=Track,
    kind="track",
    sides=_track_sides,
    tip_of=lambda track: track.tip_id,
    pillar_of=lambda track: track.pillar,
    moves=(
        Move(
            "close",
            "Record outcome",
            ("open",),
            "closed",
            "lead",
            "casework.work_track",
            needs=("outcome",),
            stamps=("closed_at",),
            says="Open steps are skipped; the tip can close when every track has an outcome.",
            is_primary=True,
        ),
    ),
)


def _step_sides(step: Step, user: User) -> set[str]:
    return _track_sides(step.track, user)


STEP = Lifecycle(
    model=Step,
    kind="step",
    sides=_step_sides,
    tip_of=lambda step: step.tip_id,
    pillar_of=lambda step: step.track.pillar,
    moves=(
        Move(
            "finish",
            "Done",
            ("open", "waiting", "blocked"),
            "done",
            "lead",
            "casework.work_track",
            stamps=("ended_at",),
            is_primary=True,
        ),
        Move("wait", "Waiting", ("open",), "waiting", "lead", "casework.work_track", needs=("reason",)),
        Move("block", "Blocked", ("open", "waiting"), "blocked", "lead", "casework.work_track", needs=("reason",)),
        Move("go_on", "Go on", ("waiting", "blocked"), "open", "lead", "casework.work_track"),
        Move(
            "skip",
            "Skip",
            ("open", "waiting", "blocked"),
            "skipped",
            "lead",
            "casework.work_track",
            needs=("reason",),
            stamps=("ended_at",),
        ),
    ),
)


def _rule_sides(rule: RuleVersion, user: User) -> set[str]:
    if user.acting is None or not user.acting.agency.is_hotline:
        return set()  # The rules are those of the whole deployment.
    return {"proposer"} if rule.proposed_by_id == user.pk else {"second person"}


RULE = Lifecycle(
    model=RuleVersion,
    kind="rule",
    sides=_rule_sides,
    tip_of=lambda rule: None,
    moves=(
        Move(
            "put_in_force",
            "Put in force",
            ("draft",),
            "in_force",
            "second person",
            "casework.manage_rules",
            needs=("approved_by_id",),
            stamps=("in_force_from",),
            says="The version before it is retired.",
        ),
        Move(
            "retire",
            "Retire",
            ("in_force",),
            "retired",
            "second person",
            "casework.manage_rules",
            stamps=("retired_at",),
            says="It no longer proposes anything.",
        ),
    ),
)


def _call_back_sides(call_back: CallBack, user: User) -> set[str]:
    if call_back.agency_id != user.acting_agency_id:
        return set()
    return {"desk", "supervisor"} if user.role == Role.SUPERVISOR else {"desk"}


CALL_BACK = Lifecycle(
    model=CallBack,
    kind="call_back",
    sides=_call_back_sides,
    tip_of=lambda call_back: call_back.tip_id,
    moves=(
        Move("take", "Take", ("promised",), "", "desk", "casework.reveal", needs=("holder_id",), says="You call."),
        Move("give_back", "Give back", ("promised",), "", "desk", "casework.reveal", says="Nobody holds it then."),
        Move("shift_ended", "Shift ended", ("promised",), "", SYSTEM),
        Move("reach", "Reached", ("promised",), "reached", "desk", "casework.reveal", says="The promise is kept."),
        Move("try", "Tried", ("promised",), "", "desk", "casework.reveal", says="It stays in the queue."),
        Move("try_last", "Tried", ("promised",), "to_decide", "desk", "casework.reveal", needs=("why_decide",)),
        Move("lapse", "Time is over", ("promised",), "to_decide", SYSTEM, needs=("why_decide",)),
        Move("move", "Agree on another time", ("promised",), "", "desk", "casework.reveal", says="With the person."),
        Move("go_on", "Try again", ("to_decide",), "promised", "supervisor", "casework.reveal", says="In a new window"),
        Move("stop", "Stop", ("promised",), "stopped", "desk", "casework.reveal", needs=("why_stopped",)),
        Move("give_up", "Stop", ("to_decide",), "stopped", "supervisor", "casework.reveal", needs=("why_stopped",)),
    ),
)


def _approval_sides(approval: Approval, user: User) -> set[str]:
    if approval.agency_id != user.acting_agency_id:
        return set()
    return {"desk"} | second_person.sides(user, approval.asked_by_id)


APPROVAL = Lifecycle(
    model=Approval,
    kind="approval",
    sides=_approval_sides,
    tip_of=lambda approval: approval.tip_id,
    moves=second_person.moves(
        "tips.triage",
        given="It is done at once, in both names.",
        refused="Everything stays as it is; whoever asked is told.",
    ),
)


def _ask_sides(question: IdentityAsk, user: User) -> set[str]:
    if question.agency_id != user.acting_agency_id:
        return set()
    return second_person.sides(user, question.asked_by_id)


IDENTITY_ASK = Lifecycle(
    model=IdentityAsk,
    kind="identity_ask",
    sides=_ask_sides,
    tip_of=lambda question: question.tip_id,
    moves=second_person.moves(
        "casework.reveal",
        needs=("open_until",),
        given="Opens these fields to whoever asked, for an hour at most.",
        refused="Everything stays closed; whoever asked is told.",
    ),
)

LIFECYCLES = (REFERRAL, TRACK, STEP, RULE, CALL_BACK, APPROVAL, IDENTITY_ASK)
