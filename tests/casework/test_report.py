"""R1, contacts by channel and month: what counts, in which month, for whom; the page, the chart and the export."""

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import AuditEvent, Role
from agencies.scope import acting_as
from casework.actions import merging
from casework.reports import csv_file
from casework.reports.chart import bar_chart
from casework.reports.contacts_by_channel import Table, contacts_by_channel
from casework.reports.definition import Period
from tests.factories import NOW, World, log_tip, make_user
from tips.models import Contact

pytestmark = pytest.mark.django_db

PAGE = "/admin/reports/contacts-by-channel/"
QUERY = {"since": "2026-09-01", "until": "2026-11-24"}
ZONE = ZoneInfo("America/New_York")
AUTUMN = Period(date(2026, 9, 1), date(2026, 11, 24))


def contact(world: World, channel: str, at: datetime, **values: Any) -> None:
    """A contact of the hotline's desk, ended as answered unless told otherwise."""
    fields = {"status": "ended", "ended_as": "answered", "request_type": "general_information", **values}
    with acting_as(world.operator):
        Contact.objects.create(agency=world.hotline, taker=world.operator, channel=channel, started_at=at, **fields)


@pytest.fixture
def autumn(world: World) -> World:
    """Three months of contacts, with the edges of counting."""
    noon = {month: datetime(2026, month, 10, 16, tzinfo=UTC) for month in (9, 10, 11)}
    contact(world, "call", noon[9])
    contact(world, "call", noon[10])
    contact(world, "call", noon[10], ended_as="non_actionable", end_reason="hang_up", request_type="")
    contact(world, "web_chat", noon[10])
    # 1 November 02:30 in UTC is still October in New York.
    contact(world, "call", datetime(2026, 11, 1, 2, 30, tzinfo=UTC))
    # Entered on 20 November, happened on 2 September: September.
    contact(world, "letter", datetime(2026, 9, 2, 16, tzinfo=UTC), is_back_filled=True)
    contact(world, "call", noon[11], is_outgoing=True)
    contact(world, "text", noon[11], status="draft", ended_as="", request_type="")
    # Before and after the period.
    contact(world, "call", datetime(2026, 9, 1, 3, 59, tzinfo=UTC))
    contact(world, "call", datetime(2026, 11, 25, 5, 0, tzinfo=UTC))
    return world


def counted(world: World, period: Period = AUTUMN) -> Table:
    with acting_as(world.supervisor):
        return contacts_by_channel(period, user=world.supervisor, zone=ZONE)


def test_contacts_count_once_in_the_month_in_which_they_happened(autumn: World) -> None:
    table = counted(autumn)
    assert table.months == (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
    assert [(row.channel, row.substantive, row.non_actionable) for row in table.rows] == [
        ("Call", (1, 2, 0), (0, 1, 0)),
        ("Web chat", (0, 1, 0), (0, 0, 0)),
        ("Letter", (1, 0, 0), (0, 0, 0)),
    ]
    assert (table.total.substantive, table.total.non_actionable) == ((2, 3, 0), (0, 1, 0))


def test_months_are_those_of_the_zone_that_is_asked_for(autumn: World) -> None:
    with acting_as(autumn.supervisor):
        table = contacts_by_channel(AUTUMN, user=autumn.supervisor, zone=ZoneInfo("UTC"))
    assert table.total.substantive == (3, 2, 1)


def test_in_progress_and_outgoing_contacts_are_left_out_and_said(autumn: World) -> None:
    table = counted(autumn)
    assert (table.in_progress, table.outgoing) == (1, 1)


def test_both_ends_of_the_period_belong_to_it(autumn: World) -> None:
    assert counted(autumn, Period(date(2026, 10, 31), date(2026, 10, 31))).total.substantive == (1,)
    assert counted(autumn, Period(date(2026, 11, 1), date(2026, 11, 1))).total.total == 0
    assert counted(autumn, Period(date(2026, 8, 31), date(2026, 8, 31))).total.total == 1


@pytest.mark.parametrize("who", ["stranger", "liaison", "auditor", "sysadmin", "agencyadmin"])
def test_others_count_nothing(autumn: World, who: str) -> None:
    user = getattr(autumn, who)
    with acting_as(user):
        assert contacts_by_channel(AUTUMN, user=user, zone=ZONE).total.total == 0


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it began"):
        Period(date(2026, 11, 2), date(2026, 11, 1))


@pytest.mark.parametrize("who", ["agencyadmin", "auditor", "sysadmin", "operator", "liaison"])
def test_the_page_is_403_without_the_right(client: Client, world: World, who: str) -> None:
    client.force_login(getattr(world, who))
    for address in (PAGE, f"{PAGE}?format=csv", "/admin/reports/"):
        assert client.get(address).status_code == 403


def test_the_page_shows_definition_table_and_chart(client: Client, autumn: World) -> None:
    client.force_login(autumn.supervisor)
    page = client.get(PAGE, QUERY).content.decode()
    for words in ("What is counted", "Left out", "As of", "Sep 2026", "1 still in progress, 1 made by the desk"):
        assert words in page
    assert '<svg role="img" aria-labelledby="chart-title"' in page
    assert re.findall(r'<text class="value"[^>]*>(\d+)', page) == ["3", "1", "1", "0", "1", "0"]
    assert not re.search(r"\sstyle=|<style|\son\w+=", page)


def test_another_agencys_supervisor_sees_an_empty_report(client: Client, autumn: World) -> None:
    client.force_login(make_user("legalsupervisor", Role.SUPERVISOR, autumn.legal))
    page = client.get(PAGE, QUERY).content.decode()
    assert "No contact of your agency ended in this period" in page
    assert "Letter" not in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"since": "2026-11-02", "until": "2026-11-01"}, "not before the first day"),
        ({"since": "yesterday", "until": "2026-11-01"}, "Enter a valid date"),
        ({"since": "2026-11-01"}, "This field is required"),
        ({"since": "2020-01-01", "until": "2026-11-01"}, "at most three years"),
    ],
)
@pytest.mark.parametrize("format_", ["", "csv"])
def test_dates_that_make_no_period_are_400_and_say_what_to_do(
    client: Client, world: World, query: dict[str, str], words: str, format_: str
) -> None:
    client.force_login(world.supervisor)
    response = client.get(PAGE, query | ({"format": format_} if format_ else {}))
    assert response.status_code == 400
    assert words in response.content.decode()


