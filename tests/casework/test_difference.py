"""Two people on one tip: both texts survive, the second is shown the difference and chooses field by field."""

from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from agencies.scope import acting_as
from casework.forms import difference
from tests.casework.pages import sign_in
from tests.casework.test_triage_page import MINOR, _form
from tests.factories import World, log_tip
from tips.models import Tip


class Sample(forms.Form):
    words = forms.CharField(widget=forms.Textarea, required=False)
    code = forms.ChoiceField(choices=[("a", "First"), ("b", "Second"), ("c", "Third")], required=False)
    many = forms.MultipleChoiceField(choices=[("x", "X"), ("y", "Y"), ("z", "Z")], required=False)


def _data(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


SEEN = difference.seen_of([Sample(initial={"words": "old", "code": "a", "many": ["x"]})])


def test_what_only_one_changed_is_not_asked_about() -> None:
    now = [Sample(initial={"words": "theirs", "code": "a", "many": ["x"]})]
    found = difference.compare([Sample(_data(words="old", code="b", many=["x"]))], now, SEEN)
    assert (found.asked, found.kept, found.taken) == ([], ["Code"], ["Words"])
    assert found.values == [("words", "theirs"), ("code", "b"), ("many", "x")]


def test_what_both_changed_is_asked_with_both_versions() -> None:
    now = [Sample(initial={"words": "theirs", "code": "b", "many": ["x", "y"]})]
    found = difference.compare([Sample(_data(words="mine", code="c", many=["z"]))], now, SEEN)
    assert [(row.name, row.mine, row.theirs, row.may_join) for row in found.asked] == [
        ("words", "mine", "theirs", True),
        ("code", "Third", "Second", False),
        ("many", "Z", "X\nY", True),
    ]


def test_the_same_change_by_both_is_none() -> None:
    now = [Sample(initial={"words": "new", "code": "b", "many": ["y"]})]
    found = difference.compare([Sample(_data(words="new", code="b", many=["y"]))], now, SEEN)
    assert (found.asked, found.kept, found.taken) == ([], [], [])


@pytest.mark.parametrize("seen", ["", "[]", "{", '{"words": 1}'])
def test_without_the_digests_every_difference_is_asked(seen: str) -> None:
    now = [Sample(initial={"words": "theirs"})]
    assert [row.name for row in difference.compare([Sample(_data(words="mine"))], now, seen).asked] == ["words"]


@pytest.mark.parametrize(
    ("choice", "words", "many"),
    [("mine", ["mine"], ["z"]), ("theirs", ["theirs"], ["x", "y"]), ("both", ["theirs\n\nmine"], ["x", "y", "z"])],
)
def test_a_choice_is_carried_out(choice: str, words: list[str], many: list[str]) -> None:
    now = [Sample(initial={"words": "theirs", "many": ["x", "y"]})]
    data = _data(words="mine", many=["z"], **{"choose:words": choice, "choose:many": choice, "choose:nonsense": "x"})
    merged = difference.resolved(data, now)
    assert (merged.getlist("words"), merged.getlist("many")) == (words, many)
    assert not [key for key in merged if key.startswith("choose:")]


@pytest.mark.django_db
def test_two_operators_triage_one_tip_and_both_choices_survive(world: World) -> None:
    tip = log_tip(world, MINOR)
    url = f"/tips/{tip.pk}/triage/"
    first, second = sign_in(world.operator), sign_in(world.operator2)
    seen = second.get(url).context["seen"]
    early = _form(first, url, urgency="P1", venues=["online"], cross_border="yes")
    late = _form(second, url, urgency="P3", venues=["hotel_motel"], request_type="high_risk", seen=seen)
    assert first.post(url, early).status_code == 302
    page = second.post(url, late)
    assert page.status_code == 409
    assert {row.label: (row.mine, row.theirs) for row in page.context["difference"].asked} == {
        "Request type": ("High risk (no clear signs of trafficking)", "Tip"),
        "Urgency": ("P3 Three days", "P1 Within 1 hour"),
        "What kind of place is it?": ("Hotel or motel", "Online"),
    }
    assert "Operator, Example Hotline" in page.text
    again = _data(**{name: [] for name, _ in page.context["hidden"]})
    for name, value in [*page.context["hidden"], ("seen", page.context["seen"])]:
        again.appendlist(name, str(value))
    again["choose:request_type"], again["choose:urgency"], again["choose:venues"] = "mine", "theirs", "both"
    assert second.post(url, again).status_code == 302
    with acting_as(world.operator):
        saved = Tip.objects.get()
        assert (saved.request_type, saved.urgency) == ("high_risk", "P1")
        assert saved.situation.facts["venues"] == ["online", "hotel_motel"]
        assert saved.situation.facts["cross_border"] == "yes"
