"""Fixtures of the tests of the sealed trail."""

from pathlib import Path

import pytest
from pytest_django import Settings

from agencies import chain
from tests.agencies.trail import write


@pytest.fixture
def own_data_dir(settings: Settings, tmp_path: Path) -> None:
    """A directory for anchors that no other test and no installation writes to."""
    settings.DATA_DIR = tmp_path
    settings.ANCHOR_EMAIL = ""


@pytest.fixture
def five(real_db: None, own_data_dir: None) -> None:
    """Events 1 to 5 in seal 1."""
    write(5)
    assert chain.seal() == 5
