"""A rule is written, tried on past tips, and put in force by a second person; what speaks against it is said."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from agencies.lifecycle import Conflict
from agencies.models import Role, User
from agencies.scope import acting_as, acting_as_system
from casework import jobs, startup
from casework.actions import proposals, rules, trials
from casework.models import Proposal, RuleTrial, RuleVersion
from tests.casework.pages import assert_no_canary, queries_at_most, sign_in
from tests.factories import NOW, TOLD, World, log_tip, make_agency, make_user
from tips.actions import triage, walls
from tips.facts_of import facts_of, facts_of_many
from tips.models import Tip
from tips.told import PersonTold, Told

pytestmark = pytest.mark.django_db
ADULT = {"victim": {"all": [{"term": "adult"}, {"fact": "person.needs", "is": ["shelter"]}]}}
BODY: dict[str, Any] = {
    "precedence": 500,
    "when": ADULT,
    "reason": "An adult needs shelter.",
    "source": "Example",
    "confidence": "proposed",
    "kinds": [{"kind": "eeoc"}],
    "pillars": ["prevention"],
    "urgency": "P3",
    "door": "help",
}
MINOR = Told(
    facts={"exploitation": ["labor"]},
    place=TOLD.place,
    persons=(PersonTold({"role": "potential_victim", "age": "13_to_17"}),),
)


@pytest.fixture
def second(world: World) -> User:
    return make_user("supervisor2", Role.SUPERVISOR, world.hotline)


def write(world: World, **changes: Any) -> RuleVersion:
    with acting_as(world.supervisor):
        return rules.write(
            "routing", "X01", {**BODY, **changes}, source="Example", confidence="", by=world.supervisor, at=NOW
        )


def try_it(world: World, draft: RuleVersion, *, by: User | None = None) -> RuleTrial:
    by = by or world.supervisor
    with acting_as(by):
        asked = trials.ask(draft, by=by, at=NOW)
    trials.run_due(at=NOW)
    with acting_as(by):
        return RuleTrial.objects.get(pk=asked.pk)


def counts(trial: RuleTrial) -> tuple[int, int, int]:
    return trial.total_count, trial.done_count, trial.changed_count


def test_a_trial_counts_what_would_have_changed_and_changes_nothing(world: World) -> None:
    tip = log_tip(world)
    for _ in range(2):
        log_tip(world, MINOR)
    draft = write(world)
    trial = try_it(world, draft)
    assert counts(trial) == (3, 3, 1)
    assert trial.changed_tips == [str(tip.pk)]
    assert trial.finished_at == NOW
    assert RuleVersion.objects.get(pk=draft.pk).status == "draft"
    with acting_as(world.supervisor):
        assert Proposal.objects.count() == 0


def test_only_tips_of_the_time_and_of_the_agency_are_read(world: World, settings: Any) -> None:
    settings.TRIAL_DAYS = 10
    log_tip(world, at=NOW - timedelta(days=11))
    log_tip(world, at=NOW - timedelta(days=9))
    log_tip(world, at=NOW + timedelta(minutes=1))
    other = make_agency("Example Other Hotline", "hotline", is_hotline=True)
    elsewhere = make_user("elsewhere", Role.SUPERVISOR, other)
    draft = write(world)
    assert counts(try_it(world, draft)) == (1, 1, 1)
    assert counts(try_it(world, draft, by=elsewhere)) == (0, 0, 0)


def test_a_run_that_dies_goes_on_where_it_stood(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_BATCH", 2)
    for _ in range(5):
        log_tip(world)
    draft = write(world)
    with acting_as(world.supervisor):
        asked = trials.ask(draft, by=world.supervisor, at=NOW)
    whole, seen = trials.changed_by, []

    def dies(rule: RuleVersion, tips: list[Tip]) -> Any:
        seen.append(len(tips))
        if len(seen) == 2:
            raise KeyboardInterrupt
        return whole(rule, tips)

    monkeypatch.setattr(trials, "changed_by", dies)
    with pytest.raises(KeyboardInterrupt):
        trials.run_due(at=NOW)
    with acting_as(world.supervisor):
        trial = RuleTrial.objects.get(pk=asked.pk)
        assert (counts(trial), trial.finished_at) == ((5, 2, 2), None)
    assert trials.run_due(at=NOW) == 3
    with acting_as(world.supervisor):
        trial = RuleTrial.objects.get(pk=asked.pk)
        assert (counts(trial), len(set(trial.changed_tips))) == ((5, 5, 5), 5)
    assert trials.run_due(at=NOW) == 0


def test_many_tips_at_once_have_the_same_facts_as_each_alone(world: World) -> None:
    tips = [log_tip(world), log_tip(world, MINOR)]
    with acting_as(world.operator):
        rows = [Tip.objects.select_related("situation").get(pk=tip.pk) for tip in tips]
        with queries_at_most(4):
            found = facts_of_many(rows)
        assert found == {tip.pk: facts_of(tip, by=world.operator) for tip in rows}
    with acting_as(world.stranger):
        assert facts_of_many(tips) == {}


@pytest.mark.parametrize("who", ["operator", "liaison", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_else_writes_or_tries_a_rule(world: World, who: str) -> None:
    user, draft = getattr(world, who), write(world)
    with acting_as(user), pytest.raises(PermissionDenied):
        rules.write("routing", "X02", BODY, source="", confidence="", by=user, at=NOW)
    with acting_as(user), pytest.raises(PermissionDenied):
        trials.ask(draft, by=user, at=NOW)
    trial = try_it(world, draft)
    assert sign_in(user).get(f"/admin/trials/{trial.pk}/").status_code in (403, 404)
    assert sign_in(user).get("/admin/casework/ruleversion/add/").status_code in (302, 403)


def test_a_supervisor_of_an_agency_decides_no_rule_of_the_hotlines(world: World) -> None:
    elsewhere = make_user("elsewhere", Role.SUPERVISOR, make_agency("Example Agency", "shelter"))
    draft = write(world)
    with acting_as(elsewhere), pytest.raises(PermissionDenied):
        rules.put_in_force(draft, by=elsewhere, at=NOW)
    trial = try_it(world, draft)
    client = sign_in(elsewhere)
    assert client.get(f"/admin/trials/{trial.pk}/").status_code == 404
    assert "Put in force" not in client.get(f"/admin/casework/ruleversion/{draft.pk}/change/").text


def test_what_a_trial_found_is_written_by_the_job_alone(world: World) -> None:
    trial = try_it(world, write(world))
    with acting_as(world.supervisor):
        assert RuleTrial.objects.filter(pk=trial.pk).update(changed_count=0, done_count=0) == 0
        forged = RuleTrial(
            rule=trial.rule,
            agency=world.hotline,
            asked_by=world.supervisor,
            asked_at=NOW,
            since=NOW,
            total_count=9,
            done_count=9,
            finished_at=NOW,
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            forged.save(force_insert=True)
    with acting_as_system("test"):
        assert RuleTrial.objects.count() == 1


def test_what_is_kept_of_a_trial_names_no_facts(world: World) -> None:
    tip = log_tip(world)
    trial = try_it(world, write(world))
    assert trial.changed_tips == [str(tip.pk)]
    second = make_user("supervisor2", Role.SUPERVISOR, world.hotline)
    with acting_as(world.supervisor):
        walls.keep_person_away(tip, second, by=world.supervisor, at=NOW)
    page = sign_in(second).get(f"/admin/trials/{trial.pk}/").text
    assert tip.reference not in page
    assert "1 more on this page that you may not open." in page


# --- In the admin ---


def _post(client: Any, **changes: Any) -> Any:
    import json

    sent = {"kind": "routing", "code": "X01", "body": json.dumps({**BODY, **changes}), "source": "Example"}
    return client.post("/admin/casework/ruleversion/add/", sent)


def test_a_rule_is_written_tried_and_put_in_force_in_the_admin(world: World, second: User) -> None:
    tip = log_tip(world)
    one, two = sign_in(world.supervisor), sign_in(second)
    assert _post(one).status_code == 302
    draft = RuleVersion.objects.get(code="X01")
    assert (draft.number, draft.status, draft.proposed_by) == (1, "draft", world.supervisor)
    address = f"/admin/casework/ruleversion/{draft.pk}"
    page = one.get(f"{address}/change/").text
    assert "Try it on past tips" in page
    assert "Put in force" not in page
    assert one.post(f"{address}/move/try/", {"version": 1}).status_code == 302
    assert one.post(f"{address}/move/try/", {"version": 1}).status_code == 409
    with acting_as(world.supervisor):
        trial = RuleTrial.objects.get()
    assert "0 of 1 tips are read" in one.get(f"/admin/trials/{trial.pk}/").text
    jobs.trials.run_due(at=NOW)
    page = one.get(f"/admin/trials/{trial.pk}/").text
    for words in ("It would have changed 1 of 1 tips", tip.reference, "Pillars, more: prevention.", "Proposed, more: "):
        assert words in page
    assert_no_canary(page)
    assert "would have changed 1 of 1 tips" in two.get(f"{address}/change/").text
    assert two.post(f"{address}/move/put_in_force/", {"version": 1}).status_code == 302
    again = one.get(f"/admin/casework/ruleversion/add/?from={draft.pk}").text
    assert "An adult needs shelter." in again
    assert one.get("/admin/casework/ruleversion/add/?from=x").status_code == 200


def test_what_speaks_against_a_rule_stands_beside_it_and_nothing_is_lost(world: World) -> None:
    client = sign_in(world.supervisor)
    never = {"all": [{"fact": "danger", "is": ["life"]}, {"fact": "danger", "is": ["none"]}]}
    for changes, said in (
        ({"when": never}, "It can never fire: its condition contradicts itself."),
        ({"kinds": [{"kind": "no_such"}]}, "It cannot be read: The rules name kinds"),
        ({"when": {"fact": "no_such", "is": ["yes"]}}, "the vocabulary does not have"),
        ({"door": ""}, "door: write some of"),
    ):
        page = _post(client, **changes)
        assert page.status_code == 200
        assert said in page.text
        assert "\n  &quot;reason&quot;: &quot;An adult needs shelter.&quot;,\n" in page.text
    broken = client.post("/admin/casework/ruleversion/add/", {"kind": "routing", "code": "X01", "body": "{broken"})
    assert "{broken" in broken.text
    assert not RuleVersion.objects.filter(code="X01").exists()


def test_a_rule_that_would_lose_tips_is_not_put_in_force_by_anybody(world: World, second: User) -> None:
    body = {**BODY, "kinds": [{"kind": "fusion_center"}]}
    draft = RuleVersion.objects.create(kind="routing", code="X01", number=1, body=body, proposed_by=world.supervisor)
    with acting_as(second), pytest.raises(ValidationError, match="No agency could receive what it proposes"):
        rules.put_in_force(draft, by=second, at=NOW)
    client = sign_in(second)
    address = f"/admin/casework/ruleversion/{draft.pk}"
    page = client.post(f"{address}/move/put_in_force/", {"version": 1}, follow=True).text
    assert "No agency could receive what it proposes" in page
    assert "Done." not in page
    assert RuleVersion.objects.get(pk=draft.pk).status == "draft"


def test_an_older_version_does_not_replace_a_newer_one(world: World, second: User) -> None:
    first, later = write(world), write(world, urgency="P4")
    assert (first.number, later.number) == (1, 2)
    with acting_as(second):
        rules.put_in_force(later, by=second, at=NOW)
        with pytest.raises(Conflict, match="Version 2 is in force, which is newer"):
            rules.put_in_force(first, by=second, at=NOW)
    assert list(RuleVersion.objects.filter(code="X01", status="in_force").values_list("number", flat=True)) == [2]


def test_a_tip_keeps_the_versions_it_was_routed_with(world: World, second: User) -> None:
    tip = log_tip(world)
    first = write(world)
    with acting_as(second):
        rules.put_in_force(first, by=second, at=NOW)
    with acting_as(world.operator):
        tip = triage.triage(tip, request_type="tip", urgency="P2", by=world.operator, at=NOW)
        made = proposals.make(tip, by=world.operator, at=NOW)
        assert {"id": "X01", "version": 1} in made.rules
    later = write(world, pillars=["protection"])
    with acting_as(second):
        rules.put_in_force(later, by=second, at=NOW)
    with acting_as(world.operator):
        assert {"id": "X01", "version": 1} in Proposal.objects.get(pk=made.pk).rules
        with pytest.raises(DatabaseError), transaction.atomic():
            Proposal.objects.filter(pk=made.pk).update(rules=[])


def test_the_start_names_rules_that_nobody_could_receive(world: World) -> None:
    said = [question for question in startup.questions() if question.startswith("Rule ")]
    assert all("No agency could receive what it proposes" in sentence for sentence in said)
    assert [sentence.partition(":")[0] for sentence in said] == ["Rule R29", "Rule S21"]
