"""What the bench's rows look like, as SQL: one insert a table over a range of tip numbers."""

from dataclasses import dataclass

# One tip in fifty is open; 3 access rows, 2 referrals, 3 clocks, 2 persons, 5 identifiers, 10 events and 1.3 contacts
# a tip.
OPEN_SHARE = 50
SIDE_AGENCIES = 800
NEVER = "'9999-12-31 00:00:00+00'"
RANGE = "from generate_series(%s, %s) n"


@dataclass(frozen=True)
class Step:
    """An insert over a range of tip numbers."""

    name: str
    sql: str


def key(n: str, base: int) -> str:
    """A UUID made of a number: keys of one table lie side by side, as those made in time order do."""
    text = f"lpad(to_hex({base}), 8, '0') || '-' || lpad(to_hex(({n}) / 65536 % 65536), 4, '0')"
    return f"({text} || '-7000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"


TIP, CONTACT, ACCESS, REFERRAL, CLOCK, AGENCY, PERSON, PLACE, IDENTIFIER, MATCH_KEY = (
    0x01000000 + n for n in range(10)
)

# Every time counts from the moment at which seeding began ({anchor}), so that rows of one tip agree.
_IS_OPEN = f"n % {OPEN_SHARE} = 0"
_K = f"(n / {OPEN_SHARE})"
_STATUS = (
    f"case when not {_IS_OPEN} then 'closed' when {_K} % 4 = 0 then 'in_triage' when {_K} % 4 = 3 then 'in_progress'"
    " else 'routed' end"
)
_CREATED = (
    f"timestamptz '{{anchor}}' - (case when {_IS_OPEN} then {_K} % 30 else 30 + n % 870 end) * interval '1 day'"
    " - (n % 1440) * interval '1 minute'"
)
_URGENCY = "'P' || (1 + (n / 200) % 4)"
_FIRST_DUE = (
    f"case when {_IS_OPEN} then greatest({_CREATED} + interval '1 hour',"
    f" timestamptz '{{anchor}}' + ({_K} * 37 % 120 - 60) * interval '1 hour') else {_CREATED} + interval '1 day' end"
)
_REFERENCE = "'BN-2026-' || lpad(n::text, 8, '0') || '-A'"
# One big federal agency gets a quarter of the tips, the others share the rest.
_RECEIVER = key(f"case when n % 4 = 0 then 0 else 1 + n % {SIDE_AGENCIES - 1} end", AGENCY)
_SECOND = key(f"1 + (n / 7) % {SIDE_AGENCIES - 1}", AGENCY)
_CARD = (
    '{"sender": "Example Hotline", "purpose": "Offer a safe place", "need": "Shelter", "urgency": "P2 Within 24 hours",'
    ' "place": "Collier County, Florida", "languages": "Spanish", "persons_count": "2", "ages": "Adult",'
    ' "minor": "No", "summary": "Labor. Farm"}'
)
_VERBS = (
    "array['open', 'end_on_tip', 'set_facts', 'add_person', 'take', 'triage', 'propose', 'route', 'send', 'accept']"
)
_KINDS = "array['tip', 'contact', 'tip', 'person', 'tip', 'tip', 'tip', 'tip', 'referral', 'referral']"


def steps(hotline: str, operator: str) -> list[Step]:
    """All inserts in an order that satisfies the foreign keys."""
    return [
        *_of_tip(hotline, operator),
        *_access(hotline),
        *_people(hotline),
        *[_referrals(k, agency, hotline, operator) for k, agency in enumerate([_RECEIVER, _SECOND])],
        *[_clocks(k, hotline) for k in range(3)],
        _events(hotline, operator),
    ]


def agencies() -> str:
    """The agencies that tips are referred to; number 0 is the big one."""
    return (
        "insert into agencies_agency (id, name, alternate_name, description, kind_id, functions, sectors, is_group,"
        " is_hotline, funded_under, accepts_by, email, website, languages, time_zone, is_active, source, source_id,"
        " extra, created_at, updated_at)"
        f" select {key('n', AGENCY)}, 'Example Agency ' || n, '', '', 'victim_service_provider', '{{}}', '{{}}',"
        " false, false, '{}', 'inbox', '', '', '{}', 'America/New_York', true, '', '', '{}', now(), now()"
        f" from generate_series(0, {SIDE_AGENCIES - 1}) n on conflict do nothing"
    )


