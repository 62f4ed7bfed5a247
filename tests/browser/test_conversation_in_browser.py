"""The running conversation in Chromium: danger by one key, network lost, two tabs, the locked desk, hand-over."""

import time
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from agencies.models import Coverage, Phone
from agencies.scope import acting_as
from tests.browser.keyboard import focused, page_is, press
from tests.browser.test_journey import look_over
from tests.factories import PASSWORD, World, make_agency
from tips.actions import drafts
from tips.models import Draft, Emergency, EmergencyOffer

pytestmark = pytest.mark.browser
SAVED = "#saved:text-matches('^Saved [0-9:]{8}$')"


def begin(seen: Any, name: str = "operator") -> None:
    seen.sign_in(name, to="/desk/")
    press(seen, "New contact")
    page_is(seen, "Contact in progress")


def kept(user: Any) -> str:
    with acting_as(user):
        values = drafts.read_draft(Draft.objects.get()).get("values", {})
    return str((values.get("narrative") or [""])[0])


def wait_kept(seen: Any, user: Any, words: str) -> None:
    """Until the server holds exactly these words: saves follow the keys within two seconds, on a busy machine later."""
    for _ in range(100):
        if kept(user) == words:
            return
        seen.page.wait_for_timeout(100)
    assert kept(user) == words


def forgive_offline(seen: Any) -> None:
    """The browser itself says on its console that the network is gone."""
    seen.problems[:] = [said for said in seen.problems if "ERR_INTERNET_DISCONNECTED" not in said]


def grow_idle(seen: Any) -> None:
    cookie = next(c["value"] for c in seen.page.context.cookies() if c["name"] == "sessionid")
    session = SessionStore(cookie)
    session["last_active"] = int(time.time()) - 16 * 60
    session.save()


def test_danger_is_raised_and_offered_by_keys(watch: Any, real_world: World) -> None:
    centre = make_agency("Example County Centre", "emergency_dispatch", state="GA", accepts_by="none")
    Coverage.objects.create(agency=centre, kind="county", country="US", state="FL", county="Collier")
    Phone.objects.create(agency=centre, number="239 555 0151", purpose="warm_transfer")
    seen = watch()
    begin(seen)
    seen.page.keyboard.type("He says he will kill me")
    seen.page.keyboard.press("F2")
    assert focused(seen) == "Not asked"
    seen.page.keyboard.press("ArrowDown")
    # The deed of the panel, not of the page.
    seen.page.keyboard.press("Control+Enter")
    seen.page.wait_for_selector("h2:text-matches('raised at')")
    look_over(seen)
    assert seen.page.input_value("#id_narrative") == "He says he will kill me"
    seen.page.fill("#id_postal_code", "34142")
    seen.page.keyboard.press("F2")
    assert focused(seen) == "Where are they right now?"
    seen.page.evaluate("document.querySelector('[name=act][value=save]').click()")
    seen.page.wait_for_selector("text=Example County Centre")
    seen.page.click(f"[value='danger:offer:centre:{centre.pk}']")
    seen.page.wait_for_selector("text=Stamp now")
    seen.page.click("button:text-is('Connected')")
    seen.page.wait_for_selector("button:text-is('Confirmed')")
    look_over(seen)
    with acting_as(real_world.operator):
        assert Emergency.objects.get().safe_to_talk == "yes"
        assert EmergencyOffer.objects.get().connected_by == real_world.operator


def test_when_somebody_listens_the_page_asks_yes_or_no(watch: Any) -> None:
    seen = watch()
    begin(seen)
    assert not seen.page.is_visible("text=Shall I send somebody to where you are?")
    seen.page.click("label:text-is('Somebody is listening')")
    assert seen.page.is_visible("text=Shall I send somebody to where you are?")
    assert not seen.page.is_visible(".when-open")
    look_over(seen)


