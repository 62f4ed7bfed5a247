"""What stands around the chain: triggers and policies, events not sealed yet, ids that are not there."""

from datetime import timedelta

from django.db.backends.utils import CursorWrapper

from agencies import rls
from agencies.chain.findings import Finding, listed

TABLES = ("agencies_auditevent", "agencies_seal", "agencies_sealedevent", "agencies_anchor")
POLICIES = (
    "zz_agencies_auditevent_system",
    "agencies_auditevent_wall",
    "audit_read_by_auditor_actor_and_tip_holder",
    "audit_written_in_ones_own_name",
)
# The head leaves the house once a day: what stays unsealed for longer is on no anchor.
UNSEALED_TOO_LONG = timedelta(hours=24)

_TRIGGER = (
    "CREATE TRIGGER {table}_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION casework_append_only()"
)


def guards(cursor: CursorWrapper) -> list[Finding]:
    """The triggers that refuse changes, the function behind them, and the policies."""
    return _triggers(cursor) + _function(cursor) + _policies(cursor)


def _triggers(cursor: CursorWrapper) -> list[Finding]:
    cursor.execute(
        "select c.relname, t.tgenabled in ('O', 'A'), pg_get_triggerdef(t.oid) from pg_trigger t"
        " join pg_class c on c.oid = t.tgrelid"
        " where c.relnamespace = 'public'::regnamespace and t.tgname = c.relname || '_append_only'"
        " and c.relname = any(%s)",
        [list(TABLES)],
    )
    standing = {table: (enabled, definition) for table, enabled, definition in cursor.fetchall()}
    found = []
    for table in TABLES:
        enabled, definition = standing.get(table, (False, ""))
        if not definition:
            found.append(Finding("trigger", f"Table {table} has lost the trigger that refuses changes."))
        elif not enabled:
            found.append(Finding("trigger", f"The trigger that refuses changes to table {table} is switched off."))
        elif definition != _TRIGGER.format(table=table):
            found.append(Finding("trigger", f"The trigger that refuses changes to table {table} was replaced."))
    return found


def _function(cursor: CursorWrapper) -> list[Finding]:
    cursor.execute(
        "select prosrc from pg_proc where proname = 'casework_append_only' and pronamespace = 'public'::regnamespace"
    )
    sources = [row[0] for row in cursor.fetchall()]
    if len(sources) == 1 and f"$${sources[0]}$$" in rls.FUNCTIONS:
        return []
    return [Finding("trigger", "The function behind the triggers that refuse changes was replaced.")]


def _policies(cursor: CursorWrapper) -> list[Finding]:
    cursor.execute("select relrowsecurity from pg_class where oid = 'agencies_auditevent'::regclass")
    found = []
    if not cursor.fetchone()[0]:
        found.append(Finding("policy", "Row-level security of the trail is switched off."))
    cursor.execute(
        "select policyname from pg_policies where schemaname = 'public' and tablename = 'agencies_auditevent'"
    )
    standing = {row[0] for row in cursor.fetchall()}
    found += [Finding("policy", f"The trail has lost its policy {name}.") for name in POLICIES if name not in standing]
    found += [
        Finding("policy", f"The trail has a policy {name} that Casework does not know.")
        for name in sorted(standing - set(POLICIES))
    ]
    return found


def unsealed(cursor: CursorWrapper) -> list[Finding]:
    """How many events wait for the sealer and for how long; a break when that is longer than a day."""
    cursor.execute(
        "select count(*), clock_timestamp() - min(a.recorded_at) from agencies_auditevent a"
        " where not exists (select 1 from agencies_sealedevent s where s.event = a.id)"
    )
    count, age = cursor.fetchone()
    if not count:
        return []
    minutes = int(age.total_seconds() // 60)
    sentence = f"{count} events are not sealed yet, the oldest for {minutes} minutes."
    if age > UNSEALED_TOO_LONG:
        return [Finding("unsealed", f"{sentence} See that the worker runs, and ask why it did not.")]
    return [Finding("unsealed", sentence, breaks=False)]


def gaps(cursor: CursorWrapper) -> list[Finding]:
    """Ids that were given out and belong to no event, sealed or not. Only worth knowing."""
    cursor.execute(
        "with step as (select id, lead(id) over (order by id) as following from agencies_auditevent),"
        " gap as (select id + 1 as first, following - 1 as last from step where following > id + 1"
        " union all select 1, min(id) - 1 from agencies_auditevent having min(id) > 1)"
        " select first, last - first + 1"
        " - (select count(*) from agencies_sealedevent s where s.event between first and last) from gap order by first"
    )
    found = []
    never = [(first, missing) for first, missing in cursor.fetchall() if missing > 0]
    if never:
        total = sum(missing for _, missing in never)
        sentence = (
            f"{total} ids were never sealed and are not there, from event {listed(first for first, _ in never)} on."
            " A deed that was rolled back leaves such gaps; so would an event deleted before it was sealed."
        )
        found.append(Finding("gap", sentence, breaks=False, numbers=tuple(first for first, _ in never)))
    return found + _tail(cursor)


def _tail(cursor: CursorWrapper) -> list[Finding]:
    cursor.execute("select pg_get_serial_sequence('agencies_auditevent', 'id')")
    sequence = cursor.fetchone()[0]
    cursor.execute(
        f"select last_value from {sequence} where is_called and last_value >"  # noqa: S608 - from the catalogue.
        " greatest((select max(id) from agencies_auditevent), (select max(event) from agencies_sealedevent), 0)"
    )
    row = cursor.fetchone()
    if row is None:
        return []
    sentence = (
        f"The newest ids up to {row[0]} were given out and are not there. Deeds that were rolled back, or run just now,"
        " leave such a gap; a cut tail does too: compare the anchors that left the house."
    )
    return [Finding("tail", sentence, breaks=False, numbers=(row[0],))]
