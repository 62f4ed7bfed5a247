"""What a receiver may write, access that ends with its referral, and who may write trail and notices."""

from django.db import migrations

from agencies.rls import HOLDER, by_trigger_only, need_to_know, policy, replaced, walled_off

LEAD_OF_THE_TRACK = (
    "(select true from casework_track t where t.id = {table}.{column} and t.lead_id = casework_reader() limit 1)"
)
LEAD_OF_THE_STEP = (
    "(select true from casework_step s, casework_track t where s.id = casework_clock.step_id and t.id = s.track_id"
    " and t.lead_id = casework_reader() limit 1)"
)
OF_THE_REFERRAL = (
    "(select true from casework_referral r where r.id = casework_referralperson.referral_id"
    " and r.receiver_id = casework_reader() limit 1)"
)
OWN = "agency_id = casework_reader()"
CLOCK_HELD = need_to_know("casework_clock", extra=HOLDER)
CLOCK_WRITTEN = f"({OWN} and (tip_id is null or {need_to_know('casework_clock')})) or {CLOCK_HELD}"

# Which side makes which change of state, and which columns are whose: docs/states.md, said again where no code of ours
# can forget it. A column that is not named here is not the receiver's.
BY_SIDE = """
create function casework_referral_by_side() returns trigger language plpgsql as $$
declare
  v_moved text := old.status || '>' || new.status;
  v_changed text[];
begin
  select coalesce(array_agg(n.key), '{}') into v_changed
    from jsonb_each(to_jsonb(new)) n join jsonb_each(to_jsonb(old)) o using (key) where n.value is distinct from o.value;
  if old.receiver_id = casework_reader() then
    if (new.status <> old.status and v_moved <> all (array[
          'sent>received', 'sent>accepted', 'received>accepted', 'information_requested>accepted',
          'sent>declined', 'received>declined', 'information_requested>declined',
          'sent>information_requested', 'received>information_requested',
          'accepted>in_progress', 'accepted>closed', 'in_progress>closed',
          'accepted>cancelled', 'in_progress>cancelled']))
       or not v_changed <@ array['status', 'version', 'progress', 'outcome', 'decline_reason', 'decline_note',
          'question', 'answer', 'cancel_reason', 'received_at', 'answered_at', 'ended_at', 'feedback_due_at']
       or ('answer' = any (v_changed) and new.answer <> '')
       or (new.status = 'cancelled' and new.status <> old.status
           and not (new.is_cancellation_asked and new.cancel_reason = 'asked_for')) then
      raise exception 'not the receiver''s to change' using errcode = 'insufficient_privilege';
    end if;
  elsif old.sender_id = casework_reader() then
    if (new.status <> old.status and v_moved <> all (array[
          'draft>sent', 'draft>cancelled', 'information_requested>received',
          'sent>recalled', 'received>recalled', 'information_requested>recalled',
          'sent>cancelled', 'received>cancelled', 'information_requested>cancelled',
          'accepted>cancelled', 'in_progress>cancelled']))
       or v_changed && array['progress', 'outcome', 'decline_reason', 'decline_note', 'question', 'received_at',
          'answered_at', 'feedback_due_at', 'created_by_id', 'created_at'] then
      raise exception 'not the sender''s to change' using errcode = 'insufficient_privilege';
    end if;
    if old.status <> 'draft' and v_changed && array['card', 'need', 'purpose', 'legal_basis', 'urgency', 'pillar',
          'service_id'] then
      raise exception 'what was sent stays as it was sent' using errcode = 'insufficient_privilege';
    end if;
  end if;
  return new;
end $$;
create trigger casework_referral_by_side before update on casework_referral for each row
  when (casework_scope() = 'user') execute function casework_referral_by_side();

create function casework_referral_not_walled() returns trigger language plpgsql
security definer set search_path = public as $$
begin
  if casework_is_walled(new.tip_id, new.receiver_id) then
    raise exception 'a wall stands here' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
revoke all on function casework_referral_not_walled() from public;
create trigger casework_referral_not_walled before insert on casework_referral for each row
  execute function casework_referral_not_walled();
create trigger casework_referral_sent_past_no_wall before update of status on casework_referral for each row
  when (new.status = 'sent' and old.status <> 'sent') execute function casework_referral_not_walled();
"""

