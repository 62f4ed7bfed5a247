"""While somebody listens the guide asks only what yes or no answers, and gives nothing away."""

import re

import pytest

from agencies.scope import acting_as
from tests.casework.pages import sign_in
from tests.casework.test_conversation_pages import act, begin
from tests.factories import World
from tips.actions.reference import load_guide
from tips.models import Contact, GuideQuestion

pytestmark = pytest.mark.django_db
OPENERS = {"Is", "Are", "Do", "Did", "Was", "Were", "May", "Shall", "Would", "Could", "If"}
GIVES_AWAY = (
    "traffick", "police", "danger", "hotline", "help", "pay", "money", "passport", "papers", "work", "sex", "marriage",
    "marry", "child", "kid", "report", "safe", "shelter", "leave", "crime", "law", "hurt", "boss", "owe", "abuse",
)  # fmt: skip


def test_every_question_for_a_call_that_is_listened_to_is_yes_or_no_and_could_be_any_call(world: World) -> None:
    said = dict(GuideQuestion.objects.exclude(listened="").values_list("code", "listened"))
    assert len(said) == 22
    for code, words in said.items():
        assert words.endswith("?"), code
        assert re.split(r"[ ,]", words)[0] in OPENERS, code
        assert [bad for bad in GIVES_AWAY if bad in words.lower()] == [], code


def test_words_that_the_desk_has_changed_are_left_alone(world: World) -> None:
    GuideQuestion.objects.filter(pk="work_pay").update(text="How are you paid?", listened="")
    GuideQuestion.objects.filter(pk="topic").update(listened="Is it all right?")
    GuideQuestion.objects.filter(pk="who_with").update(listened="")
    load_guide()
    said = dict(GuideQuestion.objects.values_list("code", "listened"))
    assert (said["work_pay"], said["topic"], said["who_with"]) == ("", "Is it all right?", "Is somebody with you now?")


def test_the_page_marks_what_is_said_in_the_open_and_what_is_not(world: World) -> None:
    client = sign_in(world.operator)
    url = begin(client)
    assert "data-listened" not in client.get(url).text
    act(client, url, "save", safe_to_talk="listened", exploitation="labor", requests="information")
    page = client.get(url).text
    assert " data-listened" in page.partition('id="contact"')[2].partition(">")[0]
    for question in GuideQuestion.objects.filter(code__in=["work_pay", "topic", "cut_off"]):
        row = page.partition(f'id="asked-{question.code}"')[2].partition("</div>")[0]
        assert f'<span class="when-open">{question.text}</span>' in row
        assert (f'<span class="when-listened">{question.listened}</span>' in row) is (question.code != "topic")
    # A question that cannot be asked so is out of sight altogether.
    assert 'class="usa-checkbox when-open"><input class="usa-checkbox__input" type="checkbox" id="asked-topic"' in page
    act(client, url, "triage", asked="work_pay")
    with acting_as(world.operator):
        assert Contact.objects.get().asked == ["work_pay"]
