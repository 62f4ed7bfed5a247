"""The API: scope, disclosure by the referral's state, moves, pages, and the contract."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from agencies.models import AuditEvent, Location, Phone, Role, Service, User
from agencies.scope import acting_as, acting_as_system
from casework.api import views
from casework.api.moves import MOVES
from casework.models import Referral
from casework.states import REFERRAL
from tests.factories import NOW, World, log_tip, make_referral, make_user

pytestmark = pytest.mark.django_db


def enter(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def post(client: Client, address: str, **sent: Any) -> Any:
    return client.post(address, json.dumps(sent), content_type="application/json")


LISTS = ["/api/v1/tips/", "/api/v1/referrals/", "/api/v1/agencies/"]


@pytest.mark.parametrize("address", [*LISTS, "/api/v1/schema/"])
def test_signed_out_is_403(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 403


def test_a_move_signed_out_is_403(client: Client, world: World) -> None:
    referral = make_referral(world, "sent")
    assert post(client, f"/api/v1/referrals/{referral.pk}/accept/", version=1).status_code == 403


@pytest.mark.parametrize("who", ["agencyadmin", "auditor", "sysadmin"])
def test_roles_without_content_are_403_on_tips_and_referrals(client: Client, world: World, who: str) -> None:
    referral = make_referral(world, "accepted")
    enter(client, getattr(world, who))
    for address in ("tips/", "referrals/", f"tips/{referral.tip_id}/", f"referrals/{referral.pk}/"):
        assert client.get(f"/api/v1/{address}").status_code == 403
    assert post(client, f"/api/v1/referrals/{referral.pk}/close/", version=3, outcome="got_help").status_code == 403


def test_the_stranger_sees_empty_lists_and_404(client: Client, world: World) -> None:
    referral = make_referral(world, "accepted")
    enter(client, world.stranger)
    for address in ("tips/", "referrals/"):
        assert client.get(f"/api/v1/{address}").json()["results"] == []
    there = client.get(f"/api/v1/tips/{referral.tip_id}/")
    not_there = client.get("/api/v1/tips/019a0000-0000-7000-8000-000000000000/")
    assert there.status_code == not_there.status_code == 404
    assert there.json() == not_there.json()
    for name in MOVES:
        response = post(client, f"/api/v1/referrals/{referral.pk}/{name}/", version=1)
        assert response.status_code == 404
        assert referral.reference not in response.content.decode()


@pytest.mark.parametrize(
    "view",
    [views.TipList, views.TipDetail, views.ReferralList, views.ReferralDetail, views.ReferralMove],
)
def test_every_view_is_scoped_by_itself_where_the_database_lets_all_through(world: World, view: Any) -> None:
    make_referral(world, "accepted")
    asked = view()
    asked.request = RequestFactory().get("/")
    for user, expected in ((world.stranger, 0), (world.auditor, 0), (world.liaison, 1)):
        asked.request.user = user
        with acting_as_system("test"):
            assert asked.get_queryset().count() == expected


def test_a_draft_is_404_to_its_receiver(client: Client, world: World) -> None:
    referral = make_referral(world, "sent")
    with acting_as_system("test"):
        Referral.objects.filter(pk=referral.pk).update(status="draft", sent_at=None)
    enter(client, world.liaison)
    assert client.get(f"/api/v1/referrals/{referral.pk}/").status_code == 404
    assert client.get("/api/v1/referrals/").json()["results"] == []


# What a receiver is told of a referral, by its state; the rest is absent and named in `withheld`.
CARD = {"need", "purpose", "urgency", "card"}
WORKING = {"tip", "progress", "outcome"}
SEEN = [
    ("sent", CARD, WORKING),
    ("received", CARD, WORKING),
    ("information_requested", CARD, WORKING),
    ("declined", CARD, WORKING),
    ("accepted", CARD | WORKING, set()),
    ("in_progress", CARD | WORKING, set()),
    ("closed", CARD | WORKING, set()),
    ("recalled", set(), CARD | WORKING),
    ("expired", set(), CARD | WORKING),
    ("cancelled", set(), CARD | WORKING),
]


@pytest.mark.parametrize(("status", "shown", "absent"), SEEN, ids=[row[0] for row in SEEN])
def test_a_receiver_gets_the_fields_of_the_referrals_state(
    client: Client, world: World, status: str, shown: set[str], absent: set[str]
) -> None:
    referral = make_referral(world, status)
    enter(client, world.liaison)
    said = client.get(f"/api/v1/referrals/{referral.pk}/").json()
    assert said["status"] == status
    assert shown <= said.keys()
    assert not absent & said.keys()
    assert absent <= set(said["withheld"])
    listed = client.get("/api/v1/referrals/").json()["results"]
    assert [row.keys() for row in listed] == [said.keys()]
    for text in (json.dumps(said), json.dumps(listed)):
        assert "Canary" not in text
        assert "555 0101" not in text


def test_a_tip_opens_on_accepting_and_closes_with_the_outcome(client: Client, world: World) -> None:
    referral = make_referral(world, "sent")
    enter(client, world.liaison)
    assert client.get(f"/api/v1/tips/{referral.tip_id}/").status_code == 404
    accepted = post(client, f"/api/v1/referrals/{referral.pk}/accept/", version=referral.version)
    assert accepted.status_code == 200
    tip = client.get(f"/api/v1/tips/{referral.tip_id}/").json()
    assert tip["reference"] == referral.reference
    assert [person["number"] for person in tip["persons"]] == [1, 2]
    assert "holder" not in tip
    assert "holder" in tip["withheld"]
    assert "is_in_contact" in tip["persons"][0]["withheld"]
    assert "Canary" not in json.dumps(tip)
    closed = post(
        client, f"/api/v1/referrals/{referral.pk}/close/", version=accepted.json()["version"], outcome="got_help"
    )
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert client.get(f"/api/v1/tips/{referral.tip_id}/").status_code == 404
    assert client.get("/api/v1/tips/").json()["results"] == []


def test_moves_are_those_of_the_state_table(client: Client, world: World) -> None:
    referral = make_referral(world, "sent")
    enter(client, world.liaison)
    moves = client.get(f"/api/v1/referrals/{referral.pk}/").json()["moves"]
    assert [move["name"] for move in moves] == ["receive", "accept", "decline", "ask_information"]
    assert moves[2] == {
        "name": "decline",
        "button": "Decline",
        "says": "The sender is told why and moves on to another agency.",
        "needs": ["decline_reason"],
        "url": f"/api/v1/referrals/{referral.pk}/decline/",
    }
    client.force_login(world.operator)
    moves = client.get(f"/api/v1/referrals/{referral.pk}/").json()["moves"]
    assert [move["name"] for move in moves] == ["recall", "withdraw"]


def test_every_move_of_a_person_has_an_address() -> None:
    assert set(MOVES) == {move.name for move in REFERRAL.moves} - {"expire"}


@pytest.mark.parametrize(
    ("status", "who", "move", "sent", "becomes"),
    [
        ("sent", "liaison", "receive", {}, "received"),
        ("sent", "liaison", "decline", {"decline_reason": "no_capacity", "decline_note": "Full"}, "declined"),
        ("received", "liaison", "ask_information", {"question": "Which language?"}, "information_requested"),
        ("information_requested", "operator", "give_information", {"answer": "Spanish"}, "received"),
        ("sent", "operator", "recall", {}, "recalled"),
        ("accepted", "liaison", "report_progress", {"progress": "scheduled"}, "in_progress"),
        ("in_progress", "liaison", "close", {"outcome": "got_help"}, "closed"),
        ("accepted", "operator", "ask_cancellation", {}, "accepted"),
        ("accepted", "operator", "withdraw", {"cancel_reason": "consent_withdrawn"}, "cancelled"),
    ],
)
def test_a_move_is_made_by_its_side_and_refused_to_the_other(
    client: Client, world: World, status: str, who: str, move: str, sent: dict[str, str], becomes: str
) -> None:
    referral = make_referral(world, status)
    address = f"/api/v1/referrals/{referral.pk}/{move}/"
    other = world.operator if who == "liaison" else world.liaison
    enter(client, other)
    assert post(client, address, version=referral.version, **sent).status_code == 403
    enter(client, getattr(world, who))
    made = post(client, address, version=referral.version, **sent)
    assert made.status_code == 200
    assert made.json()["status"] == becomes


def test_a_confirmed_cancellation_needs_the_senders_wish(client: Client, world: World) -> None:
    referral = make_referral(world, "accepted")
    address = f"/api/v1/referrals/{referral.pk}"
    enter(client, world.liaison)
    refused = post(client, f"{address}/confirm_cancellation/", version=referral.version)
    assert refused.status_code == 400
    assert "is_cancellation_asked" in refused.json()
    enter(client, world.operator)
    asked = post(client, f"{address}/ask_cancellation/", version=referral.version)
    enter(client, world.liaison)
    confirmed = post(client, f"{address}/confirm_cancellation/", version=asked.json()["version"])
    assert confirmed.json()["status"] == "cancelled"


@pytest.mark.parametrize(("move", "becomes"), [("send", "sent"), ("discard", "cancelled")])
def test_a_draft_is_sent_or_discarded_by_the_desk_alone(client: Client, world: World, move: str, becomes: str) -> None:
    referral = make_referral(world, "sent")
    with acting_as_system("test"):
        Referral.objects.filter(pk=referral.pk).update(status="draft", sent_at=None, answer_due_at=None)
    address = f"/api/v1/referrals/{referral.pk}/{move}/"
    enter(client, world.liaison)
    assert post(client, address, version=referral.version).status_code == 404
    enter(client, world.operator)
    assert post(client, address, version=referral.version).json()["status"] == becomes


def test_a_stale_version_is_409_and_changes_nothing(client: Client, world: World) -> None:
    referral = make_referral(world, "received")
    enter(client, world.liaison)
    for move, sent in (("accept", {}), ("decline", {"decline_reason": "language"}), ("receive", {})):
        response = post(client, f"/api/v1/referrals/{referral.pk}/{move}/", version=1, **sent)
        assert response.status_code == 409
        assert response.json()["code"] == "conflict"
    assert client.get(f"/api/v1/referrals/{referral.pk}/").json()["status"] == "received"


def test_receiving_with_a_stale_version_is_409(client: Client, world: World) -> None:
    referral = make_referral(world, "sent")
    enter(client, world.liaison)
    address = f"/api/v1/referrals/{referral.pk}/receive/"
    assert post(client, address, version=referral.version + 1).status_code == 409
    assert client.get(f"/api/v1/referrals/{referral.pk}/").json()["status"] == "sent"


def test_accept_after_recall_is_409(client: Client, world: World) -> None:
    referral = make_referral(world, "recalled")
    enter(client, world.liaison)
    response = post(client, f"/api/v1/referrals/{referral.pk}/accept/", version=referral.version)
    assert response.status_code == 409
    assert response.json()["detail"] == "This is now: Recalled. Accept is no longer possible."


@pytest.mark.parametrize(
    ("move", "sent", "field"),
    [
        ("accept", {}, "version"),
        ("decline", {"version": 2}, "decline_reason"),
        ("decline", {"version": 2, "decline_reason": "bored"}, "decline_reason"),
        ("ask_information", {"version": 2, "question": "  "}, "question"),
    ],
)
def test_what_is_missing_or_unknown_is_400_at_its_field(
    client: Client, world: World, move: str, sent: dict[str, Any], field: str
) -> None:
    referral = make_referral(world, "received")
    enter(client, world.liaison)
    response = post(client, f"/api/v1/referrals/{referral.pk}/{move}/", **sent)
    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_a_move_without_the_token_is_403(world: World) -> None:
    referral = make_referral(world, "sent")
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.liaison)
    assert post(client, f"/api/v1/referrals/{referral.pk}/accept/", version=referral.version).status_code == 403


def test_a_refused_move_is_in_the_trail(client: Client, world: World) -> None:
    referral = make_referral(world, "recalled")
    enter(client, world.liaison)
    post(client, f"/api/v1/referrals/{referral.pk}/accept/", version=referral.version)
    with acting_as(world.auditor):
        event = AuditEvent.objects.get(verb="refused", actor=world.liaison.pk)
    assert (event.reason, event.object_id) == ("Conflict", str(referral.pk))


def test_looking_is_recorded_once_for_a_list_and_once_for_a_record(client: Client, world: World) -> None:
    first, second = log_tip(world), log_tip(world, at=NOW + timedelta(minutes=1))
    enter(client, world.operator)
    client.get("/api/v1/tips/")
    client.get(f"/api/v1/tips/{first.pk}/")
    with acting_as(world.auditor):
        listed = AuditEvent.objects.get(verb="list", actor=world.operator.pk)
        assert listed.details == {"ids": [str(second.pk), str(first.pk)], "in": "api"}
        viewed = AuditEvent.objects.get(verb="view", actor=world.operator.pk)
        assert (viewed.tip, viewed.kind) == (first.pk, "tip")


def test_pages_follow_each_other_without_totals(client: Client, world: World) -> None:
    tips = [log_tip(world, at=NOW + timedelta(minutes=minute)) for minute in range(52)]
    enter(client, world.operator)
    page = client.get("/api/v1/tips/").json()
    assert page.keys() == {"next", "previous", "results"}
    assert [row["id"] for row in page["results"]] == [str(tip.pk) for tip in tips[:1:-1]]
    rest = client.get(page["next"]).json()
    assert [row["id"] for row in rest["results"]] == [str(tips[1].pk), str(tips[0].pk)]
    assert rest["next"] is None


@pytest.mark.parametrize("address", LISTS)
def test_a_full_list_asks_at_most_8_queries(client: Client, world: World, address: str) -> None:
    referral = make_referral(world, "accepted")
    with acting_as_system("test"):
        for number in range(49):
            referral.pk = None
            referral.id = Referral().id
            referral.need = f"need {number}"
            referral.save(force_insert=True)
    enter(client, world.operator)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    asked = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 8, asked


def test_filters_narrow_and_unknown_codes_are_400(client: Client, world: World) -> None:
    make_referral(world, "accepted")
    make_referral(world, "declined")
    enter(client, world.operator)

    def counted(query: str) -> int:
        return len(client.get(f"/api/v1/{query}").json()["results"])

    assert counted("referrals/?status=accepted") == 1
    assert counted("referrals/?status=accepted&status=declined") == 2
    assert counted("referrals/?box=inbox") == 0
    assert counted("referrals/?box=outbox") == 2
    assert counted("tips/?urgency=P2") == 2
    assert counted("tips/?urgency=P0") == 0
    assert counted("tips/?request_type=referral&status=in_progress") == 1
    assert counted("agencies/?name=harbor") == 1
    assert counted("agencies/?kind=local_police&covers_state=fl") == 1
    assert client.get("/api/v1/tips/?status=gone").status_code == 400


def test_no_filter_tells_of_a_card_that_was_recalled(client: Client, world: World) -> None:
    make_referral(world, "recalled")
    enter(client, world.liaison)
    assert len(client.get("/api/v1/referrals/?urgency=P0").json()["results"]) == 1
    assert len(client.get("/api/v1/referrals/?need=nothing").json()["results"]) == 1


def test_the_directory_is_open_but_for_confidential_places_and_addresses_of_notices(
    client: Client, world: World
) -> None:
    Service.objects.create(agency=world.shelter, name="Beds")
    Phone.objects.create(agency=world.shelter, number="555-0101")
    with acting_as(world.agencyadmin):
        Location.objects.create(agency=world.shelter, name="Office", is_confidential=False)
        Location.objects.create(agency=world.shelter, name="Harbor house", is_confidential=True)
    seen = {}
    for who in ("liaison", "stranger", "operator", "sysadmin"):
        enter(client, getattr(world, who))
        response = client.get(f"/api/v1/agencies/{world.shelter.pk}/")
        assert "inbox@example.org" not in response.content.decode()
        said = response.json()
        assert [row["name"] for row in said["services"]] == ["Beds"]
        assert [row["number"] for row in said["phones"]] == ["555-0101"]
        seen[who] = sorted(row["name"] for row in said["locations"])
    assert seen == {
        "liaison": ["Harbor house", "Office"],
        "stranger": ["Office"],
        "operator": ["Harbor house", "Office"],
        "sysadmin": ["Office"],
    }


def test_a_confidential_place_is_closed_to_a_directory_keeper_elsewhere(client: Client, world: World) -> None:
    keeper = make_user("legalsupervisor", Role.SUPERVISOR, world.legal)
    with acting_as(world.agencyadmin):
        Location.objects.create(agency=world.shelter, name="Harbor house", is_confidential=True)
    enter(client, keeper)
    assert client.get(f"/api/v1/agencies/{world.shelter.pk}/").json()["locations"] == []


def test_who_acts_for_no_agency_reads_no_directory(client: Client, world: World) -> None:
    enter(client, User.objects.create_user("nobody", password="x"))
    assert client.get("/api/v1/agencies/").status_code == 403


def test_nothing_is_browsable_outside_development(client: Client, world: World) -> None:
    enter(client, world.operator)
    response = client.get("/api/v1/agencies/", headers={"accept": "text/html"})
    assert response.status_code == 406 or response["Content-Type"] == "application/json"


@pytest.mark.parametrize("address", LISTS)
def test_lists_take_no_writes(client: Client, world: World, address: str) -> None:
    enter(client, world.operator)
    assert post(client, address, name="x").status_code == 405


def test_the_schema_is_valid_without_a_warning(tmp_path: Any) -> None:
    target = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    text = target.read_text()
    for path in ("/api/v1/tips/{id}/", "/api/v1/referrals/{id}/accept/", "/api/v1/agencies/"):
        assert f"{path}:" in text


def test_the_schema_is_served_to_staff(client: Client, world: World) -> None:
    response = enter(client, world.liaison).get("/api/v1/schema/?format=json")
    assert response.json()["info"]["title"] == "Casework API"
