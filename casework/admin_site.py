"""The admin site: Django's own, with our log-in, our rights and our models only."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from agencies.models import User
from tips.actions import policies

ROOMS = frozenset({"agencies", "tips", "casework"})
# The first tells of any row of any table whether it is there; the second answers search boxes that no page has.
CLOSED = frozenset({"view_on_site", "autocomplete"})
OPEN_TO = "The admin is open to supervisors, administrators and auditors. Ask one of them."


class CaseworkAdminSite(admin.AdminSite):
    site_header = site_title = "Casework admin"
    index_title = "Casework"
    site_url = None  # templates/admin/base_site.html links back in our words.
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Ours only: what an installed package would show of its own tables has neither scope nor levels."""
        models: Iterable[type[Model]] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        ours = [model for model in models if model._meta.app_label in ROOMS]
        if ours:
            super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """The right of the role that is acted in."""
        return request.user.is_active and request.user.has_perm("casework.use_admin")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one sign-in page of the site. Whoever is signed in without the right is told so, not asked again."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied(OPEN_TO)
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, but who is signed in without the right is refused here, not sent to sign in again."""
        inner = super().admin_view(view, cacheable)

        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied(OPEN_TO)
            return inner(request, *args, **kwargs)

        return checked

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The one page of the site for this."""
        return redirect("account_change_password")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from casework import admin_reports

        ours: list[URLPattern | URLResolver] = [
            path("reports/", self.admin_view(admin_reports.catalogue), name="reports"),
            path(
                "reports/contacts-by-channel/",
                self.admin_view(admin_reports.contacts),
                name="report-contacts-by-channel",
            ),
        ]
        theirs = [url for url in super().get_urls() if getattr(url, "name", None) not in CLOSED]
        return [*ours, *theirs]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Asks those who decide for the policies that are not decided yet: they have no default (ruling 3)."""
        may_decide = isinstance(request.user, User) and policies.may_decide(request.user)
        open_policies = {"undecided": policies.undecided() if may_decide else []}
        return super().index(request, {**open_policies, **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reports are linked, too."""
        return {**super().each_context(request), "reads_reports": request.user.has_perm("casework.read_reports")}
