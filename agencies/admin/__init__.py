"""The admin of WHO: the directory, accounts and seats, the trail."""

from agencies.admin import directory, people, trail

__all__ = ["directory", "people", "trail"]
