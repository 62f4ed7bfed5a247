"""At ten thousand analysed tips the access index drives, and no policy becomes a hashed subplan."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import Q

from agencies.models import Agency, User
from agencies.scope import acting_as
from bench.seed import SIDE_AGENCIES, seed
from casework.models import Clock, Referral
from casework.postgres.roles import as_owner
from tests import databases
from tests.conftest import template_name
from tests.factories import LONG_AGO, build_world, make_user
from tips.models import Tip, TipAccess

TIPS = 10_000


@pytest.fixture(scope="module")
def big(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, User]]:
    """Ten thousand tips; an operator of the hotline, liaisons of a big and of a small agency."""
    with django_db_blocker.unblock(), databases.clone(template_name()):
        world = build_world()
        with as_owner():
            seed(world.hotline.pk, world.operator.pk, tips=TIPS)
        agencies = Agency.objects.filter(name__startswith="Example Agency ")
        assert agencies.count() == SIDE_AGENCIES
        yield {
            "hotline": world.operator,
            "big": make_user("big", "liaison", agencies.get(name="Example Agency 0")),
            "small": make_user("small", "liaison", agencies.get(name="Example Agency 7")),
        }


def plan(queryset: "models.QuerySet[Any]") -> str:
    return queryset.explain(analyze=True, buffers=True, costs=False)


OPEN = ~Q(status__in=["closed", "merged"])


def queue(user: User) -> "models.QuerySet[Any]":
    held = TipAccess.objects.held_by(user).filter(OPEN)
    return held.select_related("tip").order_by("urgency", "next_due_at", "tip")[:50]


@pytest.mark.parametrize("who", ["hotline", "big", "small"])
def test_the_queue_is_driven_by_the_access_index(big: dict[str, User], who: str) -> None:
    with acting_as(big[who]):
        text = plan(queue(big[who]))
    assert "hashed SubPlan" not in text
    assert "Seq Scan on tips_tip" not in text
    assert "tip_access_open_queue" in text


@pytest.mark.parametrize("who", ["hotline", "big", "small"])
def test_a_tip_by_key_touches_few_pages(big: dict[str, User], who: str) -> None:
    with acting_as(big[who]):
        row = TipAccess.objects.held_by(big[who]).first()
        assert row is not None
        text = plan(Tip.objects.visible_to(big[who]).filter(pk=row.tip_id))
    assert "hashed SubPlan" not in text
    assert "Seq Scan" not in text


@pytest.mark.parametrize("who", ["hotline", "big", "small"])
def test_the_inbox_is_driven_by_the_receivers_index(big: dict[str, User], who: str) -> None:
    waiting = Q(status__in=["sent", "received", "information_requested"])
    with acting_as(big[who]):
        inbox = Referral.objects.inbox(big[who]).filter(waiting).order_by("urgency", "answer_due_at", "id")[:50]
        text = plan(inbox)
    assert "SubPlan" not in text
    assert "Seq Scan" not in text
    assert "referral_waiting_for_answer" in text or "referral_inbox" in text


def test_the_sweep_with_nothing_due_reads_a_partial_index(big: dict[str, User]) -> None:
    with acting_as(big["hotline"]):
        text = plan(
            Clock.objects.filter(
                ended_at=None, drives_queue=True, reminded_at=None, remind_at__lte=LONG_AGO - timedelta(days=3650)
            ).order_by("remind_at")
        )
    assert "clock_to_be_reminded" in text
    assert "hashed SubPlan" not in text


def test_runtime_role_is_back_after_seeding(big: dict[str, User]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user = tableowner from pg_tables where tablename = 'tips_tip'")
        assert cursor.fetchone() == (False,)
