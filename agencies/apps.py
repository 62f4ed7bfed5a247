"""The room WHO."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "agencies"

    def ready(self) -> None:
        """Tell the house which field is on which level."""
        from agencies.levels import register_levels

        register_levels()
