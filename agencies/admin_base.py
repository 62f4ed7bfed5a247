"""Admin pages that show and change only what their reader may: scoped lists, closed doors, one trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import ForeignKeyRawIdWidget, ManyToManyRawIdWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.forms import DateTimeField, DateTimeInput, ModelChoiceField, ModelForm, ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst

from agencies import audit
from agencies.admin_words import cell, label_of
from agencies.disclosure import Disclosed, disclosed
from agencies.models import User

MOST_COUNTED = 1_001
# A longer list is slower to read than a name is to look up in the model's own list.
MOST_OFFERED = 500
MOMENT = DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


# Generic in the stubs alone.
if TYPE_CHECKING:
    BaseAdmin = admin.ModelAdmin[Any]
    BaseForm = ModelForm[Any]
    BasePaginator = Paginator[Any]
else:
    BaseAdmin, BaseForm, BasePaginator = admin.ModelAdmin, ModelForm, Paginator


class BoundedPaginator(BasePaginator):
    """Counts no further than 1,001 rows; whoever wants more narrows the list."""

    @cached_property
    def count(self) -> int:
        rows: models.QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return len(rows.order_by().values_list("pk")[:MOST_COUNTED])


class ScopedAdmin(BaseAdmin):
    """Deny by default: no rows without `scope`, and no viewing, adding, changing or deleting without a named right.

    Rights are those of the roles; Django's own permission names are never asked. The trail is agencies/audit.py:
    the admin's own log and history pages stay empty and closed.
    """

    view_rights: ClassVar[tuple[str, ...]] = ()
    add_rights: ClassVar[tuple[str, ...]] = ()
    change_rights: ClassVar[tuple[str, ...]] = ()
    delete_rights: ClassVar[tuple[str, ...]] = ()
    actions = None
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    view_on_site = False
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        # The admin's pair of boxes has no labels.
        models.DateTimeField: {"form_class": DateTimeField, "widget": MOMENT},
    }

    def scope(self, rows: "models.QuerySet[Any]", user: User) -> "models.QuerySet[Any]":
        """The rows that this user may see here. None, unless a subclass says which."""
        return rows.none()

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        rows = super().get_queryset(request)
        return self.scope(rows, request.user) if isinstance(request.user, User) else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _holds(request, (*self.view_rights, *self.change_rights))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _holds(request, self.add_rights)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _holds(request, self.change_rights)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _holds(request, self.delete_rights)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or self.has_add_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters on the page. Django lets any field of the row be asked: an oracle."""
        return any(lookup in _parameters(name) for name in self.get_list_filter(request))  # type: ignore[arg-type]

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """By primary key only."""
        return to_field == self.opts.pk.attname

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Offer what the reader may see in that model's own list; nothing of a model that has none."""
        rows = kwargs.setdefault("queryset", self._offered(db_field.related_model, request))
        if _is_long(rows):
            kwargs.setdefault("widget", ForeignKeyRawIdWidget(db_field.remote_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: "models.ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelMultipleChoiceField[Any] | None":
        rows = kwargs.setdefault("queryset", self._offered(db_field.related_model, request))
        if _is_long(rows):
            kwargs.setdefault("widget", ManyToManyRawIdWidget(db_field.remote_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _offered(self, model: type[models.Model], request: HttpRequest) -> "models.QuerySet[Any]":
        """In a plain list: the search box that Django offers instead has no name and needs styles in the page."""
        related = self.admin_site._registry.get(model)
        if related is None:
            return model._default_manager.none()
        return related.get_queryset(request).order_by(*related.get_ordering(request))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        raise Http404

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The deed's own audit event says it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The deed's own audit event says it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The deed's own audit event says it."""


class DisclosedChangeList(ChangeList):
    """Each row of the page as its reader may see it; the look is recorded, with the ids."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        user = acting_user(request)
        self.result_list = list(self.result_list)
        for record in self.result_list:
            record.shown = disclosed(record, to=user)
        ids = [str(record.pk) for record in self.result_list]
        audit.record("list", kind=self.opts.model_name or "", by=user, details={"ids": ids, "in": "admin"})


@dataclass(frozen=True)
class Deed:
    """A move offered on a record's page: what the button says and what it does."""

    name: str
    button: str
    says: str = ""


class ReadOnlyAdmin(ScopedAdmin):
    """Records that live by their own moves: looked at here, through disclosed(); only `deeds` are done here."""

    fields_shown: ClassVar[tuple[str, ...]] = ()
    # Directory rows and people to read along; never a table that has a policy: its rows would go missing.
    read_along: ClassVar[tuple[str, ...]] = ()
    sortable_by = ()

    def deeds(self, record: Any, user: User) -> list[Deed]:
        """The moves that this user may make here."""
        return []

    def links(self, record: Any, user: User) -> list[tuple[str, str]]:
        """Addresses and words of what goes with the record."""
        return []

    def do(self, name: str, record: Any, *, by: User, at: datetime, version: int | None) -> None:
        """Make one of the moves. Raises PermissionDenied for one that is not offered."""
        raise PermissionDenied

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        own = path("<path:object_id>/move/<slug:move>/", self.admin_site.admin_view(self.move_view), name=name)
        return [own, *super().get_urls()]

    def move_view(self, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
        """A button of the record's page was pressed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        record = self._found(request, object_id)
        user = acting_user(request)
        if move not in {deed.name for deed in self.deeds(record, user)}:
            raise PermissionDenied("This is not possible now, or not for your role. Look at the record again.")
        version = request.POST.get("version", "")
        number = int(version) if version.isdecimal() else None
        try:
            self.do(move, record, by=user, at=timezone.now(), version=number)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, "Done.")
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)

    def _found(self, request: HttpRequest, object_id: str) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        return record

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DisclosedChangeList

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        # disclosed() names what is behind a key only when it was read along.
        return super().get_queryset(request).select_related(*self.read_along)

    def in_record(self, shown: Disclosed, name: str) -> Any:
        """A disclosed value as the page of the record shows it."""
        return cell(shown, name)

    def page_url(self, record: Any) -> str:
        """The page on which the record is worked; empty where there is none."""
        return ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The record's fields that its reader holds. Nothing can be sent here."""
        record = self._found(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        user = acting_user(request)
        shown = disclosed(record, to=user)
        names = [name for name in self._names() if name not in shown.withheld]
        rows = [(label_of(self.model, name), self.in_record(shown, name)) for name in names]
        tip = record.pk if self.opts.label == "tips.Tip" else getattr(record, "tip_id", None)
        kind = self.opts.model_name or ""
        audit.record("view", kind=kind, by=user, object_id=record.pk, tip=tip, fields=[*shown], details={"in": "admin"})
        context = {
            **self.admin_site.each_context(request),
            "title": f"{capfirst(self.opts.verbose_name)}",
            "opts": self.opts,
            "rows": rows,
            "withheld_count": len(self._names()) - len(names),
            "page_url": self.page_url(record),
            "deeds": [(deed, self._move_url(record, deed)) for deed in self.deeds(record, user)],
            "links": self.links(record, user),
            "version": getattr(record, "version", ""),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/record.html", context)

    def _move_url(self, record: Any, deed: Deed) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_move", args=[record.pk, deed.name])

    def _names(self) -> list[str]:
        return list(self.fields_shown or [field.name for field in self.opts.concrete_fields])


class TrailAdmin(ReadOnlyAdmin):
    """What proves the rest: auditors look, nobody writes."""

    view_rights = ("agencies.read_trail",)

    def scope(self, rows: "models.QuerySet[Any]", user: User) -> "models.QuerySet[Any]":
        return rows if user.has_perm("agencies.read_trail") else rows.none()


def acting_user(request: HttpRequest) -> User:
    """Who is signed in. Raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _is_long(rows: "models.QuerySet[Any]") -> bool:
    return len(rows.order_by().values_list("pk")[: MOST_OFFERED + 1]) > MOST_OFFERED


def _holds(request: HttpRequest, rights: tuple[str, ...]) -> bool:
    return isinstance(request.user, User) and any(request.user.has_perm(right) for right in rights)


def _parameters(list_filter: Any) -> set[str]:
    """The query parameters that one entry of list_filter reads."""
    if isinstance(list_filter, str):
        return {list_filter, f"{list_filter}__exact", f"{list_filter}__isnull", f"{list_filter}__id__exact"}
    return {str(list_filter.parameter_name)}
