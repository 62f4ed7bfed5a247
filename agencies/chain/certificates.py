"""A certificate: a paper whose digest stands in the sealed trail, so that it can be checked years later."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from agencies import audit
from agencies.chain.findings import Finding
from agencies.chain.sealing import seal
from agencies.ids import uuid7
from agencies.scope import acting_as_system

FORM = 1
_VERB = "certify"
_SEALED = (
    "select a.id, a.details->>'digest', s.hash, l.id, l.hash from agencies_auditevent a"
    " join agencies_sealedevent s on s.event = a.id join agencies_seal l on l.id = s.seal_id"
    " where a.verb = %s and a.object_id = %s"
)


@dataclass(frozen=True)
class _Seal:
    """Where a certificate stands in the chain: its event and the seal over it, hashes in hexadecimal digits."""

    event: int
    digest: str
    event_hash: str
    seal: int
    seal_hash: str


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 over the body as JSON with sorted keys and without spaces, in UTF-8."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def certify(body: Mapping[str, Any], *, kind: str, tip: UUID | None, at: datetime) -> dict[str, Any]:
    """Write the digest of `body` into the trail, seal it, and return the certificate.

    Call it outside of any transaction: only what is committed is sealed.
    """
    number = uuid7()
    body = {**body, "certificate": str(number)}
    with acting_as_system("certify") as system:
        details = {"digest": digest(body), "form": FORM}
        audit.record(_VERB, kind=kind, by=system, at=at, object_id=number, tip=tip, details=details)
    seal()
    with acting_as_system("certify"), connection.cursor() as cursor:
        found = _find(cursor, str(number))
    if found is None:
        raise RuntimeError("The certificate could not be sealed: see that no other sealer hangs, then try again.")
    return {"form": FORM, "body": body, "seal": vars(found)}


def check(certificate: Mapping[str, Any]) -> list[Finding]:
    """What speaks against a certificate; one finding that breaks nothing when it is whole and as it was sealed."""
    try:
        body, claimed = certificate["body"], _Seal(**certificate["seal"])
        number = str(body["certificate"])
        is_known_form = certificate["form"] == FORM
    except (KeyError, TypeError):
        return [_broken("The file is no certificate of Casework, or a part of it is missing.")]
    if not is_known_form:
        return [_broken("The certificate has a form that this version does not know.")]
    found = []
    if digest(body) != claimed.digest:
        found.append(_broken("The text of the certificate was changed: it does not fit its own digest."))
    with acting_as_system("verify_audit"), connection.cursor() as cursor:
        kept = _find(cursor, number)
    if kept is None:
        found.append(_broken("The trail knows no such certificate."))
    elif kept != claimed:
        found.append(_broken("The trail holds another digest or another seal for this certificate."))
    whole = f"The certificate is as it was sealed: event {claimed.event} in seal {claimed.seal}."
    return found or [Finding("certificate", whole, breaks=False)]


def _find(cursor: CursorWrapper, number: str) -> _Seal | None:
    cursor.execute(_SEALED, [_VERB, number])
    row = cursor.fetchone()
    if row is None:
        return None
    event, kept, event_hash, number_of_seal, seal_hash = row
    return _Seal(event, kept, bytes(event_hash).hex(), number_of_seal, bytes(seal_hash).hex())


def _broken(sentence: str) -> Finding:
    return Finding("certificate", sentence)
