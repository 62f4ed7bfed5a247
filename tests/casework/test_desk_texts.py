"""What supervisors edit for the desk, the remark on a number, and what the tip and contact pages show of it all."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from agencies.models import AuditEvent, Role
from agencies.scope import acting_as
from casework.pages.tip_words import how_many_words, place_words, safe_words
from tests.casework.pages import sign_in
from tests.factories import NOW, World, make_agency, make_user, route
from tips.actions import guide, intake
from tips.models import CallerFlag, Contact, GuideQuestion, Indication, StateDuty, Tip
from tips.told import IdentifierTold, IndicationTold, NeedTold, PersonTold, PlaceTold, Told

pytestmark = pytest.mark.django_db
DUTY = {"duty": "Report at once, example.", "words": "Say this.", "report_to": "", "phone": "", "source": "Example"}
TOLD = Told(
    place=PlaceTold(state="FL", road="I-75 exit 101", military_base="Example Base", valid_until=NOW.date()),
    codes={"venue": ["farm_ranch"], "means": ["debt_bondage"]},
    indications=(IndicationTold("means", "debt_bondage", "Canary he says I owe him"),),
    interpretation={"who": "professional", "vendor": "Example Languages", "dialect": "Mam"},
    persons=(
        PersonTold(
            {"role": "potential_victim", "age": "13_to_17", "needs": ["emergency_shelter"]},
            is_in_contact=True,
            identity={"phone": "305 555 0101"},
            identifiers=(IdentifierTold("phone", "305 555 0199"),),
            needs_told=(NeedTold("emergency_shelter", "not_met", "no_space"),),
            count_least=2,
            count_most=None,
        ),
    ),
)


def log(world: World) -> Tip:
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW, by=world.operator, at=NOW, number="305 555 0101")
        return intake.end_on_tip(contact, TOLD, by=world.operator, at=NOW)


# --- The guide and the duties ---


def test_a_question_is_edited_and_reaches_the_page(world: World) -> None:
    supervisor = sign_in(world.supervisor)
    question = {"code": "weather_now", "text": "Are you out in the cold?", "order": "1", "is_active": "on"}
    assert supervisor.post("/admin/tips/guidequestion/add/", question).status_code == 302
    client = sign_in(world.operator)
    url = client.post("/contacts/new/").headers["Location"]
    assert "Are you out in the cold?" in client.get(url).text
    changed = {"text": "Are you warm enough?", "order": "1", "is_active": ""}
    assert supervisor.post("/admin/tips/guidequestion/weather_now/change/", changed).status_code == 302
    assert GuideQuestion.objects.get(pk="weather_now").text == "Are you warm enough?"
    assert "Are you warm enough?" not in client.get(url).text
    with acting_as(world.supervisor):
        assert AuditEvent.objects.filter(verb="edit_guide").count() == 2


def test_a_duty_counts_when_a_second_supervisor_checked_it(world: World) -> None:
    second = make_user("supervisor2", Role.SUPERVISOR, world.hotline)
    one, two = sign_in(world.supervisor), sign_in(second)
    assert one.post("/admin/tips/stateduty/add/", {**DUTY, "state": "FL"}).status_code == 302
    address = "/admin/tips/stateduty/FL/change/"
    assert guide.SECOND_PERSON in one.post(address, {**DUTY, "checked": "on"}).content.decode()
    both = two.post(address, {**DUTY, "duty": "Other words", "checked": "on"}).content.decode()
    assert "Save what you wrote first." in both
    assert StateDuty.objects.get().verified_at is None
    assert two.post(address, {**DUTY, "checked": "on"}).status_code == 302
    row = StateDuty.objects.get()
    assert (row.written_by, row.verified_by) == (world.supervisor, second)
    assert one.post(address, {**DUTY, "duty": "Changed"}).status_code == 302
    assert StateDuty.objects.get().verified_at is None


def test_a_state_is_written_down_once_and_is_a_state(world: World) -> None:
    client = sign_in(world.supervisor)
    assert client.post("/admin/tips/stateduty/add/", {**DUTY, "state": "ZZ"}).status_code == 200
    client.post("/admin/tips/stateduty/add/", {**DUTY, "state": "FL"})
    assert client.post("/admin/tips/stateduty/add/", {**DUTY, "state": "FL"}).status_code == 200
    assert StateDuty.objects.count() == 1


@pytest.mark.parametrize("who", ["operator", "liaison", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_else_edits_them(world: World, who: str) -> None:
    user = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        guide.save_question(GuideQuestion(code="x", text="x"), by=user, at=NOW)
    with acting_as(user), pytest.raises(PermissionDenied):
        guide.save_duty(StateDuty(state="FL"), by=user, at=NOW)
    for address in ("guidequestion/add/", "stateduty/add/"):
        assert sign_in(user).get(f"/admin/tips/{address}").status_code in (302, 403)


def test_a_supervisor_of_an_agency_edits_nothing_of_the_hotlines(world: World) -> None:
    elsewhere = make_user("elsewhere", Role.SUPERVISOR, make_agency("Example Agency", "shelter"))
    with acting_as(elsewhere), pytest.raises(PermissionDenied):
        guide.save_duty(StateDuty(state="FL"), by=elsewhere, at=NOW)


# --- The remark on a number ---


def flag(client: Client, contact: Contact, day: Any) -> Any:
    return client.post(f"/contacts/{contact.pk}/flag/", {"until": str(day)})


def test_a_supervisor_marks_a_number_until_a_day(world: World) -> None:
    log(world)
    with acting_as(world.operator):
        contact = Contact.objects.get()
    client, today = sign_in(world.supervisor), timezone.localdate()
    assert "Mark this number" in client.get(f"/contacts/{contact.pk}/").text
    assert "within the next 30 days" in flag(client, contact, today + timedelta(days=40)).text
    assert "still to come" in flag(client, contact, today - timedelta(days=1)).text
    assert "Enter a day, such as" in flag(client, contact, "tomorrow").text
    assert flag(client, contact, today + timedelta(days=7)).status_code == 302
    assert "marked as abusing the line" in client.get(f"/contacts/{contact.pk}/").text
    with acting_as(world.supervisor):
        assert CallerFlag.objects.count() == 1


@pytest.mark.parametrize(("who", "status"), [("operator", 403), ("liaison", 403), ("auditor", 403), ("sysadmin", 403)])
def test_nobody_else_marks_a_number(world: World, who: str, status: int) -> None:
    log(world)
    with acting_as(world.operator):
        contact = Contact.objects.get()
    assert flag(sign_in(getattr(world, who)), contact, "2099-01-01").status_code == status
    assert "Mark this number" not in sign_in(world.operator).get(f"/contacts/{contact.pk}/").text


# --- What the pages show ---


def test_the_tip_page_says_codes_places_needs_and_how_many(world: World) -> None:
    tip = log(world)
    page = sign_in(world.operator).get(f"/tips/{tip.pk}/").text
    for words in (
        "Farm/Ranch",
        "Debt that has to be worked off",
        "I-75 exit 101, Example Base, Florida until Tue 17 Nov 2026",
        "At least 2",
        "Emergency shelter, today: not met (no space anywhere near)",
        "Not through a parent.",
        "Words behind: debt that has to be worked off",
    ):
        assert words in page, words
    assert "Canary he says" not in page
    assert page.count(">Phone<") + page.count("Phone</") >= 1


def test_the_words_behind_a_code_open_for_the_desk_that_heard_them(world: World) -> None:
    tip = log(world)
    with acting_as(world.operator):
        row = Indication.objects.get()
    asked = {"row": f"indication:{row.pk}", "purpose": "correct"}
    assert "Canary he says I owe him" in sign_in(world.operator2).post(f"/tips/{tip.pk}/reveal/", asked).text
    with acting_as(world.operator):
        assert AuditEvent.objects.get(verb="reveal").kind == "indication"
    route(world, tip, [world.shelter])
    for who in ("liaison", "stranger", "auditor"):
        assert sign_in(getattr(world, who)).post(f"/tips/{tip.pk}/reveal/", asked).status_code in (403, 404)


def test_the_ended_contact_says_who_interpreted(world: World) -> None:
    log(world)
    with acting_as(world.operator):
        contact = Contact.objects.get()
    page = sign_in(world.operator2).get(f"/contacts/{contact.pk}/").text
    assert "Professional interpreter, Example Languages" in page
    assert "Mam" in page
    assert "305 555" not in page


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(1, 1, ""), (2, None, "At least 2"), (1, None, "At least 1"), (3, 3, "3"), (5, 10, "5 to 10")],
)
def test_how_many_in_words(least: int, most: int | None, words: str) -> None:
    assert how_many_words({"count_least": least, "count_most": most}) == words


@pytest.mark.parametrize(
    ("safe", "is_minor", "words"),
    [
        ({}, False, ""),
        ({}, True, "Not through a parent."),
        ({"parents": "yes"}, True, ""),
        ({"parents": "unknown"}, True, "Not through a parent."),
        ({"parents": "no"}, False, "Not through a parent."),
        ({"hours": "10 to 12", "time_zone": "America/Los_Angeles"}, False, "Only 10 to 12 (Los Angeles time)."),
        ({"never": True, "parents": "yes"}, True, "Never get in touch."),
    ],
)
def test_how_to_reach_somebody_in_words(safe: dict[str, Any], is_minor: bool, words: str) -> None:
    assert safe_words(safe, is_minor=is_minor) == words


def test_a_place_in_words() -> None:
    assert (
        place_words({"road": "I-75", "state": "FL", "valid_from": NOW.date()}) == "I-75, Florida from Tue 17 Nov 2026"
    )
    assert place_words({}) == ""
