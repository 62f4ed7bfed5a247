"""Addresses."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from casework import errors
from casework.views import (
    attachments,
    board,
    call_backs,
    codes,
    contact,
    contact_aside,
    desk,
    directory,
    duty,
    find,
    flag,
    home,
    inbox,
    matches,
    proposals,
    referrals,
    session,
    shift,
    tip,
    triage,
    work,
)

# What the sign-in package would offer and Casework does not: accounts and addresses are an administrator's.
CLOSED = ("signup/", "email/", "confirm-email/", "confirm-email/<str:key>/", "password/set/", "login/code/confirm/")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("help/", home.help_page, name="help"),
    path("preferences/", home.preferences, name="preferences"),
    path("session/", session.session, name="session"),
    path("session/kept/", session.kept_forms, name="session-kept"),
    path("session/kept/drop/", session.drop_kept, name="session-kept-drop"),
    path("find/", find.find, name="find"),
    path("recent/", find.recent, name="recent"),
    path("desk/", desk.desk, name="desk"),
    path("duty/", duty.duty_page, name="duty"),
    path("duty/off/", duty.go_off, name="duty-off"),
    path("duty/alarms/", duty.alarms_now, name="alarms"),
    path("duty/alarms/<uuid:pk>/answer/", duty.alarm_answer, name="alarm-answer"),
    path("duty/on-call/", duty.on_call_add, name="on-call-add"),
    path("duty/on-call/<uuid:pk>/remove/", duty.on_call_remove, name="on-call-remove"),
    path("call-backs/", call_backs.call_back_list, name="call-backs"),
    path("call-backs/<uuid:pk>/", call_backs.call_back, name="call-back"),
    path("call-backs/<uuid:pk>/<slug:name>/", call_backs.call_back_move, name="call-back-move"),
    path("hand-over/", shift.hand_over, name="hand-over"),
    path("hand-over/take/", shift.take, name="hand-over-take"),
    path("hand-over/notices/", shift.notice_add, name="desk-notice-add"),
    path("hand-over/notices/<uuid:pk>/end/", shift.notice_end, name="desk-notice-end"),
    path("desk/new/", shift.what_is_new, name="desk-new"),
    path("desk/assign/", shift.assign, name="desk-assign"),
    path("contacts/new/", contact.contact_new, name="contact-new"),
    path("contacts/<uuid:pk>/", contact.contact, name="contact"),
    path("contacts/<uuid:pk>/draft/", contact.contact_draft, name="contact-draft"),
    path("contacts/<uuid:pk>/files/", attachments.contact_attachments, name="contact-attachments"),
    path("contacts/<uuid:pk>/flag/", flag.flag_number, name="contact-flag"),
    path("files/<uuid:pk>/", attachments.download, name="attachment"),
    path("codes/<slug:name>/", codes.find_codes, name="codes"),
    path("contacts/<uuid:pk>/lines/", contact_aside.contact_lines, name="contact-lines"),
    path("contacts/<uuid:pk>/matches/", matches.contact_matches, name="contact-matches"),
    path("matches/", matches.questions, name="match-questions"),
    path("matches/<uuid:pk>/", matches.question, name="match-question"),
    path("tips/<uuid:pk>/matches/", matches.tip_matches, name="tip-matches"),
    path("tips/<uuid:pk>/matches/ask/", matches.ask_holders, name="tip-ask-holders"),
    path("tips/<uuid:pk>/", tip.tip, name="tip"),
    path("tips/<uuid:pk>/triage/", triage.tip_triage, name="tip-triage"),
    path("tips/<uuid:pk>/call-back/", call_backs.promise, name="call-back-promise"),
    path("tips/<uuid:pk>/here/", shift.here, name="tip-here"),
    path("tips/<uuid:pk>/notes/", tip.note, name="tip-note"),
    path("tips/<uuid:pk>/reveal/", tip.reveal_closed, name="tip-reveal"),
    path("tips/<uuid:pk>/steps/<uuid:step>/<slug:name>/", work.step_move, name="step-move"),
    path("tips/<uuid:pk>/clocks/<uuid:clock>/done/", work.clock_done, name="clock-done"),
    path("tips/<uuid:pk>/tracks/<uuid:track>/close/", work.track_close, name="track-close"),
    # Every other page of a tip stands above this line: it takes any name.
    path("tips/<uuid:pk>/proposals/", proposals.proposals, name="proposals"),
    path("tips/<uuid:pk>/<slug:name>/", tip.tip_move, name="tip-move"),
    path("directory/", directory.directory, name="directory"),
    path("directory/<uuid:pk>/", directory.agency, name="agency"),
    path("referrals/", inbox.inbox, name="referral-inbox"),
    path("referrals/<uuid:pk>/", referrals.referral, name="referral"),
    path("referrals/<uuid:pk>/receive/", referrals.open_card, name="referral-open"),
    path("referrals/<uuid:pk>/<slug:name>/", referrals.move, name="referral-move"),
    *(path(f"accounts/{address}", errors.closed) for address in CLOSED),
    path("accounts/", include("allauth.urls")),
    path("admin/board/", admin.site.admin_view(board.board), name="board"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("casework.api.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
