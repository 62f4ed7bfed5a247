"""What a file is by its content, and a copy of it without what cameras and editors hide inside; knows no Django."""

import io
import unicodedata
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

JPEG, PNG, PDF, TEXT = "image/jpeg", "image/png", "application/pdf", "text/plain"
ENDINGS = {JPEG: "jpg", PNG: "png", PDF: "pdf", TEXT: "txt"}
# A picture of more points would take hundreds of megabytes to look into.
MOST_POINTS = 40_000_000
_FORMATS = {"JPEG": JPEG, "PNG": PNG}
_QUALITY = 90


class Refused(ValueError):
    """A file that is not taken; the message says to a person why, and never what the file holds."""


@dataclass(frozen=True)
class Cleaned:
    """The kind by content, and the bytes to keep."""

    content_type: str
    content: bytes


def cleaned(content: bytes) -> Cleaned:
    """Pictures are drawn anew, so that place, camera, comments and whatever hangs on behind are gone.

    PDF and plain text are kept as they are. Raises Refused for everything else: the list says what is let in.
    """
    if not content:
        raise Refused("This file is empty. Choose another one.")
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _picture(content)
    if content.startswith(b"%PDF-"):
        return Cleaned(PDF, content)
    if _is_text(content):
        return Cleaned(TEXT, content)
    raise Refused(
        "Only JPEG and PNG pictures, PDF and plain text are taken. Whatever its name says, this is none of them."
    )


def _picture(content: bytes) -> Cleaned:
    try:
        with Image.open(io.BytesIO(content), formats=tuple(_FORMATS)) as opened:
            _check_size(opened)
            kind = _FORMATS[str(opened.format)]
            picture = ImageOps.exif_transpose(opened)
            picture.load()
    except Refused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise Refused("This picture cannot be read. It may be damaged; ask for it again.") from error
    modes = ("L", "RGB") if kind == JPEG else ("1", "L", "LA", "RGB", "RGBA")
    if picture.mode not in modes:
        picture = picture.convert("RGB" if kind == JPEG else "RGBA")
    # Only the points go over: no profile, comment or text of the one before.
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, format="JPEG" if kind == JPEG else "PNG", **({"quality": _QUALITY} if kind == JPEG else {}))
    return Cleaned(kind, out.getvalue())


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MOST_POINTS:
        raise Refused("This picture is too large. Ask for a smaller one.")


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters but the blanks; a web page or a script is text, and is only ever downloaded."""
    try:
        words = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(character in "\t\r\n\f" or unicodedata.category(character) != "Cc" for character in words)
