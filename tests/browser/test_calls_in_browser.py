"""Whole calls in Chromium: without police, through an interpreter, a child alone, cut off, signed out, listened to."""

from typing import Any

import pytest

from agencies.scope import acting_as
from casework.models import Referral
from tests.browser.keyboard import focused, page_is
from tests.browser.test_conversation_in_browser import begin, grow_idle, kept, wait_kept
from tests.browser.test_journey import look_over
from tests.factories import PASSWORD, World
from tips.facts_of import facts_of
from tips.models import Contact, Emergency, EmergencyOffer, HandOver, Interpretation, Tip

pytestmark = pytest.mark.browser
# From the desk to the page on which the referral is written, each press of a key counted, each letter too.
MOST_KEYS = 200


def choose(seen: Any, label: str) -> None:
    seen.page.locator(f"label:text-is('{label}')").first.click()


def triage(seen: Any) -> None:
    seen.page.locator("#id_narrative").focus()
    seen.page.keyboard.press("Control+Enter")
    page_is(seen, "Triage of CW-")


def test_a_crisis_without_police_is_planned_and_stays_p0(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    seen.page.keyboard.type("He has a knife. She wants no police.")
    seen.page.keyboard.press("F2")
    seen.page.keyboard.press("Control+Enter")
    seen.page.wait_for_selector("h2:text-matches('raised at')")
    choose(seen, "Safety plan")
    choose(seen, "Call-back")
    seen.page.click("text=They want no police: plan with them")
    seen.page.wait_for_selector("text=No police: planned with them")
    look_over(seen)
    triage(seen)
    with acting_as(real_world.operator):
        assert EmergencyOffer.objects.get().plans == ["safety", "call_back"]
        assert (Tip.objects.get().urgency, Emergency.objects.get().ended_as) == ("P0", "on_tip")


def test_a_spanish_caller_with_an_interpreter(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    seen.page.keyboard.type("No la dejan salir del taller.")
    seen.page.fill("#id_language", "Spanish")
    seen.page.select_option("#id_interpreter", "connected")
    seen.page.click("summary:text-is('Who interprets, and how it goes')")
    seen.page.select_option("#id_interpreted_by", "relative")
    seen.page.select_option("[name=person-0-role]", "potential_victim")
    choose(seen, "This person is in contact with us")
    seen.page.select_option("[name=person-0-wants_law_enforcement]", "yes")
    # Without script and with it: the page says so once it is read again.
    seen.page.evaluate("document.querySelector('[name=act][value=save]').click()")
    seen.page.wait_for_selector("text=Their yes or no through this interpreter does not count.")
    look_over(seen)
    triage(seen)
    with acting_as(real_world.operator):
        contact, tip = Contact.objects.get(), Tip.objects.get()
        assert (contact.language, contact.interpreter) == ("Spanish", "informal")
        assert Interpretation.objects.get().who == "relative"
        assert facts_of(tip, by=real_world.operator)["persons"][0]["wishes_heard"] == "companion"


def test_a_child_alone_hears_first_what_must_be_passed_on(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    seen.page.keyboard.type("I am fifteen and my uncle does not let me out")
    seen.page.select_option("[name=caller_type]", "potential_victim")
    assert not seen.page.is_visible("text=I have told them")
    seen.page.fill("[name=person-0-years]", "15")
    seen.page.keyboard.press("Tab")
    seen.page.wait_for_selector("button:text-is('I have told them')", state="visible")
    assert seen.page.is_visible("text=A parent is no safe contact until the child says so.")
    look_over(seen)
    seen.page.click("button:text-is('I have told them')")
    seen.page.wait_for_selector("summary:text-matches('^Told ')")
    triage(seen)
    with acting_as(real_world.operator):
        assert Contact.objects.get().told_duty_at is not None
        assert facts_of(Tip.objects.get(), by=real_world.operator)["persons"][0]["age"] == "13_to_17"


def test_a_call_cut_off_is_taken_up_by_whoever_answers_next(watch: Any, real_world: World) -> None:
    first = watch()
    begin(first)
    address = first.page.url
    first.page.keyboard.type("She said the name of the street")
    first.page.fill("#id_number", "305 555 0164")
    first.page.click("button:text-is('Call dropped')")
    first.page.wait_for_selector("text=The line broke")
    look_over(first)
    second = watch()
    begin(second, "operator2")
    second.page.keyboard.type("I was cut off")
    second.page.fill("#id_number", "(305) 555-0164")
    second.page.evaluate("document.querySelector('[name=act][value=save]').click()")
    second.page.click("button:text-is('Same person: go on there')")
    second.page.wait_for_url(address)
    assert second.page.input_value("#id_narrative") == "She said the name of the street\n\nI was cut off"
    look_over(second)
    triage(second)
    with acting_as(real_world.operator2):
        assert HandOver.objects.get().to_user == real_world.operator2
        assert Tip.objects.count() == 1


def test_whoever_is_locked_out_in_a_call_comes_back_to_every_word(watch: Any, real_world: World) -> None:
    seen = watch()
    begin(seen)
    address = seen.page.url
    seen.page.keyboard.type("told before")
    wait_kept(seen, real_world.operator, "told before")
    grow_idle(seen)
    seen.page.keyboard.type(", and the last words")
    seen.page.wait_for_selector("#locked-box")
    wait_kept(seen, real_world.operator, "told before, and the last words")
    with seen.page.context.expect_page() as opened:
        seen.page.click("a:text-is('Sign in in a new tab')")
    other = opened.value
    other.fill("#id_login", "operator")
    other.fill("#id_password", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url(address)
    assert other.input_value("#id_narrative") == "told before, and the last words"
    assert kept(real_world.operator) == "told before, and the last words"


def test_while_somebody_listens_nothing_on_the_page_gives_the_subject_away(watch: Any) -> None:
    seen = watch()
    begin(seen)
    seen.page.locator("input[name=exploitation][value=labor] + label").click()
    seen.page.evaluate("document.querySelector('[name=act][value=look]').click()")
    seen.page.wait_for_load_state()
    seen.page.click("#guide ~ details > summary")
    assert seen.page.is_visible("text=Who has your passport or papers?")
    assert not seen.page.is_visible("text=Read out no name and no number")
    seen.page.keyboard.press("F2")
    choose(seen, "Somebody is listening")
    asked = seen.page.eval_on_selector_all(
        "#guide ~ details .usa-checkbox",
        "rows => rows.filter(row => row.offsetParent).map(row => row.innerText.trim())",
    )
    assert len(asked) > 10
    assert all(words.endswith("?") and "\n" not in words for words in asked), asked
    assert not [words for words in asked if "passport" in words or "pay" in words]
    assert seen.page.locator("blockquote.script >> visible=true").count() == 0
    assert seen.page.is_visible("text=Read out no name and no number")
    look_over(seen)
    choose(seen, "Yes")
    assert seen.page.is_visible("text=Who has your passport or papers?")


def test_what_is_handed_over_reaches_the_open_page_of_the_colleague(watch: Any) -> None:
    colleague = watch()
    begin(colleague, "operator2")
    colleague.page.keyboard.type("my own call")
    giver = watch()
    begin(giver)
    giver.page.keyboard.type("his words")
    address = giver.page.url
    giver.page.select_option("#hand_to", label="Operator2")
    giver.page.click("button:text-is('Hand over')")
    page_is(giver, "Desk")
    path = address.removeprefix(giver.server)
    colleague.page.wait_for_selector(f"#tray a[href='{path}']", timeout=25_000)
    assert colleague.page.input_value("#id_narrative") == "my own call"
    assert focused(colleague).startswith("What is happening")
    assert "One more conversation is yours now" in colleague.page.inner_text("#live")
    look_over(colleague)
    colleague.page.keyboard.press("F4")
    colleague.page.wait_for_url(address)
    assert colleague.page.input_value("#id_narrative") == "his words"


class Counted:
    """Hands on a keyboard: every press counts, a held Shift too."""

    def __init__(self, seen: Any) -> None:
        self.keyboard, self.presses = seen.page.keyboard, 0

    def type(self, words: str) -> None:
        self.presses += len(words)
        self.keyboard.type(words)

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.presses += len(key.split("+"))
            self.keyboard.press(key)


def tab_until(seen: Any, hands: Counted, name: str) -> None:
    for _ in range(60):
        if focused(seen).startswith(name):
            return
        hands.press("Tab")
    raise AssertionError(f"Sixty tabs never came to {name!r}, but to {focused(seen)!r}")


def test_from_the_desk_to_a_referral_draft_with_few_keys(
    watch: Any, real_world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = watch()
    seen.sign_in("operator", to="/desk/")
    hands = Counted(seen)
    tab_until(seen, hands, "New contact")
    hands.press("Enter")
    page_is(seen, "Contact in progress")
    hands.type("No bed tonight")
    hands.press("F2")
    hands.press("ArrowDown")
    tab_until(seen, hands, "Who is in contact")
    hands.type("Potential victim")
    tab_until(seen, hands, "ZIP code")
    hands.type("33101")
    tab_until(seen, hands, "Commercial sex")
    hands.press("Space")
    tab_until(seen, hands, "Role")
    hands.type("Potential victim")
    tab_until(seen, hands, "Age")
    hands.type("21")
    tab_until(seen, hands, "What this person needs")
    hands.press("Enter")
    tab_until(seen, hands, "Shelter")
    hands.press("Space")
    hands.press("Control+Enter")
    page_is(seen, "Triage of CW-")
    tab_until(seen, hands, "Your decision")
    hands.press("Enter")
    tab_until(seen, hands, "Request type")
    hands.type("Ref")
    tab_until(seen, hands, "P0")
    hands.press("ArrowDown")
    hands.press("Control+Enter")
    page_is(seen, "Who can help")
    tab_until(seen, hands, "Example Harbor Shelter")
    hands.press("Space")
    tab_until(seen, hands, "Write the referrals")
    hands.press("Enter")
    page_is(seen, "Write the referrals")
    with capsys.disabled():
        print(f"\n{hands.presses} presses of a key from the desk to the referral draft")  # noqa: T201
    assert hands.presses <= MOST_KEYS
    with acting_as(real_world.operator):
        assert Referral.objects.count() == 0
