"""References catch slips of the pen; keys sort by time."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.ids import is_reference, make_reference, uuid7

NUMBERS = [1, 2, 9, 10, 11, 99, 123, 1_000, 54_321, 90_909, 123_456, 500_000, 999_999, 1_000_000, 98_765_432]


def valid(text: str) -> bool:
    return is_reference(text, prefix="CW")


def test_a_reference_is_made_as_it_is_printed() -> None:
    assert make_reference("CW", 2026, 123) == "CW-2026-000123-X"
    assert valid("CW-2026-000123-X")
    assert valid(" cw-2026-000123-x ")


@pytest.mark.parametrize("number", NUMBERS)
def test_every_wrong_character_is_caught(number: int) -> None:
    reference = make_reference("CW", 2026, number)
    for place, right in enumerate(reference):
        for wrong in string.ascii_uppercase + string.digits + "-":
            if wrong != right:
                assert not valid(reference[:place] + wrong + reference[place + 1 :]), (reference, place, wrong)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_swap_of_neighbours_is_caught(number: int) -> None:
    reference = make_reference("CW", 2026, number)
    for place in range(len(reference) - 1):
        swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
        if swapped != reference:
            assert not valid(swapped), (reference, place)
    # Digits that stand next to each other once the dashes are read over.
    digits = [place for place, symbol in enumerate(reference) if symbol.isalnum()]
    for one, two in itertools.pairwise(digits):
        letters = list(reference)
        letters[one], letters[two] = letters[two], letters[one]
        if (swapped := "".join(letters)) != reference:
            assert not valid(swapped), (reference, one)


@given(st.integers(min_value=1, max_value=10**10), st.integers(min_value=2000, max_value=2999))
def test_every_made_reference_is_one(number: int, year: int) -> None:
    assert valid(make_reference("CW", year, number))


@given(st.text(max_size=40))
def test_any_text_is_answered(text: str) -> None:
    assert valid(text) in (True, False)


@pytest.mark.parametrize("text", ["", "CW", "CW-2026-000123-", "HT-2026-000123-X", "CW-2026-123-X", "CW-26-000123-X"])
def test_other_shapes_are_no_references(text: str) -> None:
    assert not valid(text)


def test_keys_are_version_7_and_sort_by_time() -> None:
    keys = [uuid7() for _ in range(1_000)]
    assert {key.version for key in keys} == {7}
    assert len(set(keys)) == 1_000
    assert [key.int >> 80 for key in keys] == sorted(key.int >> 80 for key in keys)
