"""Filling a demo database: directory, users, 60 tips of the last 90 days. Twice is the same as once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.db import transaction

import agencies
from agencies import audit
from agencies.actions import alarms
from agencies.actions.directory_import import import_directory
from agencies.hsds import read
from agencies.models import Agency, Alarm, AuditEvent, Phone, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import clocks
from casework.demo import people
from casework.demo.plan import ANSWERED, NON_ACTIONABLE, TIPS
from casework.demo.walking import Cast, walk
from casework.models import Clock
from tips.actions import intake, policies
from tips.actions.resources_given import Resource
from tips.models import Answer, Switch

DIRECTORY = Path(agencies.__file__).parent / "reference" / "demo_directory"
SOURCE = "demo directory"
# The same demo each time: nothing here is a secret.
SEED = 20261124
DONE = "seed_demo"
# What is older than a day and still sounds would say that nobody was there.
LEFT_SOUNDING = timedelta(days=1)
Say = Callable[[str], object]


def seed(*, password: str, at: datetime, say: Say) -> None:
    """Make what is not there yet.

    The cases are one transaction with a mark in the trail as its last row: an interrupted run leaves no case, and the
    next one begins them anew.
    """
    with acting_as_system("seed_demo"):
        is_done = AuditEvent.objects.filter(verb=DONE, kind="demo").exists()
    if not is_done:
        _fill_directory(at, say)
    with acting_as_system("seed_demo"):
        say(f"Users: {people.make_users(password=password, at=at)} made or given the password.")
    if is_done:
        say("Directory and cases: they are there already.")
        return
    with transaction.atomic():
        _make_cases(at, say)
        with acting_as_system("seed_demo") as system:
            audit.record(DONE, kind="demo", by=system, at=at, details={"tips": len(TIPS), "seed": SEED})


def _fill_directory(at: datetime, say: Say) -> None:
    with acting_as_system("seed_demo") as system:
        people.make_hotline()
        count = import_directory(read(DIRECTORY, source=SOURCE), by=system, at=at).counts["organizations"]
        _verify(at)
    say(f"Directory: {count.created + count.changed + count.unchanged} agencies, invented.")


def _verify(at: datetime) -> None:
    """Most entries were verified lately, some never: both are shown."""
    ours = Agency.objects.filter(source=SOURCE, verified_at=None).exclude(name__contains="Coral")
    for number, agency in enumerate(ours.order_by("name")):
        if number % 5:
            Agency.objects.filter(pk=agency.pk).update(verified_at=at - timedelta(days=7 * number))
            Phone.objects.filter(agency=agency).update(verified_on=(at - timedelta(days=7 * number)).date())


def _make_cases(at: datetime, say: Say) -> None:
    cast = Cast(
        users={user.username: user for user in User.objects.filter(is_demo=True)},
        agencies={agency.name: agency for agency in Agency.objects.filter(is_active=True).select_related("kind")},
        random=Random(SEED),  # noqa: S311 - the same demo each time.
        now=at,
        stand_ins=people.make_stand_ins(until=at),
    )
    for number, row in enumerate(TIPS, start=1):
        walk(row, cast)
        if number % 10 == 0:
            say(f"Tips: {number} of {len(TIPS)}.")
    _decide_policies(cast)
    _contacts_without_tip(cast)
    _answer_old_alarms(cast)
    say(f"Contacts without a tip: {len(NON_ACTIONABLE)} not actionable, {len(ANSWERED)} answered.")


def _decide_policies(cast: Cast) -> None:
    """One policy is decided by both supervisors, the other waits for the second."""
    one, two = cast.users["supervisor"], cast.users["supervisor2"]
    why = "Invented for the demo: what the person wants comes first."
    with acting_as(one):
        asked = policies.ask(Switch.THIRD_PARTY, Answer.CONSENT_ONLY, reason=why, by=one, at=cast.now)
        policies.ask(Switch.IMMIGRATION, Answer.CONSENT_ONLY, reason=why, by=one, at=cast.now)
    with acting_as(two):
        policies.give(asked, by=two, at=cast.now)


def _contacts_without_tip(cast: Cast) -> None:
    for hours, channel, reason in NON_ACTIONABLE:
        operator, began = cast.operator(), cast.now - timedelta(hours=hours)
        with acting_as(operator):
            contact = intake.open_contact(channel=channel, started_at=began, by=operator, at=began)
            intake.end_non_actionable(contact, reason=reason, by=operator, at=cast.after(began, 1, 3))
    for hours, channel, request_type, name, need in ANSWERED:
        operator, began = cast.operator(), cast.now - timedelta(hours=hours)
        given = [Resource(cast.agencies[name], "read_out", needs=(need,))]
        with acting_as(operator):
            contact = intake.open_contact(channel=channel, started_at=began, by=operator, at=began)
            intake.end_answered(
                contact, request_type=request_type, by=operator, at=cast.after(began, 4, 12), resources=given
            )


def _answer_old_alarms(cast: Cast) -> None:
    """Limits were missed when they passed; somebody of the desk answered each alarm within minutes."""
    until = cast.now - LEFT_SOUNDING
    with acting_as_system("demo"):
        missed = Clock.objects.filter(ended_at=None, drives_queue=True, due_at__lte=until).order_by("due_at")
        moments = list(missed.values_list("due_at", flat=True).distinct())
    for moment in moments:
        clocks.sweep(at=moment)
    with acting_as_system("demo"):
        sounding = list(Alarm.objects.unanswered().filter(raised_at__lte=until).order_by("raised_at", "pk"))
    for alarm in sounding:
        operator = cast.operator()
        with acting_as(operator):
            alarms.answer(alarm, by=operator, at=cast.after(alarm.raised_at, 1, 4))
