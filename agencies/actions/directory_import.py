"""Writing an imported directory: agencies, services, places and what hangs on them. Twice is the same as once."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model, Q

from agencies import audit
from agencies.actions.directory_rows import Count, Outcome, Writing, batches, take
from agencies.hsds import Directory
from agencies.hsds.records import Record
from agencies.models import Agency, AgencyKind, Capacity, Coverage, GroupMember, Hours, Location, Phone, Service
from agencies.scope import Actor

# Tables of the source -> the line of the table of counts.
COUNTED = {
    "organization": "organizations",
    "service": "services",
    "location": "locations",
    "phone": "phones",
    "coverage": "coverages",
    "service_area": "coverages",
    "schedule": "hours",
    "service_capacity": "capacities",
}
_AGENCY_FIELDS = (
    "name", "alternate_name", "description", "email", "website", "kind_id", "accepts_by", "funded_under", "is_group",
    "functions", "sectors", "time_zone", "languages",
)  # fmt: skip
_SERVICE_FIELDS = (
    "name", "alternate_name", "description", "status", "needs", "languages", "minimum_age", "maximum_age",
    "eligibility", "immigration_statuses", "fees", "application_process", "alert", "email", "url", "assured_at",
    "genders", "documents", "accessibility", "news", "news_until", "full_until",
)  # fmt: skip
_LOCATION_FIELDS = (
    "name", "kind", "is_confidential", "description", "address", "city", "county", "state", "postal_code", "country",
    "latitude", "longitude",
)  # fmt: skip
_PHONE_FIELDS = ("number", "extension", "purpose", "kind", "description", "verified_on", "source")
_HOURS_FIELDS = ("weekdays", "opens_at", "closes_at", "time_zone", "description")
_AREA = ("kind", "country", "state", "county", "code")


def import_directory(directory: Directory, *, by: Actor, at: datetime, dry_run: bool = False) -> Outcome:
    """Write all records in one transaction: an interrupted import has written nothing, and is simply run again.

    What the source no longer lists stays, except coverage, phones and hours: where the file gives a holder's list,
    entries of an earlier import that are not on it are removed. Rows made by hand are never removed.
    `dry_run` does everything and takes it back.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # Two imports at once: the second waits, and finds the work done.
            cursor.execute("select pg_advisory_xact_lock(hashtext('casework.directory_import'))")
        writer = _Writer(directory)
        writer.write_all()
        outcome = writer.outcome
        if dry_run:
            transaction.set_rollback(True)
        else:
            counts = {name: vars_of(count) for name, count in outcome.counts.items()}
            audit.record("import", kind="directory", by=by, at=at, details=counts)
    return outcome


def vars_of(count: Count) -> dict[str, int]:
    """A count as a mapping, in the order of its columns."""
    return {name: getattr(count, name) for name in ("created", "changed", "unchanged", "removed", "refused")}


