"""Who is kept from a tip is not called to it: asked by the desk that holds it, and by the worker."""

from django.db import migrations

KEPT = """
create function walled_people(p_tip uuid) returns setof uuid
language plpgsql stable security definer set search_path = public as $$
begin
  if casework_scope() = 'system' or (p_tip <> all (casework_walled_tips()) and exists (
    select 1 from tips_tipaccess a
     where a.tip_id = p_tip and a.agency_id = casework_reader() and a.is_holder and a.valid_until > now()
  )) then
    return query select distinct w.user_id from tips_wall w
      where w.lifted_at is null and w.user_id is not null and w.tip_id in (select casework_together(array[p_tip]));
  end if;
end $$;
revoke all on function walled_people(uuid) from public;
"""


class Migration(migrations.Migration):
    dependencies = [("tips", "0010_policies")]
    operations = [migrations.RunSQL(KEPT, "drop function walled_people(uuid);")]
