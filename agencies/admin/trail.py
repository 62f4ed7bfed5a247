"""The trail, its seals and its anchors."""

from django.contrib import admin

from agencies.admin_base import TrailAdmin
from agencies.admin_filters import ActorFilter, AgencyFilter, SinceFilter, TipFilter, UntilFilter, VerbFilter
from agencies.admin_words import column
from agencies.models import Anchor, AuditEvent, Seal


@admin.register(AuditEvent)
class AuditEventAdmin(TrailAdmin):
    list_display = (
        column("at", "When"),
        column("actor_name", "Who"),
        column("agency_name", "Agency"),
        column("role"),
        column("verb", "Deed"),
        column("kind", "On what"),
        column("tip"),
        column("outcome"),
        column("reason"),
    )
    list_filter = (SinceFilter, UntilFilter, ActorFilter, AgencyFilter, VerbFilter, TipFilter)
    ordering = ("-at", "-pk")


@admin.register(Seal)
class SealAdmin(TrailAdmin):
    list_display = (column("id", "Seal"), column("first_event"), column("last_event"), column("sealed_at"))
    ordering = ("-pk",)


@admin.register(Anchor)
class AnchorAdmin(TrailAdmin):
    list_display = (column("anchored_at"), column("seal"), column("sent_to"))
    ordering = ("-anchored_at",)
