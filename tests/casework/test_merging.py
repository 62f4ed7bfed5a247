"""Tips that are one: merged without moving a row, and taken apart again as if it had never been."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import AuditEvent, User
from agencies.scope import acting_as, acting_as_system
from casework.actions import closing, desk, merging, proposals, referrals
from casework.actions.merging import RELATIONS, merge, since, standing, unmerge
from casework.models import Clock, Referral
from tests.factories import NOW, TOLD, World, log_tip, route
from tips.actions import contacts, intake, notes, same_person, triage, walls
from tips.facts_of import facts_of
from tips.gathering import gathered, persons_of
from tips.models import Contact, Narrative, Note, Person, SamePerson, Tip, TipAccess, Wall
from tips.told import PersonTold, Told

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOW + 10 * HOUR
# What a merging writes itself, what tells that it was there, and what the runtime role does not read.
NOT_COMPARED = {"tips_merging", "tips_tipevent", "agencies_auditevent", "tips_matchkey"}


def relations() -> dict[str, str]:
    """Every column of ours that names a tip."""
    found = {}
    for room in ("agencies", "tips", "casework"):
        for model in apps.get_app_config(room).get_models():
            if hasattr(model, "pgh_id"):
                continue
            for field in model._meta.concrete_fields:
                if field.is_relation and field.related_model is Tip:
                    found[f"{model._meta.label}.{field.name}"] = model._meta.db_table
    return found


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="casework.roles.RoleBackend")
    return client


def test_the_pages_compare_merge_and_take_apart(world: World) -> None:
    older, newer = two(world)
    client = enter(world.operator)
    assert "Merge with an older tip" in client.get(f"/tips/{newer.pk}/").content.decode()
    assert client.get(f"/tips/{newer.pk}/merge/")["Location"] == f"/tips/{newer.pk}/compare/"
    wrong = client.post(f"/tips/{newer.pk}/compare/", {"reference": "CW-2026-999999-A"})
    assert (wrong.status_code, "No other tip of your desk" in wrong.content.decode()) == (422, True)
    found = client.post(f"/tips/{newer.pk}/compare/", {"reference": older.reference.lower()})
    address = f"/tips/{newer.pk}/compare/{older.pk}/"
    assert found["Location"] == address
    page = client.get(address).content.decode()
    assert f"{older.reference} is the older one and stays. Both count once, in 2026." in page
    assert "Canary" not in page
    seen = {"version": newer.version, "other_version": older.version}
    refused = client.post(address, seen)
    assert (refused.status_code, "Say what shows it" in refused.content.decode()) == (422, True)
    stale = client.post(address, {**seen, "version": 99, "reason": "Same house"})
    assert (stale.status_code, "Somebody else changed" in stale.content.decode()) == (409, True)
    assert "Same house" in stale.content.decode()
    done = client.post(address, {**seen, "reason": "Same house"})
    assert done["Location"] == f"/tips/{older.pk}/"
    kept = client.get(f"/tips/{older.pk}/").content.decode()
    assert "Merged into this tip" in kept
    assert newer.reference in kept
    merged_page = client.get(f"/tips/{newer.pk}/").content.decode()
    assert "New work belongs there" in merged_page
    assert newer.reference not in client.get("/desk/").content.decode()
    out = client.get(f"/tips/{newer.pk}/unmerge/").content.decode()
    assert "No contact and no note of your desk came" in out
    version = 2
    done = client.post(f"/tips/{newer.pk}/unmerge/", {"version": version, "reason": "Two houses"})
    assert done["Location"] == f"/tips/{newer.pk}/"
    assert newer.reference in client.get("/desk/").content.decode()


def test_the_page_asks_where_what_came_since_belongs(world: World) -> None:
    older, newer = two(world)
    kept = merged(world, older, newer)
    contact = add_contact(world, kept, LATER + timedelta(minutes=1))
    client = enter(world.operator)
    address = f"/tips/{newer.pk}/unmerge/"
    assert f"{newer.reference} (goes with it)" in client.get(address).content.decode()
    answers = {"version": 2, "reason": "Two houses"}
    refused = client.post(address, answers)
    assert (refused.status_code, "Choose the tip to which this belongs" in refused.content.decode()) == (422, True)
    assert client.post(address, {**answers, str(contact.pk): "out"}).status_code == 302
    with acting_as(world.operator):
        assert Contact.objects.get(pk=contact.pk).tip_id == newer.pk


def test_the_pages_link_two_persons_and_take_it_back(world: World) -> None:
    older, newer = two(world)
    with acting_as(world.operator):
        one, other = (Person.objects.get(tip=tip, number=1) for tip in (older, newer))
    client = enter(world.operator)
    address = f"/tips/{older.pk}/compare/{newer.pk}/"
    linked = client.post(f"{address}link/", {"one": one.pk, "other": other.pk, "reason": "Same phone"})
    assert linked["Location"] == address
    assert "Person 1: potential victim of" in client.get(address).content.decode()
    with acting_as(world.operator):
        link = SamePerson.objects.get()
    assert client.post(f"{address}link/{link.pk}/", {"reason": "Sisters"})["Location"] == address
    with acting_as(world.operator):
        assert SamePerson.objects.standing().count() == 0


def test_a_contact_is_moved_by_its_page(world: World) -> None:
    older, newer = two(world)
    contact = add_contact(world, newer, LATER)
    client = enter(world.operator)
    assert "Move to another tip" in client.get(f"/contacts/{contact.pk}/").content.decode()
    moved = client.post(f"/contacts/{contact.pk}/move/", {"reference": older.reference})
    assert moved["Location"] == f"/tips/{older.pk}/"


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_else_reaches_the_pages(world: World, who: str) -> None:
    older, newer = two(world)
    sent = route(world, newer, [world.shelter])[0]
    with acting_as(world.liaison):
        referrals.accept(sent, by=world.liaison, at=LATER)
    client = enter(getattr(world, who))
    for address in ("compare/", f"compare/{older.pk}/", "unmerge/"):
        assert client.get(f"/tips/{newer.pk}/{address}").status_code in (403, 404)


def test_merging_names_every_relation_to_a_tip() -> None:
    assert set(RELATIONS) == set(relations())


def everything() -> dict[str, list[Any]]:
    """All rows that name a tip, and the tips; without the counters that each write moves."""
    tables = {*relations().values(), "tips_tip"} - NOT_COMPARED
    with acting_as_system("test"), connection.cursor() as cursor:
        found = {}
        for table in sorted(tables):
            cursor.execute(f"select to_jsonb(t) - 'version' from {table} t order by 1")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def two(world: World) -> tuple[Tip, Tip]:
    return log_tip(world), log_tip(world, at=NOW + HOUR)


def merged(world: World, *tips: Tip, by: User | None = None, at: Any = LATER) -> Tip:
    by = by or world.operator
    with acting_as(by):
        return merge(tips, reason="Same house, same night", by=by, at=at)


def apart(world: World, tip: Tip, *, belongs: bool = False, at: Any = LATER + HOUR) -> Tip:
    with acting_as(world.operator):
        tip = Tip.objects.get(pk=tip.pk)
        found = standing(tip)
        asked = {item.pk: belongs for item in since(found, by=world.operator)} if found else {}
        return unmerge(tip, reason="Two houses", belongs=asked, by=world.operator, at=at)


def random_tip(world: World, dice: random.Random, number: int) -> Tip:
    """A tip somewhere on its road: new, triaged, routed, answered, worked, closed."""
    at = NOW + timedelta(minutes=number)
    tip = log_tip(world, at=at)
    liaisons = {world.shelter.pk: world.liaison, world.police.pk: world.liaison2, world.legal.pk: world.stranger}
    if dice.random() < 0.7:
        sent = route(world, tip, dice.sample([world.shelter, world.police, world.legal], dice.randint(1, 2)), at=at)
        for referral in sent:
            liaison = liaisons[referral.receiver_id]
            with acting_as(liaison):
                if dice.random() < 0.6:
                    referral = referrals.accept(referral, by=liaison, at=at)
                    if dice.random() < 0.4:
                        referrals.close(referral, outcome="got_help", by=liaison, at=at)
                elif dice.random() < 0.5:
                    referrals.decline(referral, reason="language", by=liaison, at=at)
    with acting_as(world.operator):
        if dice.random() < 0.4:
            notes.add(tip, "A line", is_shared=dice.random() < 0.5, by=world.operator, at=at)
        if dice.random() < 0.3:
            triage.take(Tip.objects.get(pk=tip.pk), by=world.operator, at=at)
        return Tip.objects.get(pk=tip.pk)


@pytest.mark.parametrize("seed", range(5))
def test_after_taking_apart_everything_is_as_before(world: World, seed: int) -> None:
    """Several tips, merged in several steps, also into one that is merged itself; taken out in any order."""
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    tips = [random_tip(world, dice, number) for number in range(4)]
    before = everything()
    some = sorted(dice.sample(range(4), 2))
    kept = merged(world, *(tips[place] for place in some))
    rest = [tips[place] for place in range(4) if place not in some]
    merged(world, kept, *rest, at=LATER + timedelta(minutes=1))
    assert everything() != before
    with acting_as(world.operator):
        inside = list(Tip.objects.filter(status="merged"))
        assert len(inside) == 3
        assert set(gathered(tips[0])) == {tip.pk for tip in tips}
    dice.shuffle(inside)
    for minute, tip in enumerate(inside):
        apart(world, tip, at=LATER + timedelta(minutes=2 + minute))
    assert everything() == before


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 200))
def test_after_a_hundred_random_histories_everything_is_as_before(world: World, seed: int) -> None:
    test_after_taking_apart_everything_is_as_before(world, seed)


def test_the_older_stays_and_takes_the_greater_urgency(world: World) -> None:
    older, newer = two(world)
    with acting_as(world.operator):
        triage.triage(older, request_type="tip", urgency="P3", by=world.operator, at=NOW)
        triage.triage(newer, request_type="tip", urgency="P1", by=world.operator, at=NOW)
    kept = merged(world, newer, older)
    assert (kept.pk, kept.status, kept.urgency) == (older.pk, "in_triage", "P1")
    with acting_as(world.operator):
        inside = Tip.objects.get(pk=newer.pk)
        assert (inside.status, inside.merged_into_id) == ("merged", older.pk)
        open_rows = TipAccess.objects.held_by(world.operator).exclude(status__in=("closed", "merged"))
        assert list(open_rows.values_list("tip", "urgency")) == [(older.pk, "P1")]
        assert set(AuditEvent.objects.filter(verb__in=("merge", "merge_in")).values_list("verb", "tip")) == {
            ("merge", newer.pk),
            ("merge_in", older.pk),
        }
    apart(world, newer)
    with acting_as(world.operator):
        assert list(Tip.objects.order_by("created_at").values_list("urgency", flat=True)) == ["P3", "P1"]


def test_an_urgency_decided_since_stays(world: World) -> None:
    older, newer = two(world)
    with acting_as(world.operator):
        triage.triage(newer, request_type="tip", urgency="P1", by=world.operator, at=NOW)
    kept = merged(world, older, Tip(pk=newer.pk))
    with acting_as(world.operator):
        triage.triage(kept, request_type="tip", urgency="P2", by=world.operator, at=LATER)
    apart(world, newer)
    with acting_as(world.operator):
        assert Tip.objects.get(pk=older.pk).urgency == "P2"


def test_the_kept_tip_stands_in_the_queue_by_the_nearest_clock_of_all(world: World) -> None:
    older = log_tip(world)
    route(world, older, [world.shelter])
    with acting_as(world.liaison):
        referrals.accept(Referral.objects.get(), by=world.liaison, at=NOW)
        seen = TipAccess.objects.get().next_due_at
    with acting_as(world.operator):
        contact = intake.open_contact(channel="call", started_at=NOW + HOUR, by=world.operator, at=NOW + HOUR)
        newer = desk.log_on_tip(contact, TOLD, by=world.operator, at=NOW + HOUR, values={"danger": "life"})
        nearest = Clock.objects.get(tip=newer).due_at
        own = TipAccess.objects.get(tip=older).next_due_at
        assert nearest < own
    merged(world, older, newer)
    with acting_as(world.operator):
        assert TipAccess.objects.get(tip=older).next_due_at == nearest
    with acting_as(world.liaison):
        assert TipAccess.objects.get().next_due_at == seen
    apart(world, newer)
    with acting_as(world.operator):
        assert TipAccess.objects.get(tip=older).next_due_at == own


def what_is_seen(user: User, tip: Tip) -> dict[str, Any]:
    with acting_as(user):
        found = Tip.objects.visible_to(user).filter(pk=tip.pk).first()
        if found is None:
            return {}
        shown = {name: value for name, value in disclosed(found, to=user).items() if name not in ("version",)}
        access = TipAccess.objects.filter(tip=tip.pk).values("status", "next_due_at", "created_at").get()
        return {
            "tip": shown,
            "access": access,
            "persons": sorted(str(pk) for pk in Person.objects.values_list("pk", flat=True)),
            "tips": sorted(str(pk) for pk in Tip.objects.values_list("pk", flat=True)),
            "gathered": gathered(found),
        }


def test_a_merging_gives_no_receiver_more_to_see_nor_less(world: World) -> None:
    """Who works on one of the tips sees that one as before: not the other, not that there is another."""
    older, newer = two(world)
    for tip, receiver, liaison in ((older, world.shelter, world.liaison), (newer, world.police, world.liaison2)):
        sent = route(world, tip, [receiver])[0]
        with acting_as(liaison):
            referrals.accept(sent, by=liaison, at=NOW + 2 * HOUR)
    before = {user.username: (what_is_seen(user, older), what_is_seen(user, newer)) for user in world.everybody()[3:]}
    assert before["liaison"][1] == {}
    assert before["liaison2"][0] == {}
    merged(world, older, newer)
    after = {user.username: (what_is_seen(user, older), what_is_seen(user, newer)) for user in world.everybody()[3:]}
    assert after == before
    with acting_as(world.liaison2):
        assert disclosed(Tip.objects.get(), to=world.liaison2).status == "in_progress"
        referrals.report_progress(Referral.objects.get(), progress="scheduled", by=world.liaison2, at=LATER)
        assert merging.standing(Tip.objects.get()) is None


def test_work_that_a_receiver_began_meanwhile_did_begin(world: World) -> None:
    older, newer = two(world)
    sent = route(world, newer, [world.shelter])[0]
    merged(world, older, newer)
    with acting_as(world.liaison):
        assert referrals.accept(sent, by=world.liaison, at=LATER).status == "accepted"
    assert apart(world, newer).status == "in_progress"


@pytest.mark.parametrize("who", ["liaison", "stranger", "agencyadmin", "auditor", "sysadmin"])
def test_only_the_desk_that_holds_both_merges(world: World, who: str) -> None:
    older, newer = two(world)
    sent = route(world, newer, [world.shelter])[0]
    with acting_as(world.liaison):
        referrals.accept(sent, by=world.liaison, at=LATER)
    user: User = getattr(world, who)
    with acting_as(user), pytest.raises(PermissionDenied):
        merge([older, newer], reason="x", by=user, at=LATER)
    merged(world, older, newer)
    with acting_as(user), pytest.raises((PermissionDenied, Conflict)):
        unmerge(newer, reason="x", belongs={}, by=user, at=LATER)


def test_what_is_merged_is_merged_once(world: World) -> None:
    older, newer = two(world)
    third = log_tip(world, at=NOW + 2 * HOUR)
    merged(world, older, newer)
    with pytest.raises(Conflict, match="merged with another tip meanwhile"):
        merged(world, newer, third)
    with pytest.raises(ValidationError):
        merged(world, older, older)
    apart(world, newer)
    with pytest.raises(Conflict, match="not merged"):
        apart(world, newer)


def test_a_version_that_was_not_seen_is_a_conflict(world: World) -> None:
    older, newer = two(world)
    with acting_as(world.operator2):
        triage.take(newer, by=world.operator2, at=NOW)
    seen = {older.pk: older.version, newer.pk: newer.version}
    with acting_as(world.operator), pytest.raises(Conflict, match="Somebody else changed"):
        merge([older, newer], reason="x", versions=seen, by=world.operator, at=LATER)


def test_nothing_open_is_merged_into_a_closed_tip(world: World) -> None:
    older, newer = two(world)
    with acting_as(world.operator):
        triage.triage(older, request_type="tip", urgency="P3", by=world.operator, at=NOW)
        closing.close(Tip.objects.get(pk=older.pk), disposition="answered", by=world.operator, at=NOW)
    with pytest.raises(ValidationError, match="Open it again first"):
        merged(world, older, newer)
    with acting_as(world.operator):
        closing.reopen(Tip.objects.get(pk=older.pk), reason="new_facts", by=world.operator, at=NOW)
    assert merged(world, older, newer).pk == older.pk


def test_the_kept_tip_closes_when_all_of_it_has_an_outcome(world: World) -> None:
    older, newer = two(world)
    route(world, newer, [world.shelter])
    kept = merged(world, older, newer)
    with acting_as(world.operator):
        assert closing.obstacles(kept) == ["The Protection track has no outcome yet.", "1 referral not yet ended."]


def test_the_rules_hear_what_the_merged_tip_told(world: World) -> None:
    older, newer = (
        log_tip(world),
        log_tip(
            world,
            Told(
                narrative="x",
                facts={"exploitation": ["labor"], "help_within_24_hours": "yes"},
                place=TOLD.place,
                persons=(PersonTold(facts={"role": "potential_victim", "age": "under_13"}),),
            ),
            at=NOW + HOUR,
        ),
    )
    kept = merged(world, older, newer)
    with acting_as(world.operator):
        facts = facts_of(Tip.objects.select_related("situation").get(pk=kept.pk), by=world.operator)
        assert facts["exploitation"] == ["commercial_sex", "labor"]
        assert facts["help_within_24_hours"] == "yes"
        assert [person["age"] for person in facts["persons"]] == ["adult", "adult", "under_13"]
        rules = [rule["id"] for rule in proposals.make(kept, by=world.operator, at=LATER).rules]
        assert "R03" in rules


def test_a_person_of_two_merged_tips_counts_once(world: World) -> None:
    older, newer = two(world)
    with acting_as(world.operator):
        one, other = (Person.objects.get(tip=tip, number=1) for tip in (older, newer))
        link = same_person.link(other, one, reason="Same phone", by=world.operator, at=NOW + HOUR)
    kept = merged(world, older, newer)
    with acting_as(world.operator):
        assert [(person.tip_id, person.number) for person in persons_of(kept)] == [
            (older.pk, 1),
            (older.pk, 2),
            (newer.pk, 2),
        ]
        same_person.unlink(link, reason="Two sisters", by=world.operator, at=LATER)
        assert len(persons_of(kept)) == 4


def test_two_persons_are_linked_by_who_holds_both_tips_and_seen_by_who_sees_both(world: World) -> None:
    older, newer = two(world)
    route(world, older, [world.shelter])
    with acting_as(world.liaison):
        referrals.accept(Referral.objects.get(), by=world.liaison, at=NOW + HOUR)
    with acting_as(world.operator):
        one, other = (Person.objects.get(tip=tip, number=1) for tip in (older, newer))
        same_person.link(one, other, reason="Same phone", by=world.operator, at=NOW + HOUR)
        with pytest.raises(Conflict):
            same_person.link(other, one, reason="Same phone", by=world.operator, at=NOW + HOUR)
        with pytest.raises(ValidationError):
            same_person.link(one, Person.objects.get(tip=older, number=2), reason="x", by=world.operator, at=NOW)
    links = apps.get_model("tips", "SamePerson").objects
    seen = {}
    for user in world.everybody():
        with acting_as(user):
            seen[user.username] = links.count()
    assert {name for name, count in seen.items() if count} == {"operator", "operator2", "supervisor"}
    with acting_as(world.liaison), pytest.raises(PermissionDenied):
        same_person.link(one, other, reason="x", by=world.liaison, at=LATER)


def add_contact(world: World, tip: Tip, at: Any) -> Contact:
    with acting_as(world.operator):
        contact = intake.open_contact(channel="text", started_at=at, by=world.operator, at=at)
        intake.end_on_tip(contact, Told(narrative="More words"), tip=tip, by=world.operator, at=at)
        return Contact.objects.get(pk=contact.pk)


def test_what_came_since_is_asked_about_and_goes_where_it_belongs(world: World) -> None:
    older, newer = two(world)
    kept = merged(world, older, newer)
    first, second = (add_contact(world, kept, LATER + timedelta(minutes=n)) for n in (1, 2))
    with acting_as(world.operator):
        note = notes.add(kept, "About the newer one", by=world.operator, at=LATER + timedelta(minutes=3))
        tip = Tip.objects.get(pk=newer.pk)
        asked = [item.pk for item in since(standing(tip), by=world.operator)]  # type: ignore[arg-type]
        assert asked == [first.pk, second.pk, note.pk]
        with pytest.raises(Conflict, match="More was written"):
            unmerge(tip, reason="x", belongs={first.pk: True}, by=world.operator, at=LATER + HOUR)
        belongs = {first.pk: False, second.pk: True, note.pk: True}
        unmerge(tip, reason="Two houses", belongs=belongs, by=world.operator, at=LATER + HOUR)
        assert Contact.objects.get(pk=first.pk).tip_id == older.pk
        assert Contact.objects.get(pk=second.pk).tip_id == newer.pk
        assert Narrative.objects.get(contact=second).tip_id == newer.pk
        assert Note.objects.get().tip_id == newer.pk
        assert (Contact.objects.count(), Narrative.objects.count()) == (4, 4)


def test_a_contact_is_not_put_onto_a_merged_tip(world: World) -> None:
    older, newer = two(world)
    merged(world, older, newer)
    with acting_as(world.operator):
        contact = intake.open_contact(channel="text", started_at=LATER, by=world.operator, at=LATER)
        with pytest.raises(Conflict, match="was merged"):
            intake.end_on_tip(contact, TOLD, tip=Tip.objects.get(pk=newer.pk), by=world.operator, at=LATER)


def test_a_contact_moves_with_its_words_and_never_the_last_one(world: World) -> None:
    older, newer = two(world)
    contact = add_contact(world, newer, LATER)
    with acting_as(world.operator):
        contacts.move(contact, older, by=world.operator, at=LATER)
        assert Narrative.objects.get(contact=contact).tip_id == older.pk
        with pytest.raises(Conflict, match="already"):
            contacts.move(contact, older, by=world.operator, at=LATER)
        with pytest.raises(ValidationError, match="only contact"):
            contacts.move(Contact.objects.get(tip=newer), older, by=world.operator, at=LATER)
    for user in (world.liaison, world.stranger, world.auditor):
        with acting_as(user), pytest.raises(PermissionDenied):
            contacts.move(contact, newer, by=user, at=LATER)


ATTACKS = [
    "update tips_narrative set tip_id = '{older}' where tip_id = '{newer}'",
    "update tips_indication set tip_id = '{older}'",
    "update tips_tip set status = 'merged', merged_into_id = '{newer}' where id = '{older}'",
    "update tips_tip set status = 'merged', merged_into_id = '{older}' where id = '{older}'",
    "update tips_merging set reason = 'x'",
    "update tips_merging set status_before = 'closed'",
]


@pytest.mark.parametrize("statement", ATTACKS)
@pytest.mark.parametrize("who", ["operator", "liaison"])
def test_no_statement_moves_words_or_turns_a_merging_round(world: World, who: str, statement: str) -> None:
    older, newer = two(world)
    third = log_tip(world, at=NOW + 2 * HOUR)
    merged(world, older, third)
    sent = route(world, newer, [world.shelter])[0]
    with acting_as(world.liaison):
        referrals.accept(sent, by=world.liaison, at=LATER)
    user: User = getattr(world, who)
    with acting_as(user), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(statement.format(older=older.pk, newer=newer.pk))
                assert cursor.rowcount == 0
        except DatabaseError:
            pass


def test_a_receiver_moves_its_note_to_no_other_tip(world: World) -> None:
    older, newer = two(world)
    for tip in (older, newer):
        sent = route(world, tip, [world.shelter])[0]
        with acting_as(world.liaison):
            referrals.accept(sent, by=world.liaison, at=LATER)
    with acting_as(world.liaison):
        note = notes.add(Tip.objects.get(pk=older.pk), "x", by=world.liaison, at=LATER)
        with pytest.raises(DatabaseError), transaction.atomic():
            Note.objects.filter(pk=note.pk).update(tip=newer)
        with pytest.raises(PermissionDenied):
            notes.move(note, Tip.objects.get(pk=newer.pk), by=world.liaison, at=LATER)


def test_a_wall_stands_between_tips_that_are_to_be_merged(world: World) -> None:
    older, newer = two(world)
    route(world, older, [world.shelter])
    with acting_as(world.operator):
        Wall.objects.create(tip=newer, agency=world.shelter, reason="accused", created_at=NOW)
    with pytest.raises(ValidationError, match="Example Harbor Shelter: kept from one"):
        merged(world, older, newer)


def test_a_wall_at_one_merged_tip_stands_at_all_of_them(world: World) -> None:
    older, newer = two(world)
    sent = route(world, older, [world.shelter])[0]
    with acting_as(world.liaison):
        referrals.accept(sent, by=world.liaison, at=NOW + 2 * HOUR)
    merged(world, older, newer)
    with acting_as(world.operator):
        Wall.objects.create(tip=newer, agency=world.shelter, reason="accused", created_at=LATER)
        assert walls.kept_away(Tip.objects.get(pk=older.pk)) == {world.shelter.pk}
    with acting_as(world.liaison):
        assert Tip.objects.count() == Referral.objects.count() == TipAccess.objects.count() == 0


def test_a_holder_behind_a_wall_hands_over_before_the_merging(world: World) -> None:
    older, newer = two(world)
    with acting_as(world.operator2):
        triage.take(older, by=world.operator2, at=NOW)
        walls.wall_off_oneself(newer, by=world.operator2, at=NOW)
    with pytest.raises(ValidationError, match="Take it over first"):
        merged(world, older, newer)
