"""A tip stands in its holder's queue by the nearest clock of everything merged into it."""

from django.db import migrations

NEXT_DUE = """
create function casework_gathered_due(p_tip uuid) returns timestamptz
language sql stable security definer set search_path = public as $$
  with recursive tree(id) as (
    select p_tip union all select t.id from tips_tip t join tree on t.merged_into_id = tree.id
  )
  select coalesce(min(casework_next_due(id)), '9999-12-31 00:00:00+00') from tree
$$;
revoke all on function casework_gathered_due(uuid) from public;

-- For receivers a tip is due by its own clocks: those of a tip merged into it are not theirs to know.
create function casework_refresh_due(p_tip uuid) returns void
language plpgsql security definer set search_path = public as $$
declare
  v_tip uuid := p_tip;
  v_due timestamptz := casework_next_due(p_tip);
begin
  update tips_tipaccess set next_due_at = v_due where tip_id = v_tip and not is_holder and next_due_at <> v_due;
  while v_tip is not null loop
    v_due := casework_gathered_due(v_tip);
    update tips_tipaccess set next_due_at = v_due where tip_id = v_tip and is_holder and next_due_at <> v_due;
    select merged_into_id into v_tip from tips_tip where id = v_tip;
  end loop;
end $$;
revoke all on function casework_refresh_due(uuid) from public;

create or replace function casework_copy_next_due() returns trigger language plpgsql
security definer set search_path = public as $$
declare
  v_tip uuid := coalesce(new.tip_id, old.tip_id);
begin
  if v_tip is not null then
    perform casework_refresh_due(v_tip);
  end if;
  return null;
end $$;

create function casework_merged_next_due() returns trigger language plpgsql
security definer set search_path = public as $$
begin
  if old.merged_into_id is not null then
    perform casework_refresh_due(old.merged_into_id);
  end if;
  if new.merged_into_id is not null then
    perform casework_refresh_due(new.merged_into_id);
  end if;
  return null;
end $$;
revoke all on function casework_merged_next_due() from public;
create trigger tips_tip_merged_next_due after update of merged_into_id on tips_tip for each row
  when (old.merged_into_id is distinct from new.merged_into_id) execute function casework_merged_next_due();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_training"), ("tips", "0008_merging")]
    operations = [migrations.RunSQL(NEXT_DUE, migrations.RunSQL.noop)]
