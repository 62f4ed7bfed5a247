"""What the pages are measured on: tips and referrals made by the real actions, anew for each run."""

from dataclasses import dataclass

from django.utils import timezone

from agencies import audit
from agencies.models import Agency, User
from agencies.scope import acting_as
from bench import people
from casework import keyset
from casework.actions import desk, proposals
from casework.models import Referral
from casework.pages import queue
from tips.actions import intake
from tips.models import Person, Tip
from tips.told import IdentifierTold, PersonTold, PlaceTold, Told

PAGE = 50
FAR_PAGE = 200
LONG_HISTORY = 200
WORDS = "Workers of a farm say that wages are kept back and that they may not leave the camp. " * 8
TOLD = Told(
    narrative=WORDS,
    facts={"exploitation": ["labor"], "venues": ["farm"], "force_fraud_coercion": "yes"},
    place=PlaceTold(state="FL", county="Collier", postal_code="34102"),
    persons=(
        PersonTold(
            facts={"role": "potential_victim", "age": "adult", "wants_help": "yes", "needs": ["shelter", "legal"]},
            is_in_contact=True,
            languages=("Spanish",),
            identity={"name": "Example Person", "phone": "239-555-0142"},
            safe_contact={"may_text": "yes", "may_call": "no", "hours": "10 to 12"},
        ),
        PersonTold(facts={"role": "potential_trafficker", "age": "adult"}, identity={"name": "Example Foreman"}),
    ),
    identifiers=(IdentifierTold("plate", "BENCH 142"), IdentifierTold("business", "Example Farm")),
)
PILLARS = ("protection", "prosecution", "prevention", "partnership", "protection")


@dataclass
class Samples:
    """Addresses for one size; `offers` are referrals that wait at the big agency, with their versions."""

    far_page: str
    tip: str
    reference: str
    long_tip: str
    offers: list[tuple[str, int]]


def make(crew: people.Crew, *, offers: int) -> Samples:
    """All of it, in the present database."""
    big = Agency.objects.get(name=f"Example Agency {people.BIG}")
    numbers = (people.BIG, people.SMALL, 8, 9, 10)
    others = [Agency.objects.get(name=f"Example Agency {n}") for n in numbers]
    for number in numbers:
        people.liaison(number)  # A referral goes only to an agency where somebody answers.
    tip, _ = _routed(crew, others)
    long_tip, _ = _routed(crew, others)
    _lengthen(long_tip, crew.operator)
    sent = [_routed(crew, [big])[1][0] for _ in range(offers)]
    return Samples(
        far_page=far_page(crew.operator),
        tip=f"/tips/{tip.pk}/",
        reference=tip.reference,
        long_tip=f"/tips/{long_tip.pk}/",
        offers=[(f"/referrals/{row.pk}/accept/", row.version) for row in sent],
    )


def far_page(user: User) -> str:
    """The 200th page of the queue, or the last full one where there are fewer."""
    with acting_as(user):
        rows = queue.open_to(user, "all").order_by(*queue.ORDER)
        start = min((FAR_PAGE - 1) * PAGE, max(0, rows.count() - PAGE))
        before = list(rows[max(0, start - 1) : start])
    return f"/desk/?after={keyset.key_of(before[0], queue.ORDER)}" if before else "/desk/"


def _routed(crew: people.Crew, receivers: list[Agency]) -> tuple[Tip, list[Referral]]:
    """A call that became a tip, was triaged, and was offered to these agencies."""
    now = timezone.now()
    with acting_as(crew.operator):
        contact = intake.open_contact(channel="call", started_at=now, by=crew.operator, at=now)
        values = {"caller_type": "potential_victim", "knows_how": "self", "danger": "none"}
        tip = desk.log_on_tip(contact, TOLD, by=crew.operator, at=now, values=values)
    with acting_as(crew.supervisor):
        coded = desk.Coded(request_type="referral", urgency="P2", indicator_level="high")
        proposal = desk.save_triage(Tip.objects.get(pk=tip.pk), coded, by=crew.supervisor, at=now)
        victim = Person.objects.get(tip=tip, number=1)
        lines = [
            proposals.Line(receiver, [victim], "shelter", pillar, "Offer a safe place", "Spoken consent, read back")
            for receiver, pillar in zip(receivers, PILLARS, strict=False)
        ]
        sent = proposals.confirm(proposal, lines, by=crew.supervisor, at=now, override_reason="measurement")
    return tip, sent


def _lengthen(tip: Tip, by: User) -> None:
    with acting_as(by):
        for _ in range(LONG_HISTORY):
            audit.record("note", kind="tip", by=by, object_id=tip.pk, tip=tip.pk)
