"""What the database must hold before Casework serves: policies and triggers by table, one literal table each."""

# Table -> the policies that stand on it, all of them.
PROTECTED: dict[str, tuple[str, ...]] = {
    "agencies_alarm": (
        "agencies_alarm_wall",
        "alarm_of_own_desk",
        "zz_agencies_alarm_system",
    ),
    "agencies_alarmcall": (
        "alarm_call_caused_at_its_desk",
        "alarm_call_seen_at_its_desk",
        "zz_agencies_alarmcall_system",
    ),
    "agencies_auditevent": (
        "agencies_auditevent_wall",
        "audit_read_by_auditor_actor_and_tip_holder",
        "audit_written_in_ones_own_name",
        "zz_agencies_auditevent_system",
    ),
    "agencies_location": (
        "location_confidential_only_at_home_and_hotline",
        "location_delete_by_its_agency_or_a_directory_keeper",
        "location_insert_by_its_agency_or_a_directory_keeper",
        "location_update_by_its_agency_or_a_directory_keeper",
        "zz_agencies_location_system",
    ),
    "agencies_notice": (
        "notice_read_by_addressee",
        "notice_written_with_any_deed",
        "zz_agencies_notice_system",
    ),
    "agencies_oncall": (
        "on_call_delete_by_the_desks_supervisor",
        "on_call_insert_by_the_desks_supervisor",
        "on_call_seen_by_its_desk",
        "on_call_update_by_the_desks_supervisor",
        "zz_agencies_oncall_system",
    ),
    "casework_callback": (
        "call_back_of_the_desk_that_promised",
        "zz_casework_callback_system",
    ),
    "casework_callbackattempt": (
        "call_back_attempt_of_the_desk_that_promised",
        "call_back_attempt_stamped_in_ones_own_name",
        "zz_casework_callbackattempt_system",
    ),
    "casework_clock": (
        "casework_clock_wall",
        "clock_moved_by_holder_watcher_or_lead",
        "clock_of_own_agency_or_by_need_to_know",
        "clock_started_by_holder_or_watcher",
        "zz_casework_clock_system",
    ),
    "casework_desknotice": (
        "desk_notice_insert_by_its_supervisor",
        "desk_notice_read_at_its_desk",
        "desk_notice_update_by_its_supervisor",
        "zz_casework_desknotice_system",
    ),
    "casework_disclosure": (
        "casework_disclosure_wall",
        "disclosure_seen_by_its_parties_and_the_auditor",
        "disclosure_written_by_its_parties",
        "zz_casework_disclosure_system",
    ),
    "casework_presence": (
        "casework_presence_wall",
        "presence_insert_of_oneself",
        "presence_seen_by_colleagues",
        "presence_update_of_oneself",
        "zz_casework_presence_system",
    ),
    "casework_proposal": (
        "casework_proposal_wall",
        "proposal_of_the_agency_that_asked",
        "zz_casework_proposal_system",
    ),
    "casework_referral": (
        "casework_referral_wall",
        "referral_made_by_the_holder_of_its_tip",
        "referral_moved_by_its_parties",
        "referral_of_sender_and_receiver",
        "zz_casework_referral_system",
    ),
    "casework_referralevent": (
        "casework_referralevent_wall",
        "referral_history_of_its_parties",
        "referral_history_written_by_trigger",
        "zz_casework_referralevent_system",
    ),
    "casework_referralperson": (
        "casework_referralperson_wall",
        "referral_person_named_by_the_sender",
        "referral_person_of_sender_and_by_need_to_know",
        "zz_casework_referralperson_system",
    ),
    "casework_step": (
        "step_made_by_the_holder",
        "step_need_to_know",
        "step_worked_by_holder_and_lead",
        "zz_casework_step_system",
    ),
    "casework_stepevent": (
        "step_history_need_to_know",
        "step_history_written_by_trigger",
        "zz_casework_stepevent_system",
    ),
    "casework_track": (
        "track_need_to_know",
        "track_opened_by_the_holder",
        "track_worked_by_holder_and_lead",
        "zz_casework_track_system",
    ),
    "casework_trackevent": (
        "track_history_need_to_know",
        "track_history_written_by_trigger",
        "zz_casework_trackevent_system",
    ),
    "casework_trainingmark": (
        "training_mark_read_by_everybody",
        "zz_casework_trainingmark_system",
    ),
    "tips_attachment": (
        "attachment_of_the_agency_that_took_it",
        "tips_attachment_wall",
        "zz_tips_attachment_system",
    ),
    "tips_callerflag": (
        "caller_flag_of_the_agency_that_set_it",
        "zz_tips_callerflag_system",
    ),
    "tips_closedfacts": (
        "closed_facts_of_the_agency_that_took_them",
        "tips_closedfacts_wall",
        "zz_tips_closedfacts_system",
    ),
    "tips_consent": (
        "consent_by_holder_insert",
        "consent_by_holder_update",
        "consent_need_to_know",
        "zz_tips_consent_system",
    ),
    "tips_consentevent": (
        "consent_history_need_to_know",
        "consent_history_written_by_trigger",
        "zz_tips_consentevent_system",
    ),
    "tips_contact": (
        "contact_of_the_agency_that_took_it",
        "tips_contact_wall",
        "zz_tips_contact_system",
    ),
    "tips_cutoff": (
        "cutoff_of_the_agency_that_took_the_contact",
        "zz_tips_cutoff_system",
    ),
    "tips_draft": (
        "draft_begun_in_ones_own_name",
        "draft_forgotten_by_who_ends_it",
        "draft_read_by_who_types_or_takes_it_up",
        "draft_written_by_who_types_or_takes_it_up",
        "zz_tips_draft_system",
    ),
    "tips_emergency": (
        "emergency_of_the_agency_that_took_the_contact",
        "zz_tips_emergency_system",
    ),
    "tips_emergencyoffer": (
        "emergencyoffer_of_the_agency_that_took_the_contact",
        "zz_tips_emergencyoffer_system",
    ),
    "tips_handover": (
        "handover_of_the_agency_that_took_the_contact",
        "zz_tips_handover_system",
    ),
    "tips_helpcall": (
        "helpcall_of_the_agency_that_took_the_contact",
        "zz_tips_helpcall_system",
    ),
    "tips_helpline": (
        "help_line_between_who_types_and_the_supervisor",
        "zz_tips_helpline_system",
    ),
    "tips_identifier": (
        "identifier_by_who_took_it_insert",
        "identifier_by_who_took_it_update",
        "identifier_opened_by_level",
        "tips_identifier_wall",
        "zz_tips_identifier_system",
    ),
    "tips_indication": (
        "indication_of_the_agency_that_took_it",
        "tips_indication_wall",
        "zz_tips_indication_system",
    ),
    "tips_interpretation": (
        "interpretation_of_the_agency_that_took_it",
        "zz_tips_interpretation_system",
    ),
    "tips_matchask": (
        "match_ask_of_the_agency_that_asked",
        "tips_matchask_wall",
        "zz_tips_matchask_system",
    ),
    "tips_matchkey": (
        "match_key_by_who_took_it",
        "zz_tips_matchkey_system",
    ),
    "tips_matchquestion": (
        "match_question_to_the_holder",
        "tips_matchquestion_wall",
        "zz_tips_matchquestion_system",
    ),
    "tips_merging": (
        "merging_known_to_the_holder",
        "zz_tips_merging_system",
    ),
    "tips_narrative": (
        "narrative_of_the_agency_that_took_it",
        "tips_narrative_wall",
        "zz_tips_narrative_system",
    ),
    "tips_note": (
        "note_by_its_agency_insert",
        "note_by_its_agency_update",
        "note_own_or_shared",
        "zz_tips_note_system",
    ),
    "tips_person": (
        "person_by_holder_insert",
        "person_by_holder_update",
        "person_need_to_know",
        "zz_tips_person_system",
    ),
    "tips_personalaccess": (
        "personal_access_seen_by_its_user_and_the_auditor",
        "tips_personalaccess_wall",
        "zz_tips_personalaccess_system",
    ),
    "tips_personidentity": (
        "identity_by_who_took_it_insert",
        "identity_by_who_took_it_update",
        "identity_opened_by_level",
        "tips_personidentity_wall",
        "zz_tips_personidentity_system",
    ),
    "tips_personneed": (
        "personneed_by_holder_insert",
        "personneed_by_holder_update",
        "personneed_need_to_know",
        "zz_tips_personneed_system",
    ),
    "tips_place": (
        "place_by_holder_insert",
        "place_by_holder_update",
        "place_need_to_know",
        "zz_tips_place_system",
    ),
    "tips_resourcegiven": (
        "resource_given_by_own_agency",
        "zz_tips_resourcegiven_system",
    ),
    "tips_safecontact": (
        "safecontact_by_holder_insert",
        "safecontact_by_holder_update",
        "safecontact_need_to_know",
        "zz_tips_safecontact_system",
    ),
    "tips_sameperson": (
        "same_person_linked_by_the_holder",
        "same_person_seen_with_both_tips",
        "same_person_unlinked_by_the_holder",
        "zz_tips_sameperson_system",
    ),
    "tips_sharedaccount": (
        "sharedaccount_by_holder_insert",
        "sharedaccount_by_holder_update",
        "sharedaccount_need_to_know",
        "zz_tips_sharedaccount_system",
    ),
    "tips_situation": (
        "situation_by_holder_insert",
        "situation_by_holder_update",
        "situation_need_to_know",
        "zz_tips_situation_system",
    ),
    "tips_tip": (
        "tip_changed_by_need_to_know",
        "tip_need_to_know",
        "tip_opened_by_its_holder",
        "zz_tips_tip_system",
    ),
    "tips_tipaccess": (
        "tip_access_of_own_agency",
        "tips_tipaccess_wall",
        "zz_tips_tipaccess_system",
    ),
    "tips_tipevent": (
        "tip_history_need_to_know",
        "tip_history_written_by_trigger",
        "zz_tips_tipevent_system",
    ),
    "tips_wall": (
        "wall_seen_and_set_by_the_holder",
        "wall_set_for_oneself",
        "zz_tips_wall_system",
    ),
    "tips_wordfrequency": ("zz_tips_wordfrequency_system",),
}

