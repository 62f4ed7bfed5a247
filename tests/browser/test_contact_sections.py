"""The sections of the contact page in Chromium: codes in three keys, endings in two and three, a child in contact."""

from typing import Any

import pytest

from agencies.scope import acting_as
from tests.factories import World
from tips.models import Contact

pytestmark = pytest.mark.browser


def begin(watch: Any, **options: Any) -> Any:
    seen = watch(**options)
    seen.sign_in("operator", to="/contacts/new/")
    seen.page.locator("main button.usa-button").first.click()
    seen.page.locator("#contact").wait_for()
    return seen


def test_codes_in_three_keys_and_a_child_in_contact(watch: Any) -> None:
    seen = begin(watch)
    venue = seen.page.get_by_role("combobox", name="Venue", exact=True)
    venue.press_sequentially("nai")
    seen.page.get_by_role("option", name="Beauty Salon/Spa").wait_for()
    assert (seen.axe(), seen.overflow()) == ([], 0)
    venue.press("Enter")
    assert seen.page.locator("input[name=venue][value=beauty_salon_spa]").is_checked()
    assert venue.evaluate("element => element === document.activeElement")
    seen.page.get_by_role("button", name="Remove Beauty Salon/Spa").click()
    assert not seen.page.locator("input[name=venue][value=beauty_salon_spa]").is_checked()
    box = seen.page.locator("details[data-minor]")
    assert box.get_attribute("open") is None
    seen.page.select_option("[name=caller_type]", "potential_victim")
    seen.page.select_option("[name=person-0-age]", "13_to_17")
    assert box.get_attribute("open") is not None
    seen.page.set_viewport_size({"width": 320, "height": 640})
    assert (seen.axe(), seen.overflow()) == ([], 0)


def test_a_wrong_number_in_two_keys_and_a_number_given_in_three(watch: Any, real_world: World) -> None:
    seen = begin(watch)
    seen.page.get_by_role("combobox").first.wait_for()  # The script is there.
    seen.page.keyboard.press("F9")
    assert seen.axe() == []
    seen.page.keyboard.press("2")
    seen.page.wait_for_url("**/desk/")
    seen.open("/contacts/new/")
    seen.page.locator("main button.usa-button").first.click()
    seen.page.get_by_role("combobox").first.wait_for()  # The script is there.
    for key in ("F9", "0", "Enter"):
        seen.page.keyboard.press(key)
    seen.page.wait_for_url("**/desk/")
    with acting_as(real_world.operator):
        ended = Contact.objects.order_by("pk").values_list("ended_as", "end_reason", "answered_as")
        assert list(ended) == [("non_actionable", "wrong_number", ""), ("answered", "", "number_given")]


def test_one_key_hides_what_must_not_be_given_away(watch: Any) -> None:
    seen = begin(watch)
    assert seen.page.locator("#id_county").is_visible()
    seen.page.keyboard.press("F8")
    seen.page.get_by_text("We do not say whether anybody has been in touch with us.").wait_for()
    assert not seen.page.locator("#id_county").is_visible()
    assert seen.axe() == []
    seen.page.keyboard.press("F8")
    seen.page.locator("#id_county").wait_for()


def test_files_are_asked_about_before_there_is_a_field_for_them(watch: Any) -> None:
    seen = begin(watch)
    seen.page.get_by_role("link", name="Files that somebody sends").click()
    assert seen.page.locator("input[type=file]").count() == 0
    assert (seen.axe(), seen.overflow()) == ([], 0)
    seen.page.locator("label", has_text="Neither of them").click()
    seen.page.get_by_role("button", name="Go on").click()
    seen.page.locator("input[type=file]").wait_for()
    assert (seen.axe(), seen.overflow()) == ([], 0)


def test_without_script_the_whole_lists_stand_there(watch: Any) -> None:
    seen = begin(watch, script=False)
    assert seen.page.get_by_role("combobox", name="Venue", exact=True).count() == 0
    seen.page.locator("summary", has_text="Venue").click()
    seen.page.locator("label", has_text="Farm/Ranch").click()
    seen.page.get_by_role("button", name="Look for who can help").click()
    assert seen.page.get_by_label("Farm/Ranch").is_checked()
