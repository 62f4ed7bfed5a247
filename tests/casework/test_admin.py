"""The admin, per role: what opens, what is refused, and the doors that are easily left open, tried as the stranger."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from agencies.models import Agency, AuditEvent, Capacity, Coverage, Location, Membership, Role, Service, User
from agencies.scope import acting_as, acting_as_system
from casework.models import Referral, RuleVersion
from tests.factories import NOW, World, log_tip, make_referral, make_user
from tips.models import Contact, Tip

pytestmark = pytest.mark.django_db

CONTENT = {"supervisor"}
KEEPERS = {"supervisor", "agencyadmin"}
# Which of the roles opens which list; the others are refused with 403.
LISTS = {
    "tips/tip": CONTENT,
    "tips/contact": CONTENT,
    "casework/referral": CONTENT,
    "casework/track": CONTENT,
    "casework/clock": CONTENT,
    "casework/ruleversion": {"supervisor"},
    "agencies/agency": KEEPERS | {"sysadmin"},
    "agencies/agencykind": {"supervisor", "sysadmin"},
    "agencies/service": KEEPERS,
    "agencies/location": KEEPERS,
    "agencies/coverage": KEEPERS,
    "agencies/phone": KEEPERS,
    "agencies/hours": KEEPERS,
    "agencies/capacity": KEEPERS,
    "tips/guidequestion": {"supervisor"},
    "tips/stateduty": {"supervisor"},
    "tips/policyanswer": {"supervisor", "auditor"},
    "agencies/user": {"sysadmin", "agencyadmin"},
    "agencies/membership": {"sysadmin", "agencyadmin"},
    "agencies/auditevent": {"auditor"},
    "agencies/seal": {"auditor"},
    "agencies/anchor": {"auditor"},
    "casework/disclosure": {"auditor"},
    "tips/personalaccess": {"auditor"},
}
IN_ADMIN = ["supervisor", "agencyadmin", "auditor", "sysadmin"]


def enter(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def stranger(world: World) -> User:
    """A supervisor of an agency that no tip was ever sent to."""
    return make_user("legalsupervisor", Role.SUPERVISOR, world.legal)


@pytest.mark.parametrize("who", IN_ADMIN)
@pytest.mark.parametrize("address", LISTS)
def test_a_list_opens_for_its_roles_only(client: Client, world: World, who: str, address: str) -> None:
    expected = 200 if who in LISTS[address] else 403
    assert enter(client, getattr(world, who)).get(f"/admin/{address}/").status_code == expected


def test_every_registered_model_is_in_the_table_of_lists() -> None:
    assert {model._meta.label_lower.replace(".", "/") for model in admin.site._registry} == set(LISTS)


@pytest.mark.parametrize("who", ["operator", "liaison"])
def test_the_admin_is_closed_to_the_desk_and_to_liaisons(client: Client, world: World, who: str) -> None:
    response = enter(client, getattr(world, who)).get("/admin/")
    assert response.status_code == 403
    assert "supervisors" in response.content.decode()


def test_signed_out_is_sent_to_the_one_sign_in_page(client: Client, db: None) -> None:
    for address in ("/admin/", "/admin/tips/tip/", "/admin/reports/contacts-by-channel/"):
        assert client.get(address, follow=True).redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("who", IN_ADMIN)
def test_the_index_shows_what_the_role_may_and_no_more(client: Client, world: World, who: str) -> None:
    page = enter(client, getattr(world, who)).get("/admin/").content.decode()
    shown = set(re.findall(r'href="/admin/(\w+/\w+)/"', page)) & set(LISTS)
    assert shown == {address for address, roles in LISTS.items() if who in roles}
    assert ("/admin/reports/" in page) == (who == "supervisor")
    assert "Recent actions" not in page


@pytest.mark.parametrize("who", IN_ADMIN)
@pytest.mark.parametrize("address", LISTS)
def test_a_list_asks_at_most_15_queries_and_counts_no_table(
    client: Client, world: World, who: str, address: str
) -> None:
    if who not in LISTS[address]:
        return
    make_referral(world, "accepted")
    make_referral(world, "accepted")
    enter(client, getattr(world, who)).get("/admin/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/admin/{address}/").status_code == 200
    assert len(queries) <= 15
    assert not [query["sql"] for query in queries if "COUNT(*)" in query["sql"].upper()]


@pytest.mark.parametrize("address", sorted(LISTS))
def test_no_page_needs_a_hole_in_the_policy(client: Client, world: World, address: str) -> None:
    make_referral(world, "accepted")
    who = sorted(LISTS[address] - {"agencyadmin"})[0]
    enter(client, getattr(world, who))
    response = client.get(f"/admin/{address}/")
    pages = [response.content.decode()]
    pages += [client.get(link).content.decode() for link in _first_record(pages[0], address)]
    for page in pages:
        assert "<style" not in page
        assert not re.search(r"<[^>]+\sstyle=", page)
        assert not re.search(r"<[^>]+\son\w+=", page)
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
    assert "unsafe" not in response["Content-Security-Policy"]


def _first_record(page: str, address: str) -> list[str]:
    return re.findall(rf'href="(/admin/{address}/[^"?]+/change/)', page)[:1]


# --- Content: read-only, own scope, by level -----------------------------------------------------------


def test_a_supervisor_reads_a_tip_of_the_own_agency_and_cannot_write_it(client: Client, world: World) -> None:
    tip = log_tip(world)
    enter(client, world.supervisor)
    assert tip.reference in client.get("/admin/tips/tip/").content.decode()
    address = f"/admin/tips/tip/{tip.pk}/change/"
    page = client.get(address)
    assert page.status_code == 200
    assert tip.reference in page.content.decode()
    assert "<input" not in page.content.decode().split('id="content-main"')[1]
    assert client.post(address, {"status": "closed"}).status_code == 405
    assert client.get("/admin/tips/tip/add/").status_code == 403
    assert client.get(f"/admin/tips/tip/{tip.pk}/delete/").status_code == 403


@pytest.mark.parametrize("model", ["tips/tip", "tips/contact", "casework/referral", "casework/track", "casework/clock"])
def test_the_stranger_sees_no_record_and_is_told_nothing(
    client: Client, world: World, stranger: User, model: str
) -> None:
    referral = make_referral(world, "accepted")
    with acting_as(world.operator):
        pks = {
            "tips/tip": referral.tip_id,
            "tips/contact": Contact.objects.get().pk,
            "casework/referral": referral.pk,
            "casework/track": referral.tip.tracks.get().pk,
            "casework/clock": referral.tip.clocks.first().pk,
        }
    enter(client, stranger)
    page = client.get(f"/admin/{model}/").content.decode()
    assert str(pks[model]) not in page
    assert referral.reference not in page
    assert "0 " in page.split('class="paginator"')[1][:200]
    there = client.get(f"/admin/{model}/{pks[model]}/change/")
    not_there = client.get(f"/admin/{model}/019a0000-0000-7000-8000-000000000000/change/")
    assert there.status_code == not_there.status_code == 404
    assert _without_ids(there.content.decode()) == _without_ids(not_there.content.decode())
    for door in ("history", "delete", "move/accept"):
        assert client.get(f"/admin/{model}/{pks[model]}/{door}/").status_code in (403, 404, 405)
    assert client.post(f"/admin/{model}/{pks[model]}/move/accept/").status_code == 404


@pytest.mark.parametrize("address", sorted(LISTS.keys() - {"agencies/agencykind", "casework/ruleversion"}))
def test_every_list_is_scoped_by_itself_where_the_database_lets_all_through(
    world: World, stranger: User, address: str
) -> None:
    make_referral(world, "accepted")
    request = RequestFactory().get("/")
    request.user = stranger
    model_admin = admin.site._registry[apps.get_model(*address.split("/"))]
    with acting_as_system("test"):
        keys = {getattr(row, "agency_id", row.pk) for row in model_admin.get_queryset(request)}
    assert keys <= {world.legal.pk}


def _without_ids(page: str) -> str:
    return re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|\d\d:[\d:.]+|value="\w{64}"', "", page)


@pytest.mark.parametrize(
    "query",
    [
        "?narratives__text__isnull=False",
        "?accesses__agency__name=x",
        "?holder__username=operator",
        "?reference__startswith=CW",
        "?county=Miami-Dade",
        "?version__gt=0",
        "?_to_field=reference",
        "?_to_field=version",
    ],
)
def test_a_list_cannot_be_asked_by_fields_that_are_no_filter(client: Client, world: World, query: str) -> None:
    log_tip(world)
    assert enter(client, world.supervisor).get(f"/admin/tips/tip/{query}").status_code == 400


def test_a_recalled_card_stays_closed_to_the_receivers_supervisor(client: Client, world: World) -> None:
    sheltersupervisor = make_user("sheltersupervisor", Role.SUPERVISOR, world.shelter)
    referral = make_referral(world, "recalled")
    enter(client, sheltersupervisor)
    lists = client.get("/admin/casework/referral/").content.decode()
    page = client.get(f"/admin/casework/referral/{referral.pk}/change/").content.decode()
    for text in (lists, page):
        assert referral.reference in text
        assert "Recalled" in text
        assert "Shelter or housing" not in text
        assert "P2 Within 24 hours" not in text
    assert "Spoken consent" not in page
    assert client.get("/admin/casework/referral/?urgency=P2").status_code == 400
    assert client.get("/admin/casework/referral/?answer__startswith=a").status_code == 400


def test_search_finds_a_whole_reference_and_no_part_of_one(client: Client, world: World) -> None:
    tip = log_tip(world)
    enter(client, world.supervisor)
    found = client.get("/admin/tips/tip/", {"q": tip.reference.lower()}).content.decode()
    assert f"/admin/tips/tip/{tip.pk}/change/" in found
    part = client.get("/admin/tips/tip/", {"q": "CW"}).content.decode()
    assert str(tip.pk) not in part


def test_counts_behind_filters_are_never_shown(client: Client, world: World) -> None:
    log_tip(world)
    page = enter(client, world.supervisor).get("/admin/tips/tip/?_facets=True").content.decode()
    assert "Hide counts" not in page
    assert "Show counts" not in page
    assert "(1)" not in page


def test_there_is_no_shortcut_that_tells_whether_any_row_is_there(client: Client, world: World) -> None:
    tip = log_tip(world)
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=(1, tip.pk))
    enter(client, world.sysadmin)
    assert client.get(f"/admin/r/{ContentType.objects.get_for_model(Tip).pk}/{tip.pk}/").status_code == 404


def test_looking_is_recorded_with_the_ids(client: Client, world: World) -> None:
    tip = log_tip(world)
    enter(client, world.supervisor)
    client.get("/admin/tips/tip/")
    client.get(f"/admin/tips/tip/{tip.pk}/change/")
    with acting_as(world.auditor):
        listed = AuditEvent.objects.get(actor=world.supervisor.pk, verb="list", kind="tip")
        assert listed.details["ids"] == [str(tip.pk)]
        viewed = AuditEvent.objects.get(actor=world.supervisor.pk, verb="view", kind="tip")
        assert viewed.tip == tip.pk


# --- The directory ------------------------------------------------------------------------------------


def test_an_agency_administrator_sees_and_picks_the_own_agency_only(client: Client, world: World) -> None:
    Service.objects.create(agency=world.shelter, name="Own beds")
    Service.objects.create(agency=world.police, name="Foreign desk")
    enter(client, world.agencyadmin)
    assert "Example City Police" not in client.get("/admin/agencies/agency/").content.decode()
    assert client.get(f"/admin/agencies/agency/{world.police.pk}/change/").status_code == 404
    assert "Foreign desk" not in client.get("/admin/agencies/service/").content.decode()
    assert "Own beds" in client.get("/admin/agencies/service/").content.decode()
    assert "Example City Police" not in client.get("/admin/agencies/service/add/").content.decode()
    assert _offered(client, "/admin/agencies/service/add/", "agency") == ["Example Harbor Shelter"]


def test_no_search_box_reads_out_a_list(client: Client, world: World) -> None:
    enter(client, world.supervisor)
    pick = {"app_label": "agencies", "model_name": "service", "field_name": "agency", "term": "Example"}
    assert client.get("/admin/autocomplete/", pick).status_code == 404


def test_a_long_list_is_not_written_into_the_page(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agencies.admin_base.MOST_OFFERED", 3)
    enter(client, world.supervisor)
    page = client.get("/admin/agencies/service/add/").content.decode()
    assert "Example Legal Aid" not in page
    assert '<input type="text" name="agency"' in page
    monkeypatch.undo()
    assert "Example Legal Aid" in client.get("/admin/agencies/service/add/").content.decode()


def test_an_agency_administrator_cannot_change_what_binds_the_agency(client: Client, world: World) -> None:
    enter(client, world.agencyadmin)
    address = f"/admin/agencies/agency/{world.shelter.pk}/change/"
    sent = _form(client, address) | {
        "website": "https://harbor.example.org",
        "funded_under": "",
        "kind": "local_police",
        "is_hotline": "on",
        "name": "Renamed",
    }
    assert client.post(address, sent).status_code == 302
    agency = Agency.objects.get(pk=world.shelter.pk)
    assert agency.website == "https://harbor.example.org"
    assert (agency.funded_under, agency.kind_id, agency.is_hotline) == (["VOCA"], "shelter", False)
    assert agency.name == "Example Harbor Shelter"
    with acting_as(world.auditor):
        assert AuditEvent.objects.get(verb="change", kind="agency").fields == ["website"]


def test_an_entry_cannot_be_added_to_another_agency(client: Client, world: World) -> None:
    enter(client, world.agencyadmin)
    sent = {"agency": str(world.police.pk), "kind": "state", "state": "GA", "country": "US"}
    response = client.post("/admin/agencies/coverage/add/", sent)
    assert response.status_code == 200
    assert "Select a valid choice" in response.content.decode()
    assert not Coverage.objects.filter(state="GA").exists()


def test_an_entry_is_added_changed_and_removed_and_each_is_recorded(client: Client, world: World) -> None:
    enter(client, world.agencyadmin)
    sent = {"agency": str(world.shelter.pk), "kind": "state", "state": "GA", "country": "US"}
    assert client.post("/admin/agencies/coverage/add/", sent).status_code == 302
    entry = Coverage.objects.get(state="GA")
    client.post(f"/admin/agencies/coverage/{entry.pk}/change/", sent | {"label": "Georgia"})
    client.post(f"/admin/agencies/coverage/{entry.pk}/delete/", {"post": "yes"})
    assert not Coverage.objects.filter(state="GA").exists()
    with acting_as(world.auditor):
        assert list(AuditEvent.objects.filter(kind="coverage").order_by("id").values_list("verb", flat=True)) == [
            "add",
            "change",
            "remove",
        ]
    assert LogEntry.objects.count() == 0


def test_a_service_of_another_agency_is_refused_at_the_form(client: Client, world: World) -> None:
    foreign = Service.objects.create(agency=world.police, name="Foreign desk")
    enter(client, world.supervisor)
    sent = {"agency": str(world.shelter.pk), "service": str(foreign.pk), "number": "555-0101", "purpose": "public"}
    response = client.post("/admin/agencies/phone/add/", sent)
    assert response.status_code == 200
    assert "Choose a service of the same agency." in response.content.decode()


def test_a_confidential_place_stays_hidden_from_another_agencys_supervisor(
    client: Client, world: World, stranger: User
) -> None:
    with acting_as(world.agencyadmin):
        place = Location.objects.create(agency=world.shelter, name="Harbor house", is_confidential=True)
    enter(client, stranger)
    assert "Harbor house" not in client.get("/admin/agencies/location/").content.decode()
    assert client.get(f"/admin/agencies/location/{place.pk}/change/").status_code == 404
    assert client.post(f"/admin/agencies/location/{place.pk}/delete/", {"post": "yes"}).status_code == 404
    assert _offered(client, "/admin/agencies/phone/add/", "location") == []
    client.force_login(world.supervisor)
    assert _offered(client, "/admin/agencies/phone/add/", "location") == ["Harbor house"]
    assert "Harbor house" in client.get("/admin/agencies/location/").content.decode()


def test_agencies_and_services_are_never_deleted(client: Client, world: World) -> None:
    service = Service.objects.create(agency=world.shelter, name="Beds")
    enter(client, world.supervisor)
    assert client.post(f"/admin/agencies/agency/{world.shelter.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/agencies/service/{service.pk}/delete/", {"post": "yes"}).status_code == 403


# --- People -------------------------------------------------------------------------------------------


def test_the_system_administrator_makes_an_account_and_a_seat(client: Client, world: World) -> None:
    enter(client, world.sysadmin)
    sent = {"username": "newcomer", "display_name": "New Comer", "email": "new@example.org", "is_active": "on"}
    assert client.post("/admin/agencies/user/add/", sent).status_code == 302
    person = User.objects.get(username="newcomer")
    assert not person.has_usable_password()
    seat = {"user": str(person.pk), "agency": str(world.police.pk), "role": "liaison"}
    assert client.post("/admin/agencies/membership/add/", seat).status_code == 302
    assert Membership.objects.get(user=person).role == "liaison"


def test_nobody_gives_or_ends_their_own_seat(client: Client, world: World) -> None:
    enter(client, world.sysadmin)
    seat = {"user": str(world.sysadmin.pk), "agency": str(world.hotline.pk), "role": "supervisor"}
    assert client.post("/admin/agencies/membership/add/", seat).status_code == 200
    assert Membership.objects.filter(user=world.sysadmin).count() == 1
    own = Membership.objects.get(user=world.sysadmin)
    assert client.post(f"/admin/agencies/membership/{own.pk}/move/end/").status_code == 403
    assert client.get(f"/admin/agencies/user/{world.sysadmin.pk}/change/").status_code == 200
    address = f"/admin/agencies/user/{world.sysadmin.pk}/change/"
    assert client.post(address, {"username": "root"}).status_code == 403


def test_an_agency_administrator_gives_no_role_above_liaison(client: Client, world: World) -> None:
    enter(client, world.agencyadmin)
    page = client.get("/admin/agencies/membership/add/").content.decode()
    assert re.findall(r'<option value="(\w+)"', page) == ["liaison", "agency_admin"]
    for role, agency in (("supervisor", world.shelter), ("auditor", world.shelter), ("liaison", world.police)):
        sent = {"user": str(world.liaison.pk), "agency": str(agency.pk), "role": role}
        assert client.post("/admin/agencies/membership/add/", sent).status_code == 200
    assert Membership.objects.filter(user=world.liaison).count() == 1
    sent = {"user": str(world.liaison.pk), "agency": str(world.shelter.pk), "role": "agency_admin"}
    assert client.post("/admin/agencies/membership/add/", sent).status_code == 302


def test_an_agency_administrator_ends_a_seat_at_the_own_agency_only(client: Client, world: World) -> None:
    enter(client, world.agencyadmin)
    own = Membership.objects.get(user=world.liaison)
    foreign = Membership.objects.get(user=world.liaison2)
    assert client.post(f"/admin/agencies/membership/{foreign.pk}/move/end/").status_code == 404
    assert client.post(f"/admin/agencies/membership/{own.pk}/move/end/").status_code == 302
    own.refresh_from_db()
    assert own.valid_until is not None
    foreign.refresh_from_db()
    assert foreign.valid_until is None
    client.force_login(world.liaison)
    assert client.get("/api/v1/referrals/").status_code == 403


def test_an_agency_administrator_sees_no_other_agencys_people(client: Client, world: World) -> None:
    enter(client, world.agencyadmin)
    page = client.get("/admin/agencies/user/").content.decode()
    assert "liaison@example.org" in page
    assert "liaison2@example.org" not in page
    assert client.get(f"/admin/agencies/user/{world.liaison2.pk}/change/").status_code == 404
    offered = _offered(client, "/admin/agencies/membership/add/", "user")
    assert "Liaison" in offered
    assert "Liaison2" not in offered


# --- The trail ----------------------------------------------------------------------------------------


def test_the_trail_is_filtered_by_person_tip_and_deed(client: Client, world: World) -> None:
    referral = make_referral(world, "accepted")
    enter(client, world.auditor)

    def shown(**query: Any) -> int:
        page = client.get("/admin/agencies/auditevent/", {"since": "2026-11-01", **query}).content.decode()
        return len(re.findall(r'href="/admin/agencies/auditevent/\d+/change/', page))

    assert shown(actor="liaison", verb="accept") == 1
    assert shown(actor="stranger") == 0
    assert shown(tip=referral.tip_id, verb="accept") == 1
    assert shown(tip="019a0000-0000-7000-8000-000000000000") == 0
    assert shown(agency="example harbor shelter", verb="accept") == 1
    assert shown(agency="Example City Police") == 0
    assert shown(until="2026-11-16") == 0


@pytest.mark.parametrize("query", ["?actor=%27%20or%201=1", "?tip=CW", "?since=yesterday", "?agency=nobody"])
def test_a_filter_that_cannot_be_read_shows_nothing_and_says_what_to_write(
    client: Client, world: World, query: str
) -> None:
    page = enter(client, world.auditor).get(f"/admin/agencies/auditevent/{query}")
    assert page.status_code == 200
    assert "/change/" not in page.content.decode()
    assert "Write a" in page.content.decode()


def test_the_auditor_sees_that_a_card_was_disclosed_and_not_the_card(client: Client, world: World) -> None:
    make_referral(world, "accepted")
    enter(client, world.auditor)
    page = client.get("/admin/casework/disclosure/").content.decode()
    links = re.findall(r'href="(/admin/casework/disclosure/[^"]+/change/)', page)
    records = [client.get(link).content.decode() for link in links]
    assert len(records) == 2
    for text in (page, *records):
        assert "Example Harbor Shelter" in text
        assert "Miami-Dade" not in text
        assert "Spanish" not in text


# --- Rules --------------------------------------------------------------------------------------------


def test_a_rule_is_put_in_force_by_a_second_person_and_replaces_the_one_before(client: Client, world: World) -> None:
    before = RuleVersion.objects.filter(kind="routing", status="in_force").order_by("code")[0]
    second = make_user("supervisor2", Role.SUPERVISOR, world.hotline)
    draft = RuleVersion.objects.create(
        kind="routing", code=before.code, number=before.number + 1, body=before.body, proposed_by=world.supervisor
    )
    address = f"/admin/casework/ruleversion/{draft.pk}"
    enter(client, world.supervisor)
    assert "Put in force" not in client.get(f"{address}/change/").content.decode()
    assert client.post(f"{address}/move/put_in_force/", {"version": 1}).status_code == 403
    client.force_login(second)
    assert "Put in force" in client.get(f"{address}/change/").content.decode()
    assert client.post(f"{address}/move/put_in_force/", {"version": 7}).status_code == 409
    assert client.post(f"{address}/move/put_in_force/", {"version": 1}).status_code == 302
    draft.refresh_from_db()
    before.refresh_from_db()
    assert (draft.status, draft.approved_by_id, before.status) == ("in_force", second.pk, "retired")
    assert client.post(f"{address}/move/put_in_force/", {"version": 2}).status_code == 403
    assert client.get(f"{address}/move/retire/").status_code == 405
    client.force_login(world.agencyadmin)
    assert client.post(f"{address}/move/retire/", {"version": 2}).status_code == 403


def _form(client: Client, address: str) -> dict[str, str]:
    """What the browser would send back unchanged: the fields of the page's form."""
    form = client.get(address).context["adminform"].form
    return {name: form[name].value() or "" for name in form.fields if not isinstance(form[name].value(), list)} | {
        name: ",".join(form[name].value()) for name in form.fields if isinstance(form[name].value(), list)
    }


