"""The room WHAT CAME IN."""

from django.apps import AppConfig


class TipsConfig(AppConfig):
    name = "tips"

    def ready(self) -> None:
        """Tell the house which field is on which level."""
        from tips.disclosure import register_levels

        register_levels()
