"""Repeats, walls and lowering in Chromium: the pages that the main journey does not come by."""

from typing import Any

import pytest

from agencies.scope import acting_as
from tests.browser.keyboard import page_is
from tests.factories import NOW, TOLD, World, log_tip
from tips.actions import triage
from tips.models import Tip
from tips.told import IdentifierTold, Told

pytestmark = pytest.mark.browser
PLATE = Told(identifiers=(IdentifierTold("plate", "FL ABC 1234"),), facts=TOLD.facts, place=TOLD.place)


def look_over(seen: Any) -> None:
    """Nothing for axe to find, and nothing that scrolls sideways on a small phone."""
    title = seen.page.title()
    faults = seen.axe()
    seen.page.set_viewport_size({"width": 320, "height": 640})
    sideways = seen.overflow()
    seen.page.set_viewport_size({"width": 1280, "height": 800})
    assert (title, faults, sideways) == (title, [], 0)


def test_third_call_about_a_plate_is_merged_and_taken_out_again(watch: Any, real_world: World) -> None:
    first, second = log_tip(real_world, PLATE), log_tip(real_world, PLATE)
    seen = watch()
    seen.sign_in("operator", to="/desk/")
    look_over(seen)
    seen.page.get_by_role("button", name="New contact").click()
    page_is(seen, "Contact in progress")
    seen.page.select_option("[name=identifier-0-kind]", "plate")
    seen.page.fill("[name=identifier-0-value]", "abc-1234")
    seen.page.keyboard.press("Tab")
    aside = seen.page.locator(".matches")
    for tip in (first, second):
        aside.get_by_text(tip.reference).first.wait_for()
    assert aside.get_by_text("Likely the same").count() == 2
    look_over(seen)
    seen.page.keyboard.press("Control+Enter")
    page_is(seen, "Triage of CW-")
    seen.page.locator(".matches").get_by_text(first.reference).first.wait_for()
    look_over(seen)
    seen.page.get_by_role("link", name="Back to the tip").click()
    third = seen.page.locator("h1").inner_text()
    seen.page.get_by_role("link", name="Merge with an older tip").click()
    page_is(seen, f"Compare {third} with another tip")
    look_over(seen)
    seen.page.fill("[name=reference]", first.reference.lower())
    seen.page.get_by_role("button", name="Compare", exact=True).click()
    page_is(seen, "Is this one situation?")
    look_over(seen)
    seen.page.locator("[name=reason]").first.fill("The same car, three calls")
    seen.page.get_by_role("button", name=f"Merge into {first.reference}").click()
    page_is(seen, first.reference)
    assert seen.page.get_by_text("Merged into this tip").count() > 0
    look_over(seen)
    seen.open("/desk/")
    assert third not in seen.page.content()
    with acting_as(real_world.operator):
        merged = Tip.objects.get(reference=third)
    seen.open(f"/tips/{merged.pk}/unmerge/")
    look_over(seen)
    seen.page.fill("[name=reason]", "Another car of the same make")
    seen.page.get_by_role("button", name="Take it out").click()
    page_is(seen, third)
    seen.open("/desk/")
    assert third in seen.page.content()


def test_danger_is_lowered_by_a_second_person(watch: Any, real_world: World) -> None:
    tip = log_tip(real_world)
    with acting_as(real_world.operator):
        triage.triage(Tip.objects.get(pk=tip.pk), request_type="crisis", urgency="P0", by=real_world.operator, at=NOW)
    first = watch()
    first.sign_in("operator", to="/desk/")
    first.open(f"/tips/{tip.pk}/triage/")
    first.page.get_by_text("P2 Within 24 hours", exact=True).click()
    first.page.select_option("[name=lower_reason]", "safe")
    look_over(first)
    first.page.get_by_role("button", name="Save triage").click()
    page_is(first, "Who can help")
    assert first.page.get_by_text("The tip stays P0 until a second person agrees").count() == 1
    first.open(f"/tips/{tip.pk}/")
    first.page.get_by_role("link", name="See it").click()
    assert first.page.get_by_role("button", name="Agree").count() == 0
    second = watch()
    second.sign_in("operator2", to="/desk/")
    second.open(f"/tips/{tip.pk}/")
    second.page.get_by_role("link", name="Decide").click()
    page_is(second, f"Lower the danger of {tip.reference}?")
    look_over(second)
    second.page.get_by_role("button", name="Agree").click()
    second.open(f"/tips/{tip.pk}/")
    assert second.page.get_by_text("P2 Within 24 hours").count() > 0
    with acting_as(real_world.operator):
        assert Tip.objects.get(pk=tip.pk).urgency == "P2"


def test_a_supervisor_raises_a_wall_and_a_colleague_keeps_away(watch: Any, real_world: World) -> None:
    tip = log_tip(real_world)
    seen = watch()
    seen.sign_in("supervisor", to="/desk/")
    seen.open(f"/tips/{tip.pk}/")
    seen.page.get_by_role("link", name="Who is kept from it").click()
    seen.page.fill("[name=find]", "harbor")
    seen.page.locator("button[value=find]").click()
    seen.page.get_by_text("Example Harbor Shelter (agency)").click()
    look_over(seen)
    seen.page.get_by_role("button", name="Keep them away").click()
    seen.page.get_by_text("The wall stands.").wait_for()
    look_over(seen)
    other = watch()
    other.sign_in("operator2", to="/desk/")
    other.open(f"/tips/{tip.pk}/")
    other.page.get_by_role("link", name="I know somebody in this").click()
    look_over(other)
    other.page.get_by_role("button", name="Never show me this tip again").click()
    other.page.get_by_text("You will not see that tip again.").wait_for()
    assert tip.reference not in other.page.content()
    other.open(f"/tips/{tip.pk}/account/")
    assert other.page.locator("h1").inner_text() != tip.reference
