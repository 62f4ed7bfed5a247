"""The facts of a tip as the vocabulary names them, put together from its rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from agencies import crypto
from agencies.models import User
from tips import facts as vocabulary
from tips.actions.persons import person_facts
from tips.gathering import persons_of, together
from tips.models import (
    Channel,
    ClosedFacts,
    Contact,
    Danger,
    Merging,
    Person,
    Place,
    PolicyAnswer,
    Situation,
    Switch,
    Tip,
)

# Channels of the desk -> codes of the fact `channel`.
_CHANNELS = {
    Channel.CALL: "call",
    Channel.VOICEMAIL: "call",
    Channel.RELAY: "call",
    Channel.VIDEO_RELAY: "call",
    Channel.TRANSFER: "call",
    Channel.TEXT: "text",
    Channel.SOCIAL: "text",
    Channel.WEB_CHAT: "chat",
    Channel.EMAIL: "email",
    Channel.PARTNER: "email",
    Channel.WEB_FORM: "web_form",
    Channel.LETTER: "letter",
    Channel.WALK_IN: "walk_in",
}


@dataclass(frozen=True)
class Beginning:
    """The first contact of a tip and its first place, in codes; None where there is none that may be read.

    `policies`: switch -> id and answer of the policy in force now; what nobody decided is not there.
    """

    contact: Mapping[str, str] | None
    place: Mapping[str, str] | None
    has_inside: bool = False  # Whether other tips were merged into this one.
    policies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


_TOLD = ("channel", "caller_type", "danger")
_WHERE = ("country", "state", "county", "postal_code", "tribal_land")


def with_beginning(tips: "QuerySet[Tip]") -> "QuerySet[Tip]":
    """Tips that bring their beginning with them, for pages that need it; `beginning_of` finds it there."""
    contact = Contact.objects.filter(tip=OuterRef("pk")).order_by("started_at")
    place = Place.objects.filter(tip=OuterRef("pk")).order_by("pk")
    return tips.annotate(
        first_contact=Subquery(contact.values(json=JSONObject(**{name: name for name in _TOLD}))[:1]),
        first_place=Subquery(place.values(json=JSONObject(**{name: name for name in _WHERE}))[:1]),
        has_inside=Exists(Merging.objects.filter(kept=OuterRef("pk"), undone_at=None)),
        **{f"now_{switch.value}": _in_force(switch) for switch in Switch},
    )


def _in_force(switch: Switch) -> Subquery:
    rows = PolicyAnswer.objects.given().filter(switch=switch).order_by("-decided_at", "-pk")
    return Subquery(rows.values(json=JSONObject(id="id", answer="answer"))[:1])


def beginning_of(tip: Tip) -> Beginning:
    """One query, none for a tip that was read `with_beginning`."""
    found: Any = (
        tip if hasattr(tip, "first_place") else with_beginning(Tip.objects.filter(pk=tip.pk).only("pk")).first()
    )
    if not found:
        return Beginning(None, None)
    policies = {switch.value: getattr(found, f"now_{switch.value}") for switch in Switch}
    decided = {switch: row for switch, row in policies.items() if row}
    return Beginning(found.first_contact, found.first_place, found.has_inside, decided)


def facts_of(tip: Tip, *, by: User, beginning: Beginning | None = None) -> dict[str, Any]:
    """Validated facts for the rules: the situation, its first contact, persons, place and the policies in force.

    Facts above working level are read only where the database shows them to `by`'s agency; they go to the rules,
    never onto a page. What was merged into the tip counts with it. Three queries, two for a tip that was read
    `with_beginning`; two more where something was merged into it.
    """
    beginning = beginning or beginning_of(tip)
    return _put_together(tip, beginning, _closed_facts(tip), persons_of(tip))


def facts_of_many(tips: Sequence[Tip]) -> dict[UUID, dict[str, Any]]:
    """The same for many tips at once, for jobs and trials: four queries, and those of `facts_of` where tips are merged.

    What the database does not show to whoever asks is left out, as in `facts_of`.
    """
    keys = [tip.pk for tip in tips]
    rows = with_beginning(Tip.objects.filter(pk__in=keys).select_related("situation")).in_bulk()
    persons: dict[UUID, list[Person]] = {key: [] for key in keys}
    for person in Person.objects.filter(tip__in=keys).select_related("safe_contact", "tip").order_by("number"):
        persons[person.tip_id].append(person)
    closed: dict[UUID, list[ClosedFacts]] = {key: [] for key in keys}
    for row in ClosedFacts.objects.filter(tip__in=keys):
        closed[row.tip_id].append(row)
    found = {}
    for key in rows:
        tip = rows[key]
        beginning = beginning_of(tip)
        if beginning.has_inside:
            found[key] = _put_together(tip, beginning, _closed_facts(tip), persons_of(tip))
        else:
            found[key] = _put_together(tip, beginning, _opened(closed[key]), persons[key])
    return found


def _put_together(
    tip: Tip, beginning: Beginning, closed: Mapping[Any, Mapping[str, Any]], persons: Sequence[Person]
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        **{switch.value: "unset" for switch in Switch},
        **{switch: policy["answer"] for switch, policy in beginning.policies.items()},
        **_contact_facts(beginning.contact),
        **_place_facts(tip, beginning.place),
        **tip.situation.facts,
        **closed.get(None, {}),
    }
    if tip.indicator_level:
        facts["indicator_level"] = tip.indicator_level
    if beginning.has_inside:
        _add_merged(facts, tip)
    facts["persons"] = [{**person_facts(person), **closed.get(person.pk, {})} for person in persons]
    return facts


_WORST = (Danger.LIFE, Danger.ONGOING, Danger.UNKNOWN, Danger.NONE)


def _add_merged(facts: dict[str, Any], tip: Tip) -> None:
    """What only a merged tip knows is added; a list becomes the union of all; danger is the worst that was told."""
    inside = Situation.objects.filter(tip__in=together(tip)).exclude(tip=tip).order_by("tip__created_at")
    for row in inside:
        for name, value in row.facts.items():
            if isinstance(value, list):
                facts[name] = list(dict.fromkeys([*facts.get(name, []), *value]))
            elif facts.get(name, "unknown") == "unknown":
                facts[name] = value
    firsts = Contact.objects.filter(tip__in=together(tip)).order_by("tip", "started_at").distinct("tip")
    told = {facts.get("danger"), *firsts.values_list("danger", flat=True)}
    worst = next((danger for danger in _WORST if danger in told), None)
    if worst is not None:
        facts["danger"] = worst.value


def _contact_facts(contact: Mapping[str, str] | None) -> dict[str, Any]:
    if contact is None:
        return {}
    facts = {"channel": _CHANNELS[Channel(contact["channel"])], "reporter": contact["caller_type"]}
    return facts if contact["danger"] == Danger.NOT_ASKED else {**facts, "danger": contact["danger"]}


def _place_facts(tip: Tip, place: Mapping[str, str] | None) -> dict[str, Any]:
    if place is None:
        return {"state": tip.state, "location": "in_us"} if tip.state else {}
    if place["country"] != "US":
        return {"location": "outside_us"}
    facts: dict[str, Any] = {"location": "in_us"}
    if place["state"]:
        facts["state"] = place["state"]
    if place["tribal_land"]:
        facts["tribal_land"] = "yes"
    return facts


def _closed_facts(tip: Tip) -> dict[Any, dict[str, Any]]:
    return _opened(ClosedFacts.objects.filter(tip__in=together(tip)).order_by("-tip__created_at"))


def _opened(rows: Iterable[ClosedFacts]) -> dict[Any, dict[str, Any]]:
    table = ClosedFacts._meta.db_table
    return {
        row.person_id: json.loads(crypto.decrypt(row.value, table=table, row=row.pk, field="value")) for row in rows
    }


def labels(facts: dict[str, Any], *, of_person: bool = False) -> list[tuple[str, str]]:
    """(sentence, answer) in words for each fact, in the vocabulary's order, for reading."""
    known = vocabulary.vocabulary().person if of_person else vocabulary.vocabulary().tip
    lines = []
    for name, fact in known.items():
        if name in facts and facts[name] not in ("", []):
            codes = facts[name] if isinstance(facts[name], list) else [facts[name]]
            lines.append((fact.sentence, ", ".join(fact.values.get(code, code) for code in codes)))
    return lines
