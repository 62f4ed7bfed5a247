"""A shift in Chromium: an alarm reaches a screen within five seconds, one answers, every page is clean."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies.actions import duty
from agencies.scope import acting_as
from casework.actions import call_backs, paging, shift
from casework.actions.call_backs import Window
from casework.models import CallBack
from tests.factories import World, log_tip
from tips.actions import triage
from tips.models import Person, Tip

pytestmark = pytest.mark.browser
WITHIN = 5_000  # The promise: five seconds, in milliseconds.


def promised(world: World, tip: Tip) -> CallBack:
    now = timezone.now()
    with acting_as(world.operator):
        window = Window(now - timedelta(hours=1), now + timedelta(hours=2), "America/Chicago")
        person = Person.objects.get(tip=tip, number=1)
        return call_backs.promise(person, way="text", window=window, words="Say the library", by=world.operator, at=now)


def test_an_alarm_is_on_the_screen_within_five_seconds_and_is_answered_by_name(watch: Any, real_world: World) -> None:
    tip = log_tip(real_world)
    seen = watch()
    seen.sign_in("operator2", to="/duty/")
    seen.page.select_option("[name=hours]", "8")
    seen.page.click("text=Go on duty >> nth=-1")
    seen.page.wait_for_selector("text=Stay longer")
    seen.open("/desk/")
    seen.page.locator("#find").focus()
    with acting_as(real_world.operator):
        paging.page_duty("act_now", about=tip, by=real_world.operator, at=timezone.now())
    began = time.monotonic()
    seen.page.wait_for_selector("#alarms section", timeout=WITHIN)
    assert time.monotonic() - began < WITHIN / 1000
    seen.page.wait_for_function("document.title.startsWith('(1) Alarm')")
    assert seen.page.evaluate("document.activeElement.id") == "find"
    assert seen.axe() == []
    seen.page.set_viewport_size({"width": 320, "height": 640})
    assert seen.overflow() == 0
    seen.page.click("text=I answer. Show me")
    seen.page.wait_for_url(f"{seen.server}/tips/{tip.pk}/")
    assert "You answered the alarm." in seen.page.content()
    seen.page.wait_for_function("!document.title.includes('Alarm')")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_a_shift_are_clean_for_axe_and_fit(watch: Any, real_world: World, width: int) -> None:
    tip = log_tip(real_world)
    record = promised(real_world, tip)
    now = timezone.now()
    with acting_as(real_world.operator2):
        triage.take(log_tip(real_world), by=real_world.operator2, at=now)
    with acting_as(real_world.supervisor):
        duty.put_on_call(real_world.operator, pager="p", by=real_world.supervisor, at=now)
        shift.post_notice("The line is down", until=now + timedelta(hours=2), by=real_world.supervisor, at=now)
        paging.page_duty("danger", about=tip, by=real_world.supervisor, at=now)
    seen = watch(width=width)
    seen.sign_in("supervisor")
    found = {}
    paths = ["/duty/", "/call-backs/", f"/call-backs/{record.pk}/", f"/tips/{tip.pk}/call-back/", "/hand-over/"]
    for path in [*paths, "/desk/", "/admin/board/", "/admin/board/?wall=1"]:
        seen.open(path)
        wrong = seen.axe()
        if wrong or seen.overflow() > 0:
            found[path] = (wrong, seen.overflow())
    assert found == {}
