"""Who may read and write the trail, the outbox and confidential places; what is append-only."""

from django.db import migrations

from agencies.rls import IS_AUDITOR, append_only, need_to_know, policy, protect

IS_OWN = "agency_id = casework_agency()"
# The desk's readers, not everybody with a seat at the hotline.
IS_HOTLINE = "(select g.is_hotline from agencies_agency g where g.id = casework_reader())"
IS_DIRECTORY_KEEPER = f"((select casework_role()) = 'supervisor' and {IS_HOTLINE})"
# Own people's deeds, and on a tip that one's agency holds, everybody's.
HOLDER_OR_OWN = " and (a.is_holder or agencies_auditevent.agency = a.agency_id)"


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial"), ("tips", "0001_initial")]
    operations = [
        protect("agencies_location"),
        policy(
            "agencies_location",
            "location_confidential_only_at_home_and_hotline",
            f"not is_confidential or {IS_OWN} or {IS_HOTLINE}",
            command="select",
        ),
        *[
            policy(
                "agencies_location",
                f"location_{command}_by_its_agency_or_a_directory_keeper",
                f"{IS_OWN} or {IS_DIRECTORY_KEEPER}",
                command=command,
            )
            for command in ("insert", "update", "delete")
        ],
        protect("agencies_auditevent"),
        policy(
            "agencies_auditevent",
            "audit_written_in_ones_own_name",
            "actor is null or actor = casework_user()",
            command="insert",
        ),
        policy(
            "agencies_auditevent",
            "audit_read_by_auditor_actor_and_tip_holder",
            f"{IS_AUDITOR} or actor = casework_user() or " + need_to_know("agencies_auditevent", "tip", HOLDER_OR_OWN),
            command="select",
        ),
        protect("agencies_notice"),
        policy("agencies_notice", "notice_written_with_any_deed", "true", command="insert"),
        policy(
            "agencies_notice",
            "notice_read_by_addressee",
            f"{IS_OWN} or user_id = casework_user()",
            command="select",
        ),
        append_only("agencies_auditevent"),
        append_only("agencies_seal"),
        append_only("agencies_sealedevent"),
        append_only("agencies_anchor"),
        append_only("agencies_agencyevent"),
        append_only("agencies_serviceevent"),
        append_only("agencies_membershipevent"),
    ]
