"""The directory's exchange format, Open Referral HSDS 3.0 and 3.1, read into records of ours. Plain Python."""

from pathlib import Path

from agencies.hsds.build import Builder, set_addresses, set_time_zones
from agencies.hsds.hang import hang_all
from agencies.hsds.index import index
from agencies.hsds.records import Directory, Record, Refusal, UnreadablePath
from agencies.hsds.sources import read_source

__all__ = ["Directory", "Record", "Refusal", "UnreadablePath", "read"]


def read(path: Path, *, agency_kind: str = "", source: str = "") -> Directory:
    """All that a path holds: a JSON object, list or page, ndjson, tabular CSV, or raw CSV with its mapping file.

    `agency_kind` is the kind of agencies that name none themselves; `source` names the publisher, and keeps apart the
    ids of publishers that count 1, 2, 3. Raises UnreadablePath when nothing at all can be read; whatever else is wrong
    is a refusal in the answer and costs no more than its own row or field.
    """
    found = read_source(path)
    found.settings.agency_kind = agency_kind or found.settings.agency_kind
    found.settings.source = source or found.settings.source
    builder = Builder(index(found))
    builder.build_all()
    set_addresses(builder)
    set_time_zones(builder)
    hang_all(builder)
    records = {table: list(rows.values()) for table, rows in builder.records.items()}
    return Directory(records, found.refusals, found.settings)
