"""The sections of the contact page over HTTP: what is heard goes where it belongs, and nothing is lost."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import AuditEvent
from agencies.scope import acting_as
from casework.forms.contact.counting import how_many
from casework.forms.contact.person import band_of
from tests.casework.pages import sign_in
from tests.factories import NOW, World
from tips.actions import contact_rows, intake
from tips.facts_of import facts_of
from tips.models import (
    CallerFlag,
    Contact,
    GuideQuestion,
    Identifier,
    Indication,
    Interpretation,
    Person,
    PersonIdentity,
    PersonNeed,
    Place,
    SafeContact,
    StateDuty,
    Tip,
)

pytestmark = pytest.mark.django_db
WORDS = "She says the manager keeps her passport"


@pytest.fixture
def client(world: World) -> Client:
    return sign_in(world.operator)


@pytest.fixture
def url(client: Client) -> str:
    return client.post("/contacts/new/").headers["Location"]


def typed(client: Client, url: str, **values: Any) -> dict[str, Any]:
    """What a browser would send."""
    context = client.get(url).context
    data = {"base": str(context["sequence"]), "page": context["page_key"], "channel": "call", "narrative": WORDS}
    for prefix, count in (("person", 1), ("identifier", 1), ("indicator", 1), ("place", 0)):
        data |= {f"{prefix}-TOTAL_FORMS": str(count), f"{prefix}-INITIAL_FORMS": "0"}
    return {**data, **values}


def save(client: Client, url: str, **values: Any) -> Any:
    return client.post(url, typed(client, url, act="triage", **values))


def facts(world: World) -> dict[str, Any]:
    with acting_as(world.operator):
        return facts_of(Tip.objects.select_related("situation").get(), by=world.operator)


# --- Journeys ---


def test_a_spanish_caller_with_an_interpreter(world: World, client: Client, url: str) -> None:
    save(
        client,
        url,
        language="Spanish",
        caller_type="potential_victim",
        interpreter="connected",
        interpreted_by="professional",
        interpreter_vendor="Example Languages",
        interpreter_number="4821",
        minutes_until_connected="3",
        dialect="from Guerrero",
        exploitation="labor",
        **{"person-0-role": "potential_victim", "person-0-wants_help": "yes", "person-0-is_in_contact": "on"},
    )
    with acting_as(world.operator):
        contact, row = Contact.objects.get(), Interpretation.objects.get()
        assert (contact.language, contact.interpreter) == ("Spanish", "connected")
        assert (row.who, row.number, row.minutes_until_connected) == ("professional", "4821", 3)
    assert facts(world)["persons"][0]["wishes_heard"] == "interpreter"


@pytest.mark.parametrize(
    "said",
    [
        {"interpreter": "informal"},
        {"interpreted_by": "relative"},
        {"interpreter": "connected", "interpreted_by": "employer"},
        {"interpreter": "connected", "interpreted_by": "professional", "interpreter_feared": "yes"},
    ],
)
def test_a_yes_through_somebody_close_does_not_count(
    world: World, client: Client, url: str, said: dict[str, str]
) -> None:
    person = {"person-0-role": "potential_victim", "person-0-is_in_contact": "on", "person-0-consent": "spoken"}
    page = client.post(url, typed(client, url, act="look", **said), follow=True)
    assert "does not count" in page.text
    save(client, url, **said, **person)
    assert facts(world)["persons"][0]["wishes_heard"] == "companion"


def test_a_minor_who_calls_alone(world: World, client: Client, url: str) -> None:
    young = {"caller_type": "potential_victim", "person-0-age": "13_to_17", "state": "FL"}
    page = client.post(url, typed(client, url, act="look", **young), follow=True).text
    assert '<details class="fold" data-minor open>' in page
    assert "Nobody has verified what must be reported in this state." in page
    assert page.index('id="minor"') < page.index('id="place"') < page.index('name="person-0-name"')
    client.post(url, typed(client, url, act="told_duty", **young))
    with acting_as(world.operator):
        assert abs(Contact.objects.get().told_duty_at - timezone.now()) < timedelta(minutes=1)  # type: ignore[operator]
        assert AuditEvent.objects.filter(verb="tell_duty").count() == 1
    after = client.get(url).text
    assert "I have told them" not in after
    assert WORDS in after


def test_the_duty_of_the_state_is_shown_when_two_people_stand_for_it(world: World, client: Client, url: str) -> None:
    duty = {"duty": "Report at once, example.", "source": "Example statute", "written_by": world.supervisor}
    StateDuty.objects.create(state="FL", **duty, verified_by=world.operator2, verified_at=NOW)
    StateDuty.objects.create(state="GA", **duty)
    assert "Report at once, example." in client.post(url, typed(client, url, act="look", state="FL"), follow=True).text
    other = client.post(url, typed(client, url, act="look", state="GA"), follow=True).text
    assert "Report at once" not in other
    assert "Ask your supervisor" in other


def test_an_adult_opens_no_box(client: Client, url: str) -> None:
    values = {"caller_type": "potential_victim", "person-0-age": "adult"}
    assert "data-minor open" not in client.post(url, typed(client, url, act="look", **values), follow=True).text


def test_only_the_desk_stamps(world: World, url: str) -> None:
    for who, status in (("operator2", 403), ("liaison", 404), ("stranger", 404)):
        assert sign_in(getattr(world, who)).post(url, {"act": "told_duty"}).status_code == status
    with acting_as(world.operator):
        assert Contact.objects.get().told_duty_at is None


def test_a_number_given_and_nothing_else(world: World, client: Client, url: str) -> None:
    response = client.post(url, typed(client, url, act="answered:number_given", narrative=""))
    assert response.headers["Location"] == "/desk/"
    with acting_as(world.operator):
        contact = Contact.objects.get()
        assert (contact.ended_as, contact.answered_as, contact.request_type) == ("answered", "number_given", "referral")
        assert Tip.objects.count() == 0


@pytest.mark.parametrize(
    ("code", "request_type"), [("caller_support", "general_information"), ("statistics", "general_information")]
)
def test_answered_knows_its_request_type(world: World, client: Client, url: str, code: str, request_type: str) -> None:
    client.post(url, typed(client, url, act=f"answered:{code}"))
    with acting_as(world.operator):
        assert Contact.objects.values_list("answered_as", "request_type").get() == (code, request_type)


def test_a_request_type_that_was_chosen_stays(world: World, client: Client, url: str) -> None:
    client.post(url, typed(client, url, act="answered:number_given", request_type="high_risk"))
    with acting_as(world.operator):
        assert Contact.objects.get().request_type == "high_risk"


def test_a_made_up_way_to_answer_is_no_way(world: World, client: Client, url: str) -> None:
    assert client.post(url, typed(client, url, act="answered:moon")).status_code == 422
    with acting_as(world.operator):
        assert Contact.objects.get().status == "draft"


# --- Doubt ---


def test_one_key_hides_places_and_names_and_says_what_to_say(world: World, client: Client, url: str) -> None:
    page = client.post(url, typed(client, url, act="doubt", county="Collier"), follow=True).text
    assert 'aria-labelledby="place" hidden' in page
    assert "We do not say whether anybody has been in touch with us." in page
    assert page.count("hidden><summary>Name and contact details") == 1
    assert 'value="Collier"' in page  # Out of sight, not lost.
    save(client, url, doubt="on", county="Collier")
    with acting_as(world.operator):
        assert Contact.objects.get().is_doubtful
        assert Place.objects.get().county == "Collier"


def test_the_same_key_shows_them_again(world: World, client: Client, url: str) -> None:
    page = client.post(url, typed(client, url, act="doubt", doubt="on"), follow=True).text
    assert 'aria-labelledby="place" hidden' not in page
    assert "We do not say" not in page


# --- Places, persons, identifiers ---


def test_places_by_whatever_was_said(world: World, client: Client, url: str) -> None:
    more = {
        "place-TOTAL_FORMS": "2",
        "place-0-state": "GA",
        "place-0-valid_until": "2026-10-01",
        "place-1-country": "MX",
    }
    save(client, url, road="I-75 exit 101", military_base="Example Base", address="1 Example Street", **more)
    with acting_as(world.operator):
        rows = Place.objects.order_by("-road", "-state").values_list("country", "state", "road", "military_base")
        assert list(rows) == [
            ("US", "", "I-75 exit 101", "Example Base"),
            ("US", "GA", "", ""),
            ("MX", "", "", ""),
        ]
        assert Identifier.objects.get().kind == "address"
    assert facts(world)["dod_link"] == ["base"]


def test_another_place_is_a_button(client: Client, url: str) -> None:
    page = client.post(url, typed(client, url, act="add_place"), follow=True).text
    assert 'name="place-0-postal_code"' in page
    assert WORDS in page


def test_a_zip_code_fills_in_every_place(client: Client, url: str) -> None:
    rows = {"place-TOTAL_FORMS": "1", "place-0-postal_code": "34142"}
    page = client.post(url, typed(client, url, act="look", **rows), follow=True)
    assert page.context["typed"]["place"].rows.forms[0]["county"].value() == "Collier"


def test_what_is_known_of_a_person_goes_where_it_belongs(world: World, client: Client, url: str) -> None:
    person = {
        "role": "potential_victim",
        "years": "17",
        "count": "5 to 10",
        "gender": "feminine",
        "age_at_exploitation": "under_13",
        "vulnerable_adult": "no",
        "aliases": "Example Alias",
        "may_text": "yes",
        "time_zone": "America/Chicago",
        "would_work_out": "yes",
        "parents": "no",
    }
    save(client, url, **{f"person-0-{name}": value for name, value in person.items()})
    with acting_as(world.operator):
        row = Person.objects.get()
        assert (row.age, row.is_minor, row.count_least, row.count_most) == ("13_to_17", "yes", 5, 10)
        assert row.facts == {"gender": "feminine", "age_at_exploitation": "under_13", "vulnerable_adult": "no"}
        assert PersonIdentity.objects.get().field == "aliases"
        assert SafeContact.objects.values_list("time_zone", "would_work_out", "parents").get() == (
            "America/Chicago",
            "yes",
            "no",
        )


def test_a_birth_date_gives_the_age_and_whether_18_is_near(world: World, client: Client, url: str) -> None:
    today = timezone.localdate()
    soon = (today + timedelta(days=20)).replace(year=(today + timedelta(days=20)).year - 18)
    save(client, url, **{"person-0-role": "potential_victim", "person-0-birth_date": soon.isoformat()})
    person = facts(world)["persons"][0]
    assert (person["age"], person["turns_18_within_30_days"]) == ("13_to_17", "yes")
    with acting_as(world.operator):
        assert soon.isoformat().encode() not in bytes(PersonIdentity.objects.get(field="birth_date").value)


def test_needs_are_asked_met_and_not_met(world: World, client: Client, url: str) -> None:
    person = {
        "role": "potential_victim",
        "needs": "legal",
        "state_of_emergency_shelter": "not_met",
        "why_not_emergency_shelter": "no_space",
        "state_of_extraction": "met",
    }
    save(client, url, **{f"person-0-{name}": value for name, value in person.items()})
    with acting_as(world.operator):
        rows = PersonNeed.objects.order_by("need").values_list("need", "state", "why_not")
        assert list(rows) == [
            ("emergency_shelter", "not_met", "no_space"),
            ("extraction", "met", ""),
            ("legal", "asked", ""),
        ]
        assert Person.objects.get().needs == ["legal", "emergency_shelter", "extraction"]


def test_an_identifier_belongs_to_a_person_or_to_the_situation(world: World, client: Client, url: str) -> None:
    rows = {
        "person-TOTAL_FORMS": "2",
        "person-1-role": "potential_trafficker",
        "identifier-TOTAL_FORMS": "3",
        "identifier-0-kind": "vehicle",
        "identifier-0-value": "white van, dent in the door",
        "identifier-1-kind": "handle",
        "identifier-1-value": "@example",
        "identifier-1-whose": "2",
        "identifier-2-kind": "web",
        "identifier-2-value": "https://example.org/ad/1",
        "identifier-2-lead": "no",
    }
    save(client, url, **rows)
    with acting_as(world.operator):
        found = Identifier.objects.order_by("kind").values_list("kind", "person__role", "is_lead_fact")
        assert list(found) == [
            ("handle", "potential_trafficker", True),
            ("vehicle", None, True),
            ("web", None, False),
        ]


def test_an_address_on_the_web_is_never_a_link(client: Client, url: str) -> None:
    rows = {"identifier-0-kind": "web", "identifier-0-value": "https://example.org/ad/1"}
    page = client.post(url, typed(client, url, act="look", **rows), follow=True).text
    assert 'value="https://example.org/ad/1"' in page
    assert 'href="https://example.org' not in page


# --- Codes ---


def test_codes_tell_the_rules_what_they_need(world: World, client: Client, url: str) -> None:
    data = typed(client, url, act="triage", exploitation="labor", indicator_level="high", actionability="needs_more")
    data |= {"venue": ["farm_ranch", "airport"], "industry": "construction", "polaris": "construction"}
    data |= {"indicator-0-sign": "means:debt_bondage", "indicator-0-heard": "Canary he says I owe him"}
    client.post(url, data)
    known = facts(world)
    assert (known["venues"], known["industries"]) == (["farm", "airport"], ["construction"])
    assert (known["force_fraud_coercion"], known["indicator_level"]) == ("yes", "high")
    with acting_as(world.operator):
        assert Tip.objects.get().situation.codes == {
            "venue": ["farm_ranch", "airport"],
            "industry": ["construction"],
            "polaris": ["construction"],
            "means": ["debt_bondage"],
            "actionability": ["needs_more"],
        }
        assert Indication.objects.values_list("code_list", "code").get() == ("means", "debt_bondage")


def test_what_was_said_goes_before_what_follows_from_a_code(world: World, client: Client, url: str) -> None:
    save(client, url, force_fraud_coercion="no", **{"indicator-0-sign": "means:debt_bondage"})
    assert facts(world)["force_fraud_coercion"] == "no"


def test_the_page_works_with_the_whole_lists_without_script(client: Client, url: str) -> None:
    page = client.get(url).text
    for name, count in (("venue", 39), ("industry", 32), ("polaris", 25), ("purpose", 15)):
        assert page.count(f'type="checkbox" id="id_{name}_') == count


def find(client: Client, name: str, body: Any) -> Any:
    return client.post(f"/codes/{name}/", json.dumps(body), content_type="application/json")


def test_the_type_ahead_answers_with_codes_and_why(client: Client) -> None:
    answer = find(client, "venue", {"typed": "nai"})
    assert answer.json()["found"][0] == {"code": "beauty_salon_spa", "label": "Beauty Salon/Spa", "why": "nail salon"}


@pytest.mark.parametrize(("body", "status"), [({}, 400), ([], 400), ({"typed": 3}, 400), ({"typed": "x" * 9999}, 200)])
def test_the_type_ahead_refuses_what_it_cannot_read(client: Client, body: Any, status: int) -> None:
    assert find(client, "venue", body).status_code == status


def test_the_type_ahead_is_for_readers_and_for_known_lists(world: World, client: Client) -> None:
    assert find(client, "weather", {"typed": "rain"}).status_code == 404
    assert client.get("/codes/venue/").status_code == 405
    for who in ("agencyadmin", "auditor", "sysadmin"):
        assert find(sign_in(getattr(world, who)), "venue", {"typed": "nai"}).status_code == 403


# --- Guide ---


def test_the_guide_fits_door_and_situation_and_keeps_what_was_asked(world: World, client: Client, url: str) -> None:
    texts = dict(GuideQuestion.objects.values_list("code", "text"))
    plain = client.get(url).text
    assert texts["cut_off"] in plain
    assert texts["work_pay"] not in plain
    assert texts["topic"] not in plain
    page = client.post(url, typed(client, url, act="look", exploitation="labor", requests="report"), follow=True).text
    assert texts["work_pay"] in page
    assert texts["when_last"] in page
    assert texts["place_tonight"] not in page
    data = typed(client, url, act="triage", exploitation="labor")
    client.post(url, data | {"asked": ["cut_off", "work_pay"]})
    with acting_as(world.operator):
        assert Contact.objects.get().asked == ["cut_off", "work_pay"]


# --- A number that abuses the line ---


def test_a_flag_is_a_remark_that_hides_nothing(world: World, client: Client) -> None:
    with acting_as(world.operator):
        now = timezone.now()
        first = intake.open_contact(channel="call", started_at=now, by=world.operator, at=now, number="305 555 0101")
        again = intake.open_contact(channel="call", started_at=now, by=world.operator, at=now, number="3055550101")
    with acting_as(world.supervisor):
        contact_rows.flag_number(first, until=now + timedelta(days=7), by=world.supervisor, at=now)
        assert CallerFlag.objects.count() == 1
    page = client.get(f"/contacts/{again.pk}/").text
    assert "This number abused the line before" in page
    assert 'data-key="F2"' in page
    assert "(•••) •••-••01" in page
    assert "305 555 0101" not in page


# --- Bad input ---


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("person-0-years", "200", "Enter an age up to 120"),
        ("person-0-years", "-1", "Enter an age of 0 or more"),
        ("person-0-years", "old", "Enter whole years"),
        ("person-0-count", "a crowd", "Enter a number, such as 3 or 5 to 10"),
        ("person-0-birth_date", "2099-01-01", "Enter a birth date that is not in the future"),
        ("person-0-birth_date", "1850-01-01", "Enter a birth date that is not in the future"),
        ("person-0-birth_date", "31.5.2009", "Enter a day, such as 2009-05-31"),
        ("minutes_until_connected", "soon", "Enter whole minutes"),
        ("valid_from", "tomorrow", "Enter a day, such as 2026-11-24"),
        ("indicator-0-heard", "he owes", "Choose the sign that these words stand for."),
        ("place-0-postal_code", "00000", "There is no such ZIP code."),
        ("venue", "moon", "not one of the available choices"),
        ("number", "x" * 41, "at most 40 characters"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_lost(
    world: World, client: Client, url: str, name: str, value: str, says: str
) -> None:
    response = save(client, url, **({"place-TOTAL_FORMS": "1"} | {name: value}))
    assert response.status_code == 422
    assert says in response.text
    assert WORDS in client.get(url).text
    with acting_as(world.operator):
        assert Contact.objects.get().status == "draft"


def test_a_place_that_ends_before_it_began(client: Client, url: str) -> None:
    response = save(client, url, valid_from="2026-02-01", valid_until="2026-01-01")
    assert "Enter a day that is not before the first one." in response.text


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "\u202egnp.exe", "🐦" * 50, "'; drop table"])
def test_strange_words_in_every_line_are_harmless(world: World, client: Client, url: str, words: str) -> None:
    lines = ["dialect", "interpreter_vendor", "road", "military_base", "words", "county", "language"]
    people = ["name", "aliases", "safe_name", "description", "hours", "languages"]
    values = dict.fromkeys(lines, words[:60]) | {f"person-0-{name}": words[:60] for name in people}
    page = client.post(url, typed(client, url, act="look", **values), follow=True).text
    assert "<script>alert" not in page
    assert save(client, url, **values).status_code == 302
    with acting_as(world.operator):
        tip = Tip.objects.get()
    assert "<script>alert" not in client.get(f"/tips/{tip.pk}/").text


@pytest.mark.parametrize("count", ["x", "-1", "99999999999", "1e9"])
def test_a_count_that_no_page_sent_is_no_error(client: Client, url: str, count: str) -> None:
    for act in ("look", "add_place", "triage"):
        values = {"place-TOTAL_FORMS": count, "indicator-TOTAL_FORMS": count, "person-TOTAL_FORMS": count}
        assert client.post(url, typed(client, url, act=act, **values)).status_code in (302, 422)


# --- Plain parts ---


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", (1, 1)),
        ("3", (3, 3)),
        ("5 to 10", (5, 10)),
        ("5-10", (5, 10)),
        ("5\u201310", None),
        ("between 5 and 10", (5, 10)),
        ("5 or 6", (5, 6)),
        ("at least 4", (4, None)),
        ("20+", (20, None)),
        ("10 or more", (10, None)),
        ("about 12", (12, 12)),
        ("Several", (2, None)),
        ("not known", (1, None)),
        ("0", None),
        ("10 to 5", None),
        ("99999", None),
        ("\u0663", None),
        ("a crowd", None),
    ],
)
def test_how_many(words: str, expected: tuple[int, int | None] | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="no number"):
            how_many(words)
    else:
        assert how_many(words) == expected


@given(st.text(max_size=40))
def test_how_many_answers_or_refuses(words: str) -> None:
    try:
        least, most = how_many(words)
    except ValueError:
        return
    assert least >= 1
    assert most is None or most >= least


@pytest.mark.parametrize(
    ("years", "band"),
    [(0, "under_13"), (12, "under_13"), (13, "13_to_17"), (17, "13_to_17"), (18, "18_to_20"), (21, "21_or_over")],
)
def test_the_band_of_an_age(years: int, band: str) -> None:
    assert band_of(years) == band
