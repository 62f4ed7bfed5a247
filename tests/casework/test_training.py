"""The training desk shares nothing with the real one: start-up holds them apart, and nothing leaves it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from agencies.scope import acting_as, acting_as_system
from casework import startup
from casework.actions import training
from casework.models import TrainingMark
from tests import databases
from tests.casework.pages import sign_in
from tests.conftest import template_name
from tests.factories import NOW, TOLD, World, build_world, log_tip
from tips.actions import triage
from tips.models import Tip

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_a_real_desk_refuses_a_training_database_and_the_other_way_round(settings) -> None:
    settings.TRAINING = False
    assert startup.training_problems() == []
    settings.TRAINING = True
    assert startup.training_problems()[0].startswith("CASEWORK_TRAINING is on and this database was not made")
    assert training.mark(at=NOW)
    assert not training.mark(at=NOW)
    assert startup.training_problems() == []
    settings.TRAINING = False
    assert startup.training_problems()[0].startswith("This database was made for training. A real desk never serves it")


@pytest.mark.django_db
def test_the_mark_is_for_an_empty_database_and_a_training_desk_only(settings) -> None:
    settings.TRAINING = False
    with pytest.raises(ValidationError, match="no training desk"):
        training.mark(at=NOW)
    settings.TRAINING = True
    build_world()
    with pytest.raises(ValidationError, match="in use"):
        training.mark(at=NOW)


@pytest.mark.django_db
def test_the_mark_stays_and_nobody_but_the_command_sets_it(settings) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        TrainingMark(made_at=NOW).save(force_insert=True)
    settings.TRAINING = True
    training.mark(at=NOW)
    for change in (TrainingMark.objects.all().delete, lambda: TrainingMark.objects.update(made_at=NOW)):
        with acting_as_system("test"), pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert TrainingMark.objects.count() == 1


@pytest.mark.django_db
def test_the_command_wants_a_password_and_a_training_desk(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINING_PASSWORD", "short")
    with pytest.raises(CommandError, match="TRAINING_PASSWORD"):
        call_command("seed_training")
    monkeypatch.setenv("TRAINING_PASSWORD", "long enough to be one")
    with pytest.raises(CommandError, match="no training desk"):
        call_command("seed_training")


def test_nothing_leaves_a_training_desk_whatever_the_environment_says(tmp_path: Path) -> None:
    asked = (
        "from django.conf import settings as s; print(s.EMAIL_BACKEND, repr(s.ON_CALL_HOOK_URL),"
        " repr(s.ON_CALL_HOOK_COMMAND), s.REFERENCE_PREFIX, s.SESSION_COOKIE_NAME)"
    )
    told = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "casework.settings",
        "CASEWORK_TRAINING": "1",
        "CASEWORK_DATA_DIR": str(tmp_path),
        "EMAIL_URL": "smtp://mail.example.org:25",
        "ON_CALL_HOOK_URL": "https://pager.example.org/call",
        "ON_CALL_HOOK_COMMAND": "pager",
    }
    done = subprocess.run([sys.executable, "-c", asked], env=told, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "django.core.mail.backends.dummy.EmailBackend",
        "''",
        "''",
        "TRAIN",
        "training_session",
    ]


@pytest.mark.django_db
def test_every_frame_says_that_it_is_training(settings, world: World) -> None:
    settings.TRAINING = True
    for client, address in ((sign_in(world.operator), "/desk/"), (sign_in(world.supervisor), "/admin/")):
        page = client.get(address).text
        assert 'class="training-mark"' in page
    assert "<title>Training: Desk" in sign_in(world.operator).get("/desk/").text
    settings.TRAINING = False
    assert "training-mark" not in sign_in(world.operator).get("/desk/").text


CANARY = "CanaryOfTheTraining"
REAL_PAGES = ("/desk/", "/desk/?view=all", "/call-backs/", "/hand-over/", "/referrals/", "/api/v1/tips/")
SUPERVISED = ("/admin/", "/admin/board/", "/admin/reports/", "/admin/reports/contacts-by-channel/", "/admin/tips/tip/")


def test_canaries_of_the_training_are_nowhere_at_the_real_desk(django_db_setup: None, django_db_blocker) -> None:
    """The same people at two desks, one of them at practice; the real one's pages, reports, search and trail."""
    with django_db_blocker.unblock():
        with databases.clone(template_name()):
            practice = build_world()
            reference = canary_tip(practice)
            assert reference in sign_in(practice.operator).get("/desk/").text
        with databases.clone(template_name()):
            real = build_world()
            for user, pages in ((real.operator, REAL_PAGES), (real.supervisor, REAL_PAGES + SUPERVISED)):
                client = sign_in(user)
                for address in pages:
                    text = client.get(address).text
                    assert CANARY not in text, address
                    assert reference not in text, address
                found = client.post("/find/", {"q": reference}, follow=True).text
                assert "/tips/" not in found or reference not in found
            with acting_as_system("test"):
                assert Tip.objects.count() == 0


def canary_tip(world: World) -> str:
    tip = log_tip(world, TOLD)
    with acting_as(world.operator):
        triage.confirm_shared_account(Tip.objects.get(), CANARY, by=world.operator, at=NOW)
    return tip.reference
