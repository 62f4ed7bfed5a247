"""The states of a contact and of a tip, as tables (ruling 12)."""

from agencies import second_person
from agencies.lifecycle import SYSTEM, Lifecycle, Move
from agencies.models import User
from tips.models import Contact, PolicyAnswer, Tip

# States in which a tip has a holder and work is left.
AT_THE_DESK = ("in_triage", "routed", "in_progress")


def _contact_sides(contact: Contact, user: User) -> set[str]:
    return {"desk"} if contact.agency_id == user.acting_agency_id else set()


CONTACT = Lifecycle(
    model=Contact,
    kind="contact",
    sides=_contact_sides,
    tip_of=lambda contact: contact.tip_id,
    moves=(
        Move(
            "end_on_tip",
            "Save and triage",
            ("draft",),
            "ended",
            "desk",
            "tips.log_contact",
            needs=("tip_id", "ended_as"),
            says="Opens a tip, or adds to one.",
            is_primary=True,
        ),
        Move(
            "end_answered",
            "Answered",
            ("draft",),
            "ended",
            "desk",
            "tips.log_contact",
            needs=("request_type", "ended_as"),
            says="Numbers or material were given; no tip.",
        ),
        Move(
            "end_non_actionable",
            "Not actionable",
            ("draft",),
            "ended",
            "desk",
            "tips.log_contact",
            needs=("end_reason", "ended_as"),
            says="Counted, with its reason; no tip.",
        ),
    ),
)


def _tip_sides(tip: Tip, user: User) -> set[str]:
    # Row-level security let this user read the row, so the agency has a need to know: it is on the inside.
    if tip.holder_agency_id != user.acting_agency_id:
        return {"inside"}
    return {"inside", "holder", "keeper"} if tip.holder_id == user.pk else {"inside", "holder"}


TIP = Lifecycle(
    model=Tip,
    kind="tip",
    sides=_tip_sides,
    tip_of=lambda tip: tip.pk,
    moves=(
        Move(
            "take",
            "Take this tip",
            ("new",),
            "in_triage",
            "holder",
            "tips.triage",
            needs=("holder_id",),
            says="You become its holder.",
        ),
        Move(
            "take_over",
            "Take over",
            ("in_triage", "routed", "in_progress"),
            "",
            "holder",
            "tips.triage",
            needs=("holder_id",),
            says="You become its holder in place of a colleague.",
        ),
        Move(
            "assign_new",
            "Give to a colleague",
            ("new",),
            "in_triage",
            "holder",
            "tips.triage",
            needs=("holder_id",),
            says="The colleague becomes its holder.",
        ),
        Move(
            "assign",
            "Give to a colleague",
            AT_THE_DESK,
            "",
            "holder",
            "tips.triage",
            needs=("holder_id",),
            says="The colleague becomes its holder.",
        ),
        Move(
            "give_back",
            "Give back to the queue",
            AT_THE_DESK,
            "",
            "keeper",
            "tips.triage",
            says="Nobody holds it until somebody takes it.",
        ),
        Move("shift_ended", "Shift ended", AT_THE_DESK, "", SYSTEM),
        Move(
            "triage",
            "Triage",
            ("new", "in_triage"),
            "in_triage",
            "holder",
            "tips.triage",
            needs=("request_type", "urgency"),
            says="Codes, urgency and the shared account.",
            is_primary=True,
        ),
        Move(
            "triage_again",
            "Change triage",
            ("routed", "in_progress"),
            "",
            "holder",
            "tips.triage",
            needs=("request_type", "urgency"),
            says="Codes, urgency and the shared account.",
        ),
        Move(
            "route",
            "Confirm who can help",
            ("in_triage", "routed", "in_progress"),
            "routed",
            "holder",
            "casework.route",
            needs=("request_type", "urgency"),
            says="Sends the referrals that you confirm and opens their tracks.",
            is_primary=True,
        ),
        Move(
            "start",
            "Start work",
            ("routed",),
            "in_progress",
            "inside",
            says="Work on a track began.",
        ),
        Move(
            "close",
            "Close tip",
            ("in_triage", "routed", "in_progress"),
            "closed",
            "holder",
            "casework.close_tip",
            needs=("request_type", "urgency", "closed_at"),
            says="Only when every track has an outcome.",
        ),
        Move(
            "reopen",
            "Reopen tip",
            ("closed",),
            "in_triage",
            "holder",
            "casework.close_tip",
            says="It comes back to the queue.",
        ),
        Move(
            "merge",
            "Merge with an older tip",
            ("new", "in_triage", "routed", "in_progress", "closed"),
            "merged",
            "holder",
            "tips.triage",
            needs=("merged_into_id",),
            says="Compare it with another tip of the same situation. It can be taken out again.",
        ),
        # Without a target of its own: it goes back to the state it had.
        Move(
            "unmerge",
            "Take out again",
            ("merged",),
            "",
            "holder",
            "tips.triage",
            needs=("status",),
            says="It is as it was before; you say where belongs what was written since.",
        ),
    ),
)


def _policy_sides(asked: PolicyAnswer, user: User) -> set[str]:
    if user.acting is None or not user.acting.agency.is_hotline:
        return set()
    return second_person.sides(user, asked.asked_by_id)


POLICY = Lifecycle(
    model=PolicyAnswer,
    kind="policy",
    sides=_policy_sides,
    tip_of=lambda asked: None,
    moves=second_person.moves(
        "casework.manage_rules",
        agree="Put in force",
        given="From now on, for every tip that the rules look at. Both names are public.",
        refused="The policy stays as it is; whoever asked is told.",
    ),
)
