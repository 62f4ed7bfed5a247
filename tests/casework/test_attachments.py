"""Files of a contact over HTTP: asked about first, sealed on disk, downloaded by the desk that took them alone."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from agencies.models import AuditEvent
from agencies.scope import acting_as
from tests.casework.pages import sign_in
from tests.factories import NOW, World, log_tip, route
from tips.actions import attachments, intake
from tips.models import Attachment, Contact, Tip
from tips.told import PersonTold, Told

pytestmark = pytest.mark.django_db
TEXT = b"Canary words in a file"
TOLD_OF_ONE = Told(persons=(PersonTold({"role": "potential_victim"}),))


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.ATTACHMENTS_DIR = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def client(world: World) -> Client:
    return sign_in(world.operator)


@pytest.fixture
def url(client: Client) -> str:
    return client.post("/contacts/new/").headers["Location"]


def send(client: Client, url: str, content: bytes = TEXT, name: str = "CanaryName.txt", **more: str) -> Any:
    sent = {"sending": "1", "shows": "neither", "file": SimpleUploadedFile(name, content), **more}
    return client.post(f"{url}files/", sent)


def test_what_it_shows_is_asked_before_there_is_anything_to_send(client: Client, url: str) -> None:
    asked = client.get(f"{url}files/").text
    assert "What does it show, as the person says?" in asked
    assert 'type="file"' not in asked
    assert 'type="file"' in client.post(f"{url}files/", {"shows": "neither"}).text


@pytest.mark.parametrize("shows", ["child_sexual", "nudity"])
def test_sexual_imagery_is_never_taken(world: World, client: Client, url: str, shows: str) -> None:
    page = client.post(f"{url}files/", {"shows": shows}).text
    assert "report.cybertip.org" in page
    assert "1-800-843-5678" in page
    assert 'type="file"' not in page
    assert "This file is not taken" in page
    send(client, url, shows=shows)
    with acting_as(world.operator):
        assert Attachment.objects.count() == 0
        assert AuditEvent.objects.get(verb="refuse_attachment").reason == shows


def test_the_question_cannot_be_skipped(world: World, client: Client, url: str) -> None:
    assert client.post(f"{url}files/", {}).status_code == 422
    assert "Ask the person" in client.post(f"{url}files/", {}).text
    response = client.post(f"{url}files/", {"file": SimpleUploadedFile("a.txt", TEXT)})
    assert response.status_code == 422
    assert "What does it show" in response.text
    with acting_as(world.operator):
        assert Attachment.objects.count() == 0


def test_a_file_is_sealed_on_disk_and_comes_back_as_a_download(
    world: World, client: Client, url: str, store: Path
) -> None:
    assert send(client, url).status_code == 302
    files = [path for path in store.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert b"Canary" not in files[0].read_bytes()
    page = client.get(f"{url}files/").text
    assert "CanaryName.txt" in page
    assert "not scanned" in page
    with acting_as(world.operator):
        row = Attachment.objects.get()
        assert (row.content_type, row.size, row.is_scanned) == ("text/plain", len(TEXT), False)
        assert b"Canary" not in bytes(row.name)
    got = client.get(f"/files/{row.pk}/")
    assert got.content == TEXT
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"] == f'attachment; filename="file-{str(row.pk)[-6:]}.txt"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in got["Cache-Control"]
    with acting_as(world.operator):
        assert AuditEvent.objects.filter(verb="read_attachment", object_id=str(row.contact_id)).count() == 1


def test_the_content_decides_and_not_the_name(world: World, client: Client, url: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, format="PNG")
    send(client, url, out.getvalue(), name="letter.exe")
    refused = send(client, url, b"MZ\x90\x00", name="photo.jpg")
    assert refused.status_code == 422
    assert "Whatever its name says, this is none of them." in refused.text
    with acting_as(world.operator):
        assert Attachment.objects.get().content_type == "image/png"


def test_size_and_number_are_limited(world: World, client: Client, url: str, settings: Any) -> None:
    settings.ATTACHMENT_MEGABYTES, settings.ATTACHMENTS_PER_CONTACT = 1, 2
    assert "at most 1 MB" in send(client, url, b"x" * (1024 * 1024 + 1)).text
    assert "This file is empty." in send(client, url, b"").text
    assert [send(client, url).status_code for _ in range(3)] == [302, 302, 422]
    with acting_as(world.operator):
        assert Attachment.objects.count() == 2


def test_what_is_too_large_for_memory_never_reaches_a_disk(client: Client, url: str, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = send(client, url, b"x" * 5000)
    assert response.status_code == 422
    assert "it was too large" in response.text


@pytest.mark.parametrize(("who", "status"), [("operator2", 403), ("liaison", 403), ("stranger", 403), ("auditor", 403)])
def test_nobody_else_adds_files(world: World, url: str, who: str, status: int) -> None:
    assert send(sign_in(getattr(world, who)), url).status_code == status
    with acting_as(world.operator):
        assert Attachment.objects.count() == 0


def test_files_go_onto_the_tip_and_stay_with_the_desk_that_took_them(world: World, client: Client, url: str) -> None:
    send(client, url)
    with acting_as(world.operator):
        contact = Contact.objects.get()
        tip = intake.end_on_tip(contact, TOLD_OF_ONE, by=world.operator, at=NOW)
        row = Attachment.objects.get()
        assert row.tip_id == tip.pk
    route(world, tip, [world.shelter])
    assert sign_in(world.operator2).get(f"/files/{row.pk}/").content == TEXT
    for who in ("liaison", "liaison2", "stranger", "agencyadmin", "auditor", "sysadmin"):
        assert sign_in(getattr(world, who)).get(f"/files/{row.pk}/").status_code == 404


def test_a_contact_without_a_tip_forgets_its_files(
    world: World, client: Client, url: str, store: Path, django_capture_on_commit_callbacks: Any
) -> None:
    send(client, url)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {"act": "not_actionable:prank"})
    with acting_as(world.operator):
        row = Attachment.objects.get()
        assert row.removed_at is not None
    assert [path for path in store.rglob("*") if path.is_file()] == []
    assert client.get(f"/files/{row.pk}/").status_code == 404


def test_a_file_that_the_store_lost_is_said_in_words(world: World, client: Client, url: str, store: Path) -> None:
    send(client, url)
    for path in store.rglob("*"):
        if path.is_file():
            path.unlink()
    with acting_as(world.operator):
        row = Attachment.objects.get()
    assert client.get(f"/files/{row.pk}/").status_code == 503


def test_a_file_put_in_the_place_of_another_is_not_read(world: World, client: Client, url: str, store: Path) -> None:
    send(client, url)
    send(client, url, b"another file")
    one, two = (path for path in store.rglob("*") if path.is_file())
    one.write_bytes(two.read_bytes())
    with acting_as(world.operator):
        row = Attachment.objects.get(pk=one.name)
        with pytest.raises(attachments.crypto.KeyRingError):
            attachments.read(row, by=world.operator, at=NOW)


def test_a_tip_that_ended_takes_no_more(world: World) -> None:
    log_tip(world)
    with acting_as(world.operator):
        contact = Contact.objects.get()
        with pytest.raises(attachments.Conflict):
            attachments.take(contact, TEXT, name="late.txt", by=world.operator, at=NOW)
        assert Tip.objects.count() == 1