# Table -> triggers that must be there and enabled.
TRIGGERS: dict[str, tuple[str, ...]] = {
    "agencies_agency": (
        "pgtrigger_insert_insert_064bb",
        "pgtrigger_update_update_187e7",
    ),
    "agencies_agencyevent": (
        "agencies_agencyevent_append_only",
        "agencies_agencyevent_by_trigger",
    ),
    "agencies_alarm": ("agencies_alarm_fixed",),
    "agencies_alarmcall": ("agencies_alarmcall_fixed",),
    "agencies_anchor": (
        "agencies_anchor_append_only",
        "agencies_anchor_by_system",
    ),
    "agencies_auditevent": ("agencies_auditevent_append_only",),
    "agencies_membership": (
        "pgtrigger_insert_insert_da12b",
        "pgtrigger_update_update_bda2e",
    ),
    "agencies_membershipevent": (
        "agencies_membershipevent_append_only",
        "agencies_membershipevent_by_trigger",
    ),
    "agencies_seal": (
        "agencies_seal_append_only",
        "agencies_seal_by_system",
    ),
    "agencies_sealedevent": (
        "agencies_sealedevent_append_only",
        "agencies_sealedevent_by_system",
    ),
    "agencies_service": (
        "pgtrigger_insert_insert_a1b9a",
        "pgtrigger_update_update_47b07",
    ),
    "agencies_serviceevent": (
        "agencies_serviceevent_append_only",
        "agencies_serviceevent_by_trigger",
    ),
    "casework_callback": ("casework_callback_fixed",),
    "casework_callbackattempt": ("casework_callbackattempt_append_only",),
    "casework_clock": (
        "casework_clock_fixed",
        "casework_clock_next_due",
    ),
    "casework_disclosure": ("casework_disclosure_append_only",),
    "casework_presence": ("casework_presence_fixed",),
    "casework_proposal": ("casework_proposal_fixed",),
    "casework_referral": (
        "casework_referral_by_side",
        "casework_referral_ended",
        "casework_referral_ends_access",
        "casework_referral_fixed",
        "casework_referral_not_walled",
        "casework_referral_sent_past_no_wall",
        "pgtrigger_insert_insert_178a9",
        "pgtrigger_update_update_4f0e9",
    ),
    "casework_referralevent": (
        "casework_referralevent_append_only",
        "casework_referralevent_by_trigger",
    ),
    "casework_ruleversion": (
        "pgtrigger_insert_insert_f3fc2",
        "pgtrigger_update_update_3423c",
    ),
    "casework_ruleversionevent": (
        "casework_ruleversionevent_append_only",
        "casework_ruleversionevent_by_trigger",
    ),
    "casework_step": (
        "casework_step_fixed",
        "pgtrigger_insert_insert_77d27",
        "pgtrigger_update_update_39e29",
    ),
    "casework_stepevent": (
        "casework_stepevent_append_only",
        "casework_stepevent_by_trigger",
    ),
    "casework_track": (
        "casework_track_fixed",
        "pgtrigger_insert_insert_e4fa4",
        "pgtrigger_update_update_f8e58",
    ),
    "casework_trackevent": (
        "casework_trackevent_append_only",
        "casework_trackevent_by_trigger",
    ),
    "casework_trainingmark": ("casework_trainingmark_append_only",),
    "tips_attachment": ("tips_attachment_fixed",),
    "tips_callerflag": ("tips_callerflag_fixed",),
    "tips_closedfacts": ("tips_closedfacts_fixed",),
    "tips_consent": (
        "pgtrigger_insert_insert_a9726",
        "pgtrigger_update_update_75b4e",
        "tips_consent_fixed",
    ),
    "tips_consentevent": (
        "tips_consentevent_append_only",
        "tips_consentevent_by_trigger",
    ),
    "tips_contact": (
        "tips_contact_fixed",
        "tips_contact_moved",
        "tips_contact_within_one_desk",
    ),
    "tips_cutoff": ("tips_cutoff_fixed",),
    "tips_draft": ("tips_draft_fixed",),
    "tips_emergency": ("tips_emergency_fixed",),
    "tips_emergencyoffer": ("tips_emergencyoffer_fixed",),
    "tips_handover": ("tips_handover_fixed",),
    "tips_helpcall": ("tips_helpcall_fixed",),
    "tips_helpline": ("tips_helpline_fixed",),
    "tips_identifier": ("tips_identifier_fixed",),
    "tips_indication": (
        "tips_indication_fixed",
        "tips_indication_follows",
    ),
    "tips_interpretation": ("tips_interpretation_fixed",),
    "tips_merging": ("tips_merging_fixed",),
    "tips_narrative": (
        "tips_narrative_fixed",
        "tips_narrative_follows",
    ),
    "tips_note": (
        "tips_note_fixed",
        "tips_note_within_one_desk",
    ),
    "tips_person": ("tips_person_fixed",),
    "tips_personidentity": ("tips_personidentity_fixed",),
    "tips_personneed": ("tips_personneed_fixed",),
    "tips_place": ("tips_place_fixed",),
    "tips_resourcegiven": ("tips_resourcegiven_fixed",),
    "tips_safecontact": ("tips_safecontact_fixed",),
    "tips_sameperson": ("tips_sameperson_fixed",),
    "tips_sharedaccount": ("tips_sharedaccount_fixed",),
    "tips_situation": ("tips_situation_fixed",),
    "tips_tip": (
        "pgtrigger_insert_insert_09c35",
        "pgtrigger_update_update_fc469",
        "tips_tip_by_receiver",
        "tips_tip_fixed",
        "tips_tip_merged",
        "tips_tip_merged_next_due",
        "tips_tip_sort_keys",
    ),
    "tips_tipevent": (
        "tips_tipevent_append_only",
        "tips_tipevent_by_trigger",
    ),
    "tips_wall": (
        "tips_wall_fixed",
        "tips_wall_stands",
    ),
}
