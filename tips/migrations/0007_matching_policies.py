"""Who is told what of a match (ruling 16): no table to read, functions that look at visibility first."""

from django.db import migrations

from agencies.rls import HOLDER, need_to_know, policy, protect, walled_off

# A key counts for a reader: their agency's own; another hotline's; any other agency's lead fact. What a holder under
# GATE-19 took down counts for nobody else, and a tip behind a wall is not there.
COUNTS = """
      (k.agency_id = v_reader or g.funded_under = '{}')
      and (k.is_lead_fact or (v_desk and (k.agency_id = v_reader or g.is_hotline)))
      and k.tip_id <> all(v_walled)
"""
ACCESS = (
    "(select a.level from tips_tipaccess a where a.tip_id = {tip} and a.agency_id = v_reader and a.valid_until > now()"
    " and a.tip_id <> all(v_walled) limit 1)"
)

MATCHES = f"""
create function tips_is_desk(p_agency uuid) returns boolean
language sql stable security definer set search_path = public as $$
  select casework_role() in ('operator', 'supervisor')
     and coalesce((select is_hotline from agencies_agency where id = p_agency), false)
$$;

-- Hits of the forms of one tip, or of the hashes that are given. For the functions below.
create function tips_hits(p_hashes bytea[], p_tip uuid)
returns table (tip_id uuid, form text, level text)
language plpgsql stable security definer set search_path = public as $$
declare
  v_reader uuid := casework_reader();
  v_desk boolean := tips_is_desk(v_reader);
  v_walled uuid[] := casework_walled_tips();
  v_same uuid[] := array(select casework_together(array_remove(array[p_tip], null)));
  v_level text;
  v_hashes bytea[] := p_hashes;
begin
  if v_reader is null or (p_tip is null and not v_desk) then
    return;
  end if;
  if p_tip is not null then
    v_level := {ACCESS.format(tip="p_tip")};
    if v_level is null or not (v_desk or v_level = 'lead') then
      return;
    end if;
    select array_agg(distinct k.hash) into v_hashes
      from tips_matchkey k join agencies_agency g on g.id = k.agency_id
     where k.tip_id = p_tip and k.form not in ('phone_tail', 'address_any', 'name_part') and {COUNTS};
  end if;
  return query
  select k.tip_id, k.form::text, {ACCESS.format(tip="k.tip_id")}::text
    from unnest(v_hashes) as asked(hash)
    join tips_matchkey k on k.hash = asked.hash
    join agencies_agency g on g.id = k.agency_id
   where k.tip_id <> all(v_same) and {COUNTS};
end $$;

-- Tips that share something, newest first, at most 50 that may be opened; and in a row without tip how many may not.
-- Only the desk of a hotline is told of those, and an agency sees only tips whose lead facts it may see.
create function tips_matches(p_hashes bytea[], p_tip uuid)
returns table (tip_id uuid, forms text[], others integer)
language plpgsql stable security definer set search_path = public as $$
declare
  v_desk boolean := tips_is_desk(casework_reader());
begin
  return query
  with hit as materialized (select * from tips_hits(p_hashes, p_tip)),
  visible as (
    select h.tip_id, array_agg(distinct h.form) as forms from hit h
     where h.level = 'lead' or (v_desk and h.level is not null)
     group by h.tip_id order by h.tip_id desc limit 50
  )
  select v.tip_id, v.forms, 0 from visible v
  union all
  select null::uuid, null::text[], case when v_desk then count(distinct h.tip_id)::integer else 0 end
    from hit h where h.level is null;
end $$;

-- For the search box: what the reader's agency took down, and lead facts that are open to it. Nothing of others.
create function tips_search_keys(p_hashes bytea[], p_limit integer)
returns table (tip_id uuid, forms text[])
language plpgsql stable security definer set search_path = public as $$
declare
  v_reader uuid := casework_reader();
  v_walled uuid[] := casework_walled_tips();
begin
  return query
  select k.tip_id, array_agg(distinct k.form::text)
    from unnest(p_hashes) as asked(hash)
    join tips_matchkey k on k.hash = asked.hash
    join agencies_agency g on g.id = k.agency_id
   where (k.agency_id = v_reader and {ACCESS.format(tip="k.tip_id")} is not null)
      or (k.is_lead_fact and g.funded_under = '{{}}' and {ACCESS.format(tip="k.tip_id")} = 'lead')
   group by k.tip_id order by k.tip_id desc limit p_limit;
end $$;
revoke all on function tips_is_desk(uuid) from public;
revoke all on function tips_hits(bytea[], uuid) from public;
revoke all on function tips_matches(bytea[], uuid) from public;
revoke all on function tips_search_keys(bytea[], integer) from public;
"""

