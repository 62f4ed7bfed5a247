"""The admin of WHAT WE DO ABOUT IT: referrals, tracks and clocks to look at, disclosures, rule versions."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from agencies.admin_base import BaseForm, Deed, ReadOnlyAdmin, TrailAdmin, acting_user
from agencies.admin_words import column, in_words
from agencies.disclosure import Disclosed
from agencies.models import User
from casework.actions import rules, trials
from casework.models import Clock, Disclosure, Referral, RuleStatus, RuleTrial, RuleVersion, Track
from casework.states import RULE
from tips.actions import policies
from tips.admin import ContentAdmin, by_reference
from tips.models import Tip

_TRIALS_SHOWN = 5


@admin.register(Referral)
class ReferralAdmin(ContentAdmin):
    page = "referral"
    list_display = (
        column("reference"),
        column("status"),
        column("urgency"),
        column("need"),
        column("sender"),
        column("receiver"),
        column("answer_due_at"),
    )
    # Only what both parties always hold: a filter on more would tell what was recalled.
    list_filter = ("status",)
    read_along = ("sender", "receiver", "service", "created_by")
    search_fields = ("reference",)
    search_help_text = "The whole reference of a tip"
    ordering = ("-pk",)

    def get_search_results(self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str) -> Any:
        return (by_reference(queryset, search_term) if search_term else queryset), False


@admin.register(Track)
class TrackAdmin(ContentAdmin):
    list_display = (column("pillar"), column("status"), column("lead"), column("outcome"), column("opened_at"))
    list_filter = ("status", "pillar")
    read_along = ("lead",)
    ordering = ("-pk",)

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows.filter(tip__in=Tip.objects.visible_to(user))


@admin.register(Clock)
class ClockAdmin(ContentAdmin):
    """The clocks that the own agency watches."""

    list_display = (
        column("label"),
        column("holder"),
        column("duty"),
        column("due_at"),
        column("breached_at"),
        column("ended_as"),
    )
    list_filter = ("duty", "ended_as")
    read_along = ("agency",)
    ordering = ("-due_at",)

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows.filter(agency=user.acting_agency_id) if user.has_perm("tips.read_content") else rows.none()


@admin.register(Disclosure)
class DisclosureAdmin(TrailAdmin):
    """What was shown to whom, on what basis: field names, not the card."""

    list_display = (column("at"), column("level"), column("sender"), column("recipient"), column("basis"))
    list_filter = ("level",)
    read_along = ("sender", "recipient", "by")
    ordering = ("-at",)


class RuleText(forms.JSONField):
    """JSON that comes back in lines, as it is read."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


class RuleForm(BaseForm):
    """A version written as data; what speaks against it is said before it is kept."""

    body = RuleText(
        label="Rule",
        widget=forms.Textarea(attrs={"rows": 24, "cols": 100, "spellcheck": "false"}),
        help_text="When it fires and what it proposes, as JSON. Facts and their codes are those of docs/facts.md.",
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        told = self.cleaned_data
        if {"kind", "code", "body"} <= told.keys():
            for sentence in rules.problems(told["kind"], told["code"], told["body"]):
                self.add_error("body", sentence)
        return cleaned


@admin.register(RuleVersion)
class RuleVersionAdmin(ReadOnlyAdmin):
    """Versions: written here, tried on past tips, put in force by a second person, never changed."""

    form = RuleForm
    view_rights = ("casework.manage_rules",)
    add_rights = ("casework.manage_rules",)
    list_display = (column("code"), column("number"), column("kind"), column("status"), column("in_force_from"))
    list_filter = ("kind", "status")
    read_along = ("proposed_by", "approved_by")
    search_fields = ("code",)
    ordering = ("kind", "code", "-number")
    fields = ("kind", "code", "body", "source", "confidence")

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows if user.has_perm("casework.manage_rules") else rows.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and policies.may_decide(request.user)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version begins as the one that it is to follow."""
        try:
            before = RuleVersion.objects.filter(pk=UUID(request.GET.get("from", ""))).first()
        except ValueError:
            before = None
        return {name: getattr(before, name) for name in self.fields} if before else {"body": {}}

    def in_record(self, shown: Disclosed, name: str) -> Any:
        """The rule as it is written, a part a line."""
        if name != "body" or name not in shown:
            return super().in_record(shown, name)
        return format_html("<pre>{}</pre>", json.dumps(shown[name], indent=2, ensure_ascii=False))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        told = form.cleaned_data
        draft = rules.write(
            told["kind"],
            told["code"],
            told["body"],
            source=told["source"],
            confidence=told["confidence"],
            by=acting_user(request),
            at=timezone.now(),
        )
        obj.pk = draft.pk

    def links(self, record: RuleVersion, user: User) -> list[tuple[str, str]]:
        if not policies.may_decide(user):
            return []
        after = f"{reverse('admin:casework_ruleversion_add')}?from={record.pk}"
        tried = RuleTrial.objects.visible_to(user).filter(rule=record).order_by("-asked_at")[:_TRIALS_SHOWN]
        return [(after, "Write the next version"), *((reverse("rule-trial", args=[t.pk]), _trial(t)) for t in tried)]

    def deeds(self, record: RuleVersion, user: User) -> list[Deed]:
        moves = [Deed(move.name, move.button, move.says) for move in RULE.available(record, user)]
        if record.status != RuleStatus.DRAFT or not policies.may_decide(user):
            return moves
        says = f"On those of the last {settings.TRIAL_DAYS} days. Nothing is changed."
        return [Deed("try", "Try it on past tips", says), *moves]

    def do(self, name: str, record: RuleVersion, *, by: User, at: datetime, version: int | None) -> None:
        if name == "try":
            trials.ask(record, by=by, at=at)
            return
        verb = {"put_in_force": rules.put_in_force, "retire": rules.retire}[name]
        verb(record, by=by, at=at, version=version)


def _trial(trial: RuleTrial) -> str:
    asked = f"Tried {in_words(trial.asked_at)}"
    if trial.finished_at is None:
        return f"{asked}: {trial.done_count} of {trial.total_count} tips read"
    return f"{asked}: would have changed {trial.changed_count} of {trial.done_count} tips"
