"""The frame in Chromium: keyboard, narrow, dark, script off, drafts, keys and the session lock."""

import time
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from tests.casework import frame_urls
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.casework.frame_urls")]


@pytest.fixture(autouse=True)
def nothing_saved_yet() -> None:
    frame_urls.SAVED.clear()
    frame_urls.ANSWERS.clear()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sign_in_page_is_clean_for_axe_and_fits(watch: Any, width: int, scheme: str) -> None:
    seen = watch(width=width, color_scheme=scheme)
    seen.open("/accounts/login/")
    assert seen.axe() == []
    assert seen.overflow() == 0
    seen.page.fill("#id_login", "operator")
    seen.page.fill("#id_password", "wrong")
    seen.page.click("text=Sign in >> nth=-1")
    seen.page.wait_for_selector(".error-summary")
    assert seen.page.evaluate("document.activeElement.className").startswith("usa-alert")
    assert seen.page.title() == "Error: Sign in \u2013 Casework"
    assert seen.axe() == []
    assert seen.overflow() == 0


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_with_every_mark_is_clean_for_axe_and_fits(watch: Any, width: int, scheme: str) -> None:
    seen = watch(width=width, color_scheme=scheme)
    seen.sign_in("supervisor")
    assert seen.axe() == []
    assert seen.overflow() == 0


@pytest.mark.parametrize("script", [True, False])
def test_sign_in_and_out_by_keyboard_only(watch: Any, script: bool) -> None:
    seen = watch(script=script)
    seen.open("/accounts/login/?next=/help/")
    seen.page.keyboard.press("Tab")
    assert seen.page.locator(":focus").inner_text() == "Skip to main content"
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.type("operator")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.type(PASSWORD)
    seen.page.keyboard.press("Tab")
    assert seen.page.locator(":focus").inner_text() == "Sign in"
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(f"{seen.server}/help/")
    assert "Operator, Example Hotline, Hotline operator" in seen.page.locator(".me").inner_text()
    seen.page.locator("text=Sign out").focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(f"{seen.server}/accounts/login/")


def test_focus_ring_is_seen_on_every_stop_of_the_header(watch: Any) -> None:
    seen = watch()
    seen.sign_in("supervisor")
    for _ in range(9):
        seen.page.keyboard.press("Tab")
        ring = seen.page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid 3px" in ring


def test_targets_of_the_frame_are_24_pixels_or_more(watch: Any) -> None:
    seen = watch(width=320)
    seen.sign_in("supervisor")
    small = seen.page.evaluate(
        """() => [...document.querySelectorAll('header a, header button, footer a, main button, main .sections a')]
        .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24).map((e) => e.textContent)"""
    )
    assert small == []


