"""The signed POST of a telephone system: a call that begins opens a contact, once for each call."""

import hashlib
import hmac
import json
import time
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from agencies.models import User
from agencies.scope import acting_as
from tips.actions import intake
from tips.models import Channel, Contact

TIMESTAMP = "X-Casework-Timestamp"
SIGNATURE = "X-Casework-Signature"
LONGEST_BODY = 4096
_LONGEST = {"id": 120, "agent": 150, "number": 40}
_TIMESTAMP_DIGITS = 12


@csrf_exempt
@require_POST
def screen_pop(request: HttpRequest) -> HttpResponse:
    """201 with the contact of a call that is new, 200 with the same one for a call that was told before.

    One and the same 403 for whatever is not signed as it should be; 400 for a signed body that cannot be read.
    """
    if not settings.TELEPHONY_SECRET:
        raise Http404
    body = request.body if int(request.headers.get("Content-Length") or 0) <= LONGEST_BODY else b""
    if not is_signed(body, request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, ""), now=time.time()):
        return JsonResponse({"detail": "Refused."}, status=HTTPStatus.FORBIDDEN)
    try:
        call = _call(body)
        contact, is_new = _open(call, now=timezone.now())
    except (ValueError, ValidationError, PermissionDenied):
        return JsonResponse({"detail": "This call could not be read."}, status=HTTPStatus.BAD_REQUEST)
    answer = {"contact": str(contact.pk), "path": reverse("contact", args=[contact.pk])}
    return JsonResponse(answer, status=HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def signature(body: bytes, timestamp: str) -> str:
    """HMAC-SHA-256 over `timestamp`, a full stop and the body, in lower hex."""
    signed = timestamp.encode() + b"." + body
    return hmac.new(settings.TELEPHONY_SECRET.encode(), signed, hashlib.sha256).hexdigest()


def is_signed(body: bytes, timestamp: str, given: str, *, now: float) -> bool:
    """Whether the signature is ours and the timestamp (whole seconds since 1970) is from now."""
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIMESTAMP_DIGITS
    is_ours = hmac.compare_digest(signature(body, timestamp).encode(), given.encode("utf-8", "replace"))
    return bool(body) and is_number and is_ours and abs(now - int(timestamp)) <= settings.TELEPHONY_WINDOW_SECONDS


def _call(body: bytes) -> dict[str, Any]:
    """id, agent, channel, number and started_at. Raises ValueError for what is missing or too long."""
    sent = json.loads(body)
    if not isinstance(sent, dict):
        raise ValueError("no object")  # noqa: TRY004 - it is what was sent that is wrong.
    call = {name: sent.get(name, "") for name in ("id", "agent", "channel", "number", "started_at")}
    if not all(isinstance(value, str) and "\x00" not in value for value in call.values()):
        raise ValueError("not text")
    if not call["id"] or not call["agent"] or any(len(call[name]) > most for name, most in _LONGEST.items()):
        raise ValueError("missing or too long")
    channel = call["channel"] or Channel.CALL
    began = parse_datetime(call["started_at"]) if call["started_at"] else None
    if channel not in Channel.values or (call["started_at"] and (began is None or began.tzinfo is None)):
        raise ValueError("no channel, or no time with its offset")
    return {**call, "channel": channel, "started_at": began}


def _open(call: dict[str, Any], *, now: datetime) -> tuple[Contact, bool]:
    """The contact, and whether it is new. Two tellings of one call at once open one contact."""
    agent = User.objects.filter(username=call["agent"], is_active=True).first()
    if agent is None:
        raise ValueError("nobody of that name")
    with acting_as(agent):
        known = Contact.objects.visible_to(agent).filter(external_id=call["id"])
        found = known.first()
        if found is not None:
            return found, False
        began = min(call["started_at"] or now, now)
        try:
            with transaction.atomic():
                return intake.open_contact(
                    channel=call["channel"],
                    started_at=began,
                    number=call["number"],
                    external_id=call["id"],
                    by=agent,
                    at=now,
                ), True
        except IntegrityError:
            return known.get(), False
