"""Who may read and write referrals, tracks and clocks; the two doors through which access is given and ended."""

from django.db import migrations

from agencies.rls import HOLDER, IS_AUDITOR, append_only, fixed, need_to_know, policy, protect

# The row must belong to this referral; the policies of the two tables hold inside the question too.
OF_THE_REFERRAL = (
    "(select true from casework_referral r where r.id = casework_disclosure.referral_id"
    " and r.tip_id = casework_disclosure.tip_id and r.sender_id = casework_disclosure.sender_id"
    " and r.receiver_id = casework_disclosure.recipient_id limit 1)"
)
PERSON_OF_THE_TIP = (
    "(select true from casework_referral r, tips_person p"
    " where r.id = casework_referralperson.referral_id and r.sender_id = casework_reader()"
    " and r.tip_id = casework_referralperson.tip_id and p.id = casework_referralperson.person_id"
    " and p.tip_id = r.tip_id limit 1)"
)

SENDER_OR_RECEIVER = "sender_id = casework_reader() or (receiver_id = casework_reader() and status <> 'draft')"

# The runtime role cannot write access rows. These functions can, and check the basis first.
ACCESS = """
create function grant_access(
  p_tip uuid, p_agency uuid, p_level text, p_basis_kind text, p_basis_id uuid, p_row uuid, p_at timestamptz
) returns void language plpgsql security definer set search_path = public as $$
declare
  v_holder boolean := false;
  v_tip tips_tip%rowtype;
begin
  if casework_reader() is null or p_agency is distinct from casework_reader() then
    raise exception 'access is granted to the agency that acts' using errcode = 'insufficient_privilege';
  end if;
  if exists (select 1 from tips_wall where tip_id = p_tip and agency_id = p_agency) then
    raise exception 'a wall stands here' using errcode = 'insufficient_privilege';
  end if;
  select * into v_tip from tips_tip where id = p_tip;
  if p_basis_kind = 'new_tip' then
    v_holder := true;
    if v_tip.id is not null or exists (select 1 from tips_tipaccess where tip_id = p_tip)
       or not coalesce((select is_hotline from agencies_agency where id = p_agency), false) then
      raise exception 'not a new tip of a hotline' using errcode = 'insufficient_privilege';
    end if;
  elsif p_basis_kind = 'referral' then
    if not exists (
      select 1 from casework_referral r
       where r.id = p_basis_id and r.tip_id = p_tip and r.receiver_id = p_agency
         and r.status in ('accepted', 'in_progress') and (p_level = 'working' or r.gives_lead_facts)
    ) then
      raise exception 'no accepted referral stands behind this' using errcode = 'insufficient_privilege';
    end if;
  else
    raise exception 'unknown basis' using errcode = 'insufficient_privilege';
  end if;
  if p_level not in ('working', 'lead') then
    raise exception 'unknown level' using errcode = 'insufficient_privilege';
  end if;
  insert into tips_tipaccess (id, tip_id, agency_id, level, is_holder, pillars, valid_from, valid_until, basis_kind,
                              basis_id, status, urgency, next_due_at, created_at)
  values (p_row, p_tip, p_agency, p_level, v_holder, '{}', p_at, '9999-12-31 00:00:00+00', p_basis_kind, p_basis_id,
          coalesce(v_tip.status, 'new'), coalesce(nullif(v_tip.urgency, ''), 'P0+'), casework_next_due(p_tip),
          coalesce(v_tip.created_at, p_at))
  on conflict (tip_id, agency_id) do update
     set level = case when tips_tipaccess.valid_until > now() and tips_tipaccess.level = 'lead' then 'lead'
                      else excluded.level end,
         valid_from = case when tips_tipaccess.valid_until > now() then tips_tipaccess.valid_from
                           else excluded.valid_from end,
         basis_kind = case when tips_tipaccess.is_holder then tips_tipaccess.basis_kind else excluded.basis_kind end,
         basis_id = case when tips_tipaccess.is_holder then tips_tipaccess.basis_id else excluded.basis_id end,
         valid_until = excluded.valid_until;
end $$;

create function end_access(p_tip uuid, p_agency uuid, p_at timestamptz)
returns boolean language plpgsql security definer set search_path = public as $$
begin
  if casework_scope() <> 'system' and not exists (
    select 1 from casework_referral r
     where r.tip_id = p_tip and r.receiver_id = p_agency
       and casework_reader() in (r.sender_id, r.receiver_id)
  ) then
    raise exception 'not a party to a referral of this tip' using errcode = 'insufficient_privilege';
  end if;
  -- Another accepted referral, or holding the tip, keeps the door open.
  if exists (
    select 1 from casework_referral r
     where r.tip_id = p_tip and r.receiver_id = p_agency and r.status in ('accepted', 'in_progress')
  ) then
    return false;
  end if;
  update tips_tipaccess set valid_until = least(p_at, now())
   where tip_id = p_tip and agency_id = p_agency and not is_holder and valid_until > now();
  return found;
end $$;

create function end_referral_clocks(p_referral uuid, p_as text, p_reason text, p_at timestamptz)
returns integer language plpgsql security definer set search_path = public as $$
declare
  v_ended integer;
begin
  if casework_scope() <> 'system' and not exists (
    select 1 from casework_referral r
     where r.id = p_referral and casework_reader() in (r.sender_id, r.receiver_id)
  ) then
    raise exception 'not a party to this referral' using errcode = 'insufficient_privilege';
  end if;
  update casework_clock set ended_as = p_as, end_reason = p_reason, ended_at = p_at
   where referral_id = p_referral and ended_at is null;
  get diagnostics v_ended = row_count;
  return v_ended;
end $$;
revoke all on function end_referral_clocks(uuid, text, text, timestamptz) from public;
revoke all on function grant_access(uuid, uuid, text, text, uuid, uuid, timestamptz) from public;
revoke all on function end_access(uuid, uuid, timestamptz) from public;
"""

