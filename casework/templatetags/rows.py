"""The rows of the long lists, each drawn in one go: fifty of them are most of what such a page costs.

Everything that goes in is escaped by `format_html`, as a template would.
"""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from casework.addresses import address_of
from casework.templatetags import marks

register = template.Library()

_QUEUE_ROW = """<tr>
<td data-l="Choose"><input type="checkbox" form="assign" name="tip" value="{}" aria-label="Choose {}"></td>
<td data-l="Urgency">{}</td>
<th scope="row" data-l="Tip"><span><a href="{}">{}</a><br>{}</span></th>
<td data-l="Channel">{}</td>
<td data-l="State">{}</td>
<td data-l="Holder"><span>{}{}</span></td>
<td data-l="Due">{}</td>
</tr>
"""
_REFERRAL_ROW = """<tr>
<td data-l="Urgency">{}</td>
<th scope="row" data-l="Referral" class="ref">{}</th>
<td data-l="Need">{}</td>
<td data-l="Where">{}</td>
<td data-l="{}">{}</td>
<td data-l="State"><span>{}{}</span></td>
<td data-l="Time">{}</td>
</tr>
"""
_OPEN = (
    '<form class="inline" method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    '<button class="usa-button usa-button--unstyled">Open <span class="usa-sr-only">referral </span>{}</button></form>'
)
_NOT_OPEN = mark_safe('<span class="soft">Not open</span>')  # nosec B308 - a constant.
_ASKED = mark_safe(" <b>Cancellation asked</b>")  # nosec B308 - a constant.


@register.simple_tag(takes_context=True)
def queue_row(context: Context, row: Any) -> SafeString:
    """A line of the desk's queue: casework/pages/queue.py, Row."""
    tip = row.tip
    holder = tip.get("holder", "")
    return format_html(
        _QUEUE_ROW,
        tip.pk,
        tip.reference,
        marks.urgency(tip.urgency),
        address_of("tip", tip.pk),
        tip.reference,
        row.line,
        row.channel or "Not known",
        marks.state(tip.status, tip.status_label),
        "Nobody" if holder is None else holder,
        format_html('<br><span class="ago">Now on it: {}</span>', row.here) if row.here else "",
        marks.clock(context, due=row.due_at, what=row.due_what) if row.due_at else "No clock runs",
    )


@register.simple_tag(takes_context=True)
def referral_row(context: Context, row: Any, group: str, sent: bool) -> SafeString:
    """A line of inbox or outbox: casework/views/inbox.py, in one of the parts of casework/pages/referral_lists.py."""
    referral = row["referral"]
    urgency = referral.get("urgency", "")
    asked = group == "work" and referral.get("is_cancellation_asked")
    return format_html(
        _REFERRAL_ROW,
        marks.urgency(urgency) if urgency else _NOT_OPEN,
        _way(context, row),
        row["need"] or "Not open",
        row["place"] or "Not open",
        "To" if sent else "From",
        row["other"],
        marks.state(referral.status, referral.status_label),
        _ASKED if asked else "",
        _time(context, referral, group),
    )


def _way(context: Context, row: Any) -> SafeString:
    referral = row["referral"]
    if row["is_unopened"]:
        return format_html(_OPEN, address_of("referral-open", referral.pk), context["csrf_token"], referral.reference)
    return format_html('<a href="{}">{}</a>', address_of("referral", referral.pk), referral.reference)


def _time(context: Context, referral: Any, group: str) -> SafeString:
    if group == "waiting":
        return marks.clock(context, due=referral.get("answer_due_at"), what="answer")
    if group == "work":
        return marks.clock(context, due=referral.get("feedback_due_at"), what="feedback")
    return marks.moment(context, referral.get("ended_at"))
