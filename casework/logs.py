"""What never stands in a log: the token of a one-time link, which is part of its address."""

import logging
import re

# Where links lead (agencies/links.py PATH); said again because logging is set up before any model can be read.
_TOKEN = re.compile(r"(/answer/)[^/\s?\"']+")


class WithoutTokens(logging.Filter):
    """Write `/answer/...` in place of each token, in the message and in what is filled into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: nothing is left out, only tokens are."""
        message = record.getMessage()
        if "/answer/" in message:
            record.msg, record.args = _TOKEN.sub(r"\1...", message), ()
        return True