# `@@` is not leakproof: under a policy each account would be read first. Literals, so that each word has its own plan.
WORDS = """
create function tips_search_words(p_words text, p_newest integer, p_limit integer)
returns table (tip_id uuid, score real)
language plpgsql stable security definer set search_path = public as $$
declare
  v_reader uuid := casework_reader();
  v_walled uuid[] := casework_walled_tips();
  v_query tsquery := websearch_to_tsquery('english', p_words);
begin
  if v_reader is null or numnode(v_query) = 0 then
    return;
  end if;
  return query execute format($q$
    select s.tip_id, ts_rank(s.search, %1$L::tsquery) from (
      select s.tip_id, s.search from tips_sharedaccount s
       where s.search @@ %1$L::tsquery
         and (select true from tips_tipaccess a where a.tip_id = s.tip_id and a.agency_id = %2$L::uuid
                and a.valid_until > now() and a.tip_id <> all(%5$L::uuid[]) limit 1)
       order by s.tip_id desc limit %3$s
    ) s order by 2 desc, 1 desc limit %4$s $q$, v_query::text, v_reader, p_newest, p_limit, v_walled);
end $$;

-- Accounts worded alike: the rarest words of the text, OR-ed while they stay within p_candidates accounts; the share of
-- words in common decides. Only accounts that the reader may read are looked at.
create function tips_alike(p_text text, p_tip uuid, p_words integer, p_candidates integer, p_limit integer)
returns table (tip_id uuid, likeness real)
language plpgsql stable security definer set search_path = public as $$
declare
  v_reader uuid := casework_reader();
  v_walled uuid[] := casework_walled_tips();
  v_same uuid[] := array(select casework_together(array_remove(array[p_tip], null)));
  v_all text[] := tsvector_to_array(to_tsvector('english', p_text));
  v_query text;
begin
  if v_reader is null or coalesce(array_length(v_all, 1), 0) < 5 then
    return;
  end if;
  select string_agg(quote_literal(word), ' | ') into v_query from (
    select word, sum(accounts) over (order by accounts, word) as running, row_number() over (order by accounts, word)
      as place
      from (
        select l as word, coalesce(f.accounts, 0) as accounts
          from unnest(v_all) as l left join tips_wordfrequency f on f.word = l
         where l ~ '^[[:alnum:]]+$'
         order by 2, 1 limit p_words
      ) rare
  ) counted where running <= p_candidates or place <= 3;
  if v_query is null then
    return;
  end if;
  return query execute format($q$
    select c.tip_id, (2.0 * c.common / (%5$s + length(c.search)))::real from (
      select s.tip_id, s.search,
             (select count(*) from unnest(tsvector_to_array(s.search)) l where l = any(%6$L::text[])) as common
        from (
          select s.tip_id, s.search from tips_sharedaccount s
           where s.search @@ %1$L::tsquery and s.tip_id <> all(%3$L::uuid[])
             and (select true from tips_tipaccess a where a.tip_id = s.tip_id and a.agency_id = %2$L::uuid
                    and a.valid_until > now() and a.tip_id <> all(%7$L::uuid[]) limit 1)
           order by ts_rank(s.search, %1$L::tsquery) desc, s.tip_id desc limit 50
        ) s
    ) c order by 2 desc, 1 desc limit %4$s $q$,
    v_query, v_reader, v_same, p_limit, array_length(v_all, 1), v_all, v_walled);
end $$;

-- Counted anew by the worker, from a sample of at most p_sample accounts, scaled to all of them.
create function tips_count_words(p_sample integer) returns integer
language plpgsql security definer set search_path = public as $$
declare
  v_sampled integer;
  v_all bigint;
begin
  if casework_scope() <> 'system' then
    raise exception 'only the worker counts words' using errcode = 'insufficient_privilege';
  end if;
  select count(*) into v_all from tips_sharedaccount where text <> '';
  create temporary table sample on commit drop as
    select search from tips_sharedaccount where text <> '' order by tip_id desc limit p_sample;
  select count(*) into v_sampled from sample;
  delete from tips_wordfrequency;
  insert into tips_wordfrequency (word, accounts)
    select word, ceil(ndoc::numeric * v_all / greatest(v_sampled, 1))::integer
      from ts_stat('select search from pg_temp.sample') where ndoc > 1;
  drop table sample;
  return v_sampled;
end $$;
revoke all on function tips_search_words(text, integer, integer) from public;
revoke all on function tips_alike(text, uuid, integer, integer, integer) from public;
revoke all on function tips_count_words(integer) from public;
"""

