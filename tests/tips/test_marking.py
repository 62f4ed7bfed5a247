"""The marks of the shared account: what identifies somebody is found, and nothing breaks on any text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.accounts import measure
from bench.narratives import by_hand, narratives, second_hand
from tips.marking import NEUTRAL, Span, marks, replaced

LETTERS = st.text(alphabet=st.sampled_from("aA 1.@-/\n\"'é٣０:,#()Ññ"), max_size=400)


def shown(text: str, known: tuple[str, ...] = ()) -> str:
    return replaced(text, marks(text, known=known))


@pytest.mark.parametrize("kind", list(NEUTRAL))
def test_recall_on_two_hundred_narratives_is_above_95_in_100(kind: str) -> None:
    assert measure(narratives()).recall(kind) > 0.95


def test_what_is_marked_mostly_needs_it() -> None:
    assert measure(narratives()).precision > 0.95


def test_narratives_that_no_template_made_are_marked_too() -> None:
    score = measure(by_hand())
    assert {kind for kind in NEUTRAL if score.recall(kind) < 0.95} == set()
    assert score.precision > 0.9


def test_names_of_many_languages_in_few_words_are_marked() -> None:
    score = measure(second_hand(), only="name")
    assert score.recall("name") > 0.95
    assert score.precision > 0.95


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Her name is Zulma Quispe and she is 19.", "Her name is [name] and she is 19."),
        ("they call him flaco and i hope she is ok", "they call him [name] and i hope she is ok"),
        ("Hope said that Grace cries.", "[name] said that [name] cries."),
        ("I hope the grace period helps. Will he call?", "I hope the grace period helps. Will he call?"),
        ("La señora Gutiérrez le debe a su mamá.", "La [name] le debe a su [relative]."),
        ("Ellos son hermanos de mi cuñado.", "Ellos son [relative] de mi [relative]."),
        ("His son is here.", "His [relative] is here."),
        ("Call nine five four five five five oh one one two now.", "Call [number] now."),
        ("Mi número es nueve cinco cuatro cinco cinco cinco cero uno uno dos.", "Mi número es [number]."),
        ("Text nine5four-5five5-o1one2 tonight", "Text [number] tonight"),
        ("Six workers, 16 and 17, earn 40 dollars for 80 hours since 2023.", None),
        ("Grey van, plate KLM 482, tag qrs 771.", "Grey van, plate [number], tag [number]."),
        ("She sleeps in room 214 at 4120 NW 7th Street, Apt 3.", "She sleeps in [address] at [address]."),
        ("Vive en la calle Luna 45, apartamento 3B.", "Vive en la [address]."),
        ("She goes to Lincoln High School.", "She goes to [place]."),
        ("insta: dulce_x or @dulce.real or rosa (at) correo dot com", "insta: [handle] or [handle] or [handle]"),
        ("Ad at hxxp://girls[.]example[.]com/ad/77 today", "Ad at [handle] today"),
        ("Papers A123456789 and 04/17/2009.", "Papers [number] and [number]."),
        ("HER NAME IS MARIA LOPEZ", "HER NAME IS [name]"),
        (
            "The driver is J.T.; my friend t.j. came at 9 p.m. with lil mama.",
            "The driver is [name]; my friend [name] came at 9 p.m. with [name].",
        ),
        ("Dice que El Gordo y la Güera esperan. Ella no sale.", "Dice que [name] y [name] esperan. Ella no sale."),
        ("Blessing and Faith asked ms. renee for Ngozi O.", "[name] and [name] asked [name] for [name]"),
        ("her sister shay and her brother works here", "her [relative] [name] and her [relative] works here"),
        (
            "a man everybody calls chepo has my loan papers in a van",
            "a man everybody calls [name] has my loan papers in a van",
        ),
        ("On Monday in Florida the FBI met Walmart staff.", None),
    ],
)
def test_literal_cases(text: str, expected: str | None) -> None:
    assert shown(text) == (expected or text)


def test_what_stands_on_the_tip_is_marked_wherever_it_occurs() -> None:
    text = "the waiter brought bexley two plates"
    assert shown(text) == text
    assert shown(text, ("Bexley Thorne",)) == "the waiter brought [name] two plates"


def test_a_span_is_undone_by_its_number() -> None:
    text = "Marcus and Keisha at room 9"
    spans = marks(text)
    assert replaced(text, spans, keep={1}) == "[name] and Keisha at [address]"
    assert replaced(text, spans, keep={0, 1, 2}) == text
    assert spans[2] == Span(21, 27, "address")


@given(st.one_of(st.text(max_size=400), LETTERS))
def test_any_text_gives_spans_in_order_without_overlap(text: str) -> None:
    spans = marks(text)
    assert all(0 <= span.start < span.end <= len(text) and span.kind in NEUTRAL for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert replaced(text, spans, keep=range(len(spans))) == text


def test_a_long_text_costs_as_much_as_its_length() -> None:
    # A pattern that goes back over the whole text would not come to an end here.
    for text in ("a" * 100_000, "a." * 50_000, "twenty-" * 10_000, "1 a a " * 10_000, '"A ' * 20_000):
        assert len(marks(text)) < 200
