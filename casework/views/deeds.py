"""The buttons of a running conversation: danger, the broken line, help, hand-over. What was typed is kept before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from agencies.models import Agency, User
from casework.forms.contact import ContactForms
from tips.actions import cut_off, danger, hand_over, help_me
from tips.models import Contact, CutOff, Emergency, EmergencyOffer, HelpCall


@dataclass(frozen=True)
class Asked:
    """What a button asks for: on which contact, over what was typed, with what behind its colon."""

    request: HttpRequest
    record: Contact
    forms: ContactForms
    argument: str
    user: User
    now: datetime

    def back(self, anchor: str) -> HttpResponse:
        """To the same page, where the deed stands."""
        return redirect(f"{reverse('contact', args=[self.record.pk])}#{anchor}")


def _danger(asked: Asked) -> HttpResponse:
    what, _, argument = asked.argument.partition(":")
    deeds = {
        "raise": _raise,
        "offer": _offer,
        "accuse": _accuse,
        "trust": _accuse,
        "stamp": _stamp,
        "over": _over,
        "back": _take_back,
    }
    if what not in deeds:
        raise Http404
    if what != "raise":
        # What was answered meanwhile belongs to the danger that is open.
        danger.raise_danger(asked.record, asked.forms.danger.answers(), by=asked.user, at=asked.now)
    deeds[what](asked, argument)
    return asked.back("danger")


def _raise(asked: Asked, argument: str) -> None:
    danger.raise_danger(asked.record, asked.forms.danger.answers(), by=asked.user, at=asked.now)


def _open_danger(asked: Asked) -> Emergency:
    return get_object_or_404(Emergency.objects.filter(contact=asked.record, ended_at=None).select_related("contact"))


def _offer(asked: Asked, argument: str) -> None:
    kind, _, agency = argument.partition(":")
    data = asked.request.POST
    danger.offer(
        _open_danger(asked),
        kind,
        centre=get_object_or_404(Agency.objects.visible_to(asked.user), pk=_key(agency)) if agency else None,
        basis=data.get("danger_basis", ""),
        said=[code for code in data.getlist("danger_said") if code in EmergencyOffer.Said.values],
        plans=[code for code in data.getlist("danger_plans") if code in EmergencyOffer.Plan.values],
        danger=data.get("danger", ""),
        accused=danger.read_accused(data.getlist("accused")),
        by=asked.user,
        at=asked.now,
    )


def _accuse(asked: Asked, argument: str) -> None:
    """Who is accused was kept with what was typed; here it is put on the trail."""
    agency = get_object_or_404(Agency.objects.visible_to(asked.user), pk=_key(argument))
    is_accused = agency in asked.forms.danger.accused_agencies()
    danger.hold_back(_open_danger(asked), agency, is_accused=is_accused, by=asked.user, at=asked.now)


def _stamp(asked: Asked, argument: str) -> None:
    key, _, what = argument.partition(":")
    offers = EmergencyOffer.objects.filter(emergency=_open_danger(asked)).select_related("emergency__contact")
    danger.stamp(get_object_or_404(offers, pk=_key(key)), what, by=asked.user, at=asked.now)


def _over(asked: Asked, argument: str) -> None:
    danger.end_danger(_open_danger(asked), by=asked.user, at=asked.now)


def _take_back(asked: Asked, argument: str) -> None:
    reason = asked.request.POST.get("danger_back", "")
    danger.take_back(_open_danger(asked), reason=reason, by=asked.user, at=asked.now)


def _line(asked: Asked) -> HttpResponse:
    what, _, argument = asked.argument.partition(":")
    if what == "drop":
        line = asked.forms.line.data
        answer = line.get("may_ring_back", "")
        cut_off.drop(
            asked.record,
            number=line.get("number", ""),
            may_ring_back=answer if answer in ("yes", "no", "unknown") else "",
            by=asked.user,
            at=asked.now,
        )
    elif what == "choose":
        cut_off.choose(_broken(asked), argument, by=asked.user, at=asked.now, rules=asked.forms.safe_rules())
    elif what == "resume":
        cut_off.resume(_broken(asked), by=asked.user, at=asked.now)
    elif what == "take_up":
        return take_up(asked.request, asked.user, asked.now, _key(argument), leg=asked.record)
    else:
        raise Http404
    return asked.back("line")


def _broken(asked: Asked) -> CutOff:
    return get_object_or_404(CutOff.objects.filter(contact=asked.record, ended_at=None).select_related("contact"))


def take_up(request: HttpRequest, user: User, now: datetime, pk: UUID, *, leg: Contact | None = None) -> HttpResponse:
    """Go on with a conversation whose line broke, in its own draft."""
    rows = CutOff.objects.visible_to(user).filter(contact=pk).select_related("contact").order_by("-dropped_at")
    broken = rows.first()
    if broken is None:
        raise Http404
    cut_off.take_up(broken, by=user, at=now, leg=leg)
    messages.success(request, "You go on with this conversation.")
    return redirect("contact", pk=pk)


def _help(asked: Asked) -> HttpResponse:
    if asked.argument == "ask":
        help_me.ask(asked.record, by=asked.user, at=asked.now)
    else:
        help_deed(asked.request, asked.record, asked.argument, asked.user, asked.now)
    return asked.back("aside")


def help_deed(request: HttpRequest, record: Contact, what: str, user: User, now: datetime) -> None:
    """Write a line, or end the help; for both sides."""
    row = get_object_or_404(HelpCall.objects.filter(contact=record, ended_at=None))
    if what == "write":
        help_me.write(row, request.POST.get("help_line", ""), by=user, at=now)
    elif what == "end":
        help_me.end(row, by=user, at=now)
    else:
        raise Http404


def _hand_over(asked: Asked) -> HttpResponse:
    to = colleague(asked.record, asked.request.POST.get("hand_to", ""), asked.now)
    hand_over.hand_over(asked.record, to=to, by=asked.user, at=asked.now)
    messages.success(asked.request, f"{to} has this conversation now.")
    return redirect("desk")


def colleague(record: Contact, key: str, now: datetime) -> User:
    """The colleague chosen from the list. Raises ValidationError for anything that is not on it."""
    found = [person for person in hand_over.colleagues(record.agency_id, at=now) if str(person.pk) == key]
    if not found:
        raise ValidationError("Choose a colleague to hand over to.")
    return found[0]


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


DEEDS: dict[str, Callable[[Asked], HttpResponse]] = {
    "danger": _danger,
    "line": _line,
    "help": _help,
    "hand_over": _hand_over,
}
