"""Role -> rights: one table, read by an authentication backend. No groups, no superusers."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import models

from agencies.models import Role, User

# What each right means, for docs/permissions.md and for the people who ask.
RIGHTS = {
    "tips.read_content": "Read what the own agency has a need to know: tips, contacts, referrals",
    "tips.log_contact": "Log contacts at the desk",
    "tips.flag_number": "Mark a number that abuses the line, for a time",
    "tips.edit_guide": "Edit the call guide and the duties of states",
    "tips.triage": "Triage tips: codes, urgency, shared account",
    "casework.route": "Confirm proposals, send and recall referrals",
    "casework.answer": "Accept, decline and report on referrals to the own agency",
    "casework.work_track": "Work steps and tracks",
    "casework.close_tip": "Close and reopen tips",
    "casework.reveal": "See contact details for a call-back, with a recorded purpose",
    "casework.read_reports": "Read reports",
    "agencies.manage_agency": "Manage people, services and coverage of the own agency",
    "agencies.manage_directory": "Manage the whole directory",
    "agencies.read_trail": "Read the audit trail of the deployment",
    "casework.manage_rules": "Read and propose routing rules, clocks and playbooks",
    "casework.use_admin": "Open the admin",
    "casework.configure": "Users and settings of the installation; no case content",
}

ROLE_RIGHTS: dict[str, frozenset[str]] = {
    Role.OPERATOR: frozenset(
        {
            "tips.read_content",
            "tips.log_contact",
            "tips.triage",
            "casework.route",
            "casework.work_track",
            "casework.close_tip",
            "casework.reveal",
        }
    ),
    Role.LIAISON: frozenset({"tips.read_content", "casework.answer", "casework.work_track"}),
    Role.SUPERVISOR: frozenset(
        {
            "tips.read_content",
            "tips.log_contact",
            "tips.flag_number",
            "tips.edit_guide",
            "tips.triage",
            "casework.route",
            "casework.work_track",
            "casework.close_tip",
            "casework.reveal",
            "casework.read_reports",
            "casework.manage_rules",
            "agencies.manage_directory",
            "casework.use_admin",
        }
    ),
    Role.AGENCY_ADMIN: frozenset({"agencies.manage_agency", "casework.use_admin"}),
    Role.AUDITOR: frozenset({"agencies.read_trail", "casework.use_admin"}),
    Role.SYSADMIN: frozenset({"casework.configure", "casework.use_admin"}),
}

# Who answers for an agency for the length of one deed, and what they may: by a one-time link, by an operator who has
# the agency on the phone, or by one who takes it at its word. Nobody holds such a seat (agencies/scope.py stand_in).
BY_LINK, BY_PHONE, BY_WORD = "by_link", "by_phone", "by_word"
_ANSWERS = frozenset({"tips.read_content", "casework.answer"})
STAND_INS: dict[str, frozenset[str]] = {BY_LINK: _ANSWERS, BY_PHONE: _ANSWERS, BY_WORD: _ANSWERS}


class RoleBackend(AuthenticationBackend):
    """allauth's log-in; rights come from the table above and the membership acted in, and from nothing else."""

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session, with the seats held now: every page needs both."""
        user = User.objects.signed_in(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: Any, perm: str, obj: models.Model | None = None) -> bool:
        """Whether the role that the user acts in holds this right."""
        return perm in self.get_all_permissions(user_obj, obj)

    def get_all_permissions(self, user_obj: Any, obj: models.Model | None = None) -> set[str]:
        """Every right of the role that the user acts in; none for somebody inactive or signed out."""
        if not isinstance(user_obj, User) or not user_obj.is_active:
            return set()
        return set({**ROLE_RIGHTS, **STAND_INS}.get(user_obj.role, ()))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether any right of this app is held."""
        return any(right.startswith(f"{app_label}.") for right in self.get_all_permissions(user_obj))
