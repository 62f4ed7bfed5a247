"""Every kind of page that the journey does not come by: nothing for axe to find, nothing that scrolls at 320 px."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from agencies.scope import acting_as
from casework.actions import referrals
from casework.models import Step, Track
from tests.factories import NOW, World, log_tip, make_referral
from tips.models import Contact

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
