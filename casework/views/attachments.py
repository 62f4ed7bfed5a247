"""Files of a contact: asked about, taken, downloaded. Nothing is ever shown in the page."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from agencies.models import Phone, User
from casework.forms.attachment import AskForm, FileForm, Shows
from casework.views.asking import NOT_VALID, actor, allow
from tips.actions import attachments
from tips.attached import ENDINGS
from tips.models import Attachment, Contact, Draft

_ONLY_DESK = "Only the hotline's operators and supervisors take files."
_ONLY_TAKER = "A colleague is typing this contact. Only the person who took it can add files."
_GONE = "The store of files does not answer. Tell whoever runs the system."


@login_required
@require_http_methods(["GET", "POST"])
def contact_attachments(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask what it shows; then take it, or say where such imagery is reported."""
    user = actor(request)
    allow(user, "tips.log_contact", _ONLY_DESK)
    contact = get_object_or_404(Contact.objects.visible_to(user), pk=pk)
    if not Draft.objects.filter(contact=contact).exists():
        raise PermissionDenied(_ONLY_TAKER)
    if request.method == "GET":
        return _page(request, contact, AskForm())
    if "file" in request.FILES or "sending" in request.POST:
        return _take(request, contact, user)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, form, status=NOT_VALID)
    if form.cleaned_data["shows"] != Shows.NEITHER:
        attachments.refuse(contact, reason=form.cleaned_data["shows"], by=user, at=timezone.now())
        phones = Phone.objects.filter(agency__kind="ncmec", agency__is_active=True).select_related("agency")[:3]
        return render(request, "desk/attachment_refused.html", {"contact": contact, "phones": list(phones)})
    return _page(request, contact, FileForm(initial={"shows": Shows.NEITHER}))


def _take(request: HttpRequest, contact: Contact, user: User) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        # Whoever skips the question is asked it.
        return _page(request, contact, AskForm() if "shows" in form.errors else form, status=NOT_VALID)
    sent = form.cleaned_data["file"]
    try:
        attachments.take(contact, sent.read(), name=sent.name, by=user, at=timezone.now())
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, contact, form, status=NOT_VALID)
    messages.success(request, "The file is kept, encrypted and not scanned.")
    return redirect("contact-attachments", pk=contact.pk)


def _page(request: HttpRequest, contact: Contact, form: Any, *, status: int = 200) -> HttpResponse:
    kept = contact.attachments.filter(removed_at=None).order_by("created_at")
    context = {
        "contact": contact,
        "form": form,
        "is_asking": isinstance(form, AskForm),
        "kept": [(row, attachments.name_of(row)) for row in kept],
        "most": settings.ATTACHMENTS_PER_CONTACT,
        "megabytes": settings.ATTACHMENT_MEGABYTES,
    }
    return render(request, "desk/attachments.html", context, status=status)


@login_required
@require_GET
def download(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bytes as a download without its own name, which may name somebody; no browser shows or guesses anything."""
    user = actor(request)
    row = get_object_or_404(Attachment.objects.visible_to(user).filter(removed_at=None), pk=pk)
    try:
        content = attachments.read(row, by=user, at=timezone.now())
    except FileNotFoundError:
        return render(request, "503.html", {"message": _GONE}, status=503)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="file-{str(row.pk)[-6:]}.{ENDINGS[row.content_type]}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
