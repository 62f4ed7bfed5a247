"""Casework's app and its admin site."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CaseworkConfig(AppConfig):
    name = "casework"
    default = True

    def ready(self) -> None:
        """Register the system checks, and which field is on which level."""
        from casework import checks  # noqa: F401 - importing registers
        from casework.disclosure import register_levels

        register_levels()


class CaseworkAdminConfig(admin_apps.AdminConfig):
    """Our own AdminSite is the default one, so that `@admin.register` finds it."""

    default = False
    default_site = "casework.admin_site.CaseworkAdminSite"
