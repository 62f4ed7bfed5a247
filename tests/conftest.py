"""Every test runs as the runtime role, on a clone of a database that the owner made."""

import gc
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import Settings

from tests import databases, server
from tests.factories import NOW, World, build_world

# These files take longest, so they come first: a long file that starts last keeps one process busy and the others idle.
LONGEST_FIRST = (
    "casework/test_demo.py",
    "architecture/test_plans.py",
    "browser/test_every_page.py",
    "browser/test_journey.py",
    "browser/test_frame_in_browser.py",
    "architecture/test_canaries.py",
    "casework/test_admin.py",
    "architecture/test_attacks_pages.py",
    "casework/test_referral_pages.py",
    "journeys/test_main_job_on_real_directory.py",
    "casework/test_contact_page.py",
    "casework/test_jobs.py",
    "casework/test_postgres_launcher.py",
    "architecture/test_attacks_sql.py",
)
_HERE = Path(__file__).parent
_template: list[str] = []


def template_name() -> str:
    """The migrated template of this session, for fixtures that clone their own database."""
    return _template[0]


def pytest_configure(config: pytest.Config) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # The tests' own transactions hold connections of their own; tests/architecture tries the pool.
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    server.use_own()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files by how long they take: the known ones, then those with the most tests. A file stays together."""
    places = {_HERE / name: place for place, name in enumerate(LONGEST_FIRST)}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (places.get(item.path, len(places)), -tests[item.path], item.path))


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no round of the garbage collector need look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Clone the template for this session and speak to it as the runtime role."""
    server.start()
    with django_db_blocker.unblock():
        _template.append(databases.template())
        with databases.clone(_template[0]):
            with connection.cursor() as cursor:
                cursor.execute("select current_user")
                assert cursor.fetchone() == (settings.DATABASES["default"]["USER"],)
            yield


@pytest.fixture
def own_data_dir(settings: Settings, tmp_path: Path) -> None:
    """A directory for anchors that no other test and no installation writes to."""
    settings.DATA_DIR = tmp_path
    settings.ANCHOR_EMAIL = ""


@pytest.fixture
def now() -> datetime:
    """The tests' fixed time."""
    return NOW


@pytest.fixture
def world(db: None) -> World:
    """Hotline, three agencies, and one person per role, all fictional."""
    return build_world()


@pytest.fixture
def real_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of its own, for threads, live servers and real commits.

    A flush between tests would hit the append-only triggers and delete the reference data.
    """
    with django_db_blocker.unblock(), databases.clone(_template[0]):
        yield


@pytest.fixture
def real_world(real_db: None) -> World:
    """The same people as `world`, committed, in a database of their own."""
    return build_world()
