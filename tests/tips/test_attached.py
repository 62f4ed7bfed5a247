"""What is let in by content, and that nothing hidden in a picture comes through."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from tips import attached
from tips.attached import Refused, cleaned

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def jpeg(*, hidden: bool = True, size: tuple[int, int] = (8, 4), mode: str = "RGB") -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[MAKE] = "CanaryCamera"
    exif.get_ifd(GPS)[1] = "N"
    exif[ORIENTATION] = 6
    extra = {"exif": exif, "comment": b"CanaryComment", "icc_profile": b"CanaryProfile"} if hidden else {}
    Image.new(mode, size).save(out, format="JPEG", **extra)
    return out.getvalue()


def png(mode: str = "RGB") -> bytes:
    out, text = io.BytesIO(), PngImagePlugin.PngInfo()
    text.add_text("Author", "CanaryAuthor")
    Image.new(mode, (8, 4)).save(out, format="PNG", pnginfo=text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (jpeg(), "image/jpeg"),
        (jpeg(mode="L"), "image/jpeg"),
        (jpeg(mode="CMYK"), "image/jpeg"),
        *((png(mode), "image/png") for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        (b"%PDF-1.7\n%%EOF", "application/pdf"),
        ("Ella dijo que s\u00ed\r\n\t\U0001f426".encode(), "text/plain"),
    ],
)
def test_the_kind_is_what_the_content_says(content: bytes, content_type: str) -> None:
    clean = cleaned(content)
    assert clean.content_type == content_type
    assert content_type in attached.ENDINGS


def test_a_photograph_loses_place_camera_comment_and_profile_and_stands_upright() -> None:
    clean = cleaned(jpeg()).content
    assert b"Canary" not in clean
    again = Image.open(io.BytesIO(clean))
    assert dict(again.getexif()) == {}
    assert again.size == (4, 8)  # It lay on its side, and said so in what is gone now.


def test_a_drawing_loses_its_words() -> None:
    clean = cleaned(png()).content
    assert b"Canary" not in clean
    assert Image.open(io.BytesIO(clean)).info == {}


@pytest.mark.parametrize("picture", [jpeg(), png()])
def test_what_hangs_on_behind_a_picture_is_gone(picture: bytes) -> None:
    assert b"CanaryScript" not in cleaned(picture + b"<script>CanaryScript</script>PK\x03\x04").content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        jpeg()[:40],
        png()[:30],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        b"GIF89a" + b"\x00" * 20,
        b"RIFF\x00\x00\x00\x00WEBP",
        b"PK\x03\x04" + b"\x00" * 20,
        b"MZ\x90\x00",
        b"\x7fELF",
        b"text with \x00",
        b"text with \x1b[31m",
        b"\xfe\xff\x00t",
        b" %PDF-1.7 \x00",
    ],
)
def test_what_is_on_no_list_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        cleaned(content)
    assert str(refused.value).endswith(".")


def test_a_picture_that_would_fill_the_memory_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "MOST_POINTS", 31)
    with pytest.raises(Refused, match="too large"):
        cleaned(jpeg(size=(8, 4)))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", jpeg()[:60]]), st.binary(max_size=300))
def test_whatever_comes_is_taken_or_refused(start: bytes, rest: bytes) -> None:
    try:
        clean = cleaned(start + rest)
    except Refused:
        return
    assert clean.content
