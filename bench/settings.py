"""Casework's settings for the server that is measured: floors beside the real pages, and a counter of queries."""

import os

from casework.settings import *  # noqa: F403, TID251 - the same settings, all of them.
from casework.settings import BASE_DIR, DATABASES, MIDDLEWARE, STATIC_ROOT, STORAGES, TEMPLATES  # noqa: TID251

ROOT_URLCONF = "bench.urls"
DATABASES["default"]["NAME"] = os.environ.get("BENCH_DATABASE", DATABASES["default"]["NAME"])
if os.environ.get("BENCH_EMBEDDED"):
    # Not the deployment's embedded server but another one.
    DATABASES["default"]["EMBEDDED"] = os.environ["BENCH_EMBEDDED"]
MIDDLEWARE = ["bench.counting.CountQueries", *MIDDLEWARE]
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]  # type: ignore[misc]
if not (STATIC_ROOT / "staticfiles.json").is_file():
    # Nothing was collected (`make setup` does): pages link plain names, all else is the same.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