# Whoever forgets to end access when a referral ends is caught when the transaction commits.
ENDS_ACCESS = """
create function casework_access_ends_with_its_referral() returns trigger language plpgsql
security definer set search_path = public as $$
begin
  update tips_tipaccess a set valid_until = now()
   where a.tip_id = new.tip_id and a.agency_id = new.receiver_id and not a.is_holder and a.valid_until > now()
     and a.basis_kind = 'referral'
     and not exists (
       select 1 from casework_referral r
        where r.tip_id = new.tip_id and r.receiver_id = new.receiver_id and r.status in ('accepted', 'in_progress')
     );
  return null;
end $$;
revoke all on function casework_access_ends_with_its_referral() from public;
create constraint trigger casework_referral_ends_access after update of status on casework_referral
  deferrable initially deferred for each row
  when (new.status in ('closed', 'cancelled', 'recalled', 'declined', 'expired'))
  execute function casework_access_ends_with_its_referral();
"""

DOORS = """
create or replace function grant_access(
  p_tip uuid, p_agency uuid, p_level text, p_basis_kind text, p_basis_id uuid, p_row uuid, p_at timestamptz
) returns void language plpgsql security definer set search_path = public as $$
declare
  v_holder boolean := false;
  v_tip tips_tip%rowtype;
begin
  if casework_reader() is null or p_agency is distinct from casework_reader() then
    raise exception 'access is granted to the agency that acts' using errcode = 'insufficient_privilege';
  end if;
  if casework_is_walled(p_tip, p_agency) then
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

-- The time to answer ends with an answer, not before one.
create or replace function end_referral_clocks(p_referral uuid, p_as text, p_reason text, p_at timestamptz)
returns integer language plpgsql security definer set search_path = public as $$
declare
  v_ended integer;
begin
  if casework_scope() <> 'system' and not exists (
    select 1 from casework_referral r
     where r.id = p_referral and casework_reader() in (r.sender_id, r.receiver_id)
       and r.status not in ('draft', 'sent', 'received', 'information_requested')
  ) then
    raise exception 'not a party to this referral, or not answered yet' using errcode = 'insufficient_privilege';
  end if;
  update casework_clock set ended_as = p_as, end_reason = p_reason, ended_at = p_at
   where referral_id = p_referral and ended_at is null;
  get diagnostics v_ended = row_count;
  return v_ended;
end $$;

-- The holder's clocks that wait for an answer are met by whoever accepted; a receiver writes no clock of the holder.
create function meet_referral_clocks(p_referral uuid, p_rules text[], p_at timestamptz)
returns setof text language plpgsql security definer set search_path = public as $$
begin
  if not exists (
    select 1 from casework_referral r
     where r.id = p_referral and r.receiver_id = casework_reader() and r.status in ('accepted', 'in_progress')
  ) then
    raise exception 'no accepted referral stands behind this' using errcode = 'insufficient_privilege';
  end if;
  return query update casework_clock c set ended_as = 'met', ended_at = p_at from casework_referral r
    where r.id = p_referral and c.tip_id = r.tip_id and c.ended_at is null and c.rule = any (p_rules)
    returning c.rule::text;
end $$;
revoke all on function meet_referral_clocks(uuid, text[], timestamptz) from public;

-- Whether the agency that acts has, or had, anything to do with a tip.
create function casework_knows_of(p_tip uuid) returns boolean
language plpgsql stable security definer set search_path = public as $$
begin
  return exists (select 1 from tips_tipaccess a where a.tip_id = p_tip and a.agency_id = casework_agency())
      or exists (select 1 from casework_referral r where r.tip_id = p_tip and r.receiver_id = casework_agency());
end $$;
revoke all on function casework_knows_of(uuid) from public;

-- One's own agency and its people, those one shares a referral with, and the auditors.
create function casework_may_notify(p_agency uuid, p_user uuid) returns boolean
language plpgsql stable security definer set search_path = public as $$
begin
  if p_user is null then
    return p_agency = casework_agency()
        or exists (select 1 from casework_referral r where r.sender_id = casework_agency() and r.receiver_id = p_agency)
        or exists (select 1 from casework_referral r where r.sender_id = p_agency and r.receiver_id = casework_agency());
  end if;
  return p_user = casework_user() or exists (
    select 1 from agencies_membership m
     where m.user_id = p_user and (m.agency_id = casework_agency() or m.role = 'auditor')
  );
end $$;
revoke all on function casework_may_notify(uuid, uuid) from public;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0003_shift"), ("tips", "0004_walls"), ("agencies", "0004_doors")]
    operations = [
        migrations.RunSQL(DOORS, migrations.RunSQL.noop),
        migrations.RunSQL(BY_SIDE, migrations.RunSQL.noop),
        migrations.RunSQL(ENDS_ACCESS, migrations.RunSQL.noop),
        *[
            walled_off(f"casework_{name}")
            for name in ("referral", "referralperson", "disclosure", "clock", "proposal", "referralevent")
        ],
        walled_off("agencies_auditevent", "tip", command="select"),
        walled_off("agencies_alarm", "tip"),
        walled_off("casework_presence"),
        *replaced(
            "casework_referral",
            "referral_made_by_the_holder_of_its_tip",
            "sender_id = casework_reader() and status = 'draft' and "
            + need_to_know("casework_referral", extra=HOLDER),
            command="insert",
        ),
        *replaced(
            "casework_referralperson",
            "referral_person_of_sender_and_by_need_to_know",
            f"sender_id = casework_reader() or {OF_THE_REFERRAL}",
            command="select",
        ),
        *replaced(
            "casework_referralevent", "referral_history_of_its_parties", "sender_id = casework_reader()", command="select"
        ),
        *replaced("casework_track", "track_need_to_know", need_to_know("casework_track"), command="select"),
        policy("casework_track", "track_opened_by_the_holder", need_to_know("casework_track", extra=HOLDER), command="insert"),
        policy(
            "casework_track",
            "track_worked_by_holder_and_lead",
            f"{need_to_know('casework_track', extra=HOLDER)}"
            f" or (lead_id = casework_reader() and {need_to_know('casework_track')})",
            command="update",
        ),
        *replaced("casework_step", "step_need_to_know", need_to_know("casework_step"), command="select"),
        policy("casework_step", "step_made_by_the_holder", need_to_know("casework_step", extra=HOLDER), command="insert"),
        policy(
            "casework_step",
            "step_worked_by_holder_and_lead",
            f"{need_to_know('casework_step', extra=HOLDER)}"
            f" or {LEAD_OF_THE_TRACK.format(table='casework_step', column='track_id')}",
            command="update",
        ),
        *replaced(
            "casework_clock",
            "clock_of_own_agency_or_by_need_to_know",
            f"{OWN} or {need_to_know('casework_clock')}",
            command="select",
        ),
        policy("casework_clock", "clock_started_by_holder_or_watcher", CLOCK_WRITTEN, command="insert"),
        policy(
            "casework_clock",
            "clock_moved_by_holder_watcher_or_lead",
            f"{OWN} or {CLOCK_HELD} or {LEAD_OF_THE_STEP}",
            command="update",
            check=f"{CLOCK_WRITTEN} or {LEAD_OF_THE_STEP}",
        ),
        *replaced(
            "agencies_auditevent",
            "audit_written_in_ones_own_name",
            "actor is not distinct from casework_user() and (agency is null or agency = casework_agency())"
            " and role = casework_role() and (tip is null or outcome <> 'done' or casework_knows_of(tip))",
            command="insert",
        ),
        *replaced(
            "agencies_notice",
            "notice_written_with_any_deed",
            "casework_may_notify(agency_id, user_id)",
            command="insert",
        ),
        *[by_trigger_only(f"casework_{name}event") for name in ("referral", "track", "step", "ruleversion")],
    ]
