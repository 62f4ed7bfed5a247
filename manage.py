#!/usr/bin/env python
"""Django's command line for Casework."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Casework is not installed in this Python. Run `make run` once, or use .venv/bin/python manage.py.")
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Casework is not configured: {error}")
    except OperationalError as error:
        sys.exit(f"The database does not answer: {str(error).strip().splitlines()[0]}")


if __name__ == "__main__":
    main()
