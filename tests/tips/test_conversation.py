"""A conversation while it runs: danger, the broken line, hand-over and help, verb by verb."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from agencies.lifecycle import Conflict
from agencies.models import Alarm, AuditEvent, Notice, User
from agencies.scope import acting_as
from tests.factories import NOW, TOLD, World, log_tip
from tips.actions import cut_off, danger, drafts, hand_over, help_me, intake
from tips.models import Contact, CutOff, Draft, Emergency, EmergencyOffer, HandOver, HelpCall, HelpLine, Tip

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
NUMBER = "(239) 555-0123"


@pytest.fixture
def contact(world: World) -> Contact:
    return open_one(world.operator)


def open_one(by: User, **typed: str) -> Contact:
    content = {"values": {name: [words] for name, words in typed.items()}}
    with acting_as(by):
        return intake.open_contact(channel="call", started_at=NOW, by=by, at=NOW, typed=content)


def raised(world: World, contact: Contact, **answers: str) -> Emergency:
    with acting_as(world.operator):
        return danger.raise_danger(contact, answers, by=world.operator, at=NOW)


# --- Danger ---------------------------------------------------------------------------------------------------------


def test_danger_is_raised_before_anything_is_known_and_tells_the_supervisors_and_the_screens(
    world: World, contact: Contact
) -> None:
    raised(world, contact)
    with acting_as(world.supervisor):
        assert Notice.objects.get(code="contact_danger").path == f"/contacts/{contact.pk}/"
        assert Alarm.objects.get().reason == "danger"
    with acting_as(world.auditor):
        event = AuditEvent.objects.get(verb="raise_danger")
        assert (event.object_id, event.details) == (str(contact.pk), {})


def test_raised_twice_it_is_one_danger_with_the_later_answers(world: World, contact: Contact) -> None:
    first = raised(world, contact, weapon="unknown")
    second = raised(world, contact, weapon="yes", safe_to_talk="listened")
    assert (first.pk, second.weapon, second.safe_to_talk) == (second.pk, "yes", "listened")
    with acting_as(world.supervisor):
        assert Notice.objects.filter(code="contact_danger").count() == 1


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_outside_the_desk_raises_danger_or_sees_it(world: World, contact: Contact, who: str) -> None:
    raised(world, contact)
    user = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        danger.raise_danger(contact, {}, by=user, at=NOW)
    with acting_as(user):
        assert Emergency.objects.count() == 0
        assert Emergency.objects.visible_to(user).count() == 0


def test_a_danger_makes_the_new_tip_p0_whatever_was_coded(world: World, contact: Contact) -> None:
    raised(world, contact)
    with acting_as(world.operator):
        tip = intake.end_on_tip(contact, TOLD, values={"danger": "none"}, by=world.operator, at=NOW)
        assert tip.urgency == "P0"
        assert Contact.objects.get().danger == "life"
        assert Emergency.objects.get().ended_as == "on_tip"


def test_a_danger_makes_the_tip_that_it_is_added_to_p0(world: World, contact: Contact) -> None:
    tip = log_tip(world)
    raised(world, contact)
    with acting_as(world.operator):
        intake.end_on_tip(contact, TOLD, tip=tip, by=world.operator, at=NOW)
        assert Tip.objects.get().urgency == "P0"
        assert AuditEvent.objects.filter(verb="raise_urgency", tip=tip.pk).count() == 1


def test_a_danger_that_was_taken_back_counts_for_nothing(world: World, contact: Contact) -> None:
    emergency = raised(world, contact)
    with acting_as(world.operator):
        danger.take_back(emergency, reason="pressed", by=world.operator, at=NOW + 2 * MINUTE)
        tip = intake.end_on_tip(contact, TOLD, values={"danger": "none"}, by=world.operator, at=NOW)
        assert (tip.urgency, Contact.objects.get().danger) == ("", "none")


def test_it_is_not_taken_back_late_or_without_a_reason_or_after_an_offer(world: World, contact: Contact) -> None:
    emergency = raised(world, contact)
    with acting_as(world.operator):
        with pytest.raises(ValidationError):
            danger.take_back(emergency, reason="", by=world.operator, at=NOW)
        with pytest.raises(Conflict):
            danger.take_back(emergency, reason="pressed", by=world.operator, at=NOW + 2 * MINUTE + timedelta(seconds=1))
        danger.offer(emergency, "crisis_line", by=world.operator, at=NOW)
        with pytest.raises(Conflict):
            danger.take_back(emergency, reason="pressed", by=world.operator, at=NOW)
        assert Emergency.objects.get().ended_at is None


@pytest.mark.parametrize("end", ["answered", "non_actionable"])
def test_a_contact_in_danger_does_not_vanish(world: World, contact: Contact, end: str) -> None:
    raised(world, contact)
    ends: dict[str, Any] = {
        "answered": lambda: intake.end_answered(contact, request_type="referral", by=world.operator, at=NOW),
        "non_actionable": lambda: intake.end_non_actionable(contact, reason="hang_up", by=world.operator, at=NOW),
    }
    with acting_as(world.operator), pytest.raises(ValidationError, match="Danger is raised"):
        ends[end]()


def test_an_offer_is_stamped_once_in_order_and_by_name(world: World, contact: Contact) -> None:
    emergency = raised(world, contact)
    with acting_as(world.operator):
        offer = danger.offer(emergency, "centre", centre=world.police, by=world.operator, at=NOW)
        with pytest.raises(Conflict):
            danger.stamp(offer, "confirmed", by=world.operator, at=NOW)
        offer = danger.stamp(offer, "connected", by=world.operator, at=NOW + MINUTE)
        with pytest.raises(Conflict):
            danger.stamp(offer, "connected", by=world.operator, at=NOW + 2 * MINUTE)
        with pytest.raises(Conflict):
            danger.stamp(offer, "declined", by=world.operator, at=NOW)
    with acting_as(world.supervisor):
        offer = danger.stamp(offer, "confirmed", by=world.supervisor, at=NOW + 2 * MINUTE)
    assert (offer.offered_at, offer.connected_at, offer.confirmed_at) == (NOW, NOW + MINUTE, NOW + 2 * MINUTE)
    assert (offer.offered_by, offer.confirmed_by) == (world.operator, world.supervisor)


@pytest.mark.parametrize(
    ("basis", "coded", "is_let"),
    [
        ("life", "life", True),
        ("life", "ongoing", False),
        ("life", "not_asked", False),
        ("minor", "ongoing", True),
        ("cannot_answer", "not_asked", True),
        ("", "life", False),
        ("because", "life", False),
    ],
)
def test_without_a_yes_only_for_the_reasons_of_ruling_2(
    world: World, contact: Contact, basis: str, coded: str, is_let: bool
) -> None:
    emergency = raised(world, contact)
    with acting_as(world.operator):
        if not is_let:
            with pytest.raises(ValidationError):
                danger.offer(emergency, "without_yes", basis=basis, danger=coded, by=world.operator, at=NOW)
            assert EmergencyOffer.objects.count() == 0
            return
        danger.offer(emergency, "without_yes", basis=basis, danger=coded, said=["place"], by=world.operator, at=NOW)
        assert EmergencyOffer.objects.get().said == ["place"]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "without_yes"},
        {"kind": "centre", "confirmed_at": NOW},
        {"kind": "centre", "connected_at": NOW, "declined_at": NOW},
    ],
)
def test_the_database_refuses_offers_that_cannot_be(world: World, contact: Contact, fields: dict[str, Any]) -> None:
    emergency = raised(world, contact)
    row = EmergencyOffer(
        emergency=emergency, contact=contact, agency=world.hotline, offered_by=world.operator, offered_at=NOW, **fields
    )
    with acting_as(world.operator), pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


# --- The broken line ------------------------------------------------------------------------------------------------


def test_a_dropped_call_stays_open_and_is_dropped_once(world: World, contact: Contact) -> None:
    with acting_as(world.operator):
        first = cut_off.drop(contact, number=NUMBER, may_ring_back="yes", by=world.operator, at=NOW)
        again = cut_off.drop(contact, by=world.operator, at=NOW + MINUTE)
        assert first.pk == again.pk
        assert Contact.objects.get().status == "draft"
        assert b"5550123" not in bytes(CutOff.objects.get().number_hash or b"")


def test_who_said_no_is_not_rung_back(world: World, contact: Contact) -> None:
    with acting_as(world.operator):
        row = cut_off.drop(contact, may_ring_back="no", by=world.operator, at=NOW)
        with pytest.raises(PermissionDenied):
            cut_off.choose(row, "ring_back", by=world.operator, at=NOW)
        assert cut_off.choose(row, "wait", by=world.operator, at=NOW).step == "wait"


def test_a_welfare_check_waits_for_another_person_who_is_a_supervisor(world: World, contact: Contact) -> None:
    with acting_as(world.operator):
        row = cut_off.choose(
            cut_off.drop(contact, by=world.operator, at=NOW), "welfare_check", by=world.operator, at=NOW
        )
        assert row.welfare == "asked"
        with pytest.raises(PermissionDenied):
            cut_off.answer_welfare(row, agrees=True, by=world.operator, at=NOW)
    with acting_as(world.operator2), pytest.raises(PermissionDenied):
        cut_off.answer_welfare(row, agrees=True, by=world.operator2, at=NOW)
    with acting_as(world.supervisor):
        assert Notice.objects.filter(code="contact_welfare").count() == 1
        row = cut_off.answer_welfare(row, agrees=True, by=world.supervisor, at=NOW)
        assert (row.welfare, row.welfare_by) == ("given", world.supervisor)
        with pytest.raises(Conflict):
            cut_off.answer_welfare(row, agrees=False, by=world.supervisor, at=NOW)


def test_a_supervisor_does_not_agree_with_themselves(world: World) -> None:
    contact = open_one(world.supervisor)
    with acting_as(world.supervisor):
        row = cut_off.drop(contact, by=world.supervisor, at=NOW)
        row = cut_off.choose(row, "welfare_check", by=world.supervisor, at=NOW)
        with pytest.raises(PermissionDenied):
            cut_off.answer_welfare(row, agrees=True, by=world.supervisor, at=NOW)


def test_in_danger_to_life_a_welfare_check_waits_for_nobody(world: World, contact: Contact) -> None:
    raised(world, contact)
    with acting_as(world.operator):
        row = cut_off.drop(contact, by=world.operator, at=NOW)
        assert cut_off.choose(row, "welfare_check", by=world.operator, at=NOW).welfare == "life"


@pytest.mark.parametrize(
    ("number", "minutes", "is_offered"),
    [("239-555-0123", 59, True), ("+1 239 555 0123", 1, True), ("239-555-0124", 1, False), ("239 555 0123", 60, False)],
)
def test_the_same_number_is_offered_for_an_hour(
    world: World, contact: Contact, number: str, minutes: int, is_offered: bool
) -> None:
    with acting_as(world.operator):
        cut_off.drop(contact, number=NUMBER, by=world.operator, at=NOW)
    with acting_as(world.operator2):
        found = cut_off.waiting(world.operator2, at=NOW + minutes * MINUTE, number_hash=cut_off.hash_of(number))
        assert [row.contact_id for row in found] == ([contact.pk] if is_offered else [])
    with acting_as(world.liaison):
        assert cut_off.waiting(world.liaison, at=NOW) == []


def test_a_colleague_goes_on_in_the_same_draft_with_what_was_heard_meanwhile(world: World) -> None:
    contact = open_one(world.operator, narrative="They lock the door.")
    with acting_as(world.operator):
        row = cut_off.drop(contact, number=NUMBER, by=world.operator, at=NOW)
    leg = open_one(world.operator2, narrative="It is me again.")
    with acting_as(world.operator2):
        cut_off.take_up(row, leg=leg, by=world.operator2, at=NOW + MINUTE)
        draft = Draft.objects.get(contact=contact)
        assert draft.typist_id == world.operator2.pk
        assert drafts.read_draft(draft)["values"]["narrative"] == ["They lock the door.\n\nIt is me again."]
        leg.refresh_from_db()
        assert (leg.status, leg.end_reason) == ("ended", "continued")
        assert CutOff.objects.get().ended_as == "taken_up"
        assert drafts.save_draft(contact.pk, {}, sequence=draft.sequence, by=world.operator2, at=NOW) > 0
    with acting_as(world.operator), pytest.raises(Conflict, match="Operator2 types this contact now"):
        drafts.save_draft(contact.pk, {}, sequence=0, by=world.operator, at=NOW)


def test_nobody_takes_up_a_line_that_is_not_broken(world: World, contact: Contact) -> None:
    with acting_as(world.operator):
        row = cut_off.drop(contact, by=world.operator, at=NOW)
        cut_off.resume(row, by=world.operator, at=NOW)
    with acting_as(world.operator2), pytest.raises(Conflict):
        cut_off.take_up(row, by=world.operator2, at=NOW)


# --- Hand-over ------------------------------------------------------------------------------------------------------


def test_a_conversation_goes_from_hand_to_hand_and_all_stay_named(world: World, contact: Contact) -> None:
    for giver, taker in ((world.operator, world.operator2), (world.operator2, world.supervisor)):
        with acting_as(giver):
            hand_over.hand_over(contact, to=taker, by=giver, at=NOW)
    with acting_as(world.supervisor):
        assert Draft.objects.get().typist_id == world.supervisor.pk
        rows = HandOver.objects.order_by("at", "pk")
        assert [(row.from_user, row.to_user) for row in rows] == [
            (world.operator, world.operator2),
            (world.operator2, world.supervisor),
        ]
        assert drafts.save_draft(contact.pk, {}, sequence=2, by=world.supervisor, at=NOW) == 3
    with acting_as(world.operator2), pytest.raises(Conflict, match="Supervisor types this contact now"):
        drafts.save_draft(contact.pk, {}, sequence=2, by=world.operator2, at=NOW)


def test_who_gave_it_takes_it_back(world: World, contact: Contact) -> None:
    with acting_as(world.operator):
        hand_over.hand_over(contact, to=world.operator2, by=world.operator, at=NOW)
        hand_over.hand_over(contact, to=world.operator, by=world.operator, at=NOW)
        assert Draft.objects.get().typist_id == world.operator.pk


def test_only_the_desk_is_handed_to_and_only_by_who_may(world: World, contact: Contact) -> None:
    with acting_as(world.operator), pytest.raises(ValidationError):
        hand_over.hand_over(contact, to=world.liaison, by=world.operator, at=NOW)
    with acting_as(world.operator2), pytest.raises(Conflict):
        hand_over.hand_over(contact, to=world.operator2, by=world.operator2, at=NOW)
    for who in (world.liaison, world.stranger, world.auditor):
        with acting_as(who), pytest.raises(PermissionDenied):
            hand_over.hand_over(contact, to=who, by=who, at=NOW)


def test_a_supervisor_passes_on_what_somebody_left(world: World, contact: Contact) -> None:
    with acting_as(world.supervisor):
        hand_over.hand_over(contact, to=world.operator2, by=world.supervisor, at=NOW)
    with acting_as(world.operator2):
        assert Draft.objects.get().typist_id == world.operator2.pk
        assert HandOver.objects.get().by == world.supervisor
        intake.end_non_actionable(contact, reason="test", by=world.operator2, at=NOW)
    with acting_as(world.operator):
        assert Draft.objects.count() == 0


def test_in_the_database_a_draft_is_closed_to_colleagues_and_strangers(world: World, contact: Contact) -> None:
    for who in (world.operator2, world.liaison, world.stranger, world.auditor, world.agencyadmin, world.sysadmin):
        with acting_as(who):
            assert Draft.objects.count() == 0
            assert Draft.objects.update(handed_to=who) == 0


# --- Help -----------------------------------------------------------------------------------------------------------


def test_help_is_a_line_between_two_that_leaves_nothing_behind(world: World, contact: Contact) -> None:
    with acting_as(world.operator):
        row = help_me.ask(contact, by=world.operator, at=NOW)
        assert help_me.ask(contact, by=world.operator, at=NOW).pk == row.pk
        help_me.write(row, "He is back", by=world.operator, at=NOW)
    with acting_as(world.supervisor):
        assert Notice.objects.filter(code="contact_help").count() == 1
        help_me.write(row, "Ask yes or no", by=world.supervisor, at=NOW + MINUTE)
        assert [(who, words) for who, _, words in help_me.lines(row)] == [
            ("Operator", "He is back"),
            ("Supervisor", "Ask yes or no"),
        ]
        assert all(b"yes or no" not in bytes(text) for text in HelpLine.objects.values_list("text", flat=True))
    with acting_as(world.operator2):
        assert HelpLine.objects.count() == 0
        with pytest.raises(PermissionDenied):
            help_me.write(row, "me too", by=world.operator2, at=NOW)
    with acting_as(world.operator):
        intake.end_non_actionable(contact, reason="test", by=world.operator, at=NOW)
        assert HelpLine.objects.count() == 0
        assert HelpCall.objects.get().ended_at == NOW


@pytest.mark.parametrize("words", ["", "   ", "x" * 501])
def test_a_line_is_neither_empty_nor_a_letter(world: World, contact: Contact, words: str) -> None:
    with acting_as(world.operator):
        row = help_me.ask(contact, by=world.operator, at=NOW)
        with pytest.raises(ValidationError):
            help_me.write(row, words, by=world.operator, at=NOW)


def test_a_row_of_a_conversation_is_not_moved_to_another_contact(world: World, contact: Contact) -> None:
    raised(world, contact)
    other = open_one(world.operator)
    with acting_as(world.operator), pytest.raises(DatabaseError), transaction.atomic():
        Emergency.objects.update(contact=other)
