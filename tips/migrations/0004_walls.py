"""Walls for agencies and persons; what a receiver may change on a tip; who may hang rows onto it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from agencies.rls import HOLDER, by_trigger_only, fixed, need_to_know, policy, replaced, walled_off

OWN_AGENCY = "agency_id = casework_reader()"

# A tip merged with another one is the same situation: a wall at one of them stands at all. An agency's walls go over to
# its successors (ruling 20).
WALLED = """
create function casework_successors(p_agency uuid) returns setof uuid
language sql stable security definer set search_path = public as $$
  with recursive line(id) as (
    select p_agency
    union select a.succeeded_by_id from agencies_agency a join line on a.id = line.id where a.succeeded_by_id is not null
  ) select id from line
$$;
create function casework_together(p_tips uuid[]) returns setof uuid
language sql stable security definer set search_path = public as $$
  with recursive tree(id) as (
    select unnest(p_tips)
    union
    select e.id from tree cross join lateral (
      select t.merged_into_id as id from tips_tip t where t.id = tree.id and t.merged_into_id is not null
      union all select t.id from tips_tip t where t.merged_into_id = tree.id
    ) e
  ) select id from tree
$$;
create function casework_walled_tips() returns uuid[]
language plpgsql stable security definer set search_path = public as $$
declare
  v_tips uuid[];
begin
  if casework_agency() is null then
    return '{}';
  end if;
  with recursive line(id) as (
    select casework_agency()
    union select a.id from agencies_agency a join line on a.succeeded_by_id = line.id
  ) select array_agg(w.tip_id) into v_tips from tips_wall w
     where w.lifted_at is null and (w.user_id = casework_user() or w.agency_id in (select id from line));
  if v_tips is null then
    return '{}';
  end if;
  return array(select casework_together(v_tips));
end $$;
create function casework_is_walled(p_tip uuid, p_agency uuid) returns boolean
language plpgsql stable security definer set search_path = public as $$
begin
  return exists (
    select 1 from tips_wall w
     where w.lifted_at is null and w.tip_id in (select casework_together(array[p_tip]))
       and p_agency in (select casework_successors(w.agency_id))
  );
end $$;
create function walled_agencies(p_tip uuid) returns setof uuid
language plpgsql stable security definer set search_path = public as $$
begin
  if exists (
    select 1 from tips_tipaccess a
     where a.tip_id = p_tip and a.agency_id = casework_reader() and a.is_holder and a.valid_until > now()
  ) then
    return query select distinct s.id from tips_wall w cross join lateral casework_successors(w.agency_id) as s(id)
      where w.lifted_at is null and w.agency_id is not null and w.tip_id in (select casework_together(array[p_tip]));
  end if;
end $$;
revoke all on function casework_successors(uuid) from public;
revoke all on function casework_together(uuid[]) from public;
revoke all on function casework_walled_tips() from public;
revoke all on function casework_is_walled(uuid, uuid) from public;
revoke all on function walled_agencies(uuid) from public;
"""

# A wall works from the moment it stands: no access, no place as the tip's holder, no notice still to go out.
WALL_STANDS = """
create function tips_wall_stands() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.agency_id is not null and exists (
    select 1 from tips_tip t
     where t.id = new.tip_id and t.holder_agency_id in (select casework_successors(new.agency_id))
  ) then
    raise exception 'the agency that holds a tip is not kept from it' using errcode = 'insufficient_privilege';
  end if;
  update tips_tipaccess set valid_until = least(new.created_at, now())
   where new.agency_id is not null and valid_until > now() and not is_holder
     and tip_id in (select casework_together(array[new.tip_id]))
     and agency_id in (select casework_successors(new.agency_id));
  update tips_tip set holder_id = null, version = version + 1
   where holder_id = new.user_id and id in (select casework_together(array[new.tip_id]));
  delete from agencies_notice n
   where n.delivered_at is null
     and (n.user_id = new.user_id or n.agency_id in (select casework_successors(new.agency_id)))
     and n.reference in (select t.reference from tips_tip t where t.id in (select casework_together(array[new.tip_id])));
  return null;