# An answer that came after the end would open the tip to whoever lost it.
ENDED = """
create trigger casework_referral_ended before update of status on casework_referral for each row
  when (old.status in ('declined', 'expired', 'recalled', 'cancelled', 'closed') and new.status <> old.status)
  execute function casework_never_moved();
"""

NEXT_DUE = """
create function casework_next_due(p_tip uuid) returns timestamptz
language sql stable security definer set search_path = public as $$
  select coalesce(min(due_at), '9999-12-31 00:00:00+00') from casework_clock
   where tip_id = p_tip and ended_at is null and duty = 'ours' and drives_queue
$$;
create function casework_copy_next_due() returns trigger language plpgsql
security definer set search_path = public as $$
declare
  v_tip uuid := coalesce(new.tip_id, old.tip_id);
  v_due timestamptz;
begin
  if v_tip is not null then
    v_due := casework_next_due(v_tip);
    update tips_tipaccess set next_due_at = v_due where tip_id = v_tip and next_due_at <> v_due;
  end if;
  return null;
end $$;
revoke all on function casework_copy_next_due() from public;
revoke all on function casework_next_due(uuid) from public;
create trigger casework_clock_next_due after insert or update of due_at, ended_at, tip_id, duty or delete
  on casework_clock for each row execute function casework_copy_next_due();
"""

UNDO = """
drop trigger casework_clock_next_due on casework_clock;
drop function casework_copy_next_due();
drop function casework_next_due(uuid);
drop function grant_access(uuid, uuid, text, text, uuid, uuid, timestamptz);
drop function end_access(uuid, uuid, timestamptz);
drop function end_referral_clocks(uuid, text, text, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("tips", "0002_policies"), ("agencies", "0002_policies")]
    operations = [
        migrations.RunSQL(NEXT_DUE + ACCESS, UNDO),
        migrations.RunSQL(ENDED, "drop trigger casework_referral_ended on casework_referral;"),
        protect("casework_referral"),
        policy(
            "casework_referral",
            "referral_of_sender_and_receiver",
            SENDER_OR_RECEIVER,
            command="select",
        ),
        policy(
            "casework_referral",
            "referral_made_by_the_holder_of_its_tip",
            f"sender_id = casework_reader() and {need_to_know('casework_referral', extra=HOLDER)}",
            command="insert",
        ),
        policy("casework_referral", "referral_moved_by_its_parties", SENDER_OR_RECEIVER, command="update"),
        fixed("casework_referral", "tip_id", "reference", "sender_id", "receiver_id", "gives_lead_facts"),
        protect("casework_referralperson"),
        policy(
            "casework_referralperson",
            "referral_person_of_sender_and_by_need_to_know",
            f"sender_id = casework_reader() or {need_to_know('casework_referralperson')}",
            command="select",
        ),
        policy(
            "casework_referralperson",
            "referral_person_named_by_the_sender",
            f"sender_id = casework_reader() and {PERSON_OF_THE_TIP}",
            command="insert",
        ),
        protect("casework_disclosure"),
        policy(
            "casework_disclosure",
            "disclosure_seen_by_its_parties_and_the_auditor",
            f"sender_id = casework_reader() or recipient_id = casework_reader() or {IS_AUDITOR}",
            command="select",
        ),
        policy(
            "casework_disclosure",
            "disclosure_written_by_its_parties",
            f"(sender_id = casework_reader() or recipient_id = casework_reader()) and {OF_THE_REFERRAL}",
            command="insert",
        ),
        append_only("casework_disclosure"),
        *[protect(f"casework_{name}") for name in ("track", "step")],
        *[
            policy(f"casework_{name}", f"{name}_need_to_know", need_to_know(f"casework_{name}"))
            for name in ("track", "step")
        ],
        fixed("casework_track", "tip_id"),
        fixed("casework_step", "tip_id", "track_id"),
        protect("casework_clock"),
        policy(
            "casework_clock",
            "clock_of_own_agency_or_by_need_to_know",
            f"agency_id = casework_reader() or {need_to_know('casework_clock')}",
            check=f"(agency_id = casework_reader() and tip_id is null) or {need_to_know('casework_clock')}",
        ),
        fixed("casework_clock", "agency_id", "tip_id", "referral_id"),
        protect("casework_proposal"),
        policy(
            "casework_proposal",
            "proposal_of_the_agency_that_asked",
            "agency_id = casework_reader()",
            check=f"agency_id = casework_reader() and {need_to_know('casework_proposal', extra=HOLDER)}",
        ),
        fixed("casework_proposal", "agency_id", "tip_id"),
        protect("casework_referralevent"),
        policy("casework_referralevent", "referral_history_written_by_trigger", "true", command="insert"),
        policy("casework_referralevent", "referral_history_of_its_parties", SENDER_OR_RECEIVER, command="select"),
        *[protect(f"casework_{name}event") for name in ("track", "step")],
        *[
            policy(f"casework_{name}event", f"{name}_history_written_by_trigger", "true", command="insert")
            for name in ("track", "step")
        ],
        *[
            policy(
                f"casework_{name}event",
                f"{name}_history_need_to_know",
                need_to_know(f"casework_{name}event"),
                command="select",
            )
            for name in ("track", "step")
        ],
        *[append_only(f"casework_{name}event") for name in ("referral", "track", "step", "ruleversion")],
    ]
