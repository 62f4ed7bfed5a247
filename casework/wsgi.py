"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")

application = get_wsgi_application()

# gunicorn runs no system checks; without Django's set-up there is nothing to ask yet.
from casework.startup import refuse_or_serve  # noqa: E402

refuse_or_serve()
