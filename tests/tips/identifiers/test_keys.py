"""Under which forms a value is kept and asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tips.identifiers import FORMS, Key, asked, kept
from tips.identifiers.keys import parts_of_name

KINDS = ["phone", "email", "handle", "web", "plate", "address", "business", "name", "aliases"]

MEET = [
    ("phone", "(305) 555-0101 x3", "phone", "tel:+13055550101", "phone"),
    ("phone", "305 555 0101", "phone", "555-0101", "phone_tail"),
    ("phone", "555-0101", "phone", "305 555 0101", "phone_local"),
    ("phone", "305 555 0101", "handle", "wa.me/13055550101", "phone"),
    ("email", "Some.One+ad@GMail.com", "email", "someone@googlemail.com", "mailbox"),
    ("handle", "@Jane", "web", "https://instagram.com/jane", "loose_handle"),
    ("web", "https://instagram.com/jane?x=1", "handle", "ig: jane", "account"),
    ("handle", "ig: jane", "handle", "snap: jane", "handle"),
    ("web", "hxxps://example[.]org/ad?id=7", "web", "example.org/ad/?id=7", "web"),
    ("plate", "FL abc 1234", "plate", "ABC-1234", "plate"),
    ("plate", "FL abc O123", "plate", "ABC-0123", "plate_alike"),
    ("address", "12 N Main St, Miami FL", "address", "12 North Main Street Apt 3, Miami, Florida", "address"),
    ("address", "12 Main St, Miami FL", "address", "12 Main, Miami", "address_core"),
    ("address", "12 Main St, Miami FL", "address", "12 Main Street", "address_any"),
    ("address", "12 Main Street", "address", "12 Main St, Miami FL", "address_loose"),
    ("business", "Example Nails & Spa, LLC", "business", "The Example Nails and Spa", "business"),
    ("name", "García, José", "name", "Jose Garcia", "name"),
    ("name", "Bob Smith", "name", "Robert Smith", "name"),
    ("name", "Ana Gonzales", "name", "Anna Gonzalez", "name_sound"),
]


@pytest.mark.parametrize(("kind", "value", "other_kind", "other", "form"), MEET)
def test_value_is_met_again_under_a_form(kind: str, value: str, other_kind: str, other: str, form: str) -> None:
    met = set(kept(kind, value)) & set(asked(other_kind, other))
    assert form in {key.form for key in met}


@pytest.mark.parametrize(
    ("kind", "value", "other"),
    [
        ("phone", "305 555 0101", "786 555 0101"),
        ("plate", "ABC1234", "ABC1235"),
        ("address", "12 Main St, Miami FL", "12 Main St, Tampa FL"),
        ("web", "example.org/ad/1", "example.org/ad/2"),
        ("email", "a@example.org", "b@example.org"),
        ("handle", "@jane", "@janet"),
        ("name", "Maria Lopez", "Maria Ruiz"),
        ("name", "Maria", "Maria"),
    ],
)
def test_other_value_is_not_met(kind: str, value: str, other: str) -> None:
    assert not set(kept(kind, value)) & set(asked(kind, other))


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(max_size=60))
def test_any_text_has_keys_that_are_met_again_or_none(kind: str, text: str) -> None:
    keep, ask = kept(kind, text), asked(kind, text)
    assert all(key.form in FORMS and key.text for key in (*keep, *ask))
    assert bool(keep) == bool(ask)


@pytest.mark.parametrize("kind", [*KINDS, "birth_date", "code_word"])
@pytest.mark.parametrize("text", ["", " ", "\n\t", "?"])
def test_nothing_has_no_keys(kind: str, text: str) -> None:
    assert kept(kind, text) == []


def test_parts_of_a_name_are_for_the_search_box() -> None:
    assert parts_of_name("Maria de la Cruz") == [
        Key("name_part", "maria"),
        Key("name_part", "cruz"),
        Key("name_part", "delacruz"),
    ]
    assert parts_of_name("") == []
