"""The frame and the marks: who am I, where may I go, and every component's words and wiring."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory

from agencies.lifecycle import Lifecycle, Move
from casework import states, time_words
from casework.models.referral import ReferralStatus
from casework.models.track import StepStatus, TrackStatus
from casework.templatetags import marks
from tests.factories import World
from tips.models import ContactStatus, TipStatus

pytestmark = pytest.mark.urls("tests.casework.frame_urls")

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # A Tuesday, 10:00 in New York.
EASTERN = ZoneInfo("America/New_York")


def render(source: str, **context: Any) -> str:
    return Template("{% load marks %}" + source).render(Context({"read_at": NOW, **context})).strip()


# --- Frame --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [
        ("operator", ["Desk", "Duty", "Referrals", "Directory", "Help"], ["Reports", "Admin"]),
        ("liaison", ["Referrals", "Directory", "Help"], ["Desk", "Duty", "Reports", "Admin"]),
        ("supervisor", ["Desk", "Duty", "Referrals", "Directory", "Reports", "Admin", "Help"], []),
        ("agencyadmin", ["Admin", "Help"], ["Desk", "Duty", "Referrals", "Directory", "Reports"]),
        ("auditor", ["Admin", "Help"], ["Desk", "Duty", "Referrals", "Directory", "Reports"]),
        ("sysadmin", ["Admin", "Help"], ["Desk", "Duty", "Referrals", "Directory", "Reports"]),
    ],
)
def test_navigation_shows_what_the_role_may_and_nothing_else(
    client: Client, world: World, who: str, shown: list[str], hidden: list[str]
) -> None:
    client.force_login(getattr(world, who))
    page = client.get("/help/").content.decode()
    navigation = page[page.index('<nav aria-label="Main"') : page.index("</nav>")]
    assert re.findall(r">([^<]+)</a>", navigation) == shown
    assert not any(f">{label}<" in navigation for label in hidden)
    assert ('id="new-contact"' in page) == (who in {"operator", "supervisor"})


@pytest.mark.parametrize(
    ("who", "home"),
    [
        ("operator", "/desk/"),
        ("supervisor", "/desk/"),
        ("liaison", "/referrals/"),
        ("agencyadmin", "/admin/"),
        ("auditor", "/admin/"),
        ("sysadmin", "/admin/"),
    ],
)
def test_home_leads_to_where_the_role_works(client: Client, world: World, who: str, home: str) -> None:
    client.force_login(getattr(world, who))
    assert client.get("/").url == home


def test_person_without_a_seat_is_told_whom_to_ask(client: Client, world: World) -> None:
    world.liaison.memberships.update(valid_until=NOW - timedelta(days=30))
    client.force_login(world.liaison)
    answer = client.get("/", follow=True)
    assert "hold no seat at an agency" in answer.content.decode()
    assert "Referrals</a>" not in answer.content.decode()


def test_every_page_says_who_i_am_where_and_in_which_zone(client: Client, world: World) -> None:
    client.force_login(world.liaison)
    page = client.get("/help/").content.decode()
    assert "<b>Liaison</b>, Example Harbor Shelter, Agency liaison" in page
    assert "All times US Eastern (E" in page
    assert '<form method="post" action="/accounts/logout/">' in page


def test_signed_out_page_names_nobody_and_offers_no_ways(client: Client, db: None) -> None:
    page = client.get("/help/").content.decode()
    assert "Sign out" not in page
    assert '<nav aria-label="Main"' not in page


@pytest.mark.parametrize("address", ["/help/", "/accounts/login/", "/accounts/password/reset/", "/no/such/page/"])
def test_page_has_one_h1_one_main_a_skip_link_and_nothing_inline(client: Client, db: None, address: str) -> None:
    answer = client.get(address)
    page = answer.content.decode()
    assert page.count("<h1") == page.count("<main") == 1
    assert page.index('class="usa-skipnav" href="#main"') < page.index("<header")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", page)
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_find_box_never_puts_what_was_typed_into_an_address(client: Client, world: World) -> None:
    client.force_login(world.operator)
    page = client.get("/help/").content.decode()
    assert 'method="get"' not in page.split("<main")[0]


def test_look_and_keys_are_kept_in_this_browser_only_when_allowed(client: Client, db: None) -> None:
    assert 'data-keys="on"' not in client.get("/help/").content.decode()
    client.post("/preferences/", {"theme": "dark", "keys": "on"})
    page = client.get("/help/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-keys="on"' in page
    client.post("/preferences/", {"theme": "purple"})
    assert 'data-theme="dark"' in client.get("/help/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in client.get("/help/").content.decode()


# --- Times ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under 1 min"),
        (59, "under 1 min"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (172_799, "47 h"),
        (172_800, "2 days"),
    ],
)
def test_span_is_told_in_its_largest_unit_rounded_down(seconds: int, words: str) -> None:
    assert time_words.span(timedelta(seconds=seconds)) == words


def read(minutes: float, **more: Any) -> tuple[str, str, str]:
    reading = time_words.read_clock(NOW + timedelta(minutes=minutes), now=NOW, zone=EASTERN, **more)
    return reading.tone, reading.text, reading.note


def test_clock_reads_late_soon_and_left() -> None:
    assert read(-12, what="answer") == ("late", "12 min late", "answer was due 09:48")
    assert read(0, what="answer") == ("late", "under 1 min late", "answer was due 10:00")
    assert read(48, what="answer") == ("soon", "48 min left", "answer by 10:48")
    assert read(60) == ("left", "1 h left", "by 11:00")
    assert read(21 * 60) == ("left", "21 h left", "by Wed 25 Nov 07:00")
    assert read(60 * 24 * 60) == ("left", "60 days left", "by Sat 23 Jan 2027 10:00")


def test_clock_of_another_body_is_information_even_when_late() -> None:
    assert read(-12, what="report", holder="county police") == (
        "theirs",
        "12 min late",
        "report was due 09:48, duty of county police",
    )


def test_ended_clock_is_not_late_any_more() -> None:
    assert read(-60, what="answered", ended_as="met", ended_at=NOW - timedelta(minutes=90)) == (
        "met",
        "Met",
        "answered 08:30",
    )


def test_time_is_absolute_then_relative_with_its_offset() -> None:
    at = datetime(2026, 11, 24, 14, 48, tzinfo=UTC)
    assert render("{% moment at relative=True %}", at=at) == (
        '<time datetime="2026-11-24T09:48:00-05:00">Tue 24 Nov 2026 09:48</time> <span class="ago">(12 min ago)</span>'
    )
    assert render("{% day value %}", value=date(2026, 7, 4)) == '<time datetime="2026-07-04">Sat 4 Jul 2026</time>'
    assert render("{% moment at %}", at=None) == ""


# --- Marks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words", "shapes"),
    [
        ("P0", "P0 Act now", 4),
        ("P1", "P1 Within 1 hour", 3),
        ("P2", "P2 Within 24 hours", 2),
        ("P3", "P3 Three days", 1),
        ("P4", "P4 Five working days", 1),
        ("", "Urgency not set", 0),
    ],
)
def test_urgency_has_words_and_a_shape_of_its_own(value: str, words: str, shapes: int) -> None:
    html = render("{% urgency value %}", value=value)
    assert html.endswith(f"{words}</span>")
    assert html.count("<rect") == shapes


def test_every_status_of_every_record_has_a_tag() -> None:
    known = set(marks.KIND_OF_STATE)
    for choices in (TipStatus, ReferralStatus, TrackStatus, StepStatus, ContactStatus):
        assert set(choices.values) <= known


def test_open_and_closed_work_look_different() -> None:
    assert render("{% state 'new' 'New' %}") == '<span class="tag tag--open">New</span>'
    assert render("{% state 'closed' 'Closed' %}") == '<span class="tag tag--done">Closed</span>'
    assert render("{% state 'declined' 'Declined' %}") == '<span class="tag tag--stopped">Declined</span>'


@pytest.mark.parametrize(
    ("value", "shown"),
    [("(305) 555-0142", "(•••) •••-••42"), ("Maria Example", "M•••"), ("12 Elm Street 12345", "1•••"), ("", "")],
)
def test_mask_keeps_no_more_than_it_says(value: str, shown: str) -> None:
    assert marks.masked(value) == shown


def test_mask_is_opened_by_post_only() -> None:
    html = render("{% mask text '/x/reveal/' 'Show number' %}", text="(•••) •••-••42", csrf_token="t")
    assert '<form class="inline" method="post" action="/x/reveal/">' in html
    assert "Show number (recorded)" in html
    assert "<form" not in render("{% mask text %}", text="M•••")


PLAIN = Move("accept", "Accept", ("sent",), "accepted", "receiver", is_primary=True, says="Opens the tip to you.")
ASKING = Move("decline", "Decline", ("sent",), "declined", "receiver", needs=("decline_reason",))


def test_move_is_a_post_with_the_version_that_was_seen() -> None:
    html = render("{% moves available '/r/1/' 7 %}", available=[PLAIN], csrf_token="t")
    assert '<form method="post" action="/r/1/accept/">' in html
    assert '<input type="hidden" name="version" value="7">' in html
    assert 'name="csrfmiddlewaretoken" value="t"' in html
    assert '<button class="usa-button" aria-describedby="says-accept">Accept</button>' in html
    assert '<small class="says" id="says-accept">Opens the tip to you.</small>' in html


def test_move_that_asks_something_is_a_link_to_its_page() -> None:
    html = render("{% moves available '/r/1/' 7 %}", available=[ASKING], csrf_token="t")
    assert '<a class="usa-button usa-button--outline" href="/r/1/decline/">Decline</a>' in html
    assert "<form" not in html


def test_moves_show_three_and_fold_the_rest_and_one_is_primary() -> None:
    many = [Move(name, name, ("a",), "b", "s", is_primary=True) for name in ("one", "two", "three", "four")]
    html = render("{% moves available '/r/1/' 7 %}", available=many, csrf_token="t")
    assert html.index(">three<") < html.index("<details") < html.index(">four<")
    assert html.count('class="usa-button">') == 1


def test_blocked_move_says_what_unblocks_it() -> None:
    html = render("{% moves available '/r/1/' 7 blocked %}", available=[], blocked=[("Close", "Waits for consent.")])
    assert "<li><b>Close</b>: Waits for consent.</li>" in html
    assert render("{% moves available '/r/1/' %}", available=[]) == ""


def test_every_move_of_the_state_tables_renders() -> None:
    tables = [table for table in vars(states).values() if isinstance(table, Lifecycle)]
    for table in tables:
        html = render("{% moves available '/x/' 1 %}", available=list(table.moves), csrf_token="t")
        assert all(f"/x/{move.name}/" in html for move in table.moves)


def test_pager_keeps_filters_and_drops_the_other_key(rf: RequestFactory) -> None:
    request = rf.get("/desk/?state=new&after=abc")
    html = render("{% pager 'Pages of tips' newer older %}", request=request, newer="n1", older="o1")
    assert '<a rel="prev" href="?state=new&amp;before=n1">Newer</a>' in html
    assert '<a rel="next" href="?state=new&amp;after=o1">Older</a>' in html
    assert render("{% pager 'Pages of tips' %}", request=request) == ""
    by_name = render("{% pager 'Pages' newer older by_time=False %}", request=request, newer="n1", older="o1")
    assert re.findall(r">(\w+)</a>", by_name) == ["Previous", "Next"]


class FilterForm(forms.Form):
    status = forms.MultipleChoiceField(
        choices=[("new", "New"), ("routed", "Routed")], widget=forms.CheckboxSelectMultiple, required=False
    )
    place = forms.CharField(required=False)


def test_each_filter_in_force_is_a_link_that_drops_only_itself(rf: RequestFactory) -> None:
    query = "status=new&status=routed&place=&after=abc"
    html = render(
        "{% load filtering %}{% filters form 'tips' %}",
        request=rf.get(f"/desk/?{query}"),
        form=FilterForm(QueryDict(query)),
    )
    assert "<summary>Filters (2)</summary>" in html
    assert 'href="?status=routed&amp;place="' in html
    assert 'href="?status=new&amp;place="' in html
    assert '<a href="/desk/">Clear filters</a>' in html
    assert '<details class="filters">' in html
    assert "(optional)" not in html


def test_unknown_filter_value_is_escaped(rf: RequestFactory) -> None:
    query = "place=%3Cscript%3E"
    html = render(
        "{% load filtering %}{% filters form 'tips' %}",
        request=rf.get(f"/desk/?{query}"),
        form=FilterForm(QueryDict(query)),
    )
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


class ContactForm(forms.Form):
    phone = forms.CharField(
        label="Phone", help_text="10 digits", error_messages={"required": "Enter 10 digits, or choose Not known."}
    )
    way = forms.ChoiceField(
        label="Channel",
        choices=[("call", "Call"), ("text", "Text")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the person reached us."},
    )
    agreed = forms.BooleanField(label="Agreed", required=False)

    def clean(self) -> None:
        self.add_error(None, "Say who is in contact.")


def test_field_ties_label_hint_and_error_to_the_input() -> None:
    html = render("{% field form.phone %}", form=ContactForm({}))
    assert '<label class="usa-label" for="id_phone">Phone</label>' in html
    assert '<div class="usa-hint" id="id_phone_hint">10 digits</div>' in html
    assert 'id="id_phone_error"><span class="usa-sr-only">Error: </span>Enter 10 digits, or choose Not known.' in html
    control = re.search(r"<input[^>]*>", html)
    assert control
    assert 'aria-describedby="id_phone_hint id_phone_error"' in control[0]
    assert 'aria-invalid="true"' in control[0]


def test_radios_are_a_fieldset_and_keep_what_was_chosen() -> None:
    html = render("{% field form.way %}", form=ContactForm({"way": "text"}))
    assert '<legend class="usa-legend">Channel</legend>' in html
    assert 'id="id_way_1" name="way" value="text" checked' in html
    assert 'id="id_way_0" name="way" value="call">' in html
    assert '<label class="usa-radio__label" for="id_way_0">Call</label>' in html


def test_error_summary_links_to_the_first_control_of_each_field() -> None:
    html = render("{% error_summary form %}", form=ContactForm({}))
    assert "3 things to mend" in html
    assert "<li>Say who is in contact.</li>" in html
    assert '<a href="#id_phone">Enter 10 digits, or choose Not known.</a>' in html
    assert '<a href="#id_way_0">Choose how the person reached us.</a>' in html
    assert 'tabindex="-1" autofocus' in html


def test_error_summary_reads_formsets_and_is_silent_when_all_is_well() -> None:
    formset = forms.formset_factory(ContactForm, extra=0)
    bound = formset({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-way": "call"})
    assert '<a href="#id_form-0-phone">' in render("{% error_summary formset %}", formset=bound)
    assert render("{% error_summary form %}", form=ContactForm()) == ""
    assert render("{% error_summary form %}", form=None) == ""


def test_what_people_typed_is_escaped_everywhere() -> None:
    evil = "<img src=x>"
    pairs = [("Where", evil), ("Empty", ""), ("None", None), ("Count", 0)]
    html = render(
        "{% person_card evil pairs safe=evil %}{% facts pairs %}{% empty evil evil '/x/' %}", evil=evil, pairs=pairs
    )
    assert "<img" not in html
    assert "Empty" not in html
    assert "<dt>Count</dt><dd>0</dd>" in html


def test_history_tells_what_when_by_whom_and_why() -> None:
    events = [{"title": "Declined", "at": NOW - timedelta(hours=3), "by": "A. Example", "reason": "No space now"}]
    html = render("{% history events %}", events=events)
    assert "<b>Declined</b>" in html
    assert "Tue 24 Nov 2026 07:00</time>" in html
    assert "(3 h ago)</span>, A. Example" in html
    assert "Reason: No space now" in html
    assert "Nothing has happened here yet." in render("{% history events %}", events=[])
