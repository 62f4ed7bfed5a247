"""Who somebody is: opened by two people, by a recorded consent, or alone in danger to life; never by itself."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.lifecycle import Conflict
from agencies.models import AuditEvent, Notice, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import consents, identity, referrals
from casework.actions.consents import Said
from casework.models import IdentityAsk
from tests.casework.pages import sign_in
from tests.factories import NOW, World, log_tip, route
from tips.actions import reveal, walls
from tips.models import Person, PersonalAccess, PersonIdentity, Tip

pytestmark = pytest.mark.django_db


def just_now() -> datetime:
    """Before the transaction of the test began: the database compares with that moment."""
    return timezone.now() - timedelta(minutes=1)


def victim(world: World, tip: Tip | None = None) -> Person:
    tip = tip or log_tip(world)
    with acting_as(world.operator):
        return Person.objects.select_related("tip", "tip__holder_agency").get(tip=tip, number=1)


def look(user: User, person: Person, field: str = "name") -> str:
    with acting_as(user):
        row = PersonIdentity.objects.filter(person=person, field=field).first()
        assert row is not None
        return reveal.reveal(row, purpose="safety", by=user, at=just_now()).text


def asked(world: World, person: Person, *, by: User | None = None) -> IdentityAsk:
    by = by or world.operator
    with acting_as(by):
        return identity.ask(person, fields=["name"], reason="protect", by=by, at=just_now())


def test_two_people_open_one_field_of_one_person_to_one_of_them_for_an_hour(world: World) -> None:
    person = victim(world)
    with pytest.raises(PermissionDenied):
        look(world.operator, person)
    question = asked(world, person)
    with pytest.raises(PermissionDenied):
        look(world.operator, person)
    with acting_as(world.supervisor):
        given = identity.give(question, by=world.supervisor, at=just_now())
        assert given.open_until is not None
        assert given.decided_at is not None
        assert given.open_until - given.decided_at == timedelta(minutes=60)
    assert look(world.operator, person) == "Canary Name"
    with pytest.raises(PermissionDenied):
        look(world.operator2, person)
    with acting_as(world.operator), connection.cursor() as cursor:
        cursor.execute("select casework_identity_opens(%s, 'birth_date')", [person.pk])
        assert cursor.fetchone() == (False,)
    with acting_as(world.auditor):
        access = PersonalAccess.objects.get()
        assert (access.user, access.granted_by, access.second_by) == (world.operator, world.supervisor, world.operator)
    with acting_as(world.supervisor):
        assert PersonalAccess.objects.count() == 1
    with acting_as(world.operator2):
        assert PersonalAccess.objects.count() == 0


def test_what_was_open_is_closed_after_the_hour(world: World) -> None:
    person = victim(world)
    long_ago = just_now() - timedelta(minutes=60)
    with acting_as(world.operator):
        question = identity.ask(person, fields=["name"], reason="protect", by=world.operator, at=long_ago)
    with acting_as(world.supervisor):
        identity.give(question, by=world.supervisor, at=long_ago)
    with pytest.raises(PermissionDenied):
        look(world.operator, person)


def test_nobody_is_their_own_second_person(world: World) -> None:
    question = asked(world, victim(world), by=world.supervisor)
    with acting_as(world.supervisor), pytest.raises(PermissionDenied):
        identity.give(question, by=world.supervisor, at=NOW)
    with acting_as(world.operator2):
        identity.refuse(question, by=world.operator2, at=NOW)
        with pytest.raises(Conflict):
            identity.give(question, by=world.operator2, at=NOW)
    with acting_as(world.supervisor):
        assert PersonalAccess.objects.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update casework_identityask set status = 'given', decided_by_id = casework_user(), decided_at = now(),"
        " open_until = now() + interval '30 minutes'",
        "update casework_identityask set fields = '{name,phone,address}'",
        "update casework_identityask set asked_by_id = %(other)s",
        "update casework_identityask set status = 'given', decided_by_id = %(other)s, decided_at = now(),"
        " open_until = now() + interval '30 minutes'",
        "insert into tips_personalaccess (id, tip_id, person_id, user_id, level, fields, reason, valid_from,"
        " valid_until, granted_by_id) select gen_random_uuid(), tip_id, person_id, casework_user(), 'identity',"
        " '{name}', 'x', now(), now() + interval '1 day', %(other)s from casework_identityask",
    ],
)
def test_one_person_opens_nothing_by_sql(world: World, statement: str) -> None:
    asked(world, victim(world))
    with acting_as(world.operator), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"other": world.operator2.pk})


def test_a_second_person_cannot_open_it_for_longer_by_sql(world: World) -> None:
    asked(world, victim(world))
    with acting_as(world.operator2), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "update casework_identityask set status = 'given', decided_by_id = casework_user(), decided_at = now(),"
            " open_until = now() + interval '61 minutes'"
        )


@pytest.mark.parametrize("who", ["liaison", "stranger", "auditor", "sysadmin", "agencyadmin"])
def test_nobody_outside_the_desk_asks(world: World, who: str) -> None:
    person, user = victim(world), getattr(world, who)
    with acting_as(user):
        with pytest.raises(PermissionDenied):
            identity.ask(person, fields=["name"], reason="protect", by=user, at=NOW)
        with pytest.raises(PermissionDenied):
            identity.open_in_emergency(person, fields=["name"], reason="find", by=user, at=NOW)
    assert sign_in(user).get(f"/tips/{person.tip_id}/identity/").status_code == 404


def test_wrong_codes_are_refused(world: World) -> None:
    person = victim(world)
    with acting_as(world.operator):
        for wrong in ({"fields": []}, {"fields": ["all"]}, {"reason": "curious"}):
            with pytest.raises(ValidationError):
                identity.ask(person, **{"fields": ["name"], "reason": "same", **wrong}, by=world.operator, at=NOW)
        with pytest.raises(ValidationError):
            identity.open_in_emergency(person, fields=["name"], reason="protect", by=world.operator, at=NOW)


def test_in_an_emergency_one_opens_it_alone_and_others_are_told_at_once(world: World) -> None:
    tip = log_tip(world)
    (referral,) = route(world, tip, [world.shelter])
    with acting_as(world.liaison):
        referrals.accept(referral, by=world.liaison, at=NOW)
        person = Person.objects.select_related("tip__holder_agency").get(tip=tip, number=1)
        assert not PersonIdentity.objects.exists()
        identity.open_in_emergency(person, fields=["name"], reason="find", by=world.liaison, at=just_now())
        assert [row.field for row in PersonIdentity.objects.all()] == ["name"]
    assert look(world.liaison, person) == "Canary Name"
    with acting_as_system("look at notices"):
        told = Notice.objects.filter(code="emergency_access").values_list("user__username", "agency__name")
        assert set(told) == {("auditor", None), (None, "Example Hotline")}
    with acting_as(world.auditor):
        event = AuditEvent.objects.get(verb="open_in_emergency")
        assert (event.fields, event.reason) == (["name"], "find")
        assert PersonalAccess.objects.get().second_by is None


def test_a_wall_closes_what_two_people_opened(world: World) -> None:
    person = victim(world)
    question = asked(world, person)
    with acting_as(world.supervisor):
        identity.give(question, by=world.supervisor, at=just_now())
        walls.keep_person_away(person.tip, world.operator, by=world.supervisor, at=NOW)
    with acting_as(world.operator), connection.cursor() as cursor:
        cursor.execute("select casework_identity_opens(%s, 'name')", [person.pk])
        assert cursor.fetchone() == (False,)
        assert not PersonIdentity.objects.exists()


def test_a_signed_consent_opens_what_it_names_to_its_recipient_while_the_referral_is_worked(world: World) -> None:
    tip = log_tip(world)
    person = victim(world, tip)
    now = just_now()
    said = Said(world.shelter, "shelter", ["card", "working", "name"], "signed", "Spanish", "The words")
    with acting_as(world.operator):
        consents.record(person, said, by=world.operator, at=now)
    shelter, police = route(world, tip, [world.shelter, world.police], at=now)
    found = partial(PersonIdentity.objects.filter, person=person)
    with acting_as(world.liaison):
        assert not found().exists()
        referrals.accept(shelter, by=world.liaison, at=now)
        assert [row.field for row in found()] == ["name"]
    assert look(world.liaison, person) == "Canary Name"
    page = sign_in(world.liaison).get(f"/tips/{tip.pk}/").content.decode()
    assert 'Show<span class="usa-sr-only"> Name of Person 1' in page
    with acting_as(world.liaison2):
        referrals.accept(police, by=world.liaison2, at=now)
        assert not found().exists()
    with acting_as(world.operator):
        consents.withdraw(person, recipient=world.shelter, channel="call", by=world.operator, at=just_now())
    with acting_as(world.liaison):
        assert not found().exists()


def test_the_page_asks_and_a_colleague_answers(world: World) -> None:
    person = victim(world)
    path = f"/tips/{person.tip_id}/identity/"
    operator, second = sign_in(world.operator), sign_in(world.operator2)
    assert operator.post(path, {"act": "ask"}).status_code == 422
    form = {"act": "ask", "ask-person": person.pk, "ask-fields_asked": ["name"], "ask-reason": "protect"}
    assert "Asked. It opens" in operator.post(path, form, follow=True).content.decode()
    with acting_as(world.operator):
        question = IdentityAsk.objects.get()
    assert "Agree: open" not in operator.get(path).content.decode()
    assert "Agree: open" in second.get(path).content.decode()
    decide = f"{path}{question.pk}/"
    assert operator.post(decide, {"act": "give", "version": 1}).status_code == 403
    assert second.post(decide, {"act": "nothing", "version": 1}).status_code == 404
    assert "in both names" in second.post(decide, {"act": "give", "version": 1}, follow=True).content.decode()
    assert second.post(decide, {"act": "refuse", "version": 1}).status_code == 409
    assert "to Operator until" in operator.get(path).content.decode()
    emergency = {"act": "emergency", "now-person": person.pk, "now-fields_asked": ["phone"], "now-reason": "find"}
    assert "Auditors and the holder are told" in operator.post(path, emergency, follow=True).content.decode()
