"""The admin of WHAT CAME IN: tips and contacts to look at, personal access for auditors."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from agencies.admin_base import BaseForm, Deed, ReadOnlyAdmin, ScopedAdmin, TrailAdmin, acting_user
from agencies.admin_words import column
from agencies.lifecycle import Conflict
from agencies.models import User
from tips.actions import guide, policies
from tips.facts import vocabulary
from tips.models import (
    ANSWERS,
    Contact,
    Door,
    GuideQuestion,
    PersonalAccess,
    PolicyAnswer,
    StateDuty,
    Tip,
)
from tips.states import POLICY


class ContentAdmin(ReadOnlyAdmin):
    """Case content: for whoever reads content and may open the admin, in their own agency's scope."""

    view_rights = ("tips.read_content",)
    page = ""

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows.visible_to(user)  # type: ignore[attr-defined]

    def page_url(self, record: Any) -> str:
        try:
            return reverse(self.page, args=[record.pk]) if self.page else ""
        except NoReverseMatch:
            return ""


def by_reference(rows: "QuerySet[Any]", term: str) -> "QuerySet[Any]":
    """Rows with exactly this reference: a part of one is no way to try them out."""
    return rows.filter(reference=term.strip().upper())


@admin.register(Tip)
class TipAdmin(ContentAdmin):
    page = "tip"
    list_display = (
        column("reference"),
        column("urgency"),
        column("status"),
        column("request_type"),
        column("state"),
        column("holder_agency"),
        column("created_at"),
    )
    list_filter = ("status", "urgency", "request_type")
    read_along = ("holder_agency", "holder")
    search_fields = ("reference",)
    search_help_text = "The whole reference of a tip"
    # The agency's own access rows drive the list: they carry the same time.
    ordering = ("-accesses__created_at",)

    def get_search_results(self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str) -> Any:
        return (by_reference(queryset, search_term) if search_term else queryset), False


@admin.register(Contact)
class ContactAdmin(ContentAdmin):
    list_display = (
        column("started_at"),
        column("channel"),
        column("status"),
        column("ended_as"),
        column("language"),
        column("taker"),
    )
    list_filter = ("channel", "status", "ended_as", "is_back_filled")
    read_along = ("taker", "agency")
    ordering = ("-started_at",)


@admin.register(PersonalAccess)
class PersonalAccessAdmin(TrailAdmin):
    list_display = (
        column("valid_from"),
        column("valid_until"),
        column("user"),
        column("level"),
        column("reason"),
        column("granted_by"),
        column("second_by"),
    )
    read_along = ("user", "granted_by", "second_by")
    ordering = ("-valid_from",)


class DeskTextAdmin(ScopedAdmin):
    """Texts of the desk that supervisors of the hotline edit. Nothing is deleted: it is switched off."""

    view_rights = add_rights = change_rights = ("tips.edit_guide",)

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        is_hotline = user.acting is not None and user.acting.agency.is_hotline
        return rows if is_hotline and user.has_perm("tips.edit_guide") else rows.none()


class DoorFilter(admin.SimpleListFilter):
    """The doors by their names; a question for all of them stands under a word, not under an empty link."""

    title = "door"
    parameter_name = "door"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("every", "For all of them"), *Door.choices]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        door = self.value()
        return queryset.filter(door="" if door == "every" else door) if door else queryset