end $$;
revoke all on function tips_wall_stands() from public;
create trigger tips_wall_stands after insert on tips_wall for each row execute function tips_wall_stands();
"""

# Accepting a referral begins the work on a routed tip; nothing else of a tip is a receiver's to change.
BY_RECEIVER = """
create function tips_changed_by_receiver() returns trigger language plpgsql as $$
begin
  if old.status = 'routed' and new.status = 'in_progress' and new.version = old.version + 1
     and to_jsonb(new) - 'status' - 'version' = to_jsonb(old) - 'status' - 'version' then
    return new;
  end if;
  raise exception 'a tip is changed by its holder' using errcode = 'insufficient_privilege';
end $$;
create trigger tips_tip_by_receiver before update on tips_tip for each row
  when (pg_trigger_depth() = 0 and casework_scope() = 'user'
        and new.holder_agency_id is distinct from casework_reader())
  execute function tips_changed_by_receiver();
"""

UNDO_WALLED = """
drop function walled_agencies(uuid);
drop function casework_is_walled(uuid, uuid);
drop function casework_walled_tips();
drop function casework_together(uuid[]);
drop function casework_successors(uuid);
"""

# What somebody took down, hung onto a tip that their agency holds.
OWN_ON_A_HELD_TIP = OWN_AGENCY + " and {held}"


def own_on_a_held_tip(table):
    return OWN_ON_A_HELD_TIP.format(held=need_to_know(table, extra=HOLDER))


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_doors"),
        ("tips", "0003_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="wall", name="wall_stands_once"),
        migrations.AddField(
            model_name="wall", name="lifted_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="wall",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="walls",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="wall",
            name="agency",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="walls",
                to="agencies.agency",
            ),
        ),
        migrations.AddConstraint(
            model_name="wall",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)),
                fields=("tip", "agency", "user"),
                name="wall_stands_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="wall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency", None), ("user__isnull", False)),
                    models.Q(("agency__isnull", False), ("user", None)),
                    _connector="OR",
                ),
                name="wall_keeps_an_agency_or_a_person",
            ),
        ),
        migrations.RunSQL(WALLED, UNDO_WALLED),
        migrations.RunSQL(WALL_STANDS, "drop trigger tips_wall_stands on tips_wall; drop function tips_wall_stands();"),
        migrations.RunSQL(
            BY_RECEIVER, "drop trigger tips_tip_by_receiver on tips_tip; drop function tips_changed_by_receiver();"
        ),
        # Every rule of need to know asks this table, so what is hidden here is hidden wherever it opens something.
        walled_off("tips_tipaccess"),
        *[
            walled_off(f"tips_{name}")
            for name in (
                "contact",
                "narrative",
                "attachment",
                "indication",
                "personidentity",
                "identifier",
                "closedfacts",
                "personalaccess",
            )
        ],
        policy(
            "tips_wall",
            "wall_set_for_oneself",
            f"agency_id is null and user_id = casework_user() and {need_to_know('tips_wall')}",
            command="insert",
        ),
        fixed("tips_wall", "tip_id", "agency_id", "user_id", "reason", "created_at"),
        *replaced("tips_tip", "tip_need_to_know", need_to_know("tips_tip", "id"), command="select"),
        policy(
            "tips_tip",
            "tip_opened_by_its_holder",
            f"holder_agency_id = casework_reader() and {need_to_know('tips_tip', 'id', HOLDER)}",
            command="insert",
        ),
        policy("tips_tip", "tip_changed_by_need_to_know", need_to_know("tips_tip", "id"), command="update"),
        *replaced(
            "tips_contact",
            "contact_of_the_agency_that_took_it",
            OWN_AGENCY,
            command="all",
            check=f"{OWN_AGENCY} and (tip_id is null or {need_to_know('tips_contact', extra=HOLDER)})",
        ),
        *[
            operation
            for table, name in (("tips_personidentity", "identity"), ("tips_identifier", "identifier"))
            for operation in (
                *replaced(table, f"{name}_by_who_took_it_insert", own_on_a_held_tip(table), command="insert"),
                *replaced(
                    table,
                    f"{name}_by_who_took_it_update",
                    OWN_AGENCY,
                    command="update",
                    check=own_on_a_held_tip(table),
                ),
            )
        ],
        *[by_trigger_only(f"tips_{name}event") for name in ("tip", "consent")],
    ]
