"""The people of a tip on its page, and what stays closed about them and the situation until somebody opens it."""

from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, CharField, F, Func, OuterRef, Value
from django.db.models.functions import Concat, JSONObject

from agencies.disclosure import disclosed
from agencies.models import User
from casework.pages.tip_shown import Masked, PersonShown
from casework.pages.tip_words import fact_pairs, how_many_words, is_young, need_words, safe_words
from tips.actions.reveal import may_open
from tips.codes import code_lists
from tips.models import Identifier, Indication, Person, PersonIdentity, PersonNeed, Tip

_COLUMNS = ("table", "pk", "person_id", "what", "agency_id", "is_lead_fact", "is_opened")
_OPENS = {"function": "casework_identity_opens", "output_field": BooleanField()}


def level_of(tip: Tip) -> str:
    """The level of the reader's access to a tip that came from `tips_for`."""
    return str(tip.level or "")  # type: ignore[attr-defined]


def closed_of(tip: Tip, user: User) -> dict[UUID | None, list[Masked]]:
    """What is closed, by person (None: of the situation); the policy lets through what the reader may know of."""
    found: dict[UUID | None, list[Masked]] = {}
    said: set[tuple[UUID | None, str]] = set()
    # Names come first: the sort key of the union is its table.
    in_order = sorted(_rows(tip), key=lambda row: (row[0] != "identity", row[1]))
    for table, pk, person, what, agency, is_lead, is_opened in in_order:
        if table == "identity":
            said.add((person, what))
        elif table == "identifier" and (person, what) in said:
            # A phone of a person stands twice: as it was said, and as a number to match. One line is enough.
            said.discard((person, what))
            continue
        opens = may_open(
            kind=table,
            field=what,
            is_own=agency == user.acting_agency_id,
            is_lead_fact=is_lead,
            user=user,
            level=level_of(tip),
            granted=frozenset({what}) if is_opened else frozenset(),
        )
        found.setdefault(person, []).append(Masked(f"{table}:{pk}", _label(table, what), opens))
    return {person: sorted(rows, key=lambda row: (not row.may_open, row.label)) for person, rows in found.items()}


def _rows(tip: Tip) -> list[tuple[str, UUID, UUID | None, str, UUID, bool, bool]]:
    names = PersonIdentity.objects.filter(tip=tip).annotate(
        table=_text("identity"), what=F("field"), is_opened=Func(F("person_id"), F("field"), **_OPENS)
    )
    marks = Identifier.objects.filter(tip=tip).annotate(
        table=_text("identifier"), what=F("kind"), is_opened=Func(F("person_id"), F("kind"), **_OPENS)
    )
    heard = Indication.objects.filter(tip=tip).annotate(
        table=_text("indication"),
        what=Concat("code_list", Value(":"), "code", output_field=CharField()),
        person_id=Value(None, output_field=Person._meta.pk),
        is_lead_fact=Value(False, output_field=BooleanField()),
        is_opened=Value(False, output_field=BooleanField()),
    )
    return list(
        names.values_list(*_COLUMNS).union(marks.values_list(*_COLUMNS), heard.values_list(*_COLUMNS), all=True)
    )


def _text(word: str) -> Value:
    return Value(word, output_field=CharField())


def _label(table: str, what: str) -> str:
    if table == "indication":
        name, _, code = what.partition(":")
        known = code_lists()[name].codes.get(code)
        return f"Words behind: {known.label.lower() if known else code}"
    choices = PersonIdentity.Field.choices if table == "identity" else Identifier.Kind.choices
    return str(dict(choices)[what])


def persons_of(tip: Tip, user: User, closed: dict[UUID | None, list[Masked]]) -> list[PersonShown]:
    """Each person by codes, with how to reach them and what became of their needs. One query."""
    told = PersonNeed.objects.filter(person=OuterRef("pk")).order_by("need")
    columns = {name: name for name in ("need", "state", "why_not")}
    rows = Person.objects.filter(tip=tip).select_related("safe_contact").order_by("number")
    found = []
    for row in rows.annotate(need_rows=ArraySubquery(told.values(json=JSONObject(**columns)))):
        person = disclosed(row, to=user)
        safe = getattr(row, "safe_contact", None)
        needs = [disclosed(PersonNeed(person=row, **need), to=user) for need in row.need_rows]
        facts = {**person["facts"], "age": person["age"], "needs": person["needs"]}
        pairs = [
            ("How many", how_many_words(person)),
            ("Languages", ", ".join(person["languages"])),
            ("Under 18", person["is_minor_label"]),
        ]
        found.append(
            PersonShown(
                title=f"Person {person['number']}: {person['role_label'].lower()}",
                pairs=[*pairs, *fact_pairs(facts, of_person=True), ("What became of needs", need_words(needs))],
                safe=safe_words(disclosed(safe, to=user) if safe else {}, is_minor=is_young(person)),
                closed=closed.get(row.pk, []),
            )
        )
    return found
