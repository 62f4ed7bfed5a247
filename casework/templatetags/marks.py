"""Marks and components of every staff page.

Components render a file of templates/components each. The small marks, of which a list shows hundreds, are written
here: a file for each would be most of the time that a page takes.

Load with `{% load marks %}`. The moment against which times are told is `read_at` of casework/frame.py.

    {% address "tip" tip.pk %}                      what {% url %} gives for a record, at a fraction of the time
    {% urgency tip.urgency %}                       P0 ... P4, or "Urgency not set" for the empty string
    {% state tip %}                                 tag with status and its words; {% state "declined" "Declined" %}
    {% clock clock what="answer" %}                 a Clock row, or {% clock due=moment what="answer" %}
    {% moment at %} {% moment at relative=True %}   a time; {% day value %} where only the day is known
    {% mask "(•••) •••-••42" url "Show number" %}   masked text and the recorded way to see it; url optional
    {{ "birth_date"|humanised }}                    the words of a field's name: Birth date
    {{ phone|masked }}                              all but the last two digits; {{ text|masked }} first letter only
    {% moves available base version %}              from Lifecycle.available(); each goes to base + its name + "/"
    {% moves available base version blocked %}      `blocked`: pairs (what, what unblocks it)
    {% moves available base version key="step-1" %} `key` keeps ids apart where a page shows several records
    {% moves available base version quiet=True %}   one row: what a move does is read out, and shown in the menu only
    {% pager "Pages of tips" newer older %}         `newer` goes to ?before=..., `older` to ?after=...; filters are kept
    {% empty "No tips match." "Clear filters" url %}
    {% facts pairs %}                               (label, value) pairs as a description list; empty values left out
    {% field form.phone %}                          label, hint, error, input; radios and checkboxes become a fieldset
    {% field form.phone quiet=True %}               the same without "(optional)"
    {% fields form %}                               every visible field and the hidden ones
    {% error_summary form %}                        forms and formsets in the page's order; nothing when all is well
    {% person_card "Person 2: potential victim" pairs safe="Text 10-12 only" %}
    {% history events %}                            events with title, at, by, and if there: rule, reason, detail
    {% track_pillar "protection" %}                 class of a pillar's column: track track--prot
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from agencies.lifecycle import Move
from casework import time_words
from casework.addresses import address_of
from casework.form_marks import draw, problems
from tips.models import Urgency

register = template.Library()

# Open work stands out; what is over is plain text or dashed. The kinds are classes of static/casework.css.
STATE_KINDS = {
    "open": ("new", "draft", "open", "asked", "promised"),
    "moving": ("in_triage", "routed", "sent", "received", "waiting"),
    "ask": ("information_requested", "blocked", "to_decide"),
    "good": ("accepted", "in_progress", "in_force", "given", "reached"),
    "stopped": ("declined", "expired", "recalled", "cancelled", "skipped", "refused", "lapsed", "merged", "stopped"),
    "done": ("closed", "ended", "done", "met", "retired"),
}
KIND_OF_STATE = {state: kind for kind, states in STATE_KINDS.items() for state in states}
PILLAR_CLASSES = {"prevention": "prev", "protection": "prot", "prosecution": "pros", "partnership": "part"}
# The bars of the mark: heights in a box 12 high; P4 has a dash instead.
BARS = ((0, 3), (5, 6), (10, 9), (15, 12))
DASH = (2, 5, 14, 2)
_CLOCK = '<span class="clock clock--{}"><b><time datetime="{}">{}</time></b></span>'
_NOTED = '<span class="clock clock--{}"><b><time datetime="{}">{}</time></b> <small>{}</small></span>'
SHOWN_MOVES = 3
MASK = "•••"


def _now(context: Context) -> datetime:
    read_at = context.get("read_at")
    return read_at if isinstance(read_at, datetime) else timezone.now()


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


@register.simple_tag
def address(name: str, *keys: object) -> str:
    """The address of the page of a record, or of a move of it."""
    return address_of(name, *keys)


@register.simple_tag
@cache
def urgency(value: str) -> SafeString:
    """The urgency mark: number, words, bars. The label is never colour alone."""
    if not value:
        return format_html('<span class="urg urg--none">{}</span>', "Urgency not set")
    level = int(value[1])
    bars = [(x, 12 - height, 3, height) for x, height in BARS[: 4 - level]] or [DASH]
    drawn = format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}"></rect>', bars)
    return format_html(
        '<span class="urg urg--{}"><svg viewBox="0 0 18 12" aria-hidden="true" focusable="false">{}</svg>{}</span>',
        level,
        drawn,
        Urgency(value).label,
    )


@register.simple_tag
def state(record: Any, label: str = "") -> SafeString:
    """The state of a record that has `status`, or of a code and its words."""
    code = record if isinstance(record, str) else str(record.status)
    words = label or (code if isinstance(record, str) else record.get_status_display())
    return _state(KIND_OF_STATE[code], words)


@lru_cache(maxsize=256)
def _state(kind: str, words: str) -> SafeString:
    return format_html('<span class="tag tag--{}">{}</span>', kind, words)


@register.simple_tag(takes_context=True)
def clock(context: Context, row: Any = None, due: datetime | None = None, what: str = "") -> SafeString:
    """A Clock row or a bare due time, told once when the page was read; it does not tick."""
    due = row.due_at if row is not None else due
    if due is None:
        return SafeString("")
    ended = {"ended_as": row.ended_as, "ended_at": row.ended_at} if row is not None else {}
    holder = row.holder if row is not None and row.duty == "theirs" else ""
    zone = _zone()
    reading = time_words.read_clock(due, now=_now(context), zone=zone, what=what, holder=holder, **ended)
    iso = due.astimezone(zone).isoformat(timespec="seconds")
    return format_html(_NOTED if reading.note else _CLOCK, reading.tone, iso, reading.text, reading.note)


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None, relative: bool = False) -> SafeString:
    """A time in words with its offset in `datetime`; None renders nothing."""
    if at is None:
        return SafeString("")
    zone = _zone()
    time = _time(at.astimezone(zone).isoformat(timespec="seconds"), time_words.absolute(at, zone=zone))
    if not relative:
        return time
    return format_html('{} <span class="ago">({})</span>', time, time_words.relative(at, now=_now(context)))


@register.simple_tag
def day(value: date | None) -> SafeString:
    """A day of which no time is known."""
    return SafeString("") if value is None else _time(value.isoformat(), time_words.day(value))


def _time(iso: str, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', iso, words)


@register.filter
def masked(value: str) -> str:
    """The text with its content gone: a number keeps its last two digits, anything else its first letter."""
    text = str(value).strip()
    digits = [character for character in text if character.isdigit()]
    if len(digits) >= 7 and not any(character.isalpha() for character in text):
        return f"({MASK}) {MASK}-••{''.join(digits[-2:])}"
    return f"{text[:1]}{MASK}" if text else ""


@register.filter
def humanised(name: str) -> str:
    """A form field's name in words, without the prefix of its formset."""
    words = [part for part in str(name).replace("-", "_").split("_") if part and not part.isdigit()]
    return " ".join(words).capitalize()