def _offered(client: Client, address: str, name: str) -> list[str]:
    """The words of one list on the page's form, without the empty one."""
    found = re.search(rf'<select name="{name}".*?</select>', client.get(address).content.decode(), re.DOTALL)
    assert found is not None
    return re.findall(r'<option value="[^"]+"[^>]*>([^<]+)</option>', found[0])


def test_referrals_stay_what_they_are_whatever_is_sent(client: Client, world: World) -> None:
    referral = make_referral(world, "sent")
    enter(client, world.supervisor)
    address = f"/admin/casework/referral/{referral.pk}/change/"
    assert client.post(address, {"status": "accepted", "_save": "Save"}).status_code == 405
    assert client.post("/admin/casework/referral/", {"action": "delete_selected", "_selected_action": referral.pk})
    with acting_as(world.operator):
        assert Referral.objects.get(pk=referral.pk).status == "sent"


def test_services_of_the_same_name_are_told_apart_by_their_agency(client: Client, world: World) -> None:
    with acting_as_system("test"):
        ours = Service.objects.create(agency=world.shelter, name="Beds")
        theirs = Service.objects.create(agency=world.legal, name="Beds")
        for service in (ours, theirs):
            Capacity.objects.create(service=service, available=3, updated_at=NOW)
    enter(client, world.supervisor)
    rows = client.get("/admin/agencies/capacity/").content.decode()
    assert rows.count("Beds</a>") == 2
    assert 'field-agency">Example Harbor Shelter<' in rows
    assert 'field-agency">Example Legal Aid<' in rows
    for address in ("capacity", "phone", "location", "hours", "coverage"):
        page = client.get(f"/admin/agencies/{address}/add/").content.decode()
        assert f'value="{ours.pk}">Beds, Example Harbor Shelter</option>' in page, address
        assert f'value="{theirs.pk}">Beds, Example Legal Aid</option>' in page, address
    own = enter(client, world.agencyadmin).get("/admin/agencies/capacity/add/").content.decode()
    assert "Beds, Example Harbor Shelter" in own
    assert "Legal Aid" not in own
