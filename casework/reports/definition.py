"""What a number means: its definition, and the period it is counted over."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MARKING = "Confidential: true numbers for inside use. Not for publication."


@dataclass(frozen=True)
class Definition:
    """The text that stands above a report, in its export and in docs/reports.md."""

    code: str
    title: str
    path: str
    what: str
    unit: str
    period: str
    left_out: str
    as_of: str
    basis: str

    def rows(self) -> list[tuple[str, str]]:
        """Label and sentence, in the order in which they are read."""
        return [
            ("What is counted", self.what),
            ("Unit", self.unit),
            ("Period", self.period),
            ("Left out", self.left_out),
            ("As of", self.as_of),
            ("Basis", self.basis),
        ]


@dataclass(frozen=True)
class Period:
    """Whole days in the deployment's time zone; both ends belong to it. Raises ValueError when they are swapped."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError("A period ends after it began.")

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment of it, and the first moment after it."""
        midnight = time(tzinfo=zone)
        return datetime.combine(self.since, midnight), datetime.combine(self.until + timedelta(days=1), midnight)

    def months(self) -> list[date]:
        """The first day of each month that it touches."""
        months = []
        month = self.since.replace(day=1)
        while month <= self.until:
            months.append(month)
            month = (month + timedelta(days=31)).replace(day=1)
        return months

    def __str__(self) -> str:
        return f"{self.since.isoformat()} to {self.until.isoformat()}"
