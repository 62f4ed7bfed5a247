"""Plain functions that make what a test needs, by real actions where there are any."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from agencies.models import Agency, AgencyKind, Coverage, Membership, Phone, Role, User
from agencies.scope import acting_as
from casework.actions import proposals, referrals, silence
from casework.models import Referral
from tips.actions import intake, triage
from tips.models import Person, Tip
from tips.told import PersonTold, PlaceTold, Told

PASSWORD = "correct horse battery staple"
A_PHONE = "+1 305 555 0100"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)  # A Tuesday, 10:00 in New York; before the database clock.


@dataclass
class World:
    """Hotline H, shelter A, police B, legal aid C; the people are named after what they are."""

    hotline: Agency
    shelter: Agency
    police: Agency
    legal: Agency
    operator: User
    operator2: User
    supervisor: User
    liaison: User  # of the shelter
    liaison2: User  # of the police
    stranger: User  # liaison of legal aid
    agencyadmin: User  # of the shelter
    agencyadmin2: User  # of the police
    auditor: User
    sysadmin: User

    def everybody(self) -> list[User]:
        return [
            self.operator,
            self.operator2,
            self.supervisor,
            self.liaison,
            self.liaison2,
            self.stranger,
            self.agencyadmin,
            self.agencyadmin2,
            self.auditor,
            self.sysadmin,
        ]


def make_agency(name: str, kind: str, *, state: str = "FL", phone: str = "", **fields: Any) -> Agency:
    """An agency that covers one state. Without a phone, a verified address or a liaison it cannot be asked."""
    fields = {"email": "inbox@example.org", **fields}
    agency = Agency.objects.create(name=name, kind=AgencyKind.objects.get(code=kind), **fields)
    Coverage.objects.create(agency=agency, kind=Coverage.Kind.STATE, country="US", state=state, label=state)
    if phone:
        Phone.objects.create(agency=agency, number=phone)
    return agency


def make_user(username: str, role: str, agency: Agency) -> User:
    """A person with one seat."""
    user = User.objects.create_user(
        username, password=PASSWORD, display_name=username.title(), email=f"{username}@example.org"
    )
    Membership.objects.create(user=user, agency=agency, role=role, valid_from=LONG_AGO)
    return user


def build_world() -> World:
    """All of World, fictional."""
    hotline = make_agency("Example Hotline", "hotline", is_hotline=True)
    shelter = make_agency("Example Harbor Shelter", "shelter", funded_under=["VOCA"])
    police = make_agency("Example City Police", "local_police")
    legal = make_agency("Example Legal Aid", "legal_aid")
    return World(
        hotline=hotline,
        shelter=shelter,
        police=police,
        legal=legal,
        operator=make_user("operator", Role.OPERATOR, hotline),
        operator2=make_user("operator2", Role.OPERATOR, hotline),
        supervisor=make_user("supervisor", Role.SUPERVISOR, hotline),
        liaison=make_user("liaison", Role.LIAISON, shelter),
        liaison2=make_user("liaison2", Role.LIAISON, police),
        stranger=make_user("stranger", Role.LIAISON, legal),
        agencyadmin=make_user("agencyadmin", Role.AGENCY_ADMIN, shelter),
        agencyadmin2=make_user("agencyadmin2", Role.AGENCY_ADMIN, police),
        auditor=make_user("auditor", Role.AUDITOR, hotline),
        sysadmin=make_user("sysadmin", Role.SYSADMIN, hotline),
    )


TOLD = Told(
    narrative="Canary words of the caller",
    facts={"exploitation": ["commercial_sex"], "venues": ["hotel_motel"], "force_fraud_coercion": "yes"},
    place=PlaceTold(state="FL", county="Miami-Dade", postal_code="33101"),
    persons=(
        PersonTold(
            facts={"role": "potential_victim", "age": "adult", "wants_help": "yes", "needs": ["shelter"]},
            is_in_contact=True,
            languages=("Spanish",),
            identity={"name": "Canary Name", "phone": "+1 305 555 0101"},
            safe_contact={"may_text": "yes", "may_call": "no", "hours": "10 to 12"},
        ),
        PersonTold(facts={"role": "potential_trafficker", "age": "adult"}, identity={"name": "Canary Trafficker"}),
    ),
)


def log_tip(world: World, told: Told = TOLD, *, at: datetime = NOW) -> Tip:
    """A call of a potential victim that became a new tip of the hotline."""
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=at, by=world.operator, at=at)
        values = {"caller_type": "potential_victim", "knows_how": "self", "danger": "none"}
        return intake.end_on_tip(contact, told, by=world.operator, at=at, values=values)


def route(
    world: World,
    tip: Tip,
    receivers: list[Agency],
    *,
    needs: list[str] | None = None,
    pillar: str = "protection",
    purpose: str = "Offer a safe place",
    legal_basis: str = "Spoken consent, read back",
    summary: str = "",
    at: datetime = NOW,
) -> list[Referral]:
    """Triage the tip and send it to these agencies; the supervisor does, who may override what the rules hold back."""
    by = world.supervisor
    with acting_as(by):
        tip = Tip.objects.get(pk=tip.pk)
        tip = triage.triage(tip, request_type="referral", urgency="P2", indicator_level="high", by=by, at=at)
        proposal = proposals.make(tip, by=by, at=at)
        victim = Person.objects.get(tip=tip, number=1)
        lines = [
            proposals.Line(receiver, [victim], need, pillar, purpose, legal_basis, summary)
            for receiver, need in zip(receivers, needs or ["shelter"] * len(receivers), strict=True)
        ]
        return proposals.confirm(proposal, lines, by=by, at=at, override_reason="test")


def make_referral(world: World, status: str, *, receiver: Agency | None = None, at: datetime = NOW) -> Referral:
    """A referral to the shelter (or `receiver`) that walked to this status by real actions."""
    receiver = receiver or world.shelter
    liaison = {world.shelter.pk: world.liaison, world.police.pk: world.liaison2, world.legal.pk: world.stranger}[
        receiver.pk
    ]
    referral = route(world, log_tip(world, at=at), [receiver], at=at)[0]
    steps = {
        "sent": [],
        "received": [referrals.receive],
        "information_requested": [partial(referrals.ask_information, question="Which language?")],
        "declined": [partial(referrals.decline, reason="no_capacity")],
        "accepted": [referrals.accept],
        "in_progress": [referrals.accept, partial(referrals.report_progress, progress="scheduled")],
        "closed": [referrals.accept, partial(referrals.close, outcome="got_help")],
    }
    if status in steps:
        for step in steps[status]:
            with acting_as(liaison):
                referral = step(referral, by=liaison, at=at)
        return referral
    if status == "expired":
        assert referral.answer_due_at is not None
        silence.expire_due(at=referral.answer_due_at)
    with acting_as(world.operator):
        if status == "recalled":
            return referrals.recall(referral, by=world.operator, at=at)
        if status == "cancelled":
            return referrals.withdraw(referral, reason="entered_in_error", by=world.operator, at=at)
        return Referral.objects.get(pk=referral.pk)
