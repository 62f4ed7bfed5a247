"""The rules of the house that no single page can keep."""

import ast
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from agencies.disclosure import level_of

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("agencies", "tips", "casework")
EDGES = ("views", "api", "admin", "admin_base", "admin_site", "templatetags", "forms", "filters", "reports")
WRITES = {"save", "create", "bulk_create", "update", "bulk_update", "delete", "update_or_create", "get_or_create"}
# Written out because each is no record of ours: a session, a cookie, a form's own dictionary.
HARMLESS = {
    "session",
    "GET",
    "POST",
    "data",
    "context",
    "values",
    "headers",
    "query",
    "initial",
    "cleaned_data",
    "params",
}

# Addresses that answer somebody who has not signed in, each with its reason.
PUBLIC = {
    "account_login": "the door itself",
    "account_logout": "leads to the door",
    "help": "tells whom to call; no query",
    "policy": "which policies are in force, since when and by whom is public (ruling 3)",
    "session": "tells the sign-in page's script that nobody is signed in",
    "preferences": "light or dark: a cookie",
    "answer": "the page of a one-time link; one answer for used, late and unknown ones",
    "account_inactive": "says that an account was closed, whoever asks",
    "account_reset_password": "one answer for known and unknown accounts",
    "account_reset_password_done": "one answer for known and unknown accounts",
    "account_reset_password_from_key_done": "says that a password was changed",
}


def files_of(*names: str) -> list[Path]:
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT / room).with_suffix("").parts
            if parts[0] in names and "migrations" not in parts:
                found.append(path)
    return found


def owner_name(node: ast.expr) -> str:
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            return node.attr
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("path", files_of(*EDGES), ids=lambda p: str(p.relative_to(ROOT)))
def test_edges_do_not_write(path: Path) -> None:
    """Pages, API and admin find, call one verb, and show; only actions write."""
    wrong = [
        f"line {node.lineno}: {owner_name(node.func.value)}.{node.func.attr}()"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and owner_name(node.func.value) not in HARMLESS
        and isinstance(node.func.value, ast.Attribute | ast.Call)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", files_of(*ROOMS, *EDGES, "models", "actions", "management", "postgres"), ids=str)
def test_no_file_is_longer_than_three_hundred_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def models_of_ours() -> list[type]:
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


@pytest.mark.parametrize("model", models_of_ours(), ids=lambda m: m.__name__)
def test_every_field_has_a_level(model: type) -> None:
    if model._meta.object_name.endswith("Event") and hasattr(model, "pgh_id"):  # type: ignore[attr-defined]
        return  # Row history: shown by no page; its rows stand behind the policies of what they copy.
    missing = [f.name for f in model._meta.concrete_fields if level_of(model, f.name) is None]  # type: ignore[attr-defined]
    assert missing == []


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, route)
        else:
            found.append((pattern.name or "", route))
    return found


def filled(route: str) -> str:
    """A route with something in each of its blanks."""
    key = str(UUID("01900000-0000-7000-8000-000000000001"))
    out = route.replace("^", "").replace("$", "").replace("\\Z", "")
    while "<" in out:
        start, end = out.index("<"), out.index(">")
        kind = out[start + 1 : end].partition(":")[0]
        out = (
            out[:start]
            + {"uuid": key, "int": "1", "path": "x", "slug": "x", "str": "x"}.get(kind, key)
            + out[end + 1 :]
        )
    return "/" + out


ALL_ADDRESSES = [
    (name, route)
    for name, route in addresses(get_resolver().url_patterns)
    if not route.startswith(("static", "^static"))
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "route"), ALL_ADDRESSES, ids=lambda value: str(value))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_signed_out_client_is_refused(name: str, route: str, method: str) -> None:
    if name in PUBLIC:
        return
    if "(?P" in route:  # Regular-expression routes of the admin and the API: their first blank is enough to refuse.
        route = route.partition("(?P")[0]
    response = getattr(Client(raise_request_exception=False), method)(filled(route))
    if response.status_code in (301, 302):
        assert "/accounts/" in response["Location"] or response["Location"].startswith(("/admin/", "/accounts/")), route
        return
    assert response.status_code in (400, 401, 403, 404, 405), (route, response.status_code)
