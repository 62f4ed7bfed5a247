"""Merging tips without moving a row; contacts and notes that move between tips of one desk; persons that are one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from agencies.ids import uuid7
from agencies.rls import HOLDER, fixed, need_to_know, policy, protect

# A tip and what was merged into it, for the agency that holds them; for any other agency the tip alone.
GATHERED = """
create function tips_gathered(p_tip uuid) returns setof uuid language sql stable set search_path = public as $$
  with recursive tree(id) as (
    select p_tip
    union all
    select t.id from tips_tip t join tree on t.merged_into_id = tree.id where t.holder_agency_id = casework_reader()
  ) select id from tree
$$;
"""

# The older stays (ruling 28): no circle can close, and both are of one desk.
MERGED = """
create function tips_merged_into_an_older_one() returns trigger language plpgsql
security definer set search_path = public as $$
begin
  if not exists (
    select 1 from tips_tip t
     where t.id = new.merged_into_id and t.holder_agency_id = new.holder_agency_id
       and (t.created_at, t.id) < (new.created_at, new.id)
  ) then
    raise exception 'a tip is merged into an older one of the same desk' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
revoke all on function tips_merged_into_an_older_one() from public;
create trigger tips_tip_merged before update of merged_into_id on tips_tip for each row
  when (new.merged_into_id is not null) execute function tips_merged_into_an_older_one();
"""

# For a receiver nothing changes when the desk merges: that there is another tip is not theirs to know.
SORT_KEYS = """
create or replace function tips_copy_sort_keys() returns trigger language plpgsql
security definer set search_path = public as $$
begin
  update tips_tipaccess
     set status = case when new.status = 'merged' and not is_holder then status else new.status end,
         urgency = coalesce(nullif(new.urgency, ''), 'P0+'), created_at = new.created_at
   where tip_id = new.id
     and (status, urgency, created_at)
         is distinct from (new.status, coalesce(nullif(new.urgency, ''), 'P0+'), new.created_at);
  return null;
end $$;
"""

# A contact takes the words told in it along; a note goes by itself. Both only between tips of one desk.
MOVED = """
drop trigger tips_narrative_fixed on tips_narrative;
create trigger tips_narrative_fixed before update of agency_id, contact_id on tips_narrative for each row
  when (old.agency_id is distinct from new.agency_id or old.contact_id is distinct from new.contact_id)
  execute function casework_never_moved();
create trigger tips_narrative_follows before update of tip_id on tips_narrative for each row
  when (pg_trigger_depth() = 0 and old.tip_id is distinct from new.tip_id) execute function casework_never_moved();
drop trigger tips_indication_fixed on tips_indication;
create trigger tips_indication_fixed before update of agency_id, contact_id on tips_indication for each row
  when (old.agency_id is distinct from new.agency_id or old.contact_id is distinct from new.contact_id)
  execute function casework_never_moved();
create trigger tips_indication_follows before update of tip_id on tips_indication for each row
  when (pg_trigger_depth() = 0 and old.tip_id is distinct from new.tip_id) execute function casework_never_moved();
create function tips_narrative_follows_its_contact() returns trigger language plpgsql
security definer set search_path = public as $$
begin
  update tips_narrative set tip_id = new.tip_id where contact_id = new.id and tip_id <> new.tip_id;
  update tips_attachment set tip_id = new.tip_id where contact_id = new.id and tip_id <> new.tip_id;
  update tips_indication set tip_id = new.tip_id where contact_id = new.id and tip_id <> new.tip_id;
  return null;
end $$;
revoke all on function tips_narrative_follows_its_contact() from public;
create trigger tips_contact_moved after update of tip_id on tips_contact for each row
  when (old.tip_id is not null and old.tip_id is distinct from new.tip_id)
  execute function tips_narrative_follows_its_contact();

create function tips_moved_within_one_desk() returns trigger language plpgsql
security definer set search_path = public as $$
begin
  if 2 <> (
    select count(*) from tips_tipaccess a
     where a.tip_id in (old.tip_id, new.tip_id) and a.agency_id = casework_reader() and a.is_holder
       and a.valid_until > now()
  ) then
    raise exception 'Rows of % move between tips of one desk', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
revoke all on function tips_moved_within_one_desk() from public;
create trigger tips_contact_within_one_desk before update of tip_id on tips_contact for each row
  when (old.tip_id is not null and old.tip_id is distinct from new.tip_id)
  execute function tips_moved_within_one_desk();
