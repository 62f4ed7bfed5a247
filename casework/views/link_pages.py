"""What the pages behind one-time links share."""

from dataclasses import dataclass
from datetime import datetime

from agencies import links


class Gone(Exception):
    """What the link led to has ended: the visitor gets the page that unknown links get."""


@dataclass(frozen=True)
class Visit:
    """A request by the browser that opened a link."""

    token: str
    browser: str
    way: links.Way
    at: datetime
