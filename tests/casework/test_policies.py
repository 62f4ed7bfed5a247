"""The two policies of the deployment: no default, two people, public, and kept with each proposal."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from agencies.lifecycle import Conflict
from agencies.models import AuditEvent, Notice, Role, User
from agencies.scope import acting_as, acting_as_system
from casework import startup
from casework.actions import proposals
from casework.models import Proposal
from tests.casework.pages import queries_at_most, sign_in
from tests.factories import NOW, World, log_tip, make_agency, make_user
from tips.actions import policies, triage
from tips.facts import vocabulary
from tips.facts_of import facts_of
from tips.models import ANSWERS, PolicyAnswer, Switch, Tip

pytestmark = pytest.mark.django_db
ADD = "/admin/tips/policyanswer/add/"
WHY = "Agreed with the survivors' council."


@pytest.fixture
def second(world: World) -> User:
    return make_user("supervisor2", Role.SUPERVISOR, world.hotline)


def ask(world: World, answer: str = "never", switch: str = "third_party_switch") -> PolicyAnswer:
    with acting_as(world.supervisor):
        return policies.ask(switch, answer, reason=WHY, by=world.supervisor, at=NOW)


def decide(world: World, second: User, answer: str, switch: str = "third_party_switch") -> PolicyAnswer:
    asked = ask(world, answer, switch)
    with acting_as(second):
        return policies.give(asked, by=second, at=NOW)


def stored(**which: Any) -> PolicyAnswer:
    with acting_as_system("test"):
        return PolicyAnswer.objects.get(**which)


def facts(world: World, tip: Tip) -> dict[str, Any]:
    with acting_as(world.operator):
        return facts_of(Tip.objects.select_related("situation").get(pk=tip.pk), by=world.operator)


def test_the_answers_are_those_that_the_rules_know() -> None:
    for switch, answers in ANSWERS.items():
        assert {answer.value for answer in answers} == set(vocabulary().tip[switch.value].values)


def test_nothing_is_decided_until_two_people_did(world: World, second: User) -> None:
    tip = log_tip(world)
    assert policies.undecided() == [Switch.THIRD_PARTY, Switch.IMMIGRATION]
    assert facts(world, tip)["third_party_switch"] == "unset"
    asked = ask(world, "consent_only")
    assert facts(world, tip)["third_party_switch"] == "unset"
    with acting_as(world.supervisor), pytest.raises(PermissionDenied):
        policies.give(asked, by=world.supervisor, at=NOW)
    with acting_as(second):
        policies.give(asked, by=second, at=NOW)
        assert Notice.objects.filter(code="second_person_decided", user=world.supervisor).count() == 0
    assert facts(world, tip)["third_party_switch"] == "consent_only"
    assert facts(world, tip)["immigration_switch"] == "unset"
    assert policies.undecided() == [Switch.IMMIGRATION]


def test_the_newest_answer_counts_and_the_old_one_stays_as_it_was(world: World, second: User) -> None:
    first = decide(world, second, "always")
    decide(world, second, "never")
    assert policies.in_force() == {"third_party_switch": "never"}
    assert stored(pk=first.pk).status == "given"
    decide(world, second, "unset")
    assert policies.undecided() == [Switch.THIRD_PARTY, Switch.IMMIGRATION]


def test_a_refusal_changes_nothing_and_is_final(world: World, second: User) -> None:
    asked = ask(world)
    with acting_as(second):
        policies.refuse(asked, by=second, at=NOW)
    assert policies.in_force() == {}
    with acting_as(second), pytest.raises(Conflict, match="This is now: Refused"):
        policies.give(asked, by=second, at=NOW)


@pytest.mark.parametrize("who", ["operator", "liaison", "agencyadmin", "auditor", "sysadmin"])
def test_nobody_else_asks_or_decides(world: World, who: str) -> None:
    user, asked = getattr(world, who), ask(world)
    with acting_as(user), pytest.raises(PermissionDenied):
        policies.ask("immigration_switch", "never", reason=WHY, by=user, at=NOW)
    with acting_as(user), pytest.raises(PermissionDenied):
        policies.give(asked, by=user, at=NOW)
    assert sign_in(user).get(ADD).status_code in (302, 403)
    assert policies.in_force() == {}


def test_a_supervisor_of_an_agency_decides_nothing_of_the_hotlines(world: World) -> None:
    elsewhere = make_user("elsewhere", Role.SUPERVISOR, make_agency("Example Agency", "shelter"))
    asked = ask(world)
    with acting_as(elsewhere), pytest.raises(PermissionDenied):
        policies.give(asked, by=elsewhere, at=NOW)
    client = sign_in(elsewhere)
    assert client.get(ADD).status_code == 403
    assert client.get(f"/admin/tips/policyanswer/{asked.pk}/change/").status_code == 404


@pytest.mark.parametrize(
    ("switch", "answer", "reason", "said"),
    [
        ("third_party_switch", "as_other_law_enforcement", WHY, "Choose a policy and its answer."),
        ("immigration_switch", "always", WHY, "Choose a policy and its answer."),
        ("another", "never", WHY, "Choose a policy and its answer."),
        ("third_party_switch", "never", "  ", "Say why, in words that the public may read."),
        ("third_party_switch", "unset", WHY, "This answer is in force already."),
    ],
)
def test_what_cannot_be_asked_says_why(world: World, switch: str, answer: str, reason: str, said: str) -> None:
    with acting_as(world.supervisor), pytest.raises(ValidationError, match=said):
        policies.ask(switch, answer, reason=reason, by=world.supervisor, at=NOW)


def test_one_question_waits_at_a_time_and_ones_own_is_replaced(world: World, second: User) -> None:
    first = ask(world, "never")
    with acting_as(second), pytest.raises(Conflict, match="Decide on that one first"):
        policies.ask("third_party_switch", "always", reason=WHY, by=second, at=NOW)
    ask(world, "consent_only")
    assert stored(pk=first.pk).status == "lapsed"
    assert stored(status="asked").answer == "consent_only"


FORGED = {
    "gives it alone": "update tips_policyanswer set status='given', decided_by_id=asked_by_id, decided_at=now()",
    "gives it in a name of another": (
        "update tips_policyanswer set status='given', decided_by_id='{second}', decided_at=now()"
    ),
    "changes what was asked": "update tips_policyanswer set answer='always'",
    "writes one that is in force": (
        "insert into tips_policyanswer (id, switch, answer, reason, status, asked_by_id, asked_at, decided_by_id,"
        " decided_at, version) values (gen_random_uuid(), 'immigration_switch', 'never', 'x', 'given', '{second}',"
        " now(), '{me}', now(), 1)"
    ),
    "takes back another's": "update tips_policyanswer set status='lapsed' where asked_by_id <> '{me}'",
}


@pytest.mark.parametrize("deed", FORGED)
def test_the_database_refuses_one_person_alone(world: World, second: User, deed: str) -> None:
    asked = ask(world)
    me = second if deed == "takes back another's" else world.supervisor
    statement = FORGED[deed].format(second=second.pk, me=me.pk)
    with acting_as(me), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert stored(pk=asked.pk).status == "asked"


def test_what_was_decided_is_never_undone_by_a_statement(world: World, second: User) -> None:
    decide(world, second, "never")
    for person in (world.supervisor, second):
        with acting_as(person), pytest.raises(DatabaseError), transaction.atomic():
            PolicyAnswer.objects.update(status="lapsed", decided_by=None)
    assert policies.in_force() == {"third_party_switch": "never"}


# --- Pages ---


def test_it_is_asked_and_decided_in_the_admin(world: World, second: User) -> None:
    one, two = sign_in(world.supervisor), sign_in(second)
    assert "Not decided yet" in one.get("/admin/").text
    page = one.post(ADD, {"choice": "third_party_switch:unset", "reason": WHY})
    assert page.status_code == 200
    assert "This answer is in force already." in page.text
    assert "survivors&#x27; council" in page.text
    assert one.post(ADD, {"choice": "third_party_switch:never", "reason": WHY}).status_code == 302
    asked = stored()
    address = f"/admin/tips/policyanswer/{asked.pk}"
    assert "Put in force" not in one.get(f"{address}/change/").text
    assert one.post(f"{address}/move/give/", {"version": 1}).status_code == 403
    assert "Decide on that one first" in two.post(ADD, {"choice": "third_party_switch:always", "reason": WHY}).text
    assert "Put in force" in two.get(f"{address}/change/").text
    assert two.post(f"{address}/move/give/", {"version": 9}).status_code == 409
    assert two.post(f"{address}/move/give/", {"version": 1}).status_code == 302
    assert policies.in_force() == {"third_party_switch": "never"}
    with acting_as(world.auditor):
        deeds = AuditEvent.objects.filter(kind="policy", verb__in=["ask", "give"]).order_by("pk")
        assert [(row.verb, row.details.get("answer")) for row in deeds] == [("ask", "never"), ("give", "never")]
    assert "Never" in sign_in(world.auditor).get("/admin/tips/policyanswer/").text


def test_the_public_sees_what_is_in_force_since_when_and_by_whom(world: World, second: User) -> None:
    public = Client()
    assert public.get("/policy/").text.count("Not decided.") == 2
    decide(world, second, "always")
    decide(world, second, "never")
    ask(world, "consent_only", "immigration_switch")
    with queries_at_most(7):
        page = public.get("/policy/")
    assert page.status_code == 200
    assert page.text.count("Not decided.") == 1
    for words in ("<b>Never.</b>", "17 November 2026", "Supervisor2", "survivors&#x27; council", "Always."):
        assert words in page.text
    assert public.post("/policy/").status_code == 405


def test_the_public_does_not_see_what_waits(world: World) -> None:
    ask(world)
    assert WHY not in Client().get("/policy/").text
    with acting_as(world.stranger):
        assert PolicyAnswer.objects.count() == 0


# --- What uses them ---


def test_a_proposal_keeps_the_policies_it_was_made_with(world: World, second: User) -> None:
    given = decide(world, second, "never")
    tip = log_tip(world)
    with acting_as(world.operator):
        tip = triage.triage(tip, request_type="tip", urgency="P2", by=world.operator, at=NOW)
        proposal = proposals.make(tip, by=world.operator, at=NOW)
        kept = [{"switch": "third_party_switch", "answer": "never", "id": str(given.pk)}]
        assert Proposal.objects.get(pk=proposal.pk).policies == kept
    decide(world, second, "always")
    with acting_as(world.operator):
        assert Proposal.objects.get(pk=proposal.pk).policies == kept
        with pytest.raises(DatabaseError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(policies=[])


def test_a_job_reads_what_waits(world: World) -> None:
    ask(world)
    with acting_as_system("test"):
        assert PolicyAnswer.objects.count() == 1


def test_the_start_asks_for_what_is_not_decided(world: World, second: User, capsys: pytest.CaptureFixture[str]) -> None:
    assert {message.id for message in startup.as_checks(None)} == {"casework.W100"}
    assert sum("Nobody decided" in question for question in startup.questions()) == 2
    decide(world, second, "never")
    startup.refuse_or_serve()
    asked = [line for line in capsys.readouterr().err.splitlines() if "Nobody decided" in line]
    assert len(asked) == 1
    assert asked[0].startswith(
        "Casework asks: Adults who may be non-citizens: may a body that enforces immigration law"
    )
