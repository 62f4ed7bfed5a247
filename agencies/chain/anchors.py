"""Anchors: the head of the chain leaves the house, so that a cut tail or a chain made anew shows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from agencies.chain.findings import Finding
from agencies.models import Anchor, Seal
from agencies.notices import text_of
from agencies.scope import acting_as_system


def anchor(*, at: datetime) -> Anchor | None:
    """Send the newest seal's number and hash away; returns the anchor, or None while nothing is sealed.

    It always goes to a file of its own in DATA_DIR/anchors, and by mail too where ANCHOR_EMAIL is set. A mail that
    cannot be sent raises, and nothing is written: try again.
    """
    with acting_as_system("anchor"):
        head = Seal.objects.order_by("-id").first()
        if head is None:
            return None
        digest = bytes(head.hash).hex()
        if settings.ANCHOR_EMAIL:
            _mail(head.pk, digest, at)
        file = _file(head.pk, digest, at)
        sent_to = f"{settings.ANCHOR_EMAIL}, {file.name}" if settings.ANCHOR_EMAIL else file.name
        return Anchor.objects.create(seal=head.pk, hash=head.hash, anchored_at=at, sent_to=sent_to[:200])


def anchor_is_due(*, at: datetime) -> bool:
    """Whether no anchor left on this day yet, in the deployment's time zone."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return not Anchor.objects.filter(anchored_at__gte=midnight).exists()


@dataclass(frozen=True)
class Known:
    """An anchor that is known: seal, its hash in hexadecimal digits, and where it was found, in words."""

    seal: int
    digest: str
    where: str


def known(cursor: CursorWrapper, heads: Sequence[tuple[int, str]]) -> tuple[list[Known], list[Finding]]:
    """Every anchor: of the table, of the files, and `heads` from elsewhere; and what is wrong among them.

    Read it before the seals: then a seal made meanwhile is not missed.
    """
    cursor.execute("select seal, encode(hash, 'hex'), anchored_at from agencies_anchor order by anchored_at, id")
    anchors = [Known(seal, digest, f"the anchor of {at:%Y-%m-%d}") for seal, digest, at in cursor.fetchall()]
    in_table = {(anchor.seal, anchor.digest) for anchor in anchors}
    found: list[Finding] = []
    for file in sorted(_directory().glob("*.json")):
        content = _read(file)
        if content is None:
            found.append(Finding("anchor", f"The anchor file {file.name} cannot be read."))
        elif content not in in_table:
            sentence = f"The anchor file {file.name} has no row in the table of anchors: it was removed or changed."
            found.append(Finding("anchor", sentence, numbers=(content[0],)))
        if content is not None:
            anchors.append(Known(*content, f"the anchor file {file.name}"))
    return anchors + [Known(seal, digest.lower(), "the anchor that you gave") for seal, digest in heads], found


def against(anchors: Sequence[Known], hashes: Mapping[int, bytes]) -> list[Finding]:
    """Compare the seals, by number, with the anchors."""
    return [
        _broken(anchor, is_there=anchor.seal in hashes)
        for anchor in anchors
        if hashes.get(anchor.seal, b"").hex() != anchor.digest
    ]


def _broken(anchor: Known, *, is_there: bool) -> Finding:
    seal, where = anchor.seal, anchor.where
    if is_there:
        sentence = f"Seal {seal} is not the one that {where} names: the chain was made anew."
        return Finding("anchor", sentence, numbers=(seal,))
    return Finding(
        "cut", f"Seal {seal}, which {where} names, is gone: the end of the trail was cut off.", numbers=(seal,)
    )


def _read(file: Path) -> tuple[int, str] | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return int(content["seal"]), str(content["hash"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _mail(seal: int, digest: str, at: datetime) -> None:
    subject, body = text_of("anchor", reference=f"{seal}:{digest}", path="")
    day = f"{timezone.localtime(at):%Y-%m-%d}"
    EmailMessage(f"{subject} {day}", body, settings.DEFAULT_FROM_EMAIL, [settings.ANCHOR_EMAIL]).send()


def _directory() -> Path:
    return Path(settings.DATA_DIR) / "anchors"


def _file(seal: int, digest: str, at: datetime) -> Path:
    """Write a file that was not there before: an anchor never replaces another."""
    _directory().mkdir(mode=0o700, parents=True, exist_ok=True)
    day = f"{timezone.localtime(at):%Y-%m-%d}"
    taken = len(list(_directory().glob(f"{day}*.json")))
    file = _directory() / (f"{day}.{taken + 1}.json" if taken else f"{day}.json")
    text = json.dumps({"seal": seal, "hash": digest, "anchored_at": at.isoformat()}, indent=1)
    with file.open("x", encoding="utf-8") as handle:
        handle.write(text + "\n")
    return file