def test_words_typed_without_a_network_are_kept_told_and_saved_when_it_is_back(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    seen.page.keyboard.type("before ")
    wait_kept(seen, real_world.operator, "before ")
    seen.page.context.set_offline(True)
    seen.page.keyboard.type("while it was gone ")
    seen.page.wait_for_selector("#saved:text-matches('^Not saved since [0-9:]{8}, trying again$')")
    assert kept(real_world.operator) == "before "
    seen.page.keyboard.type("and on ")
    seen.page.context.set_offline(False)
    wait_kept(seen, real_world.operator, "before while it was gone and on ")
    seen.page.wait_for_selector(SAVED)
    assert seen.page.evaluate("localStorage.length + sessionStorage.length") == 0
    forgive_offline(seen)


def test_two_tabs_on_one_draft_do_not_overwrite_each_other(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    other = seen.page.context.new_page()
    other.goto(seen.page.url)
    seen.page.fill("#id_narrative", "the first tab")
    wait_kept(seen, real_world.operator, "the first tab")
    other.fill("#id_narrative", "the second tab")
    other.wait_for_selector("#saved:text-matches('another window')")
    assert other.input_value("#id_narrative") == "the second tab"
    assert kept(real_world.operator) == "the first tab"


def test_the_lock_covers_the_page_but_not_the_box_nor_danger(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    seen.page.keyboard.type("told before the lock")
    wait_kept(seen, real_world.operator, "told before the lock")
    grow_idle(seen)
    seen.page.keyboard.type(" and on")
    seen.page.wait_for_selector("#locked-box")
    assert not seen.page.is_visible("#id_narrative")
    assert focused(seen).startswith("Go on typing")
    assert seen.page.input_value("#locked-box") == ""
    assert seen.axe() == []
    seen.page.keyboard.type("he comes back")
    seen.page.keyboard.press("F2")
    seen.page.wait_for_selector("text=Danger is raised. The supervisors were told.")
    assert kept(real_world.operator) == "told before the lock and on\nhe comes back"
    with acting_as(real_world.operator):
        assert Emergency.objects.get().raised_by == real_world.operator
    other = seen.page.context.new_page()
    other.goto(f"{seen.server}/accounts/login/?next=/help/")
    other.fill("#id_login", "operator")
    other.fill("#id_password", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url("**/help/")
    seen.page.keyboard.type("!")
    seen.page.wait_for_selector("#id_narrative", state="visible", timeout=15000)
    assert seen.page.input_value("#id_narrative") == "told before the lock and on\nhe comes back!"


def test_somebody_else_who_signs_in_at_the_desk_sees_nothing_of_it(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    seen.page.keyboard.type("told before the lock")
    wait_kept(seen, real_world.operator, "told before the lock")
    grow_idle(seen)
    seen.page.keyboard.type(".")
    seen.page.wait_for_selector("#locked-box")
    other = seen.page.context.new_page()
    other.goto(f"{seen.server}/accounts/login/?next=/help/")
    other.fill("#id_login", "operator2")
    other.fill("#id_password", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url("**/help/")
    seen.page.keyboard.type("more")
    seen.page.wait_for_timeout(2500)
    assert not seen.page.is_visible("#id_narrative")
    assert seen.page.input_value("#locked-box") == "more"


def test_a_conversation_is_handed_over_and_the_colleague_types_on(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    seen.page.keyboard.type("told to the first")
    seen.page.fill("#id_promised", "Ring at six")
    seen.page.select_option("#hand_to", label="Operator2")
    address = seen.page.url
    seen.page.click("button:text-is('Hand over')")
    page_is(seen, "Desk")
    colleague = watch()
    colleague.sign_in("operator2", to="/desk/")
    colleague.page.goto(address)
    assert colleague.page.is_visible("text=Ring at six >> visible=true")
    assert focused(colleague).startswith("What is happening")
    look_over(colleague)
    colleague.page.keyboard.press("Control+End")
    colleague.page.keyboard.type(", and to the second")
    wait_kept(colleague, real_world.operator2, "told to the first, and to the second")
    seen.page.goto(address)
    look_over(seen)


def test_one_key_leads_to_the_next_conversation_and_nothing_is_lost(watch: Any) -> None:
    seen = watch()
    begin(seen)
    first = seen.page.url
    press(seen, "New contact")
    seen.page.wait_for_selector(".tray")
    look_over(seen)
    seen.page.locator("#id_narrative").focus()
    seen.page.keyboard.type("of the second")
    second = seen.page.url
    seen.page.keyboard.press("F4")
    seen.page.wait_for_url(first)
    assert seen.page.input_value("#id_narrative") == ""
    seen.page.keyboard.press("F4")
    seen.page.wait_for_url(second)
    assert seen.page.input_value("#id_narrative") == "of the second"
