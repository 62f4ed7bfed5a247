"""Every kind of page that the journey does not come by: nothing for axe to find, nothing that scrolls at 320 px."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from django.utils import timezone

from agencies.models import Agency
from agencies.scope import acting_as
from casework.actions import identity, proposals, referrals
from casework.models import Referral, Step, Track
from tests.casework.test_answer_links import mailed, phone_shelter
from tests.casework.test_by_phone import sheriff
from tests.casework.test_consent_pages import YES
from tests.casework.test_rule_trials import try_it, write
from tests.factories import NOW, World, log_tip, make_referral, route
from tips.actions import triage
from tips.models import Contact, Person, Tip

# Two minutes of pages: the journey covers the road itself in `make test`.
pytestmark = [pytest.mark.browser, pytest.mark.long]

_ADMIN_LINKS = "links => links.map(link => link.getAttribute('href')).filter(href => href.startsWith('/admin/'))"


def faults(seen: Any, paths: Iterable[str], errors: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Path -> what is wrong with the page there; empty when all is well. `errors`: pages that are errors."""
    errors = errors or {}
    found = {}
    for path in paths:
        seen.page.set_viewport_size({"width": 1280, "height": 800})
        answer = seen.page.goto(f"{seen.server}{path}")
        wrong = seen.axe() + ([str(answer.status)] if answer.status not in {200, errors.get(path)} else [])
        seen.page.set_viewport_size({"width": 320, "height": 640})
        if wrong or seen.overflow():
            found[path] = (wrong, seen.overflow())
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_desk_pages(watch: Any, real_world: World, scheme: str) -> None:
    sent = make_referral(real_world, "sent")
    asked = make_referral(real_world, "information_requested")
    accepted = make_referral(real_world, "accepted")
    with acting_as(real_world.operator):
        contact = Contact.objects.get(tip=accepted.tip_id)
        track = Track.objects.get(tip=accepted.tip_id)
        step = Step.objects.filter(track=track).order_by("number").first()
    assert step is not None
    tip = f"/tips/{accepted.tip_id}/"
    paths = [
        "/directory/",
        "/directory/?need=shelter&state=FL",
        "/directory/help/?need=shelter&state=FL",
        f"/directory/{real_world.shelter.pk}/",
        "/help/",
        "/nothing/",
        "/admin/",
        "/contacts/new/",
        f"/contacts/{contact.pk}/",
        tip,
        f"{tip}triage/",
        f"{tip}close/",
        f"{tip}tracks/{track.pk}/close/",
        *(f"{tip}steps/{step.pk}/{name}/" for name in ("wait", "block", "skip")),
        f"{tip}proposals/",
        "/referrals/?box=sent",
        f"/referrals/{sent.pk}/",
        f"/referrals/{sent.pk}/recall/",
        f"/referrals/{sent.pk}/withdraw/",
        f"/referrals/{asked.pk}/give_information/",
        f"/referrals/{accepted.pk}/ask_cancellation/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ]
    seen = watch(color_scheme=scheme)
    seen.sign_in("operator")
    assert faults(seen, paths, errors={"/nothing/": 404, "/admin/": 403}) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_receiver_pages(watch: Any, real_world: World, scheme: str) -> None:
    received = make_referral(real_world, "received")
    accepted = make_referral(real_world, "accepted")
    recalled = make_referral(real_world, "recalled")
    ending = make_referral(real_world, "accepted")
    with acting_as(real_world.operator):
        referrals.ask_cancellation(ending, by=real_world.operator, at=NOW)
    too_late = f"/referrals/{recalled.pk}/accept/"
    paths = [
        "/referrals/",
        f"/referrals/{received.pk}/",
        f"/referrals/{received.pk}/decline/",
        f"/referrals/{received.pk}/ask_information/",
        f"/referrals/{recalled.pk}/",
        too_late,
        f"/referrals/{accepted.pk}/report_progress/",
        f"/referrals/{accepted.pk}/close/",
        f"/referrals/{ending.pk}/",
        f"/tips/{accepted.tip_id}/",
    ]
    seen = watch(color_scheme=scheme)
    seen.sign_in("liaison")
    assert faults(seen, paths, errors={too_late: 409}) == {}


# --- The referral loop without an inbox, and what a person agreed to ---


def side_by_side(world: World, receivers: list[Agency]) -> list[Referral]:
    """One need of one tip, offered to all of these at once."""
    by = world.supervisor
    tip = log_tip(world, at=timezone.now())
    with acting_as(by):
        at = timezone.now()
        tip = triage.triage(
            Tip.objects.get(pk=tip.pk), request_type="referral", urgency="P2", indicator_level="high", by=by, at=at
        )
        proposal = proposals.make(tip, by=by, at=at)
        victim = Person.objects.get(tip=tip, number=1)
        lines = [
            proposals.Line(one, [victim], "shelter", "protection", "A bed", "Spoken consent, read back", "", True)
            for one in receivers
        ]
        return proposals.confirm(proposal, lines, by=by, at=at, override_reason="test")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_loop(watch: Any, real_world: World, scheme: str) -> None:
    called = route(real_world, log_tip(real_world), [sheriff()], at=timezone.now())[0]
    linked = route(real_world, log_tip(real_world), [phone_shelter()], at=timezone.now())[0]
    offered, _ = side_by_side(real_world, [real_world.shelter, real_world.police])
    with acting_as(real_world.liaison):
        referrals.accept(offered, by=real_world.liaison, at=timezone.now())
    by_phone = f"/referrals/{called.pk}/by-phone/"
    paths = [
        "/referrals/calls/",
        f"/referrals/{called.pk}/",
        *(f"{by_phone}{name}/" for name in ("receive", "accept", "decline", "ask_information")),
        f"/referrals/{linked.pk}/",
        f"/referrals/{offered.pk}/",
        f"/referrals/{offered.pk}/confirm/",
        f"/tips/{offered.tip_id}/proposals/",
        "/duty/",
        "/policy/",
    ]
    seen = watch(color_scheme=scheme)
    seen.sign_in("operator")
    assert faults(seen, paths) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_behind_a_one_time_link(watch: Any, real_world: World, scheme: str) -> None:
    """On a phone without an account and without script: door, card, each answer, and the door that is shut."""
    route(real_world, log_tip(real_world), [phone_shelter()], at=timezone.now())
    link, shut = mailed(), "/answer/nothing/"
    seen = watch(color_scheme=scheme)
    assert faults(seen, [link, shut], errors={shut: 404}) == {}
    seen.open(link)
    seen.page.click("button[name=show]")
    assert "All times" in seen.page.inner_text("main")
    answers = seen.page.eval_on_selector_all(".answers a", "links => links.map(link => link.getAttribute('href'))")
    assert len(answers) == 4
    assert faults(seen, [link, *(f"{link}{answer}" for answer in answers)]) == {}
    heights = seen.page.eval_on_selector_all("button", "all => all.map(one => one.getBoundingClientRect().height)")
    assert min(heights) >= 44
    seen.page.click("button.usa-button")
    assert seen.page.title().startswith("Error: ")
    assert (seen.axe(), seen.overflow()) == ([], 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_consent_and_of_names(watch: Any, real_world: World, scheme: str) -> None:
    tip = log_tip(real_world, at=timezone.now())
    route(real_world, tip, [real_world.shelter], at=timezone.now())
    with acting_as(real_world.operator):
        person = Person.objects.select_related("tip", "tip__holder_agency").get(tip=tip, number=1)
        identity.ask(person, fields=["name"], reason="protect", by=real_world.operator, at=timezone.now())
    consent = f"/tips/{tip.pk}/consent/"
    paths = [consent, *(f"{consent}{person.pk}/{name}" for name in ("", "no/", "back/")), f"/tips/{tip.pk}/identity/"]
    seen = watch(color_scheme=scheme)
    seen.sign_in("supervisor")
    assert faults(seen, paths) == {}
    seen.open(f"{consent}{person.pk}/")
    seen.page.select_option("[name=recipient]", str(real_world.shelter.pk))
    seen.page.select_option("[name=need]", str(YES["need"]))
    seen.page.click("label[for=id_fields_told_0]")
    seen.page.click("label[for=id_how_2]")
    seen.page.click("button[value=read]")
    assert seen.page.inner_text("h1") == "Read this out, or show it"
    assert (seen.axe(), seen.overflow()) == ([], 0)


def test_pages_of_rules_and_the_ledger(watch: Any, real_world: World) -> None:
    make_referral(real_world, "accepted")
    draft = write(real_world)
    trial = try_it(real_world, draft)
    paths = [
        "/admin/casework/ruleversion/",
        f"/admin/casework/ruleversion/{draft.pk}/change/",
        "/admin/casework/ruleversion/add/",
        f"/admin/trials/{trial.pk}/",
        "/admin/ledger/",
        "/admin/ledger/?since=2026-11-01&until=2026-11-30",
    ]
    seen = watch()
    seen.sign_in("supervisor", to="/admin/")
    assert faults(seen, paths) == {}


# The same kind of page is looked at once: what an agency administrator shares with a supervisor is left out.
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("who", "under"),
    [
        ("supervisor", ("/admin/",)),
        ("agencyadmin", ("/admin/agencies/user/", "/admin/agencies/agency/")),
        ("auditor", ("/admin/",)),
        ("sysadmin", ("/admin/agencies/membership/",)),
    ],
)
def test_admin_pages(watch: Any, real_world: World, who: str, under: tuple[str, ...], scheme: str) -> None:
    make_referral(real_world, "accepted")
    seen = watch(color_scheme=scheme)
    seen.sign_in(who, to="/admin/")
    lists = [path for path in seen.page.eval_on_selector_all("#content a", _ADMIN_LINKS) if path.startswith(under)]
    records = []
    for path in lists:
        seen.open(path)
        records += seen.page.eval_on_selector_all("#result_list tbody tr:first-child th a", _ADMIN_LINKS)
    paths = dict.fromkeys(["/admin/", *lists, *records])
    assert len(paths) >= 4
    assert faults(seen, paths) == {}


def test_a_printed_tip_has_its_people_and_no_buttons(watch: Any, real_world: World) -> None:
    accepted = make_referral(real_world, "accepted")
    seen = watch()
    seen.sign_in("operator", to=f"/tips/{accepted.tip_id}/")
    seen.page.emulate_media(media="print")
    assert seen.page.locator("h3:text-is('Person 1: potential victim')").is_visible()
    assert seen.page.locator(".print-only").is_visible()
    buttons = seen.page.locator("main .usa-button, main button")
    assert [n for n in range(buttons.count()) if buttons.nth(n).is_visible()] == []


# Twice as large means half as many pixels: 640 of 1280.
def test_nothing_scrolls_sideways_at_200_percent(watch: Any, real_world: World) -> None:
    accepted = make_referral(real_world, "accepted")
    seen = watch(width=640, height=400, device_scale_factor=2)
    seen.sign_in("operator")
    for path in ("/desk/", f"/tips/{accepted.tip_id}/", f"/tips/{accepted.tip_id}/proposals/", "/directory/", "/help/"):
        seen.open(path)
        assert seen.overflow() == 0, path


def test_what_is_chosen_is_seen_in_forced_colours(watch: Any, real_world: World) -> None:
    """Where the system takes fills away, a chosen answer still looks unlike one that is not."""
    tip = log_tip(real_world)
    seen = watch(forced_colors="active")
    seen.sign_in("operator", to=f"/tips/{tip.pk}/triage/")
    seen.page.click("label[for=id_urgency_1]")
    fill = "input => getComputedStyle(input.nextElementSibling, '::before').backgroundColor"
    chosen, other = (seen.page.eval_on_selector(f"[name=urgency][value={code}]", fill) for code in ("P1", "P2"))
    assert chosen != other
    lines = seen.page.eval_on_selector_all(
        ".cw-top nav a", "links => links.map(link => getComputedStyle(link).borderBottomColor)"
    )
    seen.open("/desk/")
    current = seen.page.eval_on_selector(
        ".cw-top nav a[aria-current]", "link => getComputedStyle(link).borderBottomColor"
    )
    assert current not in lines
