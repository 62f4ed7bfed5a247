"""System checks: wrong configuration that would lose tips is a named error at start."""

from django.core import checks

from casework import startup

# Only for `check --deploy`: commands that repair a database must run on a broken one.
checks.register(startup.as_checks, deploy=True)
