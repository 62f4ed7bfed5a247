"""A server that a test may kill, on the test's database: `python -m tests.long.serving PORT NAME`."""

import os
import sys


def main(port: int, database: str) -> None:
    """Serve until killed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from tests import conftest

    conftest.pytest_configure(None)  # type: ignore[arg-type]
    # Every thread makes its connection from these.
    connections.settings["default"]["NAME"] = settings.DATABASES["default"]["NAME"] = database
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    ThreadedWSGIServer.allow_reuse_address = True
    server = ThreadedWSGIServer(("localhost", port), WSGIRequestHandler, allow_reuse_address=True)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
