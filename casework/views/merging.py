"""Comparing two tips, merging them, taking one out again; linking persons; moving a contact."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agencies import audit
from agencies.disclosure import disclosed
from agencies.lifecycle import Conflict
from agencies.models import User
from casework.actions import merging
from casework.forms.merging import MergeForm, ReferenceForm, SamePersonForm, UnmergeForm, WhyForm, person_words
from casework.pages.merging import links_between, side_by_side
from casework.pages.tip import shown_to, tips_for
from casework.views.asking import NOT_VALID, actor, allow, too_late
from tips.actions import contacts, same_person
from tips.models import Contact, SamePerson, Tip, TipStatus

_ONLY_DESK = "Only the desk that holds the tips compares and merges them."


def _held(user: User) -> QuerySet[Tip]:
    allow(user, "tips.triage", _ONLY_DESK)
    return tips_for(user).filter(holder_agency=user.acting_agency_id)


@login_required
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which other tip to compare with. What is typed travels in the body, never in an address."""
    user = actor(request)
    record = get_object_or_404(_held(user), pk=pk)
    data = request.POST if request.method == "POST" else None
    form = ReferenceForm(data, user=user, but_not=record)
    if data is not None and form.is_valid() and form.tip is not None:
        return redirect("tip-compare", pk=pk, other=form.tip.pk)
    context = {"tip": disclosed(record, to=user), "form": form}
    return render(request, "desk/compare_find.html", context, status=200 if data is None else NOT_VALID)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Both tips side by side; a POST says that they are one. Looking is an event on both."""
    user = actor(request)
    data = request.POST if request.method == "POST" else None
    if data is None or pk == other:
        return _compared(request, user, pk, other)
    form = MergeForm(data)
    if not form.is_valid():
        return _compared(request, user, pk, other, form=form)
    given = form.cleaned_data
    tips = [get_object_or_404(_held(user), pk=key) for key in (pk, other)]
    versions = {pk: given["version"], other: given["other_version"]}
    try:
        kept = merging.merge(tips, reason=given["reason"], versions=versions, by=user, at=timezone.now())
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _compared(request, user, pk, other, form=form)
    except Conflict as conflict:
        return _compared(request, user, pk, other, form=form, conflict=conflict)
    messages.success(request, f"One situation now: {kept.reference} stays. The other one can be taken out again.")
    return redirect("tip", pk=kept.pk)


def _compared(
    request: HttpRequest,
    user: User,
    pk: UUID,
    other: UUID,
    *,
    form: MergeForm | None = None,
    same: SamePersonForm | None = None,
    conflict: Conflict | None = None,
) -> HttpResponse:
    left, right = (get_object_or_404(_held(user), pk=key) for key in (pk, other))
    if left == right:
        raise Http404
    now = timezone.now()
    for record in (left, right):
        audit.record("view", kind="tip", by=user, at=now, object_id=record.pk, tip=record.pk, details={"in": "compare"})
    shown = [shown_to(user, record) for record in (left, right)]
    initial = {"version": left.version, "other_version": right.version}
    older = min(left, right, key=lambda tip: (tip.created_at, tip.pk))
    context = {
        "left": shown[0],
        "right": shown[1],
        "rows": side_by_side(*shown),
        "older": older.reference,
        "year": older.created_at.year,
        "can_merge": TipStatus.MERGED not in (left.status, right.status),
        "form": form or MergeForm(initial=initial),
        "same_form": same or SamePersonForm(left=left, right=right),
        "links": [(link.pk, person_words(one), person_words(two)) for link, one, two in links_between(left, right)],
    }
    if conflict is not None:
        return too_late(request, "desk/compare.html", context, conflict)
    is_refused = form is not None or same is not None
    return render(request, "desk/compare.html", context, status=NOT_VALID if is_refused else 200)


@login_required
@require_POST
def link(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Say that a person of each tip is one."""
    user = actor(request)
    left, right = (get_object_or_404(_held(user), pk=key) for key in (pk, other))
    form = SamePersonForm(request.POST, left=left, right=right)
    if form.is_valid():
        given = form.cleaned_data
        try:
            same_person.link(given["one"], given["other"], reason=given["reason"], by=user, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "Linked as one person. Both tips stay as they are.")
            return redirect("tip-compare", pk=pk, other=other)
    return _compared(request, user, pk, other, same=form)


@login_required
@require_http_methods(["GET", "POST"])
def unlink(request: HttpRequest, pk: UUID, other: UUID, link: UUID) -> HttpResponse:
    """Take a link between two persons back."""
    user = actor(request)
    left, right = (get_object_or_404(_held(user), pk=key) for key in (pk, other))
    standing = SamePerson.objects.standing().filter(one_tip__in=(left, right), other_tip__in=(left, right))
    record = get_object_or_404(standing, pk=link)
    data = request.POST if request.method == "POST" else None
    form = WhyForm(data)
    if data is not None and form.is_valid():
        same_person.unlink(record, reason=form.cleaned_data["reason"], by=user, at=timezone.now())
        messages.success(request, "The link was taken back.")
        return redirect("tip-compare", pk=pk, other=other)
    context = {"left": disclosed(left, to=user), "right": disclosed(right, to=user), "form": form}
    return render(request, "desk/unlink.html", context, status=200 if data is None else NOT_VALID)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def unmerge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a merged tip out again; each thing that came since is asked about."""
    user = actor(request)
    record = get_object_or_404(_held(user), pk=pk)
    found = merging.standing(record)
    if found is None:
        return redirect("tip", pk=pk)
    written = merging.since(found, by=user)
    data = request.POST if request.method == "POST" else None
    form = UnmergeForm(data, tip=record, kept=found.kept, written=written, initial={"version": record.version})
    context = {
        "tip": disclosed(record, to=user),
        "kept": disclosed(found.kept, to=user),
        "merging": disclosed(found, to=user),
        "written": written,
        "form": form,
    }
    if data is None or not form.is_valid():
        return render(request, "desk/unmerge.html", context, status=200 if data is None else NOT_VALID)
    given = form.cleaned_data
    try:
        merging.unmerge(
            record,
            reason=given["reason"],
            belongs=form.belongs(),
            version=given["version"],
            by=user,
            at=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return render(request, "desk/unmerge.html", context, status=NOT_VALID)
    except Conflict as conflict:
        return too_late(request, "desk/unmerge.html", context, conflict)
    messages.success(request, "Taken out: it is as it was before.")
    return redirect("tip", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def contact_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put an ended contact onto another tip of the desk."""
    user = actor(request)
    allow(user, "tips.triage", _ONLY_DESK)
    record = get_object_or_404(Contact.objects.visible_to(user).select_related("tip"), pk=pk, ended_as="on_tip")
    data = request.POST if request.method == "POST" else None
    form = ReferenceForm(data, user=user, but_not=record.tip)
    context = {"contact": disclosed(record, to=user), "form": form}
    if data is None or not form.is_valid() or form.tip is None:
        return render(request, "desk/contact_move.html", context, status=200 if data is None else NOT_VALID)
    try:
        contacts.move(record, form.tip, by=user, at=timezone.now())
    except ValidationError as error:
        form.add_error(None, error.messages)
        return render(request, "desk/contact_move.html", context, status=NOT_VALID)
    except Conflict as conflict:
        return too_late(request, "desk/contact_move.html", context, conflict)
    messages.success(request, f"The contact is on {form.tip.reference} now. What was coded from it stays where it was.")
    return redirect("tip", pk=form.tip.pk)
