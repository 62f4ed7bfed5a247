"""Ruling 16: who is told what of a possible match, at the level of the database functions."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from agencies import crypto
from agencies.ids import uuid7
from agencies.lifecycle import Conflict
from agencies.models import Agency, AuditEvent, Notice, Role, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import referrals
from tests.factories import NOW, TOLD, World, log_tip, make_agency, make_user, route
from tips import matches
from tips.actions import intake, matching, persons, triage, walls
from tips.models import (
    Identifier,
    MatchAsk,
    MatchKey,
    MatchQuestion,
    Person,
    PersonIdentity,
    Tip,
    Wall,
    WordFrequency,
)
from tips.told import IdentifierTold, PersonTold, PlaceTold, Told

PLATE = Told(identifiers=(IdentifierTold("plate", "FL ABC 1234"),), place=PlaceTold(state="FL", county="Collier"))
PHONE = (IdentifierTold("phone", "(305) 555-0101"),)


def found(user: User, told: tuple[IdentifierTold, ...]) -> tuple[list[object], int]:
    with acting_as(user):
        answer = matches.sharing(told)
    return [match.tip_id for match in answer.matches], answer.others


def found_with(user: User, tip: Tip) -> tuple[list[object], int]:
    with acting_as(user):
        answer = matches.sharing_with(tip.pk)
    return [match.tip_id for match in answer.matches], answer.others


@pytest.fixture
def other(world: World) -> User:
    """The operator of a second hotline."""
    return make_user("other", Role.OPERATOR, make_agency("Example State Hotline", "hotline", is_hotline=True))


def log_as(user: User, told: Told) -> Tip:
    with acting_as(user):
        contact = intake.open_contact(channel="call", started_at=NOW, by=user, at=NOW)
        return intake.end_on_tip(contact, told, by=user, at=NOW)


def test_desk_finds_its_tip_by_a_phone_however_it_is_written(world: World) -> None:
    tip = log_tip(world)
    for words in ("+1 305 555 0101", "three oh five, 555 0101", "wa.me/13055550101"):
        assert found(world.operator, (IdentifierTold("phone", words),)) == ([tip.pk], 0)
    assert found(world.supervisor, PHONE) == ([tip.pk], 0)
    assert found(world.operator, (IdentifierTold("phone", "305 555 0102"),)) == ([], 0)


def test_desk_finds_its_tip_by_a_name_in_another_order(world: World) -> None:
    tip = log_tip(world)
    assert found(world.operator, (IdentifierTold("name", "NAME, Canary"),)) == ([tip.pk], 0)


@pytest.mark.parametrize("who", ["liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_but_the_desk_looks_up_what_was_just_told(world: World, who: str) -> None:
    log_tip(world)
    assert found(getattr(world, who), PHONE) == ([], 0)


def test_other_hotline_is_told_only_that_there_is_one_more(world: World, other: User) -> None:
    log_tip(world)
    assert found(other, PHONE) == ([], 1)


def test_other_hotline_is_told_nothing_of_a_holder_under_gate_19(world: World, other: User) -> None:
    log_tip(world)
    Agency.objects.filter(pk=world.hotline.pk).update(funded_under=["VOCA"])
    assert found(other, PHONE) == ([], 0)
    assert len(found(world.operator, PHONE)[0]) == 1


def test_walled_tip_is_not_there_for_who_stands_outside(world: World, other: User) -> None:
    tip = log_tip(world)
    with acting_as(world.operator):
        Wall.objects.create(tip=tip, agency=other.acting.agency, reason="accused", created_at=NOW)
    assert found(other, PHONE) == ([], 0)
    mine = log_as(other, replace(TOLD, narrative=""))
    assert found_with(other, mine) == ([], 0)
    with acting_as(other):
        assert matching.ask_holders(mine, by=other, at=NOW) == 0


def test_agency_sees_matches_by_lead_facts_of_tips_it_works_on_and_by_nothing_else(world: World) -> None:
    shared = Told(
        persons=(
            PersonTold(facts={"role": "potential_victim"}, identity={"phone": "305 555 0101", "name": "Ana Ruiz"}),
        ),
        identifiers=(IdentifierTold("plate", "ABC 1234"),),
    )
    by_phone = replace(shared, identifiers=())
    tips = [log_tip(world, shared), log_tip(world, shared), log_tip(world, by_phone), log_tip(world, shared)]
    for tip in tips[:3]:
        with acting_as(world.operator):
            record = triage.triage(
                Tip.objects.get(pk=tip.pk), request_type="tip", urgency="P2", by=world.operator, at=NOW
            )
            victim = Person.objects.get(tip=tip, number=1)
            draft = referrals.draft(
                record,
                receiver=world.police,
                persons=[victim],
                need="shelter",
                pillar="prosecution",
                purpose="x",
                legal_basis="x",
                gives_lead_facts=True,
                by=world.operator,
                at=NOW,
            )
            sent = referrals.send(draft, by=world.operator, at=NOW)
        with acting_as(world.liaison2):
            referrals.accept(sent, by=world.liaison2, at=NOW)
    # By the plate the second tip; not the third, which shares phone and name only; not the fourth, and no count of it.
    assert found_with(world.liaison2, tips[0]) == ([tips[1].pk], 0)
    assert found_with(world.liaison2, tips[2]) == ([], 0)
    assert found_with(world.liaison2, tips[3]) == ([], 0)
    assert found_with(world.stranger, tips[0]) == ([], 0)
    assert set(found_with(world.operator, tips[0])[0]) == {tip.pk for tip in tips[1:]}


def test_agency_at_working_level_sees_no_match(world: World) -> None:
    tips = [log_tip(world, replace(TOLD, identifiers=PLATE.identifiers)) for _ in range(2)]
    for tip in tips:
        sent = route(world, tip, [world.shelter])[0]
        with acting_as(world.liaison):
            referrals.accept(sent, by=world.liaison, at=NOW)
    assert found_with(world.liaison, tips[0]) == ([], 0)


def test_keys_cannot_be_read_by_anybody(world: World) -> None:
    log_tip(world)
    for user in world.everybody():
        with pytest.raises(DatabaseError), acting_as(user), transaction.atomic():
            MatchKey.objects.first()


def test_inner_functions_cannot_be_called(world: World) -> None:
    calls = ["tips_hits(null, null)", f"tips_tell_desk('{world.hotline.pk}', 'x', '/', now())"]
    for call in calls:
        with pytest.raises(DatabaseError), acting_as(world.operator), connection.cursor() as cursor:
            cursor.execute(f"select {call}")


def test_rare_words_are_counted_by_the_worker_and_read_by_nobody(world: World) -> None:
    confirmed(world, "The blue van brings people to the packing shed each night")
    confirmed(world, "The blue van waits at the farm each night")
    assert matching.count_words(sample=100) == 2
    with acting_as(world.operator):
        assert not WordFrequency.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select tips_count_words(1)")
    with acting_as_system("test"):
        assert WordFrequency.objects.get(word="van").accounts == 2


def confirmed(world: World, text: str) -> Tip:
    tip = log_tip(world, Told())
    with acting_as(world.operator):
        triage.confirm_shared_account(tip, text, by=world.operator, at=NOW)
    return tip


ACCOUNT = "Several workers sleep in a trailer behind the packing shed and their passports are kept in the office safe"
LIKE_IT = "Workers sleep in one trailer behind a packing shed, the passports are kept by the boss in his office"


def test_account_that_is_worded_alike_is_found_by_who_may_read_it(world: World, other: User) -> None:
    tip = confirmed(world, ACCOUNT)
    confirmed(world, "A caller asked for the opening hours of a food pantry on the weekend and its address")
    with acting_as(world.operator):
        alike = matches.worded_alike(LIKE_IT)
        assert [match.tip_id for match in alike] == [tip.pk]
        assert alike[0].likeness > 0.5
        assert matches.worded_alike(LIKE_IT, but_not=tip.pk) == []
        assert matches.worded_alike("") == []
        assert matches.worded_alike("\x00' | \\ :* & <-> van") == []
    for user in (other, world.liaison, world.auditor, world.sysadmin):
        with acting_as(user):
            assert matches.worded_alike(LIKE_IT) == []


def test_rows_from_before_the_forms_get_their_keys_once(world: World) -> None:
    tip = log_tip(world, PLATE)
    old = log_tip(world, Told())
    with acting_as(world.operator):
        # As the release before this one wrote them: no key, form 0.
        pk = uuid7()
        Identifier(
            id=pk,
            tip=old,
            agency=world.hotline,
            kind="plate",
            value=crypto.encrypt("abc-1234", table="tips_identifier", row=pk, field="value"),
        ).save(force_insert=True)
    assert found_with(world.operator, old) == ([], 0)
    assert matching.keep_missing() == 1
    assert matching.keep_missing() == 0
    assert found_with(world.operator, old) == ([tip.pk], 0)
    with acting_as(world.operator):
        assert not Identifier.objects.filter(forms=0).exists()
        assert not PersonIdentity.objects.filter(forms=0).exists()


def asked(world: World, other: User) -> tuple[Tip, Tip]:
    """A tip of ours, and one of another hotline that asked about it."""
    ours, theirs = log_tip(world, PLATE), log_as(other, PLATE)
    with acting_as(other):
        assert matching.ask_holders(theirs, by=other, at=NOW) == 1
        assert matching.ask_holders(theirs, by=other, at=NOW) == 0
    return ours, theirs


def test_question_says_only_that_something_is_shared(world: World, other: User) -> None:
    ours, theirs = asked(world, other)
    with acting_as(other):
        ask = MatchAsk.objects.get()
        assert (ask.tip_id, ask.partner_id, ask.partner_reference, ask.answer) == (theirs.pk, None, "", "")
        assert not MatchQuestion.objects.exists()
    with acting_as(world.operator):
        question = MatchQuestion.objects.get()
        assert (question.tip_id, question.asker_id) == (ours.pk, other.acting_agency_id)
        assert not MatchAsk.objects.exists()
    for user in (world.liaison, world.stranger, world.auditor, world.sysadmin):
        with acting_as(user):
            assert not MatchAsk.objects.exists()
            assert not MatchQuestion.objects.exists()
    with acting_as_system("test"):
        notice = Notice.objects.get(code="match_question")
        assert (notice.agency_id, notice.reference, notice.path) == (world.hotline.pk, "", f"/matches/{question.pk}/")


@pytest.mark.parametrize(
    ("answer", "agency", "references"), [("link", True, True), ("talk", True, False), ("no", False, False)]
)
def test_answer_tells_as_much_as_was_chosen(
    world: World, other: User, answer: str, agency: bool, references: bool
) -> None:
    ours, theirs = asked(world, other)
    with acting_as(world.operator):
        question = MatchQuestion.objects.get()
        matching.answer(question, answer=answer, by=world.operator, at=NOW)
        question.refresh_from_db()
        assert question.partner_reference == (theirs.reference if references else "")
        with pytest.raises(Conflict):
            matching.answer(question, answer="no", by=world.operator, at=NOW)
    with acting_as(other):
        ask = MatchAsk.objects.get()
        assert ask.answer == answer
        assert ask.partner_id == (world.hotline.pk if agency else None)
        assert ask.partner_reference == (ours.reference if references else "")
    with acting_as_system("test"):
        assert Notice.objects.filter(code="match_answered", agency=other.acting_agency_id).count() == 1
        event = AuditEvent.objects.get(verb="answer_match")
        assert (event.reason, event.tip) == (answer, ours.pk)


def test_only_the_desk_that_holds_asks_and_only_the_desk_that_was_asked_answers(world: World, other: User) -> None:
    theirs = asked(world, other)[1]
    with acting_as(world.operator):
        question = MatchQuestion.objects.get()
    for user in (other, world.liaison, world.stranger, world.auditor):
        with acting_as(user), pytest.raises(PermissionDenied):
            matching.answer(question, answer="link", by=user, at=NOW)
    for user in (world.operator, world.liaison, world.stranger):
        with acting_as(user), pytest.raises(PermissionDenied):
            matching.ask_holders(theirs, by=user, at=NOW)


def test_questions_are_written_by_the_functions_only(world: World, other: User) -> None:
    asked(world, other)
    for model, user in ((MatchAsk, other), (MatchQuestion, world.operator)):
        with pytest.raises(DatabaseError), acting_as(user), transaction.atomic():
            model.objects.update(answer="link")


def test_colleague_who_walled_themselves_off_finds_nothing_of_the_tip(world: World) -> None:
    tip, twin = confirmed(world, ACCOUNT), log_tip(world, PLATE)
    with acting_as(world.operator):
        persons.add_identifiers(tip, PLATE.identifiers, by=world.operator)
    with acting_as(world.operator2):
        walls.wall_off_oneself(tip, by=world.operator2, at=NOW)
    assert found_with(world.operator, twin) == ([tip.pk], 0)
    assert found_with(world.operator2, twin) == ([], 0)
    assert found(world.operator2, PLATE.identifiers) == ([twin.pk], 0)
    with acting_as(world.operator2):
        assert matches.worded_alike(LIKE_IT) == []
        assert matches.search_words("packing shed", most=5) == []
        assert [pk for pk, _ in matches.search_keys(PLATE.identifiers, most=5)] == [twin.pk]
    with acting_as(world.operator):
        assert matches.search_words("packing shed", most=5) == [tip.pk]
