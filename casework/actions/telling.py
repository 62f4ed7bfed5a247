"""What goes with a referral's deed: the disclosure record, and the notice to the other side."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from agencies import links, notices
from agencies.models import Agency, User
from agencies.reach import Way, way_to, with_reach
from agencies.scope import Actor
from casework.models import Disclosure, Referral, ReferralPerson

# Purpose of the links that a referral is answered by.
REFERRAL_LINK = "referral"


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


def way_of(agency: Agency) -> Way:
    """How this agency is reached; asks nothing where `agency` was read with its reach."""
    return way_to(agency if hasattr(agency, "is_answered") else with_reach(Agency.objects.filter(pk=agency.pk)).get())


def ask_receiver(referral: Referral, code: str, *, by: User | None, at: datetime) -> None:
    """Tell the receiver that its answer is waited for: in its inbox, or by a one-time link to its verified address.

    Where neither is the way, the agency is asked by people: the referral stands in the list of calls to make.
    """
    if way_of(referral.receiver).by != Agency.AcceptsBy.LINK:
        tell_receiver(referral, code, at)
    else:
        send_link(referral, by=by, at=at)


def send_link(referral: Referral, *, by: User | None, at: datetime) -> None:
    """A one-time link to the receiver's verified address, until the answer is due; an earlier one ends."""
    if referral.answer_due_at is None or referral.answer_due_at <= at:
        return
    link = links.make(
        REFERRAL_LINK,
        about=referral.pk,
        agency=referral.sender,
        asked=referral.receiver,
        valid_until=referral.answer_due_at,
        by=by,
        at=at,
    )
    path = f"/referrals/{referral.pk}/"
    notices.queue("referral_link", agency=referral.receiver, reference=referral.reference, path=path, link=link, at=at)
