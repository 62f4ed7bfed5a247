"""How a referral gets to an agency: its inbox where somebody answers there, else another way that is on file."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Now

from agencies.models import Agency, Membership, Phone, Role
from agencies.models.agency import AgencyQuerySet

_By = Agency.AcceptsBy
# A number that takes a fax is no way to ask somebody.
_NOT_SPOKEN = "fax"
WHAT_TO_DO = (
    "A supervisor can add a person, a phone or a verified address to its entry in the directory. "
    "Until then choose another agency."
)


@dataclass(frozen=True)
class Way:
    """`by` is one of Agency.AcceptsBy; `words` say what to do, empty for an inbox, where nothing is to be done.

    `number` is there where somebody is to be called.
    """

    by: str
    words: str
    number: str = ""


def with_reach(agencies: AgencyQuerySet) -> AgencyQuerySet:
    """Annotate what `way_to` reads. Two subqueries by index for each row."""
    # Only a liaison answers referrals (casework/roles.py).
    answering = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=Now()),
        agency=OuterRef("pk"),
        role=Role.LIAISON,
        user__is_active=True,
        valid_from__lte=Now(),
    )
    # "warm_transfer" before "public" before "after_hours", a verified number before one that nobody tried.
    phones = (
        Phone.objects.filter(Q(location=None) | Q(location__is_confidential=False), agency=OuterRef("pk"))
        .exclude(kind__icontains=_NOT_SPOKEN)
        .order_by("-purpose", F("verified_on").desc(nulls_last=True), "pk")
    )
    return agencies.annotate(is_answered=Exists(answering), call_at=Subquery(phones.values("number")[:1]))


def reachable(agencies: AgencyQuerySet) -> AgencyQuerySet:
    """Those with somebody who answers in the inbox, a phone, a verified address, or a portal of their own."""
    return with_reach(agencies).filter(_HAS_A_WAY)


def unreachable(agencies: AgencyQuerySet) -> AgencyQuerySet:
    """Those that nothing of the kind is on file for: a referral to them would lie where nobody looks."""
    return with_reach(agencies).exclude(_HAS_A_WAY)


_HAS_ADDRESS = ~Q(email="") & Q(verified_at__isnull=False)
_HAS_A_WAY = (
    Q(accepts_by=_By.INBOX, is_answered=True)
    | Q(call_at__isnull=False)
    | _HAS_ADDRESS
    | (Q(accepts_by=_By.PORTAL) & ~Q(website=""))
)


def way_to(agency: Agency) -> Way:
    """The way to an agency from `with_reach`; `by` is "none" where there is none."""
    number: str = agency.call_at or ""  # type: ignore[attr-defined]
    has_address = bool(agency.email and agency.verified_at)
    if agency.accepts_by == _By.INBOX and agency.is_answered:  # type: ignore[attr-defined]
        return Way(_By.INBOX, "")
    if agency.accepts_by == _By.PORTAL and agency.website:
        return Way(_By.PORTAL, "takes referrals in its own portal")
    if agency.accepts_by == _By.LINK and has_address:
        return Way(_By.LINK, "answers by a one-time link")
    if number:
        nobody = "nobody signs in there; " if agency.accepts_by == _By.INBOX else ""
        return Way(_By.PHONE, f"{nobody}call them: {number}", number)
    if has_address:
        return Way(_By.LINK, "nobody signs in there; write to the verified address, and say nothing of the case")
    return Way(_By.NONE, "nobody signs in there, and no phone or verified address is on file")
