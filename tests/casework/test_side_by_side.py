"""One need offered side by side; silence and what follows from it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from agencies.lifecycle import Conflict
from agencies.models import Agency, AuditEvent, Notice
from agencies.scope import acting_as, acting_as_system
from casework.actions import proposals, referrals, side_by_side, silence
from casework.models import Referral
from tests.casework.pages import sign_in
from tests.factories import NOW, World, log_tip, make_agency, make_referral, route
from tips.actions import triage
from tips.models import Person, Tip, TipAccess

pytestmark = pytest.mark.django_db


def offered(world: World, receivers: list[Agency] | None = None) -> list[Referral]:
    """The same need to shelter, police and legal aid, side by side; in the order of `receivers`."""
    receivers = receivers or [world.shelter, world.police, world.legal]
    tip = log_tip(world)
    by = world.supervisor
    with acting_as(by):
        tip = triage.triage(
            Tip.objects.get(pk=tip.pk), request_type="referral", urgency="P2", indicator_level="high", by=by, at=NOW
        )
        proposal = proposals.make(tip, by=by, at=NOW)
        victim = Person.objects.get(tip=tip, number=1)
        lines = [
            proposals.Line(one, [victim], "shelter", "protection", "A bed", "Spoken consent, read back", "", True)
            for one in receivers
        ]
        return proposals.confirm(proposal, lines, by=by, at=NOW, override_reason="test")


def again(referral: Referral) -> Referral:
    with acting_as_system("test"):
        return Referral.objects.get(pk=referral.pk)


def told(code: str) -> int:
    with acting_as_system("test"):
        return Notice.objects.filter(code=code).count()


def test_a_yes_opens_nothing_before_the_sender_confirms(world: World) -> None:
    first, second, third = offered(world)
    assert first.round == second.round == third.round is not None
    with acting_as(world.liaison):
        referrals.accept(first, by=world.liaison, at=NOW)
        assert not Tip.objects.visible_to(world.liaison).exists()
    assert again(first).status == "sent"
    assert again(first).ready_at == NOW
    assert told("referral_ready") == 1


def test_the_confirmed_one_wins_and_the_others_are_told_that_it_was_found_elsewhere(world: World) -> None:
    first, second, third = offered(world)
    for referral, liaison in ((first, world.liaison), (second, world.liaison2)):
        with acting_as(liaison):
            referrals.accept(referral, by=liaison, at=NOW)
    with acting_as(world.operator):
        taken = side_by_side.confirm(again(second), by=world.operator, at=NOW)
    assert taken.status == "accepted"
    assert [again(one).status for one in (first, second, third)] == ["recalled", "accepted", "recalled"]
    assert {again(one).cancel_reason for one in (first, third)} == {"found_elsewhere"}
    assert told("referral_found_elsewhere") == 2
    assert told("referral_accepted") == 1
    with acting_as_system("test"):
        assert set(TipAccess.objects.filter(is_holder=False).values_list("agency", flat=True)) == {world.police.pk}
        event = AuditEvent.objects.get(verb="accept")
        assert (event.actor, event.agency, event.role) == (world.operator.pk, world.police.pk, "by_word")


def test_only_one_that_said_yes_is_confirmed_and_only_once(world: World) -> None:
    first, second, _ = offered(world)
    with acting_as(world.operator), pytest.raises(PermissionDenied):
        side_by_side.confirm(again(first), by=world.operator, at=NOW)
    for referral, liaison in ((first, world.liaison), (second, world.liaison2)):
        with acting_as(liaison):
            referrals.accept(referral, by=liaison, at=NOW)
    with acting_as(world.operator):
        side_by_side.confirm(again(first), by=world.operator, at=NOW)
        with pytest.raises(Conflict, match="was confirmed already"):
            side_by_side.confirm(again(second), by=world.operator, at=NOW)
    with acting_as(world.stranger), pytest.raises(Conflict):
        referrals.accept(offered_to(world, world.legal), by=world.stranger, at=NOW)


def offered_to(world: World, agency: Agency) -> Referral:
    with acting_as_system("test"):
        return Referral.objects.get(receiver=agency)


def test_others_do_not_confirm(world: World) -> None:
    first, *_ = offered(world)
    with acting_as(world.liaison):
        referrals.accept(first, by=world.liaison, at=NOW)
        with pytest.raises(PermissionDenied):
            side_by_side.confirm(again(first), by=world.liaison, at=NOW)
    with acting_as(world.stranger), pytest.raises(PermissionDenied):
        side_by_side.confirm(again(first), by=world.stranger, at=NOW)
    assert again(first).status == "sent"


def test_the_database_refuses_an_acceptance_that_nobody_confirmed(world: World) -> None:
    first, *_ = offered(world)
    with pytest.raises(Exception, match="not the receiver's to change"), acting_as(world.liaison):
        Referral.objects.filter(pk=first.pk).update(status="accepted", answered_at=NOW)


def test_a_receiver_learns_of_no_other_offer(world: World) -> None:
    first, *_ = offered(world)
    with acting_as(world.liaison):
        assert list(Referral.objects.values_list("pk", flat=True)) == [first.pk]
        assert side_by_side.others(first, world.liaison) == []
    with acting_as(world.operator):
        assert {one.receiver for one in side_by_side.others(first, world.operator)} == {world.police, world.legal}


def test_at_most_five_are_asked_side_by_side(world: World) -> None:
    agencies = [make_agency(f"Example House {n}", "shelter", phone="305 555 0100") for n in range(6)]
    with pytest.raises(ValidationError, match="at most 5"):
        offered(world, agencies)
    with acting_as_system("test"):
        assert Referral.objects.count() == 0


def test_one_that_said_yes_waits_for_the_sender_and_does_not_expire(world: World) -> None:
    first, second, third = offered(world)
    with acting_as(world.liaison):
        referrals.accept(first, by=world.liaison, at=NOW)
    assert first.answer_due_at is not None
    assert silence.expire_due(at=first.answer_due_at) == 2
    assert [again(one).status for one in (first, second, third)] == ["sent", "expired", "expired"]


def test_a_yes_is_said_once_and_only_where_others_were_asked(world: World) -> None:
    first, *_ = offered(world)
    with acting_as(world.liaison):
        referrals.accept(first, by=world.liaison, at=NOW)
        with pytest.raises(Conflict, match="said yes already"):
            referrals.accept(again(first), by=world.liaison, at=NOW)
    alone = make_referral(world, "sent", receiver=world.police)
    with acting_as(world.liaison2), pytest.raises(ValidationError, match="You alone"):
        referrals.say_yes(alone, by=world.liaison2, at=NOW)


# --- Silence -------------------------------------------------------------------------------------------------


def test_reminders_go_to_the_agency_then_its_people_then_the_supervisor(world: World) -> None:
    referral = make_referral(world, "sent")  # P2: 24 hours to answer.
    assert silence.remind_due(at=NOW + timedelta(hours=11)) == 0
    assert silence.remind_due(at=NOW + timedelta(hours=12)) == 1
    assert silence.remind_due(at=NOW + timedelta(hours=12)) == 0
    assert silence.remind_due(at=NOW + timedelta(hours=18)) == 1
    assert silence.remind_due(at=NOW + timedelta(hours=22)) == 1
    assert silence.remind_due(at=NOW + timedelta(hours=23)) == 0
    with acting_as_system("test"):
        reminded = Notice.objects.filter(code__in=["referral_reminder", "referral_waits"]).order_by("created_at")
        found = [(notice.code, notice.agency_id or notice.user_id) for notice in reminded]
    assert found == [
        ("referral_reminder", world.shelter.pk),
        ("referral_reminder", world.liaison.pk),
        ("referral_waits", world.supervisor.pk),
    ]
    assert again(referral).reminders == 3


def test_what_was_answered_is_not_reminded_of(world: World) -> None:
    make_referral(world, "declined")
    assert silence.remind_due(at=NOW + timedelta(hours=23)) == 0


def test_a_word_is_asked_for_three_times_and_then_a_supervisor_may_end_it(world: World) -> None:
    referral = make_referral(world, "accepted")  # P2: 7 days, to the end of the last day in New York.
    due = again(referral).feedback_due_at
    assert due is not None
    assert due.isoformat() == "2026-11-25T04:59:59.999999+00:00"
    assert silence.ask_feedback_due(at=due - timedelta(seconds=1)) == 0
    for days in (0, 2, 4):
        with acting_as(world.supervisor), pytest.raises(ValidationError, match="times"):
            silence.close_unheard(again(referral), by=world.supervisor, at=due)
        assert silence.ask_feedback_due(at=due + timedelta(days=days)) == 1
    assert silence.ask_feedback_due(at=due + timedelta(days=30)) == 0
    assert (told("feedback_asked"), told("feedback_missing")) == (3, 1)
    for who in (world.operator, world.liaison, world.stranger):
        with acting_as(who), pytest.raises(PermissionDenied):
            silence.close_unheard(again(referral), by=who, at=due + timedelta(days=5))
    with acting_as(world.supervisor):
        closed = silence.close_unheard(again(referral), by=world.supervisor, at=due + timedelta(days=5))
    assert (closed.status, closed.outcome) == ("closed", "no_information")
    with acting_as(world.liaison):
        assert not Tip.objects.visible_to(world.liaison).exists()


def test_a_word_sets_the_next_one_thirty_days_on_and_counts_anew(world: World) -> None:
    referral = make_referral(world, "accepted")
    due = again(referral).feedback_due_at
    assert due is not None
    assert silence.ask_feedback_due(at=due) == 1
    with acting_as(world.liaison):
        moved = referrals.report_progress(again(referral), progress="nothing_new", by=world.liaison, at=due)
    assert moved.feedback_asked == 0
    assert moved.feedback_due_at is not None
    assert moved.feedback_due_at.isoformat() == "2026-12-24T23:59:59.999999-05:00"
    assert told("referral_progress") == 1


def test_an_urgent_referral_owes_its_first_word_after_a_day(world: World) -> None:
    referral = route(world, log_tip(world), [world.shelter])[0]
    with acting_as_system("test"):
        Referral.objects.update(urgency="P1")
    with acting_as(world.liaison):
        accepted = referrals.accept(again(referral), by=world.liaison, at=NOW)
    assert accepted.feedback_due_at is not None
    assert accepted.feedback_due_at.isoformat() == "2026-11-18T23:59:59.999999-05:00"


def test_a_supervisor_cannot_end_it_in_the_database_before_it_was_asked_for(world: World) -> None:
    referral = make_referral(world, "accepted")
    with pytest.raises(Exception, match="not the sender's to change"), acting_as(world.supervisor):
        Referral.objects.filter(pk=referral.pk).update(status="closed", outcome="no_information", ended_at=NOW)


def test_the_page_lists_who_was_asked_and_what_each_said(world: World) -> None:
    first, second, _ = offered(world)
    with acting_as(world.liaison):
        referrals.accept(first, by=world.liaison, at=NOW)
    page = sign_in(world.operator).get(f"/referrals/{second.pk}/").content.decode()
    asked = page[page.index("Who was asked for this need") :]
    assert asked.count('<span class="tag tag--') == 3
    assert asked.index("Example Harbor Shelter") < asked.index("said yes")
