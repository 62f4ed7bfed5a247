"""Accounts and seats."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from agencies.actions import people
from agencies.admin_base import BaseForm, Deed, ReadOnlyAdmin, ScopedAdmin, acting_user
from agencies.admin_words import column
from agencies.models import Membership, User


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Accounts: made and closed by the system administrator; an agency administrator sees the agency's people."""

    view_rights = ("agencies.manage_agency",)
    add_rights = change_rights = ("casework.configure",)
    list_display = ("username", "display_name", "email", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "display_name")
    ordering = ("username",)
    fields = ("username", "display_name", "email", "is_active")

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        if user.has_perm("casework.configure"):
            return rows
        if user.has_perm("agencies.manage_agency"):
            return rows.filter(pk__in=Membership.objects.filter(agency=user.acting_agency_id).values("user"))
        return rows.none()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_self = obj is not None and obj.pk == acting_user(request).pk
        return super().has_change_permission(request, obj) and not is_self

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        write = people.change_account if change else people.create_account
        write(obj, by=acting_user(request), at=timezone.now())


class SeatForm(BaseForm):
    """Says at the field what people.check_seat would refuse."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                people.check_seat(self.instance, at=timezone.now())
            except ValidationError as error:
                self.add_error(None, error)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Seats: given and ended, never changed; nobody's own."""

    form = SeatForm
    view_rights = add_rights = ("casework.configure", "agencies.manage_agency")
    list_display = (column("user"), column("agency"), column("role"), column("valid_from"), column("valid_until"))
    list_filter = ("role",)
    read_along = ("user", "agency")
    search_fields = ("user__username", "user__display_name")
    ordering = ("user__username", "valid_from")
    fields = ("user", "agency", "role", "valid_until")
    fields_shown = ("user", "agency", "role", "valid_from", "valid_until")

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        if user.has_perm("casework.configure"):
            return rows
        return rows.filter(agency=user.acting_agency_id) if user.has_perm("agencies.manage_agency") else rows.none()

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            allowed = people.roles_to_give(acting_user(request))
            kwargs["choices"] = [choice for choice in db_field.choices if choice[0] in allowed]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "user" and field is not None and field.queryset is not None:
            field.queryset = field.queryset.exclude(pk=acting_user(request).pk)
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        people.add_membership(obj, by=acting_user(request), at=timezone.now())

    def deeds(self, record: Membership, user: User) -> list[Deed]:
        has_ended = record.valid_until is not None and record.valid_until <= timezone.now()
        if has_ended or not people.may_seat(user, record):
            return []
        return [Deed("end", "End this seat now", "The person no longer acts for this agency in this role.")]

    def do(self, name: str, record: Membership, *, by: User, at: datetime, version: int | None) -> None:
        people.end_membership(record, by=by, at=at)
