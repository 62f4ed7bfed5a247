"""The reports that there are, for the list, the addresses and docs/reports.md."""

from casework.reports import contacts_by_channel

REPORTS = (contacts_by_channel.DEFINITION,)
