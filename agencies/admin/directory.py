"""The directory: each kind of entry on its own page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from agencies.actions import agencies
from agencies.admin_base import BaseForm, ScopedAdmin, acting_user
from agencies.models import Agency, AgencyKind, Capacity, Coverage, Hours, Location, Phone, Service, User

KEEPERS = ("agencies.manage_directory", "agencies.manage_agency")


class DirectoryForm(BaseForm):
    """Says at the field when a service or a place belongs to another agency."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                agencies.check_parts(self.instance)
            except ValidationError as error:
                self.add_error(None, error)


class DirectoryAdmin(ScopedAdmin):
    """Entries of the directory: all of them for the hotline's supervisors, the own agency's for others who keep it."""

    form = DirectoryForm
    view_rights: ClassVar[tuple[str, ...]] = KEEPERS
    add_rights: ClassVar[tuple[str, ...]] = KEEPERS
    change_rights: ClassVar[tuple[str, ...]] = KEEPERS
    agency_lookup = "agency"

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        if agencies.keeps_directory(user):
            return rows
        if agencies.keeps_own(user):
            return rows.filter(**{self.agency_lookup: user.acting_agency_id})
        return rows.none()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return _with_agency(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return _with_agency(super().formfield_for_manytomany(db_field, request, **kwargs))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        agencies.save(obj, by=acting_user(request), at=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        agencies.remove(obj, by=acting_user(request), at=timezone.now())


def _with_agency(field: Any) -> Any:
    """Services are chosen by name and agency: "Shelter" alone may be anybody's."""
    if field is not None and field.queryset.model is Service:
        field.queryset = field.queryset.select_related("agency")
        field.label_from_instance = "{0.name}, {0.agency}".format
    return field


@admin.register(AgencyKind)
class AgencyKindAdmin(ScopedAdmin):
    """Only for choosing a kind: the table itself comes with the version."""

    view_rights = ("agencies.manage_directory", "casework.configure")
    list_display = ("label", "code", "family", "is_law_enforcement_for_consent", "is_immigration_enforcement")
    search_fields = ("label", "code")
    ordering = ("label",)

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows


@admin.register(Agency)
class AgencyAdmin(DirectoryAdmin):
    view_rights = change_rights = (*KEEPERS, "casework.configure")
    add_rights = ("agencies.manage_directory", "casework.configure")
    agency_lookup = "pk"
    list_display = ("name", "kind", "accepts_by", "is_hotline", "is_active", "verified_at")
    list_filter = ("is_active", "accepts_by", "is_hotline")
    list_select_related = ("kind",)
    search_fields = ("name", "alternate_name")
    ordering = ("name",)
    fields = (
        "name",
        "alternate_name",
        "description",
        "kind",
        "functions",
        "sectors",
        "accepts_by",
        "email",
        "website",
        "languages",
        "time_zone",
        "funded_under",
        "parent",
        "is_group",
        "is_hotline",
        "verified_at",
        "succeeded_by",
        "is_active",
        "source",
        "source_id",
    )

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows if user.has_perm("casework.configure") else super().scope(rows, user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        user = acting_user(request)
        return agencies.keeps_directory(user) or user.has_perm("casework.configure")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        user = acting_user(request)
        if obj is None and user.has_perm("casework.configure"):
            return ["source", "source_id"]
        allowed = agencies.changeable(user, Agency) - {"source", "source_id"}
        return [name for name in self.fields if name not in allowed]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Where notices go is the agency's own, and the directory keeper's.
        hides_email = obj is not None and acting_user(request).has_perm("casework.configure")
        return [name for name in self.fields if name != "email" or not hides_email]


@admin.register(Service)
class ServiceAdmin(DirectoryAdmin):
    list_display = ("name", "agency", "status", "assured_at")
    list_filter = ("status",)
    list_select_related = ("agency",)
    search_fields = ("name", "agency__name")
    ordering = ("name",)
    exclude = ("extra", "source_id")


class LocationForm(DirectoryForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        agency = cleaned.get("agency")
        if agency and any(service.agency_id != agency.pk for service in cleaned.get("services", [])):
            self.add_error("services", "Choose services of the same agency.")
        return cleaned


@admin.register(Location)
class LocationAdmin(DirectoryAdmin):
    form = LocationForm
    delete_rights = KEEPERS
    list_display = ("__str__", "agency", "city", "county", "state", "is_confidential")
    list_filter = ("is_confidential", "kind")
    list_select_related = ("agency",)
    search_fields = ("name", "city", "agency__name")
    ordering = ("name",)
    exclude = ("extra", "source_id")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        services = form.cleaned_data.get("services", [])
        agencies.set_services(form.instance, services, by=acting_user(request), at=timezone.now())


@admin.register(Coverage)
class CoverageAdmin(DirectoryAdmin):
    delete_rights = KEEPERS
    list_display = ("__str__", "agency", "service", "kind", "state", "county")
    list_filter = ("kind",)
    list_select_related = ("agency", "service")
    search_fields = ("label", "county", "code", "agency__name")
    ordering = ("state", "county")


@admin.register(Phone)
class PhoneAdmin(DirectoryAdmin):
    delete_rights = KEEPERS
    list_display = ("number", "agency", "service", "purpose", "kind", "verified_on")
    list_filter = ("purpose",)
    list_select_related = ("agency", "service")
    search_fields = ("number", "agency__name")
    ordering = ("agency__name",)
    exclude = ("source_id",)


@admin.register(Hours)
class HoursAdmin(DirectoryAdmin):
    delete_rights = KEEPERS
    list_display = ("__str__", "agency", "service")
    list_select_related = ("agency", "service")
    search_fields = ("description", "agency__name")
    ordering = ("agency__name",)
    exclude = ("extra", "source_id")


@admin.register(Capacity)
class CapacityAdmin(DirectoryAdmin):
    delete_rights = KEEPERS
    agency_lookup = "service__agency"
    list_display = ("service", "agency", "available", "maximum", "unit", "updated_at")
    list_select_related = ("service__agency",)
    search_fields = ("service__name", "service__agency__name")
    ordering = ("service__name",)
    fields = ("service", "unit", "available", "maximum")

    @admin.display(ordering="service__agency__name")
    def agency(self, capacity: Capacity) -> Agency:
        """Whose service it is."""
        return capacity.service.agency