def _of_tip(hotline: str, operator: str) -> list[Step]:
    tip = key("n", TIP)
    return [
        Step(
            "tips",
            "insert into tips_tip (id, reference, status, request_type, urgency, indicator_level, state, county,"
            " holder_agency_id, holder_id, created_at, triaged_at, closed_at, disposition, version)"
            f" select {tip}, {_REFERENCE}, {_STATUS}, 'tip', {_URGENCY}, 'moderate',"
            f" 'FL', 'Collier', '{hotline}', '{operator}', {_CREATED}, {_CREATED},"
            f" case when not {_IS_OPEN} then {_CREATED} + interval '2 days' end, '', 3 {RANGE}",
        ),
        Step(
            "situations",
            "insert into tips_situation (tip_id, facts, updated_at)"
            f""" select {tip}, '{{"exploitation": ["labor"], "venues": ["farm"]}}', {_CREATED} {RANGE}""",
        ),
        Step(
            "shared accounts",
            "insert into tips_sharedaccount (tip_id, text, confirmed_by_id, confirmed_at, number)"
            f" select {tip}, 'Workers on a farm are not paid. Case ' || to_hex(n * 2654435761 % 1000003),"
            f" '{operator}', {_CREATED}, 1 {RANGE}",
        ),
        Step(
            "contacts",
            "insert into tips_contact (id, agency_id, taker_id, status, channel, is_outgoing, started_at, ended_at,"
            " recorded_at, is_back_filled, caller_type, knows_how, language, interpreter, danger, ended_as, end_reason,"
            " request_type, tip_id, version)"
            f" select {key('n', CONTACT)}, '{hotline}', '{operator}', 'ended', 'call', false, {_CREATED}, {_CREATED},"
            f" {_CREATED}, false, 'unknown', 'unknown', '', 'not_needed', 'none', 'on_tip', '', '', {tip}, 2 {RANGE}",
        ),
        Step(
            "contacts without a tip",
            "insert into tips_contact (id, agency_id, taker_id, status, channel, is_outgoing, started_at, ended_at,"
            " recorded_at, is_back_filled, caller_type, knows_how, language, interpreter, danger, ended_as, end_reason,"
            " request_type, tip_id, version)"
            f" select {key('n', CONTACT + 16)}, '{hotline}', '{operator}', 'ended', 'call', false, {_CREATED},"
            f" {_CREATED}, {_CREATED}, false, 'unknown', 'unknown', '', 'not_needed', 'none', 'non_actionable',"
            f" 'hang_up', '', null, 2 {RANGE} where n % 10 < 3",
        ),
    ]


def _access(hotline: str) -> list[Step]:
    holders = [("the hotline", f"'{hotline}'::uuid"), ("the receivers", _RECEIVER), ("other receivers", _SECOND)]
    return [
        Step(
            f"access rows of {who}",
            "insert into tips_tipaccess (id, tip_id, agency_id, level, is_holder, pillars, valid_from, valid_until,"
            " basis_kind, status, urgency, next_due_at, created_at)"
            f" select {key('n', ACCESS + 16 * k)}, {key('n', TIP)}, {agency}, 'working', {k == 0}, '{{}}', {_CREATED},"
            f" {NEVER}, '{'new_tip' if k == 0 else 'referral'}', {_STATUS}, {_URGENCY},"
            f" case when {_IS_OPEN} then {_FIRST_DUE} else {NEVER} end, {_CREATED} {RANGE} on conflict do nothing",
        )
        for k, (who, agency) in enumerate(holders)
    ]