def test_draft_saves_a_second_after_the_last_key(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.locator("#what").press_sequentially("they lock the door")
    seen.page.wait_for_selector("#saved:text-is('Saved 02:21:40')", timeout=2500)
    assert frame_urls.SAVED[-1] == {"sequence": 4, "values": {"what": ["they lock the door"]}}


def test_draft_saves_within_two_seconds_though_the_keys_go_on(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.locator("#what").press_sequentially("abcdefghij", delay=300)
    assert frame_urls.SAVED[0]["values"]["what"][0] in {"abcde", "abcdef", "abcdefg"}


def test_draft_saves_when_the_field_is_left_and_keeps_every_choice(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.check("[value=a]")
    seen.page.check("[value=b]")
    seen.page.locator("[value=b]").blur()
    seen.page.wait_for_selector("#saved:text-is('Saved 02:21:40')", timeout=2500)
    assert frame_urls.SAVED[-1]["values"] == {"what": [""], "flag": ["a", "b"]}


def test_failed_save_is_told_and_tried_again_and_the_text_stays(watch: Any) -> None:
    frame_urls.ANSWERS[:] = [500]
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.fill("#what", "keep me")
    seen.page.wait_for_selector("#saved:text-matches('^Not saved since [0-9:]{8}, trying again$')")
    assert seen.page.input_value("#what") == "keep me"
    seen.page.wait_for_selector("#saved:text-is('Saved 02:21:40')", timeout=5000)
    assert frame_urls.SAVED[-1] == {"sequence": 5, "values": {"what": ["keep me"]}}


def test_draft_changed_elsewhere_stops_saving_and_says_so(watch: Any) -> None:
    frame_urls.ANSWERS[:] = [409]
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.fill("#what", "mine")
    seen.page.wait_for_selector("#saved:text-is('Changed in another window.')")
    seen.page.fill("#what", "mine still")
    seen.page.wait_for_timeout(1500)
    assert frame_urls.SAVED == []
    assert seen.page.input_value("#what") == "mine still"


def test_a_form_that_is_too_long_is_not_sent_and_the_text_stays(watch: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.fill("#what", "words " * 600)
    seen.page.click("text=Send")
    seen.page.wait_for_selector("[data-too-much]:text-matches('^Not sent: this page holds [0-9] kB too much')")
    assert seen.page.input_value("#what") == "words " * 600
    seen.page.fill("#what", "fewer words")
    seen.page.click("text=Send")
    seen.page.wait_for_selector("text=Sent fewer words")


def test_a_save_that_is_too_long_is_told_and_goes_on_with_the_next_key(watch: Any) -> None:
    frame_urls.ANSWERS[:] = [413]
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.fill("#what", "much too long")
    seen.page.wait_for_selector("#saved.saved--not")
    seen.page.wait_for_timeout(2500)
    assert frame_urls.SAVED == []
    seen.page.fill("#what", "shorter")
    seen.page.wait_for_selector("#saved:text-is('Saved 02:21:40')", timeout=5000)
    assert frame_urls.SAVED[-1]["values"]["what"] == ["shorter"]


def test_without_script_a_form_that_is_too_long_gets_a_page_and_back_has_the_text(watch: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200_000
    seen = watch(script=False)
    seen.sign_in("operator", to="/draft/")
    seen.page.fill("#what", "words " * 100_000)
    seen.page.click("text=Send")
    seen.page.wait_for_selector("h1:text-is('Too much to send at once')")
    seen.page.go_back()
    assert seen.page.input_value("#what") == "words " * 100_000


def test_leaving_the_page_saves_what_is_not_saved_yet(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.fill("#what", "last words")
    seen.page.keyboard.press("F2")
    seen.page.wait_for_url(f"{seen.server}/help/")
    seen.page.wait_for_timeout(300)
    assert frame_urls.SAVED[-1]["values"]["what"] == ["last words"]


def test_script_leaves_nothing_in_the_browser(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.fill("#what", "secret")
    seen.page.wait_for_selector("#saved:text-is('Saved 02:21:40')")
    assert seen.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert seen.page.evaluate("document.cookie") == ""


def test_ctrl_enter_presses_the_filled_button_once(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.locator("#what").press_sequentially("go")
    seen.page.keyboard.press("Control+Enter")
    seen.page.wait_for_selector("text=Sent go")


def test_single_keys_are_off_until_switched_on_and_silent_in_fields(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    seen.page.keyboard.press("j")
    assert seen.page.evaluate("document.activeElement.tagName") == "BODY"
    seen.open("/help/")
    seen.page.click("label[for=id_keys]")
    seen.page.click("text=Keep for this browser")
    seen.page.wait_for_selector("[role=status] >> text=Kept for this browser.")
    seen.open("/draft/")
    seen.page.locator("#what").press_sequentially("jjn?")
    assert seen.page.input_value("#what") == "jjn?"
    seen.page.evaluate("document.activeElement.blur()")
    seen.page.keyboard.press("j")
    assert seen.page.locator(":focus").inner_text() == "One"
    seen.page.keyboard.press("j")
    assert seen.page.locator(":focus").inner_text() == "Two"
    seen.page.keyboard.press("k")
    assert seen.page.locator(":focus").inner_text() == "One"
    seen.page.keyboard.press("g")
    seen.page.keyboard.press("q")
    seen.page.wait_for_url(f"{seen.server}/desk/")


def grow_idle(seen: Any, seconds: int) -> None:
    cookie = next(c["value"] for c in seen.page.context.cookies() if c["name"] == "sessionid")
    session = SessionStore(cookie)
    session["last_active"] = int(time.time()) - seconds
    session.save()


def test_lock_is_announced_and_one_button_stays(watch: Any) -> None:
    seen = watch()
    seen.page.clock.install()
    seen.sign_in("operator", to="/draft/")
    # The page has asked how long the session lives, and set its timer.
    seen.page.wait_for_load_state("networkidle")
    grow_idle(seen, 11 * 60)
    seen.page.clock.fast_forward(11 * 60 * 1000)
    seen.page.wait_for_selector("text=You will be signed out in 4 min.")
    assert seen.axe() == []
    seen.page.click("text=Stay signed in")
    seen.page.wait_for_selector(".lock-warning", state="detached")


def test_locked_page_with_nothing_unsaved_goes_to_sign_in_and_back(watch: Any) -> None:
    seen = watch()
    seen.page.clock.install()
    seen.sign_in("operator", to="/draft/")
    # The page has asked how long the session lives, and set its timer.
    seen.page.wait_for_load_state("networkidle")
    grow_idle(seen, 16 * 60)
    seen.page.clock.fast_forward(11 * 60 * 1000)
    seen.page.wait_for_url(f"{seen.server}/accounts/login/?next=%2Fdraft%2F")
    assert "You were signed out" in seen.page.inner_text("main")


def test_words_typed_after_the_lock_stay_and_are_saved_after_signing_in_again(watch: Any) -> None:
    seen = watch()
    seen.sign_in("operator", to="/draft/")
    grow_idle(seen, 16 * 60)
    seen.page.fill("#what", "typed too late")
    seen.page.wait_for_selector("text=You were signed out.")
    assert seen.page.input_value("#what") == "typed too late"
    assert not seen.page.is_visible("#what")
    other = seen.page.context.new_page()
    other.goto(f"{seen.server}/accounts/login/?next=/help/")
    other.fill("#id_login", "operator")
    other.fill("#id_password", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url(f"{seen.server}/help/")
    seen.page.wait_for_selector("#saved:text-is('Saved 02:21:40')", timeout=15000)
    assert seen.page.is_visible("#what")
    assert frame_urls.SAVED[-1]["values"]["what"] == ["typed too late"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_admin_is_clean_of_policy_violations(watch: Any, scheme: str) -> None:
    seen = watch(color_scheme=scheme)
    seen.sign_in("supervisor", to="/admin/")
    assert seen.axe() == []


@pytest.mark.parametrize("path", ["/desk/", "/directory/", "/contacts/new/"])
def test_find_box_and_ways_leave_no_sideways_scroll_at_320(watch: Any, path: str) -> None:
    seen = watch(width=320)
    seen.sign_in("supervisor", to=path)
    assert seen.overflow() == 0
    assert seen.page.is_visible("#find")
