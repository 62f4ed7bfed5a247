"""Fixtures of the tests of the sealed trail."""

import pytest

from agencies import chain
from tests.agencies.trail import write


@pytest.fixture
def five(real_db: None, own_data_dir: None) -> None:
    """Events 1 to 5 in seal 1."""
    write(5)
    assert chain.seal() == 5
