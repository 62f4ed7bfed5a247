"""The same phone, plate or handle, however it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tips.identifiers import normalise

KINDS = ["phone", "email", "handle", "web", "plate", "address", "business"]


@pytest.mark.parametrize(
    ("kind", "text", "normal"),
    [
        ("phone", "(305) 555-0101", "+13055550101"),
        ("phone", "+1 305 555 0101", "+13055550101"),
        ("phone", "305.555.0101", "+13055550101"),
        ("phone", "1-305-555-0101", "+13055550101"),
        ("phone", "no phone", ""),
        ("email", " Some.One@Example.ORG ", "some.one@example.org"),
        ("handle", "@Example_Name", "example_name"),
        ("web", "https://www.Example.org/ad/123/", "example.org/ad/123"),
        ("web", "example.org/ad/123", "example.org/ad/123"),
        ("web", "example.org/ad?id=7#top", "example.org/ad?id=7"),
        ("plate", "abc-12 34", "abc1234"),
        ("address", "12 Example St., Apt. 4", "12 example st apt 4"),
        ("business", "Example  Nails & Spa", "example nails spa"),
    ],
)
def test_normal_forms(kind: str, text: str, normal: str) -> None:
    assert normalise(kind, text) == normal


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(max_size=60))
def test_any_text_has_a_normal_form_that_stays(kind: str, text: str) -> None:
    normal = normalise(kind, text)
    assert normalise(kind, normal) == normal


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_nothing_stays_nothing(kind: str, text: str) -> None:
    assert normalise(kind, text) == ""
