"""Pages by key: no totals, no offsets, the same speed on the last page as on the first."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """50 rows; `next` and `previous` are opaque links."""

    page_size = 50
    ordering: str | tuple[str, ...] = "-id"
