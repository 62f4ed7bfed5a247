"""Signing in, being locked out, and coming back to where one was."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies import kept
from agencies.middleware import ACTIVE_KEY, LOCKED_KEY
from tests.factories import PASSWORD, World

pytestmark = pytest.mark.urls("tests.casework.frame_urls")

LOGIN = "/accounts/login/"
NO_MATCH = "Name and password do not match."


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post(f"{LOGIN}{extra.pop('query', '')}", {"login": name, "password": password, **extra})


def grow_idle(client: Client, seconds: int) -> None:
    session = client.session
    session[ACTIVE_KEY] = int(time.time()) - seconds
    session.save()


def test_right_password_leads_home(client: Client, world: World) -> None:
    answer = sign_in(client, "operator")
    assert answer.status_code == 302
    assert answer.url == "/"
    assert client.get("/").url == "/desk/"


def test_wrong_password_and_unknown_name_get_the_same_answer(client: Client, world: World) -> None:
    wrong, unknown = sign_in(client, "operator", "wrong"), sign_in(client, "nobody-here", "wrong")
    assert wrong.status_code == unknown.status_code == 200
    pages = []
    for answer, name in ((wrong, "operator"), (unknown, "nobody-here")):
        page = answer.content.decode()
        assert NO_MATCH in page
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        pages.append(page.replace(name, "NAME").replace(token, "TOKEN"))
    assert pages[0] == pages[1]


def test_failed_sign_in_signs_nobody_in(client: Client, world: World) -> None:
    sign_in(client, "operator", "wrong")
    assert client.get("/").url == f"{LOGIN}?next=/"


def test_closed_account_cannot_sign_in(client: Client, world: World) -> None:
    world.operator.is_active = False
    world.operator.save()
    sign_in(client, "operator")
    assert client.get("/").url == f"{LOGIN}?next=/"


def test_fifth_failure_locks_in_plain_words_even_for_the_right_password(client: Client, world: World) -> None:
    answers = [sign_in(client, "operator", "wrong").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = sign_in(client, "operator")
    assert locked.status_code == 429
    assert "Wait before you sign in again" in locked.content.decode()
    assert "10 minutes" in locked.content.decode()
    assert "operator" not in locked.content.decode()
    assert client.get("/").status_code == 302


def test_lock_holds_neither_another_name_nor_another_place(client: Client, world: World) -> None:
    for _ in range(5):
        sign_in(client, "operator", "wrong")
    assert sign_in(Client(), "liaison").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "operator").status_code == 302


def test_success_forgets_the_failures_before_it(client: Client, world: World) -> None:
    for _ in range(4):
        sign_in(client, "operator", "wrong")
    assert sign_in(client, "operator").status_code == 302
    client.post("/accounts/logout/")
    assert sign_in(client, "operator", "wrong").status_code == 200


@pytest.mark.parametrize("address", ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "password/set/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_casework_does_not_offer_is_not_there(client: Client, world: World, address: str, method: str) -> None:
    assert getattr(client, method)(f"/accounts/{address}").status_code == 404
    client.force_login(world.operator)
    assert getattr(client, method)(f"/accounts/{address}").status_code == 404


def test_admin_login_leads_to_the_one_sign_in_page(client: Client, db: None) -> None:
    assert client.get("/admin/login/").url == f"{LOGIN}?next=/admin/"
    assert client.get("/admin/login/?next=/admin/jsi18n/").url == f"{LOGIN}?next=/admin/jsi18n/"
    assert client.post("/admin/login/", {"username": "operator", "password": PASSWORD}).url == f"{LOGIN}?next=/admin/"


def test_admin_tells_whoever_lacks_the_right_instead_of_asking_again(client: Client, world: World) -> None:
    client.force_login(world.operator)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "The admin is open to supervisors" in answer.content.decode()


def test_admin_opens_for_a_supervisor(client: Client, world: World) -> None:
    client.force_login(world.supervisor)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/").url == "/admin/"


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "http:///example.org"]
)
def test_sign_in_sends_nobody_to_another_site(client: Client, world: World, target: str) -> None:
    assert sign_in(client, "operator", next=target).url == "/"
    client.logout()
    assert client.get("/admin/login/", {"next": target}).url.startswith(f"{LOGIN}?next=")
    answer = sign_in(client, "operator", query=f"?next={target}")
    assert answer.url == "/"


def test_sign_in_returns_to_a_page_of_ours(client: Client, world: World) -> None:
    assert sign_in(client, "operator", next="/note/?page=2").url == "/note/?page=2"


def test_sign_out_needs_a_post_and_ends_the_session(client: Client, world: World) -> None:
    client.force_login(world.operator)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/note/").status_code == 200
    assert client.post("/accounts/logout/").url == LOGIN
    assert client.get("/note/").url == f"{LOGIN}?next=/note/"


def test_idle_session_locks_after_fifteen_minutes_and_says_so(client: Client, world: World) -> None:
    client.force_login(world.operator)
    client.get("/note/")
    grow_idle(client, 15 * 60 + 1)
    answer = client.get("/note/?page=2")
    assert answer.url == f"{LOGIN}?next=/note/%3Fpage%3D2"
    assert "You were signed out after 15 minutes" in client.get(answer.url).content.decode()
    assert sign_in(client, "operator", next="/note/?page=2").url == "/note/?page=2"
    assert client.get("/note/").status_code == 200
    assert LOCKED_KEY not in client.session


def test_session_lives_through_just_under_fifteen_minutes(client: Client, world: World) -> None:
    client.force_login(world.operator)
    client.get("/note/")
    grow_idle(client, 15 * 60 - 5)
    assert client.get("/note/").status_code == 200
    assert int(time.time()) - client.session[ACTIVE_KEY] < 5


def test_polling_is_not_activity(client: Client, world: World) -> None:
    client.force_login(world.operator)
    client.get("/note/")
    grow_idle(client, 600)
    state = client.get("/session/", headers={"X-Casework-Poll": "1"}).json()
    assert state["signed_in"] is True
    assert 295 <= state["seconds_left"] <= 300
    assert int(time.time()) - client.session[ACTIVE_KEY] >= 600


def test_staying_signed_in_is_activity(client: Client, world: World) -> None:
    client.force_login(world.operator)
    client.get("/note/")
    grow_idle(client, 600)
    assert client.post("/session/").json()["seconds_left"] > 890


def test_session_tells_a_stranger_nothing(client: Client, db: None) -> None:
    assert client.get("/session/").json() == {"signed_in": False, "seconds_left": 0}


def lose_a_form(client: Client, world: World) -> str:
    client.force_login(world.operator)
    client.get("/note/")
    grow_idle(client, 15 * 60 + 1)
    answer = client.post("/note/?page=2", {"narrative": "locked room, ring twice\nthen wait", "version": "7"})
    return str(answer.url)


def test_form_sent_after_the_lock_comes_back_to_the_same_person(client: Client, world: World) -> None:
    assert lose_a_form(client, world) == f"{LOGIN}?next=%2Fsession%2Fkept%2F"
    assert "Your text is saved" in client.get(LOGIN).content.decode()
    assert sign_in(client, "operator", next="/session/kept/").url == "/session/kept/"
    page = client.get("/session/kept/").content.decode()
    assert "locked room, ring twice" in page
    assert 'action="/note/?page=2"' in page
    again = client.post(
        "/note/?page=2",
        {
            "narrative": "locked room, ring twice\nthen wait",
            "version": "7",
            kept.FIELD: client.session["kept"][0]["id"],
        },
    )
    assert "POST 33 7" in again.content.decode()
    assert kept.SESSION_KEY not in client.session


def test_form_sent_after_another_tab_met_the_lock_is_kept_too(client: Client, world: World) -> None:
    client.force_login(world.operator)
    client.get("/note/")
    grow_idle(client, 15 * 60 + 1)
    client.get("/session/", headers={"X-Casework-Poll": "1"})
    assert client.post("/note/", {"narrative": "second tab"}).url == f"{LOGIN}?next=%2Fsession%2Fkept%2F"


def test_kept_form_is_nobody_elses(client: Client, world: World) -> None:
    lose_a_form(client, world)
    assert "locked room" not in str(dict(client.session))
    assert "locked room" not in client.get(LOGIN).content.decode()
    sign_in(client, "operator2")
    assert "locked room" not in client.get("/session/kept/").content.decode()
    assert kept.SESSION_KEY not in client.session


def test_kept_form_can_be_dropped(client: Client, world: World) -> None:
    lose_a_form(client, world)
    sign_in(client, "operator")
    identity = client.session["kept"][0]["id"]
    assert client.post("/session/kept/drop/", {"id": identity}).url == "/"
    assert kept.SESSION_KEY not in client.session


def test_form_of_a_stranger_is_not_kept(client: Client, db: None) -> None:
    assert client.post("/note/", {"narrative": "x"}).url == f"{LOGIN}?next=/note/"
    assert kept.SESSION_KEY not in client.session


def test_password_sent_late_is_never_kept(client: Client, world: World) -> None:
    client.force_login(world.operator)
    client.get("/note/")
    grow_idle(client, 15 * 60 + 1)
    client.post("/note/", {"password": "a secret of mine"})
    assert kept.SESSION_KEY not in client.session


def test_stale_token_brings_the_form_back_with_a_fresh_one(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.operator)
    answer = client.post("/note/", {"narrative": "typed before"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.url == reverse("session-kept")
    assert "typed before" in client.get(answer.url).content.decode()


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_foreign_form_is_refused_and_not_kept(world: World, site: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.operator)
    answer = client.post("/note/", {"narrative": "forged"}, headers={"Sec-Fetch-Site": site} if site else {})
    assert answer.status_code == 403
    assert kept.SESSION_KEY not in client.session


def test_fragment_asked_after_the_lock_becomes_a_whole_sign_in_page(client: Client, world: World) -> None:
    client.force_login(world.operator)
    client.get("/note/")
    grow_idle(client, 15 * 60 + 1)
    answer = client.get("/note/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?q=1"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"{LOGIN}?next=%2Fdesk%2F"


def test_password_is_changed_and_the_old_one_ends(client: Client, world: World) -> None:
    client.force_login(world.operator)
    new = "another long horse staple"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", fields).status_code == 302
    assert sign_in(Client(), "operator").status_code == 200
    assert sign_in(Client(), "operator", new).status_code == 302


@pytest.mark.parametrize("new", ["short", "password1234", "operator@example.org"])
def test_weak_password_is_refused_with_the_reason(client: Client, world: World, new: str) -> None:
    client.force_login(world.operator)
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = client.post("/accounts/password/change/", fields)
    assert answer.status_code == 200
    assert "to mend</h2>" in answer.content.decode()


def test_forgotten_password_answers_alike_and_writes_only_to_a_known_address(
    client: Client, world: World, mailoutbox: list[Any]
) -> None:
    known = client.post("/accounts/password/reset/", {"email": "operator@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 302
    assert known.url == unknown.url
    assert [mail.to for mail in mailoutbox] == [["operator@example.org"]]
    link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link.removeprefix("http://testserver"), follow=True)
    new = "another long horse staple"
    assert client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new}).status_code == 302
    assert sign_in(Client(), "operator", new).status_code == 302
