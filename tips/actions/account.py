"""The first wording of a shared account: what was told, read by the desk that took it, with the marks (ruling 14)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from agencies import crypto
from agencies.models import User
from agencies.whole import whole
from tips.actions import reveal
from tips.marking import Span, marks, replaced
from tips.models import Narrative, PersonIdentity, Tip

# What of a person's identity is a name.
_NAMES = frozenset({"name", "safe_name", "aliases"})


@dataclass(frozen=True)
class Proposed:
    """What was told in one contact, and the stretches that identify somebody."""

    text: str
    spans: list[Span]

    def parts(self) -> list[tuple[str, Span | None, int]]:
        """The text in pieces: (words, the span or None, the number of the span)."""
        found: list[tuple[str, Span | None, int]] = []
        at = 0
        for number, span in enumerate(self.spans):
            found += [(self.text[at : span.start], None, -1), (self.text[span.start : span.end], span, number)]
            at = span.end
        return [*found, (self.text[at:], None, -1)]


@whole()
def propose(tip: Tip, *, by: User, at: datetime) -> list[Proposed]:
    """What the own desk was told about a tip, oldest first, with the marks; every look is recorded.

    Names that stand on the tip already are marked wherever they occur. Raises PermissionDenied as `reveal` does.
    """
    if by.acting_agency_id is None:
        raise PermissionDenied(reveal.SECOND_PERSON)
    told = Narrative.objects.filter(tip=tip, agency_id=by.acting_agency_id).order_by("created_at", "pk")
    known = _known(tip, by.acting_agency_id)
    texts = [reveal.reveal(row, purpose=reveal.Purpose.ACCOUNT, by=by, at=at).text.strip() for row in told]
    return [Proposed(text, marks(text, known=known)) for text in texts if text]


def wording(proposed: list[Proposed], keep: set[str]) -> str:
    """The wording with neutral words; `keep` names the spans that a human undid, as "0:3" (text, span)."""
    found = []
    for number, told in enumerate(proposed):
        kept = {span for span in range(len(told.spans)) if f"{number}:{span}" in keep}
        found.append(replaced(told.text, told.spans, keep=kept))
    return "\n\n".join(found)


def digest(proposed: list[Proposed]) -> str:
    """Whether the texts are still those that were shown."""
    whole_text = "\0".join(told.text for told in proposed)
    return hashlib.sha256(whole_text.encode()).hexdigest()


def _known(tip: Tip, agency: UUID) -> list[str]:
    table = PersonIdentity._meta.db_table
    rows = PersonIdentity.objects.filter(tip=tip, agency_id=agency, field__in=_NAMES)
    return [crypto.decrypt(row.value, table=table, row=row.pk, field="value") for row in rows]
