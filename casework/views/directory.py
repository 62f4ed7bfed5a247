"""The directory: who can help, where, and how to reach them. Open to every member of staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.actions.agencies import keeps_directory, keeps_own
from agencies.disclosure import Disclosed, disclosed
from agencies.models import Agency, Coverage, Hours, Location, Phone, Service, User
from casework import keyset
from casework.cards import need_label
from casework.forms.directory import SearchForm
from casework.forms.helping import GENDERS
from casework.pages import hours
from casework.views.asking import actor

SHOWN_COVERAGE = 4


@login_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Agencies by name, 50 a page. An impossible filter value is said at its field and narrows nothing."""
    user = actor(request)
    form = SearchForm(request.GET)
    form.is_valid()
    agencies = _narrowed(Agency.objects.visible_to(user).filter(is_active=True), form.cleaned_data)
    active = Service.objects.filter(status=Service.Status.ACTIVE)
    agencies = agencies.select_related("kind").prefetch_related(
        Prefetch("services", active.only("agency_id", "needs")), "coverages", "phones"
    )
    page = keyset.page(
        agencies, ("name", "id"), before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    shown = {
        "form": form,
        "is_narrowed": any(form.cleaned_data.values()),
        "rows": [_row(agency, user) for agency in page.rows],
        "keeps": keeps_own(user),
        "page": page,
    }
    return render(request, "directory/directory.html", shown)


def _narrowed(agencies: "QuerySet[Agency]", wanted: Mapping[str, str]) -> "QuerySet[Agency]":
    if name := wanted.get("name"):
        agencies = agencies.filter(Q(name__icontains=name) | Q(alternate_name__icontains=name))
    if kind := wanted.get("kind"):
        agencies = agencies.filter(kind_id=kind)
    if need := wanted.get("need"):
        offering = Service.objects.filter(needs__contains=[need], status=Service.Status.ACTIVE)
        agencies = agencies.filter(pk__in=offering.values("agency_id"))
    state, county = wanted.get("state", ""), wanted.get("county", "")
    return agencies.filter(pk__in=_working_in(state, county).values("agency_id")) if state or county else agencies


def _working_in(state: str, county: str) -> "QuerySet[Coverage]":
    """Coverage of this state, or of this county: by its own name, or by its state as a whole."""
    found = Coverage.objects.filter(state=state) if state else Coverage.objects.exclude(county="")
    if not county:
        return found
    here = Q(county__iexact=county)
    return found.filter(here | Q(kind=Coverage.Kind.STATE)) if state else found.filter(here)


def _row(agency: Agency, user: User) -> dict[str, Any]:
    needs = sorted({need_label(need) for service in agency.services.all() for need in service.needs})
    coverage = sorted({str(area) for area in agency.coverages.all()})
    public = [phone for phone in agency.phones.all() if phone.location_id is None]
    return {
        "agency": disclosed(agency, to=user),
        "needs": ", ".join(needs),
        "coverage": ", ".join(coverage[:SHOWN_COVERAGE]),
        "more_coverage": max(0, len(coverage) - SHOWN_COVERAGE),
        "phone": public[0] if public else None,
    }


@login_required
@require_safe
def agency(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One agency. The database shows confidential places to the agency itself and to the hotline; what hangs on a
    place that is not shown (its phone, its hours) is not shown either."""
    user = actor(request)
    found = get_object_or_404(Agency.objects.visible_to(user).select_related("kind", "parent", "succeeded_by"), pk=pk)
    now = timezone.now()
    locations = list(Location.objects.filter(agency=found).order_by("name", "pk"))
    open_places = {None, *(location.pk for location in locations)}
    context = {
        "agency": disclosed(found, to=user),
        "services": [_service(service, user, now) for service in found.services.order_by("name", "pk")],
        "locations": [_place(location, user) for location in locations],
        "phones": [
            disclosed(phone, to=user)
            for phone in Phone.objects.filter(agency=found).select_related("service").order_by("purpose", "number")
            if phone.location_id in open_places
        ],
        "hours": list(
            dict.fromkeys(
                hours.in_words(disclosed(row, to=user))
                for row in Hours.objects.filter(agency=found).select_related("service").order_by("service__name", "pk")
                if row.location_id in open_places
            )
        ),
        "coverage": sorted({str(area) for area in found.coverages.all()}),
        "may_ask": keeps_directory(user) and found.is_active,
    }
    return render(request, "directory/agency.html", context)


def _service(service: Service, user: User, now: datetime) -> dict[str, Any]:
    shown = disclosed(service, to=user)
    return {
        "service": shown,
        "full_until": shown.full_until if shown.full_until and shown.full_until > now else None,
        "news": shown.news if shown.news_until and shown.news_until > now else "",
        "facts": [
            ("Offers", ", ".join(need_label(need) for need in shown.needs)),
            ("Ages", _ages(shown)),
            ("Languages", ", ".join(shown.languages)),
            ("For whom", shown.eligibility),
            ("Genders", ", ".join(GENDERS.get(code, code) for code in shown.genders)),
            ("To bring", shown.documents),
            ("Accessibility", ", ".join(shown.accessibility)),
            ("Immigration status", ", ".join(shown.immigration_statuses)),
            ("Cost", shown.fees),
            ("How to apply", shown.application_process),
        ],
    }


def _ages(shown: Disclosed) -> str:
    least, most = shown.minimum_age, shown.maximum_age
    if least is None and most is None:
        return ""
    if most is None:
        return f"{least} and over"
    return f"up to {most}" if least is None else f"{least} to {most}"


def _place(location: Location, user: User) -> dict[str, Any]:
    shown = disclosed(location, to=user)
    parts = (shown.get(name, "") for name in ("address", "city", "county", "state", "postal_code"))
    return {"place": shown, "address": ", ".join(part for part in parts if part)}
