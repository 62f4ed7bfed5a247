"""Tests that were not seen green since the desk was built out: each with its reason, printed at the end of a run.

They run, and their outcome is shown as xfailed or xpassed, but they do not stop the suite. An entry is taken out
together with the mending; the list is to be empty again.
"""

import pytest

OWED: dict[str, str] = {}


def mark(items: list[pytest.Item]) -> None:
    """Let what is owed fail visibly without stopping the suite."""
    for item in items:
        for place, reason in OWED.items():
            if item.nodeid.startswith(place):
                item.add_marker(pytest.mark.xfail(reason=f"owed: {reason}", strict=False))
