"""Fills a database with tips by bulk SQL, as its owner: shapes and proportions of a busy hotline, content of none."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

# One tip in fifty is open; 3 access rows, 2 referrals, 3 clocks and 1.3 contacts a tip.
OPEN_SHARE = 50
SIDE_AGENCIES = 800
BATCH = 50_000


def _uuid(n: str, base: int) -> str:
    text = f"lpad(to_hex({base}), 8, '0') || '-' || lpad(to_hex(({n}) / 65536 % 65536), 4, '0')"
    return f"({text} || '-7000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"


TIP, CONTACT, ACCESS, REFERRAL, CLOCK, AGENCY = (0x01000000 + n for n in range(6))

_STATUS = f"case when n % {OPEN_SHARE} <> 0 then 'closed' when n % 100 = 0 then 'in_triage' else 'routed' end"
_CREATED = "now() - (n % 900) * interval '1 day' - (n % 1440) * interval '1 minute'"
_URGENCY = "'P' || (1 + n % 4)"


def _statements(hotline: str, operator: str) -> list[tuple[str, str]]:
    tip, contact, clock = _uuid("n", TIP), _uuid("n", CONTACT), _uuid("n", CLOCK)
    # One big federal agency gets a quarter of the tips, the others share the rest.
    receiver = _uuid(f"case when n % 4 = 0 then 0 else 1 + n % {SIDE_AGENCIES - 1} end", AGENCY)
    second = _uuid(f"1 + (n / 7) % {SIDE_AGENCIES - 1}", AGENCY)
    return [
        (
            "tips",
            "insert into tips_tip (id, reference, status, request_type, urgency, indicator_level, state, county,"
            " holder_agency_id, holder_id, created_at, triaged_at, closed_at, version)"
            f" select {tip}, 'BN-2026-' || lpad(n::text, 8, '0') || '-A', {_STATUS}, 'tip', {_URGENCY}, 'moderate',"
            f" 'FL', '', '{hotline}', '{operator}', {_CREATED}, {_CREATED},"
            f" case when {_STATUS} = 'closed' then {_CREATED} end, 3 from generate_series(%s, %s) n",
        ),
        (
            "situations",
            "insert into tips_situation (tip_id, facts, updated_at)"
            f""" select {tip}, '{{"exploitation": ["labor"], "venues": ["farm"]}}', {_CREATED}"""
            " from generate_series(%s, %s) n",
        ),
        (
            "shared accounts",
            f"insert into tips_sharedaccount (tip_id, text) select {tip}, '' from generate_series(%s, %s) n",
        ),
        *[
            (
                f"access rows of {who}",
                "insert into tips_tipaccess (id, tip_id, agency_id, level, is_holder, pillars, valid_from, valid_until,"
                " basis_kind, status, urgency, next_due_at, created_at)"
                f" select {_uuid('n', ACCESS + 16 * k)}, {tip}, {agency}, 'working', {k == 0}, '{{}}', {_CREATED},"
                f" '9999-12-31 00:00:00+00', 'new_tip', {_STATUS}, {_URGENCY},"
                f" case when {_STATUS} = 'closed' then '9999-12-31 00:00:00+00' else {_CREATED} end, {_CREATED}"
                " from generate_series(%s, %s) n on conflict do nothing",
            )
            for k, (who, agency) in enumerate(
                [("the hotline", f"'{hotline}'::uuid"), ("the receivers", receiver), ("other receivers", second)]
            )
        ],
        (
            "contacts",
            "insert into tips_contact (id, agency_id, taker_id, status, channel, is_outgoing, started_at, ended_at,"
            " recorded_at, is_back_filled, caller_type, knows_how, language, interpreter, danger, ended_as, end_reason,"
            " request_type, tip_id, version)"
            f" select {contact}, '{hotline}', '{operator}', 'ended', 'call', false, {_CREATED}, {_CREATED}, {_CREATED},"
            " false, 'unknown', 'unknown', '', 'not_needed', 'none',"
            " case when n % 13 < 10 then 'on_tip' else 'non_actionable' end,"
            f" case when n % 13 < 10 then '' else 'hang_up' end, '', case when n % 13 < 10 then {tip} end, 2"
            " from generate_series(%s, %s) n",
        ),
        *[
            (
                f"referrals {k + 1}",
                "insert into casework_referral (id, tip_id, reference, sender_id, receiver_id, pillar, need, purpose,"
                " legal_basis, urgency, gives_lead_facts, card, status, progress, outcome, decline_reason, decline_note,"
                " question, answer, cancel_reason, is_cancellation_asked, created_by_id, created_at, sent_at,"
                " answer_due_at, version)"
                f" select {_uuid('n', REFERRAL + 16 * k)}, {tip}, 'BN-2026-' || lpad(n::text, 8, '0') || '-A',"
                f" '{hotline}', {agency}, 'protection', 'shelter', 'bench', 'bench', {_URGENCY}, false, '{{}}',"
                f" case when n % {OPEN_SHARE} = 0 then 'sent' else 'closed' end, '',"
                f" case when n % {OPEN_SHARE} = 0 then '' else 'got_help' end, '', '', '', '', '', false,"
                f" '{operator}', {_CREATED}, {_CREATED}, now() + (n % 1440) * interval '1 minute', 3"
                " from generate_series(%s, %s) n",
            )
            for k, agency in enumerate([receiver, second])
        ],
        *[
            (
                f"clocks {k + 1}",
                "insert into casework_clock (id, tip_id, agency_id, pillar, rule, rule_version, label, holder, duty,"
                " citation, started_at, due_at, remind_at, reminded_at, ended_as, ended_at, end_reason)"
                f" select {clock if k == 0 else _uuid('n', CLOCK + 16 * k)}, {tip}, '{hotline}', '', 'CLK-13', 1,"
                f" 'bench', 'bench', 'ours', '', {_CREATED}, {_CREATED} + interval '1 day', {_CREATED}, {_CREATED},"
                f" case when n % {OPEN_SHARE} = 0 then '' else 'met' end,"
                f" case when n % {OPEN_SHARE} = 0 then null else {_CREATED} end, ''"
                " from generate_series(%s, %s) n",
            )
            for k in range(3)
        ],
    ]


# Sort keys are written with the rows here; the triggers would visit every access row again.
_TRIGGERS = (("casework_clock", "casework_clock_next_due"), ("tips_tip", "tips_tip_sort_keys"))


def seed(hotline: Any, operator: Any, *, tips: int, say: Callable[[str], None] = lambda line: None) -> None:
    """Insert `tips` tips of this hotline with all that hangs on them, then analyse. Must run as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into agencies_agency (id, name, alternate_name, description, kind_id, functions, sectors, is_group,"
            " is_hotline, funded_under, accepts_by, email, website, languages, time_zone, is_active, source, source_id,"
            " extra, created_at, updated_at)"
            f" select {_uuid('n', AGENCY)}, 'Example Agency ' || n, '', '', 'victim_service_provider', '{{}}', '{{}}',"
            " false, false, '{}', 'inbox', '', '', '{}', 'America/New_York', true, '', '', '{}', now(), now()"
            f" from generate_series(0, {SIDE_AGENCIES - 1}) n on conflict do nothing"
        )
        for table, trigger in _TRIGGERS:
            cursor.execute(f"alter table {table} disable trigger {trigger}")
        for name, sql in _statements(str(hotline), str(operator)):
            for first, last in _batches(tips):
                cursor.execute(sql.replace("%s, %s", f"{first}, {last}"))
            say(f"{name}: done")
        for table, trigger in _TRIGGERS:
            cursor.execute(f"alter table {table} enable trigger {trigger}")
        cursor.execute("analyze")


def _batches(total: int) -> Iterator[tuple[int, int]]:
    for first in range(1, total + 1, BATCH):
        yield first, min(first + BATCH - 1, total)
