"""The main job on real input: a call from Broward County ends in a referral that a real agency accepts."""

from datetime import timedelta

import pytest

from agencies.actions.directory_import import import_directory
from agencies.hsds import read
from agencies.models import Agency, Coverage, Role, Service
from agencies.scope import acting_as, acting_as_system
from casework.actions import proposals, referrals
from casework.models import Referral
from tests.agencies.hsds_files import REAL, needs_real_data
from tests.factories import NOW, World, log_tip, make_user
from tips.actions import triage
from tips.models import Person, Tip
from tips.told import PersonTold, PlaceTold, Told

pytestmark = [pytest.mark.django_db, needs_real_data]
FLORIDA = REAL / "hsds-us-legal-aid" / "florida-source"

CALL = Told(
    narrative="Works at a farm, papers kept by the crew leader, asks for a lawyer.",
    facts={"exploitation": ["labor"], "industries": ["agriculture"], "force_fraud_coercion": "yes"},
    place=PlaceTold(state="FL", county="Broward"),
    persons=(
        PersonTold(
            facts={
                "role": "potential_victim",
                "age": "adult",
                "wants_help": "yes",
                "wants_law_enforcement": "no",
                "wishes_heard": "directly",
                "needs": ["immigration_legal", "legal"],
            },
            is_in_contact=True,
            languages=("Spanish",),
        ),
    ),
)


def test_a_call_from_broward_reaches_a_legal_aid_of_the_real_directory(world: World) -> None:
    with acting_as_system("import_hsds") as system:
        outcome = import_directory(read(FLORIDA, agency_kind="legal_aid"), by=system, at=NOW)
    imported = {table: counts.created for table, counts in outcome.counts.items()}
    assert (imported["organizations"], imported["locations"], imported["services"]) == (20, 378, 135)
    assert Service.objects.filter(agency__kind="legal_aid", immigration_statuses__len__gt=0).count() == 50
    assert Coverage.objects.filter(kind="county", state="FL", county="Broward").count() > 0

    tip = log_tip(world, CALL)
    with acting_as(world.operator):
        tip = triage.triage(tip, request_type="referral", urgency="P2", by=world.operator, at=NOW)
        proposal = proposals.make(tip, by=world.operator, at=NOW)
        assert "legal_aid" in [line["kind"] for line in proposal.result["agency_kinds"]]
        assert "local_police" not in [line["kind"] for line in proposal.result["agency_kinds"]]
        found = [c for c in proposals.candidates(proposal, tip) if c.kind == "legal_aid"]
        names = [c.agency.name for c in found if c.reason == "covers this county"]
        assert "Americans for Immigrant Justice" in names
        assert "Brevard County Legal Aid" not in [c.agency.name for c in found]
        receiver = Agency.objects.get(name="Americans for Immigrant Justice")
        line = proposals.Line(
            receiver,
            list(Person.objects.filter(tip=tip)),
            "immigration_legal",
            "protection",
            "Legal advice",
            "Spoken consent, read back",
        )
        referral = proposals.confirm(proposal, [line], by=world.operator, at=NOW)[0]

    lawyer = make_user("lawyer", Role.LIAISON, receiver)
    with acting_as(lawyer):
        offered = Referral.objects.inbox(lawyer).get()
        assert offered.card["need"] == "Immigration legal help"
        assert offered.card["place"] == "Broward County, Florida"
        assert "papers kept" not in str(offered.card)
        assert Tip.objects.count() == 0
        accepted = referrals.accept(offered, by=lawyer, at=NOW + timedelta(minutes=30))
        assert accepted.status == "accepted"
        assert Tip.objects.visible_to(lawyer).get().reference == referral.reference
