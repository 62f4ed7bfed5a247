"""The conversations of a desk, repeats and merging: the part of the journey that the desk's policies must carry."""

import io
from datetime import timedelta

from django.db import connection
from PIL import Image

from agencies.models import User
from agencies.scope import acting_as, acting_as_system
from casework.actions import desk, merging
from casework.postgres.roles import as_owner
from tests.factories import NOW, World, make_agency, make_user
from tips.actions import (
    attachments,
    contact_rows,
    cut_off,
    danger,
    drafts,
    hand_over,
    help_me,
    intake,
    matching,
    persons,
    same_person,
    triage,
)
from tips.models import (
    Attachment,
    CallerFlag,
    Contact,
    CutOff,
    Emergency,
    EmergencyOffer,
    HandOver,
    HelpCall,
    HelpLine,
    Indication,
    Interpretation,
    MatchAnswer,
    MatchAsk,
    MatchQuestion,
    Merging,
    Person,
    PersonNeed,
    SamePerson,
    Tip,
    WordFrequency,
)
from tips.told import IdentifierTold, IndicationTold, NeedTold, PersonTold, Told

PLATES = 5
LATER = NOW + timedelta(minutes=5)
MORE = Told(
    narrative="More example words",
    persons=(PersonTold(facts={"role": "potential_victim"}, needs_told=(NeedTold("shelter", "asked"),)),),
    identifiers=(IdentifierTold("plate", "FL ABC 1234"),),
    indications=(IndicationTold("means", "debt_bondage", "He says I owe him"),),
    interpretation={"dialect": "Example dialect"},
)
PLATE = Told(
    narrative="The same plate again",
    persons=(PersonTold(facts={"role": "potential_victim"}),),
    identifiers=(IdentifierTold("plate", "ABC-1234 Florida"),),
)


def talk(world: World, tip: Tip) -> None:
    """A conversation with everything that may happen in one; it ends on `tip`."""
    by, colleague, supervisor = world.operator, world.operator2, world.supervisor
    with acting_as(by):
        contact = _open(by, number="305 555 0101")
        drafts.save_draft(contact.pk, {"words": "x"}, sequence=0, by=by, at=NOW)
        emergency = danger.raise_danger(contact, {"weapon": "yes"}, by=by, at=NOW)
        offer = danger.offer(emergency, "crisis_line", by=by, at=NOW)
        assert danger.stamp(offer, "connected", by=by, at=NOW).connected_at == NOW
        danger.end_danger(emergency, by=by, at=NOW)
        broken = cut_off.drop(contact, by=by, at=NOW, may_ring_back="yes")
        cut_off.choose(broken, "wait", by=by, at=NOW)
        cut_off.resume(broken, by=by, at=NOW)
        picture = io.BytesIO()
        Image.new("RGB", (4, 4)).save(picture, format="PNG")
        kept = attachments.take(contact, picture.getvalue(), name="example.png", by=by, at=NOW)
        assert attachments.read(kept, by=by, at=NOW)
        asked = help_me.ask(contact, by=by, at=NOW)
        help_me.write(asked, "What may I say?", by=by, at=NOW)
    with acting_as(supervisor):
        help_me.write(HelpCall.objects.get(), "Only what is on the card.", by=supervisor, at=NOW)
        assert len(help_me.lines(asked)) == 2
        flag = contact_rows.flag_number(contact, until=NOW + timedelta(days=2), by=supervisor, at=NOW)
    with acting_as(by):
        assert CallerFlag.objects.get() == flag
        hand_over.hand_over(contact, to=colleague, by=by, at=NOW)
    with acting_as(colleague):
        for model in (Emergency, EmergencyOffer, CutOff, HandOver, HelpCall, Attachment):
            assert model.objects.count() == 1, model
        assert HelpLine.objects.count() == 2
    _system_sees(Emergency, EmergencyOffer, CutOff, HandOver, HelpCall, HelpLine, CallerFlag)
    with acting_as(colleague):
        desk.log_on_tip(contact, MORE, by=colleague, at=NOW, values={}, tip=Tip.objects.get(pk=tip.pk))
        assert HelpLine.objects.count() == 0
        assert Attachment.objects.get().tip_id == tip.pk
        for model in (Indication, Interpretation, PersonNeed):
            assert model.objects.count() >= 1, model
        assert PersonNeed.objects.update(state="met") >= 1
    _system_sees(Attachment, Indication, Interpretation, PersonNeed)


def meet_again(world: World, tip: Tip) -> None:
    """Another hotline, and another call at this one, tell of the same plate: asked, linked, merged, taken apart."""
    by, other = world.operator, _other_hotline()
    theirs = _log(other, PLATE)
    with acting_as(other):
        assert matching.ask_holders(theirs, by=other, at=NOW) == 1
        assert MatchAsk.objects.count() == 1
    with acting_as(by):
        question = MatchQuestion.objects.get(tip=tip)
        matching.answer(question, answer=MatchAnswer.TALK, by=by, at=NOW)
    # The other way round, so that this desk has an answer too.
    third = _log(other, Told(identifiers=(IdentifierTold("plate", "GA ZZZ 9999"),)))
    with acting_as(by):
        persons.add_identifiers(Tip.objects.get(pk=tip.pk), [IdentifierTold("plate", "GA ZZZ 9999")], by=by)
        assert matching.ask_holders(tip, by=by, at=NOW) == 1
        assert MatchAsk.objects.filter(tip=tip).count() == 1
    with acting_as(other):
        assert MatchQuestion.objects.get().tip_id == third.pk
    again = _log(by, PLATE)
    with acting_as(by):
        one, two = Person.objects.filter(tip=tip).first(), Person.objects.get(tip=again)
        assert one is not None
        link = same_person.link(one, two, reason="Same plate", by=by, at=NOW)
        same_person.unlink(link, reason="Two after all", by=by, at=NOW)
        assert SamePerson.objects.get().ended_at == NOW
        both = list(Tip.objects.filter(pk__in=(tip.pk, again.pk)))
        merging.merge(both, reason="Same plate", by=by, at=LATER)
        assert Merging.objects.count() == 1
        inside = Tip.objects.get(status="merged")
        merging.unmerge(inside, reason="Two situations", belongs={}, by=by, at=LATER)
        assert Merging.objects.get().undone_at == LATER
        triage.confirm_shared_account(again, "Words of ours", by=by, at=NOW)
        triage.confirm_shared_account(again, "Other words of ours", by=by, at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from tips_sharedaccountevent where tip_id = %s", [again.pk])
            assert cursor.fetchone()[0] >= 1
    with acting_as_system("test"):
        assert matching.count_words(sample=100) >= 1
    _system_sees(MatchAsk, MatchQuestion, Merging, SamePerson, WordFrequency)
    # Rows of a release without today's keys: the job writes them.
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("delete from tips_matchkey where identifier_id is not null")
        cursor.execute("update tips_identifier set forms = 0 where kind = 'plate'")
    assert matching.keep_missing() == PLATES


def _open(user: User, *, number: str = "") -> Contact:
    return intake.open_contact(channel="call", started_at=NOW, by=user, at=NOW, number=number)


def _log(user: User, told: Told) -> Tip:
    with acting_as(user):
        return intake.end_on_tip(_open(user), told, by=user, at=NOW)


def _other_hotline() -> User:
    return make_user("other", "operator", make_agency("Example State Hotline", "hotline", is_hotline=True))


def _system_sees(*models: type) -> None:
    with acting_as_system("test"):
        for model in models:
            assert model.objects.count() >= 1, model  # type: ignore[attr-defined]
