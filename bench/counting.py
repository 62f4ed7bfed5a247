"""Tells, on wish, which statements a request sent to the database and how long each took."""

import json
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

ASK = "X-Bench-Count"
ANSWER = "X-Bench-Statements"
# A header may hold 64 kB; the text of a statement has placeholders instead of values.
LONGEST = 160


class CountQueries:
    """Outside of all other middleware. BEGIN and COMMIT are not sent through a cursor, so they are not among them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if ASK not in request.headers:
            return self.get_response(request)
        seen: list[tuple[float, str]] = []

        def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                milliseconds = (time.perf_counter() - began) * 1000
                seen.append((round(milliseconds, 2), _short(str(sql))))

        with connection.execute_wrapper(watch):
            response = self.get_response(request)
        response[ANSWER] = json.dumps(seen)
        return response


def _short(sql: str) -> str:
    """The beginning, and the table: enough to recognise a statement."""
    plain = " ".join(sql.split())
    if len(plain) <= LONGEST:
        return plain
    start = plain.find(" FROM ")
    return f"{plain[:60]} ... {plain[start : start + 90]}" if start > 0 else plain[:LONGEST]
