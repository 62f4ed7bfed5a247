"""The main job in Chromium, by keyboard alone: a call, its tip, the referral, the answer of the agency."""

import time
from contextlib import suppress
from typing import Any

import pytest

from agencies.scope import acting_as
from casework.models import Referral
from tests.browser.keyboard import focused, page_is, press, tab_to, tick, write
from tests.factories import World, make_referral
from tips.models import Contact, Tip

pytestmark = pytest.mark.browser


def look_over(seen: Any) -> None:
    """Nothing for axe to find, and nothing that scrolls sideways on a small phone."""
    title = seen.page.title()
    assert (title, seen.axe(), seen.overflow()) == (title, [], 0)
    seen.page.set_viewport_size({"width": 320, "height": 640})
    assert (title, seen.overflow()) == (title, 0)
    seen.page.set_viewport_size({"width": 1280, "height": 800})


def log_the_call(seen: Any) -> None:
    press(seen, "New contact")
    page_is(seen, "Contact in progress")
    look_over(seen)
    assert focused(seen).startswith("What is happening")
    seen.page.keyboard.type("She cannot leave the room. He keeps her papers.")
    seen.page.keyboard.press("F2")
    assert focused(seen) == "Not asked"
    seen.page.keyboard.press("Space")
    write(seen, "Who is in contact", "Potential victim")
    write(seen, "ZIP code", "33101")
    tick(seen, "Commercial sex")
    write(seen, "Role", "Potential victim")
    write(seen, "Age", "21")
    tick(seen, "This person is in contact with us")
    press(seen, "What this person needs")
    tick(seen, "Shelter")
    press(seen, "Safe contact and consent")
    write(seen, "May text", "Yes")
    look_over(seen)
    seen.page.keyboard.press("Control+Enter")
    page_is(seen, "Triage of CW-")


def decide(seen: Any) -> None:
    look_over(seen)
    press(seen, "Your decision")
    write(seen, "Request type", "Referral")
    tab_to(seen, "P0")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("Control+Enter")
    page_is(seen, "Who can help")


def send_to_the_shelter(seen: Any) -> None:
    look_over(seen)
    tick(seen, "Example Harbor Shelter")
    press(seen, "Write the referrals")
    page_is(seen, "Write the referrals")
    look_over(seen)
    write(seen, "Legal basis", "Spoken")
    press(seen, "See what each will see")
    page_is(seen, "Check and send")
    look_over(seen)
    press(seen, "Send 1 referral")
    page_is(seen, "Referral CW-")
    look_over(seen)


def accept_it(seen: Any) -> None:
    look_over(seen)
    press(seen, "Open referral CW-")
    page_is(seen, "Referral CW-")
    look_over(seen)
    press(seen, "Accept")
    seen.page.wait_for_selector("text=Accepted. The tip is open to your agency")
    look_over(seen)
    press(seen, "Open the tip")
    seen.page.wait_for_selector("h2:text-is('Tracks')")
    look_over(seen)


def test_a_call_becomes_an_accepted_referral_by_keyboard_alone(watch: Any, real_world: World) -> None:
    desk = watch()
    desk.sign_in("operator", to="/desk/")
    look_over(desk)
    log_the_call(desk)
    decide(desk)
    send_to_the_shelter(desk)
    shelter = watch()
    shelter.sign_in("liaison", to="/referrals/")
    accept_it(shelter)
    assert "He keeps her papers" not in shelter.page.content()
    with acting_as(real_world.operator):
        tip, referral = Tip.objects.get(), Referral.objects.get()
        assert (tip.urgency, tip.status, referral.status) == ("P1", "in_progress", "accepted")
    desk.open("/desk/")
    desk.page.wait_for_selector(".tag:text-is('In progress')")
    look_over(desk)


def test_a_killed_page_loses_nothing_older_than_two_seconds(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/desk/")
    press(seen, "New contact")
    page_is(seen, "Contact in progress")
    address = seen.page.url
    typed_at = []
    for number in range(30):
        seen.page.keyboard.type(f"w{number} ", delay=30)
        typed_at.append(time.monotonic())
    # Without a last word: no event of leaving comes, as when the power goes.
    with suppress(Exception):
        seen.page.goto("chrome://crash")
    killed_at = time.monotonic()
    again = seen.page.context.new_page()
    again.goto(address)
    kept = again.input_value("#id_narrative").split()
    older = [f"w{number}" for number, at in enumerate(typed_at) if at < killed_at - 2]
    assert 5 < len(older) < 30
    assert kept[: len(older)] == older


def test_without_script_a_contact_becomes_a_tip(watch: Any, real_world: World) -> None:
    seen = watch(script=False)
    seen.sign_in("operator", to="/desk/")
    press(seen, "New contact")
    page_is(seen, "Contact in progress")
    write(seen, "What is happening", "They may not leave the farm.")
    press(seen, "Save, come back later")
    page_is(seen, "Desk")
    press(seen, "Call since")
    page_is(seen, "Contact in progress")
    assert seen.page.input_value("#id_narrative") == "They may not leave the farm."
    press(seen, "Save and triage")
    page_is(seen, "Triage of CW-")
    with acting_as(real_world.operator):
        assert (Tip.objects.get().status, Contact.objects.get().ended_as) == ("new", "on_tip")


def test_without_script_a_referral_is_opened_and_accepted(watch: Any, real_world: World) -> None:
    referral = make_referral(real_world, "sent")
    seen = watch(script=False)
    seen.sign_in("liaison", to="/referrals/")
    press(seen, "Open referral CW-")
    page_is(seen, "Referral CW-")
    press(seen, "Accept")
    seen.page.wait_for_selector("text=Accepted. The tip is open to your agency")
    with acting_as(real_world.liaison):
        referral.refresh_from_db()
        assert referral.status == "accepted"