def _people(hotline: str) -> list[Step]:
    tip, first = key("n", TIP), key("n", PERSON)
    return [
        *[
            Step(
                f"persons {k + 1}",
                "insert into tips_person (id, tip_id, number, role, is_in_contact, age, is_minor, languages, needs,"
                f" facts) select {key('n', PERSON + 16 * k)}, {tip}, {k + 1}, '{role}', {k == 0}, 'adult', 'no',"
                f" '{{Spanish}}', '{{shelter}}', '{{}}' {RANGE}",
            )
            for k, role in enumerate(["potential_victim", "potential_trafficker"])
        ],
        Step(
            "places",
            "insert into tips_place (id, tip_id, country, state, county, postal_code, tribal_land, words,"
            f" is_where_needed) select {key('n', PLACE)}, {tip}, 'US', 'FL', 'Collier', '', '', '', true {RANGE}",
        ),
        *[
            # The value cannot be decrypted: nothing is behind it.
            Step(
                f"identifiers {k + 1}",
                "insert into tips_identifier (id, tip_id, person_id, agency_id, kind, value, is_lead_fact, forms)"
                f" select {key('n', IDENTIFIER + 16 * k)}, {tip}, {first}, '{hotline}', '{kind}',"
                f" decode(repeat('00', 60), 'hex'), false, 1 {RANGE}",
            )
            for k, kind in enumerate(["phone", "phone", "email", "plate", "web"])
        ],
        *[
            Step(
                f"match keys {k + 1}",
                "insert into tips_matchkey (id, tip_id, agency_id, identifier_id, form, hash, is_lead_fact)"
                f" select {key('n', MATCH_KEY + 16 * k)}, {tip},"
                f" '{hotline}', {key('n', IDENTIFIER + 16 * k)}, '{form}',"
                f" sha256(convert_to('{k}-' || n, 'UTF8')), false {RANGE}",
            )
            for k, form in enumerate(["phone", "phone", "email", "plate", "web"])
        ],
    ]


def _referrals(k: int, agency: str, hotline: str, operator: str) -> Step:
    status = (
        f"case when not {_IS_OPEN} then 'closed' when {_K} % 4 = 0 then 'declined' when {_K} % 4 = 3 and {k} = 0"
        " then 'accepted' else 'sent' end"
    )
    return Step(
        f"referrals {k + 1}",
        "insert into casework_referral (id, tip_id, reference, sender_id, receiver_id, pillar, need, purpose,"
        " legal_basis, urgency, gives_lead_facts, card, status, progress, outcome, decline_reason, decline_note,"
        " question, answer, cancel_reason, is_cancellation_asked, created_by_id, created_at, sent_at, answered_at,"
        " ended_at, answer_due_at, version, reminders, feedback_asked)"
        f" select {key('n', REFERRAL + 16 * k)}, {key('n', TIP)}, {_REFERENCE}, '{hotline}', {agency}, 'protection',"
        f" 'shelter', 'Offer a safe place', 'Spoken consent', {_URGENCY}, false, '{_CARD}', {status}, '',"
        f" case when {_IS_OPEN} then '' else 'got_help' end,"
        f" case when {status} = 'declined' then 'no_capacity' else '' end, '', '', '', '', false, '{operator}',"
        f" {_CREATED}, {_CREATED}, case when {status} <> 'sent' then {_CREATED} end,"
        f" case when {status} in ('closed', 'declined') then {_CREATED} + interval '1 day' end,"
        # Far enough ahead that a database that is kept for weeks has nothing to expire.
        f" timestamptz '{{anchor}}' + interval '1 year' + (n % 1440) * interval '1 minute', 3, 0, 0 {RANGE}",
    )


def _clocks(k: int, hotline: str) -> Step:
    due = f"({_FIRST_DUE} + interval '{6 * k} hours')"
    return Step(
        f"clocks {k + 1}",
        "insert into casework_clock (id, tip_id, agency_id, pillar, rule, rule_version, label, holder, duty,"
        " citation, drives_queue, started_at, due_at, remind_at, reminded_at, breached_at, ended_as, ended_at,"
        " end_reason)"
        f" select {key('n', CLOCK + 16 * k)}, {key('n', TIP)}, '{hotline}', '', 'CLK-1{k}', 1, 'First action',"
        f" 'The desk', 'ours', '', true, {_CREATED}, {due}, {_CREATED}, {_CREATED},"
        f" case when {_IS_OPEN} and {due} < timestamptz '{{anchor}}' then {due} end,"
        f" case when {_IS_OPEN} then '' else 'met' end, case when not {_IS_OPEN} then {_CREATED} end, '' {RANGE}",
    )


def _events(hotline: str, operator: str) -> Step:
    return Step(
        "audit events",
        "insert into agencies_auditevent (at, actor, actor_name, agency, agency_name, role, verb, kind, object_id, tip,"
        " pillar, outcome, reason, fields, details)"
        f" select {_CREATED} + j * interval '1 minute', '{operator}', 'Operator', '{hotline}', 'Example Hotline',"
        f" 'operator', ({_VERBS})[j], ({_KINDS})[j], {key('n', TIP)}::text, {key('n', TIP)}, '', 'done', '', '{{}}',"
        f" '{{}}' {RANGE} cross join generate_series(1, 10) j",
    )