@admin.register(GuideQuestion)
class GuideQuestionAdmin(DeskTextAdmin):
    list_display = ("text", "door", "situation", "order", "is_active")
    list_filter = ("is_active", DoorFilter)
    search_fields = ("text",)
    ordering = ("order", "code")
    fields = ("code", "text", "why", "listened", "door", "situation", "order", "is_active", "source")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Contacts name a question by its code.
        return () if obj is None else ("code",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        choices = {"door": _doors, "situation": _situations}.get(db_field.name)
        if choices is None or field is None:
            return field
        return forms.ChoiceField(choices=choices(), required=False, label=field.label, help_text=field.help_text)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        guide.save_question(obj, by=acting_user(request), at=timezone.now())


def _doors() -> list[tuple[str, str]]:
    return [("", "All of them"), *Door.choices]


def _situations() -> list[tuple[str, str]]:
    kinds = vocabulary().tip["exploitation"].values.items()
    return [("", "Any"), ("minor", "Somebody in contact may be under 18"), *kinds]


class StateDutyForm(BaseForm):
    """What was written is checked by somebody else: ticking changes nothing but that."""

    checked = forms.BooleanField(required=False, label="I have checked this against its source")
    user: User | None = None

    def clean(self) -> Any:
        cleaned = super().clean()
        wrote = [name for name in self.changed_data if name != "checked"]
        if self.cleaned_data.get("checked") and (wrote or self.instance._state.adding):
            raise ValidationError("Save what you wrote first. A second person checks it.")
        if self.cleaned_data.get("checked") and self.user and self.instance.written_by_id == self.user.pk:
            raise ValidationError(guide.SECOND_PERSON)
        if self.cleaned_data.get("checked") and not (self.instance.duty and self.instance.source):
            raise ValidationError("Write the duty and its source first.")
        return cleaned


@admin.register(StateDuty)
class StateDutyAdmin(DeskTextAdmin):
    form = StateDutyForm
    list_display = ("state", "report_to", "written_by", "verified_by", "verified_at")
    list_select_related = ("written_by", "verified_by")
    ordering = ("state",)
    fields = (
        "state",
        "duty",
        "words",
        "report_to",
        "phone",
        "source",
        "checked",
        "written_by",
        "verified_by",
        "verified_at",
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # Django makes a class for each request, so the reader can stand on it.
        form = super().get_form(request, obj, change, **kwargs)
        form.user = acting_user(request)  # type: ignore[attr-defined]
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = ("written_by", "verified_by", "verified_at")
        return fixed if obj is None else ("state", *fixed)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name != "state":
            return field
        states = [(code, label) for code, label in vocabulary().tip["state"].values.items() if code != "unknown"]
        return forms.ChoiceField(choices=states, label="State")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by, at = acting_user(request), timezone.now()
        if form.cleaned_data["checked"]:
            guide.verify_duty(obj, by=by, at=at)
        else:
            guide.save_duty(obj, by=by, at=at)


class PolicyForm(BaseForm):
    """A policy and its answer in one list, so that no answer can stand beside the wrong policy."""

    choice = forms.ChoiceField(label="Policy and answer", choices=lambda: [("", "Choose one"), *_answers()])
    user: User | None = None

    def clean(self) -> Any:
        cleaned = super().clean()
        switch, _, answer = self.cleaned_data.get("choice", "").partition(":")
        if switch and self.user:
            try:
                policies.check_question(switch, answer, by=self.user)
            except Conflict as late:
                self.add_error("choice", str(late))
        return cleaned


@admin.register(PolicyAnswer)
class PolicyAnswerAdmin(ReadOnlyAdmin):
    """Answers to the policies: asked for here, decided by a second person, never changed."""

    form = PolicyForm
    view_rights = ("casework.manage_rules", "agencies.read_trail")
    add_rights = ("casework.manage_rules",)
    list_display = (
        column("switch", "Policy"),
        column("answer"),
        column("status"),
        column("asked_by"),
        column("asked_at"),
        column("decided_by"),
        column("decided_at"),
    )
    list_filter = ("status", "switch")
    read_along = ("asked_by", "decided_by")
    ordering = ("-asked_at", "-pk")
    fields = ("choice", "reason")

    def scope(self, rows: "QuerySet[Any]", user: User) -> "QuerySet[Any]":
        return rows if policies.may_decide(user) or user.has_perm("agencies.read_trail") else rows.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and policies.may_decide(request.user)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.user = acting_user(request)  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        switch, _, answer = form.cleaned_data["choice"].partition(":")
        asked = policies.ask(
            switch, answer, reason=form.cleaned_data["reason"], by=acting_user(request), at=timezone.now()
        )
        obj.pk = asked.pk

    def deeds(self, record: PolicyAnswer, user: User) -> list[Deed]:
        return [Deed(move.name, move.button, move.says) for move in POLICY.available(record, user)]

    def do(self, name: str, record: PolicyAnswer, *, by: User, at: datetime, version: int | None) -> None:
        verb = {"give": policies.give, "refuse": policies.refuse, "lapse": policies.take_back}[name]
        verb(record, by=by, at=at, version=version)


def _answers() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (switch.label, [(f"{switch.value}:{answer.value}", answer.label) for answer in answers])
        for switch, answers in ANSWERS.items()
    ]
