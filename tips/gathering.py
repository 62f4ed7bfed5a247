"""What belongs to one situation: a tip, and the tips that were merged into it."""

from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from tips.models import Person, SamePerson, Tip


def together(tip: Tip) -> RawSQL:
    """For `tip__in=`: the tip and all tips merged into it, however deep, that the reader's agency holds.

    For an agency that does not hold the tip it is the tip alone: a merging gives nobody more to see.
    """
    return RawSQL("select tips_gathered(%s)", [tip.pk])


def gathered(tip: Tip) -> list[UUID]:
    """The ids of `together`, the tip's own first."""
    with connection.cursor() as cursor:
        cursor.execute("select tips_gathered(%s)", [tip.pk])
        return [row[0] for row in cursor.fetchall()]


def persons_of(tip: Tip) -> list[Person]:
    """The persons of a tip and of those merged into it, each once, the tip's own first, then by age of the tips.

    Of persons who are linked as one, the first stays.
    """
    rows = sorted(
        Person.objects.filter(tip__in=together(tip)).select_related("safe_contact", "tip"),
        key=lambda person: (person.tip_id != tip.pk, person.tip.created_at, person.tip_id, person.number),
    )
    if all(person.tip_id == tip.pk for person in rows):
        return rows
    links: dict[UUID, set[UUID]] = {}
    standing = SamePerson.objects.standing().filter(one_tip__in=together(tip))
    for one, other in standing.values_list("one", "other"):
        links.setdefault(one, set()).add(other)
        links.setdefault(other, set()).add(one)
    kept: list[Person] = []
    seen: set[UUID] = set()
    for person in rows:
        if person.pk not in seen:
            kept.append(person)
            seen |= _all_linked(person.pk, links)
    return kept


def _all_linked(key: UUID, links: dict[UUID, set[UUID]]) -> set[UUID]:
    """Everybody who is the same as this one, over any number of links."""
    found, ahead = {key}, [key]
    while ahead:
        for other in links.get(ahead.pop(), set()) - found:
            found.add(other)
            ahead.append(other)
    return found