drop trigger tips_note_fixed on tips_note;
create trigger tips_note_fixed before update of agency_id, author_id on tips_note for each row
  when (old.agency_id is distinct from new.agency_id or old.author_id is distinct from new.author_id)
  execute function casework_never_moved();
create trigger tips_note_within_one_desk before update of tip_id on tips_note for each row
  when (old.tip_id is distinct from new.tip_id) execute function tips_moved_within_one_desk();
"""

BOTH_SEEN = f"{need_to_know('tips_sameperson', 'one_tip_id')} and {need_to_know('tips_sameperson', 'other_tip_id')}"
BOTH_HELD = (
    f"{need_to_know('tips_sameperson', 'one_tip_id', HOLDER)}"
    f" and {need_to_know('tips_sameperson', 'other_tip_id', HOLDER)}"
)
# The copies of the tips must be the persons' own.
PERSONS_OF_THE_TIPS = (
    "(select true from tips_person p, tips_person q where p.id = tips_sameperson.one_id"
    " and q.id = tips_sameperson.other_id and p.tip_id = tips_sameperson.one_tip_id"
    " and q.tip_id = tips_sameperson.other_tip_id limit 1)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("tips", "0007_matching_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Merging',
            fields=[
                ('id', models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('status_before', models.CharField(choices=[('new', 'New'), ('in_triage', 'In triage'), ('routed', 'Routed'), ('in_progress', 'In progress'), ('closed', 'Closed'), ('merged', 'Merged')], max_length=12)),
                ('closed_at_before', models.DateTimeField(blank=True, null=True)),
                ('kept_urgency_before', models.CharField(blank=True, choices=[('P0', 'P0 Act now'), ('P1', 'P1 Within 1 hour'), ('P2', 'P2 Within 24 hours'), ('P3', 'P3 Three days'), ('P4', 'P4 Five working days')], help_text="The kept tip's own, without what is merged into it.", max_length=2)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('undo_reason', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kept', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept_mergings', to='tips.tip')),
                ('tip', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mergings', to='tips.tip')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('tip',), name='merging_stands_once'), models.CheckConstraint(condition=models.Q(('tip', models.F('kept')), _negated=True), name='merging_takes_two_tips'), models.CheckConstraint(condition=models.Q(models.Q(('undone_at', None), ('undone_by', None)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False), models.Q(('undo_reason', ''), _negated=True)), _connector='OR'), name='merging_undone_says_by_whom_and_why')],
            },
        ),
        migrations.CreateModel(
            name='SamePerson',
            fields=[
                ('id', models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='same_as', to='tips.person')),
                ('one_tip', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tips.tip')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='same_as_other', to='tips.person')),
                ('other_tip', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tips.tip')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('one', 'other'), name='same_person_is_linked_once'), models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='same_person_lower_id_first'), models.CheckConstraint(condition=models.Q(('one_tip', models.F('other_tip')), _negated=True), name='same_person_is_on_two_tips'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='same_person_ended_says_by_whom_and_why')],
            },
        ),
        migrations.RemoveConstraint(model_name="tip", name="tip_routed_has_urgency"),
        migrations.AddConstraint(
            model_name="tip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["new", "in_triage", "merged"]),
                    models.Q(("urgency", ""), _negated=True),
                    _connector="OR",
                ),
                name="tip_routed_has_urgency",
            ),
        ),
        migrations.RunSQL(GATHERED, "drop function tips_gathered(uuid);"),
        migrations.RunSQL(MERGED, migrations.RunSQL.noop),
        migrations.RunSQL(SORT_KEYS, migrations.RunSQL.noop),
        migrations.RunSQL(MOVED, migrations.RunSQL.noop),
        protect("tips_merging"),
        policy("tips_merging", "merging_known_to_the_holder", need_to_know("tips_merging", extra=HOLDER)),
        fixed(
            "tips_merging",
            "tip_id",
            "kept_id",
            "by_id",
            "at",
            "reason",
            "status_before",
            "closed_at_before",
            "kept_urgency_before",
        ),
        protect("tips_sameperson"),
        policy("tips_sameperson", "same_person_seen_with_both_tips", BOTH_SEEN, command="select"),
        policy(
            "tips_sameperson", "same_person_linked_by_the_holder", f"{BOTH_HELD} and {PERSONS_OF_THE_TIPS}", command="insert"
        ),
        policy("tips_sameperson", "same_person_unlinked_by_the_holder", BOTH_HELD, command="update"),
        fixed("tips_sameperson", "one_id", "other_id", "one_tip_id", "other_tip_id", "by_id", "at", "reason"),
    ]
