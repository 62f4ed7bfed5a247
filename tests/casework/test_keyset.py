"""Keys of pages: whatever the sorted values hold, a key leads back to its row."""

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agencies.models import Agency
from casework import keyset
from tests.factories import World, make_agency

ORDER = ("name", "id")
NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))


@given(name=NAMES, key=st.uuids())
@example(name="A ~ B", key=UUID(int=1))
@example(name="100%7E", key=UUID(int=1))
@example(name="%257E~%25~", key=UUID(int=1))
def test_a_key_is_read_as_the_values_it_was_made_of(name: str, key: UUID) -> None:
    word = keyset.key_of(Agency(id=key, name=name), ORDER)
    assert keyset._values(Agency.objects.all(), ORDER, word) == [name, key]


@given(st.text())
def test_a_word_from_anybody_is_a_key_or_none(word: str) -> None:
    found = keyset._values(Agency.objects.all(), ORDER, word)
    assert found is None or len(found) == 2


def test_pages_go_on_after_names_that_hold_the_separator(world: World) -> None:
    names = ["A ~ B", "A ~ C", "A %7E D", "A % E", "A ~~ F"]
    for name in names:
        make_agency(name, "shelter")
    rows, seen, after = Agency.objects.filter(name__startswith="A "), [], ""
    while True:
        page = keyset.page(rows, ORDER, after=after, size=1)
        seen += [agency.name for agency in page.rows]
        after = page.older
        if not after:
            break
    assert seen == ["A % E", "A %7E D", "A ~ B", "A ~ C", "A ~~ F"]


@pytest.mark.parametrize("key", ["a~b~c", "~", "name only", "A ~ B~00000000-0000-0000-0000-000000000001"])
def test_a_key_of_another_shape_counts_as_none(world: World, key: str) -> None:
    assert keyset.page(Agency.objects.all(), ORDER, after=key, size=1).newer == ""