def test_without_dates_the_last_six_months_are_shown(client: Client, world: World) -> None:
    client.force_login(world.supervisor)
    response = client.get(PAGE)
    assert response.status_code == 200
    assert len(response.context["period"].months()) == 6


def test_the_export_repeats_what_it_is_and_holds_the_same_numbers(client: Client, autumn: World) -> None:
    client.force_login(autumn.supervisor)
    response = client.get(PAGE, {**QUERY, "format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    head = dict(line for line in lines[: lines.index([])])
    assert head["Report"] == "R1 Contacts by channel and month"
    assert head["Days"] == "2026-09-01 to 2026-11-24 (America/New_York)"
    assert head["Agency"] == "Example Hotline"
    assert head["Marking"].startswith("Confidential")
    assert head["Left out: still in progress"] == "1"
    assert lines[lines.index([]) + 1 :] == [
        ["Channel", "Kind", "2026-09", "2026-10", "2026-11", "Total"],
        ["Call", "Substantive", "1", "2", "0", "3"],
        ["Call", "Non-actionable", "0", "1", "0", "1"],
        ["Web chat", "Substantive", "0", "1", "0", "1"],
        ["Web chat", "Non-actionable", "0", "0", "0", "0"],
        ["Letter", "Substantive", "1", "0", "0", "1"],
        ["Letter", "Non-actionable", "0", "0", "0", "0"],
        ["All channels", "Substantive", "2", "3", "0", "5"],
        ["All channels", "Non-actionable", "0", "1", "0", "1"],
    ]


def test_an_export_names_its_agency_so_that_no_spreadsheet_calculates_it(client: Client, world: World) -> None:
    world.hotline.name = '=HYPERLINK("x")'
    world.hotline.save()
    client.force_login(world.supervisor)
    text = client.get(PAGE, {**QUERY, "format": "csv"}).content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert '"=HYPERLINK' not in text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "|x", "%x"])
def test_text_that_a_spreadsheet_calculates_gets_an_apostrophe(text: str) -> None:
    assert csv_file.safe_cell(text) == f"'{text}"


def test_numbers_and_plain_text_stay_as_they_are() -> None:
    assert [csv_file.safe_cell(value) for value in (-3, 0, "Call", "a=b", "")] == ["-3", "0", "Call", "a=b", ""]


def test_bars_share_one_scale_and_small_values_stay_visible() -> None:
    chart = bar_chart([("Call", [("substantive", 2000), ("non-actionable", 1)]), ("Text", [("substantive", 1000)])])
    assert [[bar.width for bar in group.bars] for group in chart.groups] == [[420, 1], [210]]
    assert bar_chart([("Call", [("substantive", 0)])]).groups[0].bars[0].width == 0


def test_reading_and_exporting_are_recorded(client: Client, autumn: World) -> None:
    client.force_login(autumn.supervisor)
    client.get(PAGE, QUERY)
    client.get(PAGE, {**QUERY, "format": "csv"})
    with acting_as(autumn.auditor):
        events = AuditEvent.objects.filter(kind="report").order_by("id")
        assert [(event.verb, event.object_id, event.details) for event in events] == [
            ("read", "R1", QUERY),
            ("export", "R1", QUERY),
        ]


def test_the_page_asks_at_most_8_queries(client: Client, autumn: World) -> None:
    client.force_login(autumn.supervisor)
    client.get(PAGE, QUERY)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE, QUERY)
    asked = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 8, asked


def test_the_reports_are_in_the_staff_navigation_of_those_who_may_read_them(client: Client, world: World) -> None:
    for who, expected in (("supervisor", True), ("auditor", False), ("operator", False)):
        client.force_login(getattr(world, who))
        assert ('href="/admin/reports/"' in client.get("/help/").content.decode()) == expected


def test_merged_tips_leave_the_contacts_that_were_counted(world: World) -> None:
    older, newer = log_tip(world), log_tip(world)
    before = counted(world)
    with acting_as(world.operator):
        merging.merge([newer, older], reason="Same house", by=world.operator, at=NOW)
    assert before.total.substantive_total == 2
    assert counted(world) == before
