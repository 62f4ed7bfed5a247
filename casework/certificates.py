"""What a certificate of disclosures says: to whom, when, which fields, on what basis. No content of a record."""

from datetime import datetime
from typing import Any

from agencies.chain.certificates import digest
from casework.models import Disclosure
from tips.models import Person, Tip


def body(tip: Tip, *, person: Person | None, at: datetime) -> dict[str, Any]:
    """The accounting of a tip's disclosures, or of those about one person, oldest first.

    Of a card its digest stands here, so that a card that somebody shows can be compared. Two queries. Source: 5 USC
    552a(c), date, nature, purpose and recipient of each disclosure (CLK-28).
    """
    rows = Disclosure.objects.filter(tip=tip).select_related("recipient", "sender", "referral").order_by("at", "pk")
    if person is not None:
        rows = rows.filter(persons__contains=[person.pk])
    numbers = dict(Person.objects.filter(tip=tip).values_list("pk", "number"))
    return {
        "what": "Certificate of disclosures",
        "tip": tip.reference,
        "person": person.number if person else None,
        "made_at": at.isoformat(),
        "disclosures": [_line(row, numbers) for row in rows],
    }


def _line(row: Disclosure, numbers: dict[Any, int]) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "at": row.at.isoformat(),
        "from": row.sender.name,
        "to": row.recipient.name,
        "need": row.referral.need if row.referral else "",
        "level": row.level,
        "fields": row.fields,
        "persons": sorted(numbers[key] for key in row.persons if key in numbers),
        "basis": row.basis,
        "card_digest": digest(row.card) if row.card else "",
    }