class _Writer:
    def __init__(self, directory: Directory) -> None:
        self.records = directory.records
        self.source = directory.settings.source
        self.outcome = Outcome({name: Count() for name in dict.fromkeys(COUNTED.values())}, list(directory.refusals))
        self.kinds = {kind.code: kind for kind in AgencyKind.objects.all()}
        self.ours = set(Agency.objects.filter(source=self.source).values_list("id", flat=True))
        self.written: dict[str, set[UUID]] = defaultdict(set)

    def write_all(self) -> None:
        self._each("organization", Agency, (*_AGENCY_FIELDS, "extra", "updated_at"))
        self._set_parents()
        self._set_members()
        self._each("service", Service, (*_SERVICE_FIELDS, "agency_id", "extra"))
        self._each("location", Location, (*_LOCATION_FIELDS, "agency_id", "extra"))
        self._join_services()
        self._each("phone", Phone, (*_PHONE_FIELDS, "agency_id", "service_id", "location_id"))
        self._each("schedule", Hours, (*_HOURS_FIELDS, "agency_id", "service_id", "location_id", "extra"))
        self._remove_dropped("phone", Phone)
        self._remove_dropped("schedule", Hours)
        self._coverage()
        self._capacities()
        for batch in batches(sorted(self.written["organization"])):
            covering = Coverage.objects.filter(agency_id__in=batch).values("agency_id").distinct().count()
            self.outcome.without_coverage += len(batch) - covering
        for refusal in self.outcome.refusals:
            if refusal.is_row and refusal.table in COUNTED:
                self.outcome.counts[COUNTED[refusal.table]].refused += 1

    def _count(self, table: str) -> Count:
        return self.outcome.counts[COUNTED[table]]

    def _each(self, table: str, model: type[Model], fields: tuple[str, ...]) -> None:
        """Create or change the rows of one table; `fields` are what a changed row may have changed."""
        prepare = {"organization": self._agency_values}.get(table, self._owned_values)
        for batch in batches(self.records.get(table, [])):
            known: dict[UUID, Any] = model._default_manager.in_bulk([r.id for r in batch])
            writing = Writing()
            for record in batch:
                values = prepare(record, known.get(record.id))
                if values is not None:
                    self._sort(record, known.get(record.id), model, values, writing)
                    self.written[table].add(record.id)
            writing.write(model, [f.removesuffix("_id") for f in fields])

    def _sort(self, record: Record, row: Any, model: type[Model], values: dict[str, Any], writing: Writing) -> None:
        if row is None:
            row = model(id=record.id, source_id=record.source_id)
            if hasattr(row, "source"):
                row.source = self.source
            take(row, values, record, self.outcome)
            writing.new.append(row)
            self._count(record.table).created += 1
            return
        is_unsaved, is_new = take(row, values, record, self.outcome)
        if is_unsaved:
            writing.changed.append(row)
        count = self._count(record.table)
        count.changed, count.unchanged = count.changed + is_new, count.unchanged + (not is_new)

    def _agency_values(self, record: Record, row: Any) -> dict[str, Any] | None:
        if row is not None and row.source != self.source:
            reason = "an agency with this id was not imported from this source; it was left as it is"
            self.outcome.refuse(record, "id", reason)
            return None
        kind = self.kinds.get(record.values["kind"])
        if kind is None:
            reason = "this is no agency kind that the database knows; choose one of agency_kinds.csv"
            self.outcome.refuse(record, "kind", f"{reason}, or load the reference data first")
            return None
        values = {name: value for name, value in record.values.items() if name != "kind"}
        if values.get("accepts_by", Agency.AcceptsBy.INBOX) not in Agency.AcceptsBy.values:
            self.outcome.refuse(record, "accepts_by", "this is no way to accept a referral that we know", is_row=False)
            del values["accepts_by"]
        values |= {"kind_id": kind.code, "functions": kind.functions, "sectors": kind.sectors}
        self.ours.add(record.id)
        return values

    def _owned_values(self, record: Record, row: Any) -> dict[str, Any] | None:
        agency = record.links["agency"]
        if agency not in self.ours:
            reason = "this names no organization of this source that is in the file or in the directory"
            self.outcome.refuse(record, "organization_id", reason)
            return None
        if row is not None and row.agency_id not in self.ours:
            self.outcome.refuse(record, "id", "this id belongs to another agency's entry; it was left as it is")
            return None
        values = dict(record.values) | {"agency_id": agency}
        if record.table in ("phone", "schedule"):
            for link in ("service", "location"):
                at = record.links.get(link)
                values[f"{link}_id"] = at if at in self.written[link] else None
        if record.table == "phone" and values.get("purpose", Phone.Purpose.PUBLIC) not in Phone.Purpose.values:
            self.outcome.refuse(record, "purpose", "this is no purpose of a phone that we know", is_row=False)
            del values["purpose"]
        return values

    def _set_parents(self) -> None:
        """Parents that the directory holds, where none is set yet; one that was chosen here stays."""
        parents = {
            record.id: record.links["parent"]
            for record in self.records.get("organization", [])
            if record.id in self.written["organization"] and record.links.get("parent") in self.ours
        }
        for batch in batches(parents):
            rows = list(Agency.objects.filter(pk__in=batch, parent=None))
            for row in rows:
                row.parent_id = parents[row.pk]
            Agency.objects.bulk_update(rows, ["parent"])

    def _set_members(self) -> None:
        """Seats in groups that the file names; those that were given here stay."""
        seats = [
            GroupMember(group_id=record.id, member_id=member, is_co_lead=is_co_lead)
            for record in self.records.get("organization", [])
            for member, is_co_lead in record.members
            if record.id in self.written["organization"] and member in self.ours
        ]
        GroupMember.objects.bulk_create(
            {(seat.group_id, seat.member_id): seat for seat in seats}.values(), ignore_conflicts=True, batch_size=500
        )

    def _join_services(self) -> None:
        through = Location.services.through
        pairs = {
            (record.id, service)
            for record in self.records.get("location", [])
            if record.id in self.written["location"]
            for service in record.services
            if service in self.written["service"]
        }
        for batch in batches(sorted(pairs)):
            rows = [through(location_id=location, service_id=service) for location, service in batch]
            through._default_manager.bulk_create(rows, ignore_conflicts=True)

    def _remove_dropped(self, table: str, model: type[Phone] | type[Hours]) -> None:
        """Earlier imported entries of a holder whose list the file gives, and who are not on it any more."""
        kept = {r.id for r in self.records.get(table, [])}
        holders = {_holder(r) for r in self.records.get(table, []) if r.id in self.written[table]}
        agencies = {agency for agency, _, _ in holders}
        for batch in batches(sorted(agencies)):
            rows = model._default_manager.filter(agency_id__in=batch).exclude(source_id="")
            gone = [
                row.pk
                for row in rows
                if row.pk not in kept and (row.agency_id, row.service_id, row.location_id) in holders
            ]
            self._count(table).removed += len(gone)
            model._default_manager.filter(pk__in=gone).delete()

    def _coverage(self) -> None:
        """By holder: a service, or the agency for what it covers as a whole."""
        by_holder: dict[UUID, list[Record]] = defaultdict(list)
        for record in self.records.get("coverage", []):
            agency, service = record.links["agency"], record.links.get("service")
            if service is None and agency in self.written["organization"]:
                by_holder[agency].append(record)
            elif service in self.written["service"]:
                by_holder[service].append(record)
            else:
                self.outcome.refuse(record, "service_id", "the service that this names was refused")
        for batch in batches(by_holder):
            known: dict[UUID, list[Coverage]] = defaultdict(list)
            for row in Coverage.objects.filter(Q(service_id__in=batch) | Q(service=None, agency_id__in=batch)):
                known[row.service_id or row.agency_id].append(row)
            new: list[Coverage] = []
            gone: list[UUID] = []
            for holder in batch:
                self._coverage_of(by_holder[holder], known[holder], new, gone)
            Coverage.objects.filter(pk__in=gone).delete()
            Coverage.objects.bulk_create(new, batch_size=500)

    def _coverage_of(self, records: list[Record], known: list[Coverage], new: list[Coverage], gone: list[UUID]) -> None:
        """One holder's areas. Imported rows have an id of version 5, made from the area; rows by hand have not."""
        count = self._count("coverage")
        areas = {tuple(getattr(row, name) for name in _AREA) for row in known}
        ids = {row.pk for row in known}
        for record in records:
            if record.id in ids or tuple(record.values[name] for name in _AREA) in areas:
                count.unchanged += 1
                continue
            new.append(
                Coverage(
                    id=record.id,
                    agency_id=record.links["agency"],
                    service_id=record.links.get("service"),
                    **record.values,
                )
            )
            count.created += 1
        dropped = {row.pk for row in known if row.pk.version == 5} - {record.id for record in records}
        count.removed += len(dropped)
        gone += dropped

    def _capacities(self) -> None:
        count = self._count("service_capacity")
        for batch in batches(self.records.get("service_capacity", [])):
            services = [r.links["service"] for r in batch]
            known = {(c.service_id, c.unit): c for c in Capacity.objects.filter(service_id__in=services)}
            for record in batch:
                key = (record.links["service"], record.values["unit"])
                if key[0] not in self.written["service"]:
                    self.outcome.refuse(record, "service_id", "the service that this names was refused")
                elif key not in known:
                    known[key] = Capacity.objects.create(
                        id=record.id, service_id=key[0], source_id=record.source_id, **record.values
                    )
                    count.created += 1
                elif known[key].updated_at >= record.values["updated_at"]:
                    count.unchanged += 1  # What somebody said later, here or there, is nearer to the truth.
                else:
                    take(known[key], record.values, record, self.outcome)
                    known[key].save()
                    count.changed += 1


def _holder(record: Record) -> tuple[UUID, UUID | None, UUID | None]:
    return record.links["agency"], record.links.get("service"), record.links.get("location")
