"""Need to know in the database: who may read and write each table of case content."""

from django.db import migrations

from agencies.rls import HOLDER, IS_AUDITOR, append_only, fixed, need_to_know, policy, protect

OWN_AGENCY = "agency_id = casework_reader()"
OPEN_TABLES = ("sharedaccount", "situation", "place", "person", "safecontact", "consent")

# A contact of the own agency, or one that is typed right now.
OWN_CONTACT = (
    "(select true from tips_contact c where c.id = {table}.contact_id and c.agency_id = casework_reader() limit 1)"
)
DRAFT_OF = "user_id = casework_user() or handed_to_id = casework_user()"

GRANTED_PERSONALLY = (
    "(select true from tips_personalaccess p where p.tip_id = {table}.tip_id and p.user_id = casework_user()"
    " and p.valid_from <= now() and p.valid_until > now() limit 1)"
)

SEQUENCE = "create sequence tips_reference_number as bigint;"

# A tip's sort keys stand on its access rows too; only these triggers write them there.
SORT_KEYS = """
create function tips_copy_sort_keys() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update tips_tipaccess
     set status = new.status, urgency = coalesce(nullif(new.urgency, ''), 'P0+'), created_at = new.created_at
   where tip_id = new.id
     and (status, urgency, created_at)
         is distinct from (new.status, coalesce(nullif(new.urgency, ''), 'P0+'), new.created_at);
  return null;
end $$;
revoke all on function tips_copy_sort_keys() from public;
create trigger tips_tip_sort_keys after insert or update of status, urgency, created_at on tips_tip
  for each row execute function tips_copy_sort_keys();
"""


def opened_by_level(table):
    """Who took it down; who holds a personal grant; lead facts with the level that opens them."""
    lead = f"(is_lead_fact and {need_to_know(table, extra=' and a.level = ' + chr(39) + 'lead' + chr(39))})"
    return f"{OWN_AGENCY} or {GRANTED_PERSONALLY.format(table=table)} or {lead}"


def own_on_a_known_tip(table):
    """What an agency adds to a tip: in its own name, and only where it may look."""
    return f"{OWN_AGENCY} and {need_to_know(table)}"


def written_by(table, name, rule, *, using=None):
    """Insert and update policies of one rule. Not part of the read policy: the planner would ask both."""
    return [
        policy(table, f"{name}_insert", rule, command="insert"),
        policy(table, f"{name}_update", using or rule, command="update", check=rule),
    ]


class Migration(migrations.Migration):
    dependencies = [("tips", "0001_initial"), ("agencies", "0001_initial")]
    operations = [
        migrations.RunSQL(SEQUENCE, "drop sequence tips_reference_number;"),
        migrations.RunSQL(
            SORT_KEYS, "drop trigger tips_tip_sort_keys on tips_tip; drop function tips_copy_sort_keys();"
        ),
        protect("tips_tip"),
        policy("tips_tip", "tip_need_to_know", need_to_know("tips_tip", "id")),
        fixed("tips_tip", "id", "reference", "holder_agency_id"),
        protect("tips_tipaccess"),
        policy("tips_tipaccess", "tip_access_of_own_agency", OWN_AGENCY, command="select"),
        protect("tips_personalaccess"),
        policy(
            "tips_personalaccess",
            "personal_access_seen_by_its_user_and_the_auditor",
            f"user_id = casework_user() or {IS_AUDITOR}",
            command="select",
        ),
        protect("tips_wall"),
        policy("tips_wall", "wall_seen_and_set_by_the_holder", need_to_know("tips_wall", extra=HOLDER)),
        protect("tips_contact"),
        policy(
            "tips_contact",
            "contact_of_the_agency_that_took_it",
            OWN_AGENCY,
            check=f"{OWN_AGENCY} and (tip_id is null or {need_to_know('tips_contact')})",
        ),
        fixed("tips_contact", "agency_id"),
        protect("tips_draft"),
        policy(
            "tips_draft",
            "draft_of_who_types_it",
            DRAFT_OF,
            check=f"({DRAFT_OF}) and {OWN_CONTACT.format(table='tips_draft')}",
        ),
        fixed("tips_draft", "contact_id"),
        protect("tips_resourcegiven"),
        policy(
            "tips_resourcegiven",
            "resource_given_by_own_agency",
            OWN_AGENCY,
            check=f"{OWN_AGENCY} and {OWN_CONTACT.format(table='tips_resourcegiven')}",
        ),
        fixed("tips_resourcegiven", "agency_id", "contact_id"),
        protect("tips_narrative"),
        policy(
            "tips_narrative",
            "narrative_of_the_agency_that_took_it",
            OWN_AGENCY,
            check=own_on_a_known_tip("tips_narrative"),
        ),
        fixed("tips_narrative", "agency_id", "tip_id", "contact_id"),
        *[protect(f"tips_{name}") for name in OPEN_TABLES],
        *[
            policy(f"tips_{name}", f"{name}_need_to_know", need_to_know(f"tips_{name}"), command="select")
            for name in OPEN_TABLES
        ],
        *[
            operation
            for name in OPEN_TABLES
            for operation in written_by(f"tips_{name}", f"{name}_by_holder", need_to_know(f"tips_{name}", extra=HOLDER))
        ],
        *[fixed(f"tips_{name}", "tip_id") for name in OPEN_TABLES],
        *[
            operation
            for table, name in (("tips_personidentity", "identity"), ("tips_identifier", "identifier"))
            for operation in (
                protect(table),
                policy(table, f"{name}_opened_by_level", opened_by_level(table), command="select"),
                *written_by(table, f"{name}_by_who_took_it", own_on_a_known_tip(table), using=OWN_AGENCY),
                fixed(table, "agency_id", "tip_id", "person_id"),
            )
        ],
        protect("tips_closedfacts"),
        policy(
            "tips_closedfacts",
            "closed_facts_of_the_agency_that_took_them",
            OWN_AGENCY,
            check=own_on_a_known_tip("tips_closedfacts"),
        ),
        fixed("tips_closedfacts", "agency_id", "tip_id", "person_id"),
        protect("tips_note"),
        policy(
            "tips_note",
            "note_own_or_shared",
            f"({OWN_AGENCY} or is_shared) and {need_to_know('tips_note')}",
            command="select",
        ),
        *written_by("tips_note", "note_by_its_agency", own_on_a_known_tip("tips_note")),
        fixed("tips_note", "agency_id", "tip_id", "author_id"),
        protect("tips_tipevent"),
        policy("tips_tipevent", "tip_history_written_by_trigger", "true", command="insert"),
        policy(
            "tips_tipevent", "tip_history_need_to_know", need_to_know("tips_tipevent", "pgh_obj_id"), command="select"
        ),
        protect("tips_consentevent"),
        policy("tips_consentevent", "consent_history_written_by_trigger", "true", command="insert"),
        policy(
            "tips_consentevent", "consent_history_need_to_know", need_to_know("tips_consentevent"), command="select"
        ),
        append_only("tips_tipevent"),
        append_only("tips_consentevent"),
    ]