# A question says only that something is shared. Neither side learns the other's tip, and the asker not even whose it is.
ASKING = """
create function tips_tell_desk(p_agency uuid, p_code text, p_path text, p_at timestamptz) returns void
language sql security definer set search_path = public as $$
  insert into agencies_notice (id, agency_id, user_id, code, reference, path, created_at, not_before, attempts, failure)
  values (gen_random_uuid(), p_agency, null, p_code, '', p_path, p_at, p_at, 0, '')
$$;

create function tips_ask_holders(p_tip uuid, p_at timestamptz) returns integer
language plpgsql security definer set search_path = public as $$
declare
  v_reader uuid := casework_reader();
  v_other record;
  v_ask uuid;
  v_asked integer := 0;
begin
  if not tips_is_desk(v_reader) or not exists (
    select 1 from tips_tipaccess a
     where a.tip_id = p_tip and a.agency_id = v_reader and a.is_holder and a.valid_until > now()
  ) then
    raise exception 'only the desk that holds the tip asks' using errcode = 'insufficient_privilege';
  end if;
  for v_other in
    select distinct t.id, t.holder_agency_id,
           sha256(convert_to(least(p_tip, t.id)::text || greatest(p_tip, t.id)::text, 'UTF8')) as pair
      from tips_hits(null, p_tip) h join tips_tip t on t.id = h.tip_id
     where h.level is null and t.holder_agency_id <> v_reader
  loop
    continue when exists (select 1 from tips_matchquestion q where q.pair = v_other.pair);
    v_ask := gen_random_uuid();
    insert into tips_matchask (id, tip_id, agency_id, asked_by_id, asked_at, answer, partner_reference)
    values (v_ask, p_tip, v_reader, casework_user(), p_at, '', '');
    insert into tips_matchquestion (ask_id, tip_id, agency_id, asker_id, pair, asked_at, answer, partner_reference)
    values (v_ask, v_other.id, v_other.holder_agency_id, v_reader, v_other.pair, p_at, '', '')
    on conflict (pair) do nothing;
    if not found then
      delete from tips_matchask where id = v_ask;
      continue;
    end if;
    perform tips_tell_desk(v_other.holder_agency_id, 'match_question', '/matches/' || v_ask || '/', p_at);
    v_asked := v_asked + 1;
  end loop;
  return v_asked;
end $$;

create function tips_answer_match(p_question uuid, p_answer text, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = public as $$
declare
  v_reader uuid := casework_reader();
  v_question tips_matchquestion%rowtype;
  v_ask tips_matchask%rowtype;
begin
  select * into v_question from tips_matchquestion where ask_id = p_question for update;
  if v_question.ask_id is null or v_question.agency_id is distinct from v_reader or not tips_is_desk(v_reader)
     or p_answer not in ('link', 'talk', 'no') then
    raise exception 'only the desk that was asked answers' using errcode = 'insufficient_privilege';
  end if;
  if v_question.answer <> '' then
    return false;
  end if;
  select * into v_ask from tips_matchask where id = p_question for update;
  update tips_matchask
     set answer = p_answer, answered_at = p_at,
         partner_id = case when p_answer in ('link', 'talk') then v_reader end,
         partner_reference = case when p_answer = 'link'
           then (select reference from tips_tip where id = v_question.tip_id) else '' end
   where id = p_question;
  update tips_matchquestion
     set answer = p_answer, answered_at = p_at, answered_by_id = casework_user(),
         partner_reference = case when p_answer = 'link'
           then (select reference from tips_tip where id = v_ask.tip_id) else '' end
   where ask_id = p_question;
  perform tips_tell_desk(v_ask.agency_id, 'match_answered', '/tips/' || v_ask.tip_id || '/matches/', p_at);
  return true;
end $$;
revoke all on function tips_tell_desk(uuid, text, text, timestamptz) from public;
revoke all on function tips_ask_holders(uuid, timestamptz) from public;
revoke all on function tips_answer_match(uuid, text, timestamptz) from public;
"""

UNDO = """
drop function tips_answer_match(uuid, text, timestamptz);
drop function tips_ask_holders(uuid, timestamptz);
drop function tips_tell_desk(uuid, text, text, timestamptz);
drop function tips_count_words(integer);
drop function tips_alike(text, uuid, integer, integer, integer);
drop function tips_search_words(text, integer, integer);
drop function tips_search_keys(bytea[], integer);
drop function tips_matches(bytea[], uuid);
drop function tips_hits(bytea[], uuid);
drop function tips_is_desk(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("tips", "0006_matching"), ("agencies", "0004_doors")]
    operations = [
        migrations.RunSQL(MATCHES + WORDS + ASKING, UNDO),
        protect("tips_matchkey"),
        policy(
            "tips_matchkey",
            "match_key_by_who_took_it",
            f"agency_id = casework_reader() and {need_to_know('tips_matchkey', extra=HOLDER)}",
            command="insert",
        ),
        protect("tips_wordfrequency"),
        protect("tips_matchask"),
        policy(
            "tips_matchask", "match_ask_of_the_agency_that_asked", "agency_id = casework_reader()", command="select"
        ),
        walled_off("tips_matchask"),
        protect("tips_matchquestion"),
        policy(
            "tips_matchquestion", "match_question_to_the_holder", "agency_id = casework_reader()", command="select"
        ),
        walled_off("tips_matchquestion"),
    ]
