"""What goes with a referral's deed: the disclosure record, and the notice to the other side."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from agencies import notices
from agencies.scope import Actor
from casework.models import Disclosure, Referral, ReferralPerson


def record_disclosure(
    referral: Referral,
    level: str,
    fields: Sequence[str],
    *,
    by: Actor,
    at: datetime,
    card: dict[str, Any] | None = None,
) -> None:
    """Write down what was shown to the receiver, of whom, on what basis."""
    persons: list[UUID] = list(
        ReferralPerson.objects.filter(referral=referral).values_list("person_id", flat=True).order_by("pk")
    )
    Disclosure(
        tip_id=referral.tip_id,
        referral=referral,
        sender_id=referral.sender_id,
        recipient_id=referral.receiver_id,
        persons=persons,
        level=level,
        fields=list(fields),
        basis=referral.legal_basis,
        card=card or {},
        by_id=by.pk,
        at=at,
    ).save(force_insert=True)


def tell_sender(referral: Referral, code: str, at: datetime) -> None:
    """Queue a notice to the sender, which leads to the tip."""
    path = f"/tips/{referral.tip_id}/"
    notices.queue(code, agency=referral.sender, reference=referral.reference, path=path, at=at)


def tell_receiver(referral: Referral, code: str, at: datetime) -> None:
    """Queue a notice to the receiver, which leads to the referral."""
    path = f"/referrals/{referral.pk}/"
    notices.queue(code, agency=referral.receiver, reference=referral.reference, path=path, at=at)
