"""What was sent too late: for one person, encrypted, and only so much."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from agencies import kept

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MINE, THEIRS = UUID(int=1), UUID(int=2)


def late(rf: RequestFactory, fields: dict[str, str], session: SessionStore | None = None) -> HttpRequest:
    request = rf.post("/note/?page=2", fields)
    request.session = session or SessionStore()
    return request


def test_kept_form_opens_for_its_owner_only(rf: RequestFactory) -> None:
    request = late(rf, {"narrative": "ring twice", "flag": "a"})
    assert kept.keep(request, owner=MINE, at=NOW) is True
    found = kept.kept_for(request.session, owner=MINE)
    assert [(form.path, form.at, form.fields) for form in found] == [
        ("/note/?page=2", NOW, {"narrative": ["ring twice"], "flag": ["a"]})
    ]
    assert kept.kept_for(request.session, owner=THEIRS) == []
    assert "ring twice" not in str(request.session[kept.SESSION_KEY])


def test_five_forms_are_kept_and_the_oldest_goes(rf: RequestFactory) -> None:
    session = SessionStore()
    for number in range(6):
        kept.keep(late(rf, {"n": str(number)}, session), owner=MINE, at=NOW)
    assert [form.fields["n"] for form in kept.kept_for(session, owner=MINE)] == [["1"], ["2"], ["3"], ["4"], ["5"]]


def test_what_is_too_long_empty_or_no_form_is_not_kept(rf: RequestFactory) -> None:
    assert kept.keep(late(rf, {"narrative": "x" * 200_001}), owner=MINE, at=NOW) is False
    assert kept.keep(late(rf, {"csrfmiddlewaretoken": "t", "password": "p"}), owner=MINE, at=NOW) is False
    request = rf.post("/note/", {"a": 1}, content_type="application/json")
    request.session = SessionStore()
    assert kept.keep(request, owner=MINE, at=NOW) is False
    assert kept.SESSION_KEY not in request.session


def test_only_what_is_anybody_elses_is_dropped(rf: RequestFactory) -> None:
    session = SessionStore()
    kept.keep(late(rf, {"n": "mine"}, session), owner=MINE, at=NOW)
    kept.keep(late(rf, {"n": "theirs"}, session), owner=THEIRS, at=NOW)
    kept.drop_others(session, owner=MINE)
    assert kept.kept_for(session, owner=THEIRS) == []
    mine = kept.kept_for(session, owner=MINE)
    assert [form.fields for form in mine] == [{"n": ["mine"]}]
    kept.drop(session, "not there")
    kept.drop(session, mine[0].id)
    assert kept.SESSION_KEY not in session