@register.inclusion_tag("components/mask.html", takes_context=True)
def mask(context: Context, text: str, url: str = "", button: str = "Show") -> dict[str, Any]:
    """Masked text; the page never holds what is behind it. Looking is a POST and is recorded."""
    return {"text": text, "url": url, "button": button, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/moves.html", takes_context=True)
def moves(
    context: Context,
    available: Sequence[Move],
    base: str,
    version: int | str = "",
    blocked: Iterable[tuple[str, str]] = (),
    key: str = "",
    quiet: bool = False,
) -> dict[str, Any]:
    """Buttons for the moves: a POST form each; a move that asks something is a link to its own page."""
    primary = next((move for move in available if move.is_primary), None)
    rows = [{"move": move, "url": f"{base}{move.name}/", "primary": move is primary} for move in available]
    return {
        "first": rows[:SHOWN_MOVES],
        "rest": rows[SHOWN_MOVES:],
        "key": key,
        "quiet": quiet,
        "version": version,
        "blocked": list(blocked),
        "csrf_token": context.get("csrf_token"),
    }


def _query(context: Context, *, without: Iterable[str], **replaced: str) -> str:
    query = context["request"].GET.copy()
    for name in without:
        query.pop(name, None)
    for name, value in replaced.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(
    context: Context, label: str, newer: str | None = None, older: str | None = None, *, by_time: bool = True
) -> dict[str, Any]:
    """Pages by key: no numbers, no total. Nothing is shown when there is one page only.

    `by_time=False` for a list that is in another order: the older page of a list by name says nothing.
    """
    keys = ("before", "after")
    return {
        "label": label,
        "words": ("Newer", "Older") if by_time else ("Previous", "Next"),
        "newer": _query(context, without=keys, before=newer) if newer else "",
        "older": _query(context, without=keys, after=older) if older else "",
    }


@register.inclusion_tag("components/empty.html")
def empty(text: str, action: str = "", url: str = "") -> dict[str, str]:
    """Nothing here, in words, and what to do next."""
    return {"text": text, "action": action, "url": url}


@register.inclusion_tag("components/facts.html")
def facts(pairs: Iterable[tuple[str, Any]] | Mapping[str, Any]) -> dict[str, Any]:
    """Labels and values; what is empty is left out, False and 0 are values."""
    rows = pairs.items() if isinstance(pairs, Mapping) else pairs
    return {"pairs": [(label, value) for label, value in rows if value not in (None, "", [], ())]}


@register.inclusion_tag("components/field.html")
def field(bound: Any, quiet: bool = False) -> dict[str, Any]:
    """One field of a form; `quiet` where the page says once that nothing is needed."""
    return {"field": draw(bound), "quiet": quiet}


@register.inclusion_tag("components/fields.html")
def fields(form: Any) -> dict[str, Any]:
    """All fields of a form, in its order."""
    return {"hidden": form.hidden_fields(), "drawn": [draw(bound) for bound in form.visible_fields()]}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """What is wrong, first in `main`, with links to the fields; takes forms, formsets and lists of them."""
    return {"problems": problems(part for form in forms for part in (form if isinstance(form, list) else [form]))}


@register.inclusion_tag("components/person_card.html")
def person_card(title: str, pairs: Iterable[tuple[str, Any]], safe: str = "") -> dict[str, Any]:
    """A person by role, with only what the reader may see; the safe-contact line never folds."""
    return {"title": title, "safe": safe, **facts(pairs)}


@register.inclusion_tag("components/history.html", takes_context=True)
def history(context: Context, events: Iterable[Any]) -> dict[str, Any]:
    """What happened, newest first as given."""
    return {"events": events, "read_at": _now(context)}


@register.simple_tag
def track_pillar(pillar: str) -> str:
    """The classes of a pillar's column; the pillar's full name stands in the column itself."""
    return f"track track--{PILLAR_CLASSES[pillar]}"
