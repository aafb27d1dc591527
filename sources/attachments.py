"""Reads files to attach, finds their type and size, and shrinks images that exceed a network's limits.

Pillow is optional and imported only when an image needs it.
"""

import mimetypes
import struct
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..models.compose import ComposeRules
from ..models.draft import DraftMedia
from ..models.errors import NotPossible

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_PIXELS = 120_000_000
"""A larger image is not decoded, because a small file can expand to fill the memory."""

_LARGEST_READ = 60_000_000
"""A larger image file is not shrunk."""

_SIDES = (4096, 3000, 2000, 1600, 1200, 800, 400, 200)
_QUALITIES = (90, 80, 65)
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
)
_BRANDS = {b"avif": "image/avif", b"heic": "image/heic", b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}


class Attachment(msgspec.Struct, frozen=True):
    """A file that is ready to be uploaded. `width` and `height` are in pixels, 0 if unknown."""

    name: str
    mime: str
    data: bytes
    alt: str = ""
    width: int = 0
    height: int = 0


def read_attachment(medium: DraftMedia, rules: ComposeRules, network: str) -> Attachment:
    """Read a file and shrink an image to fit the rules. `network` is the display name for errors. Call it in a thread.

    Raises RequestRejected if the file cannot be read, is too large, or has a type that the network does not accept.
    """
    path = Path(medium.path).expanduser()
    try:
        size = path.stat().st_size
        if size > max(rules.video_bytes, rules.image_bytes, _LARGEST_READ):
            raise _refused(f"{path.name} is {_megabytes(size)}, more than {network} accepts.")
        data = path.read_bytes()
    except OSError as error:
        raise _refused(f"The file {medium.path} cannot be read ({error.strerror}).") from None
    if not data:
        raise _refused(f"The file {medium.path} is empty.")
    return fit_file(Attachment(path.name, mime_of(path.name, data), data, medium.alt), rules, network)


def type_of_file(path: Path) -> str:
    """The MIME type of a file; "" if it is unknown or cannot be read."""
    try:
        with path.open("rb") as file:
            return mime_of(path.name, file.read(16))
    except OSError:
        return ""


def file_problem(path: Path, rules: ComposeRules, network: str) -> str:
    """Why a network does not accept a file, from its type and size; "" if it may. Only the beginning is read.

    An image that is too large is not a problem, because it may be shrunk before it is sent.
    """
    mime = type_of_file(path)
    if rules.media_types and mime not in rules.media_types and not _converts(mime, rules):
        return f"{path.name} is {mime or 'of an unknown type'}, which {network} does not accept."
    size = path.stat().st_size
    if not mime.startswith("image/") and size > rules.video_bytes:
        return f"{path.name} is {_megabytes(size)}; {network} accepts at most {_megabytes(rules.video_bytes)}."
    return ""


def fit_file(file: Attachment, rules: ComposeRules, network: str) -> Attachment:
    """Check the type and size of a file, and shrink an image to fit. Raises RequestRejected. Call it in a thread."""
    if rules.media_types and file.mime not in rules.media_types and not _converts(file.mime, rules):
        raise _refused(f"{file.name} is {file.mime or 'of an unknown type'}, which {network} does not accept.")
    if file.mime.startswith("image/"):
        return _image(file, rules, network)
    size = len(file.data)
    if size > rules.video_bytes:
        raise _refused(f"{file.name} is {_megabytes(size)}; {network} accepts at most {_megabytes(rules.video_bytes)}.")
    return file


def mime_of(name: str, data: bytes) -> str:
    """The MIME type, from the first bytes or else from the name; "" if unknown."""
    for start, mime in _SIGNATURES:
        if data.startswith(start):
            return mime
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "video/mp4")
    return mimetypes.guess_type(name)[0] or ""


def size_of(data: bytes) -> tuple[int, int]:
    """The width and height of a PNG, GIF or JPEG, read from its header; (0, 0) if unknown."""
    try:
        if data.startswith(b"\x89PNG"):
            return struct.unpack(">II", data[16:24])
        if data.startswith(b"GIF8"):
            return struct.unpack("<HH", data[6:10])
        if data.startswith(b"\xff\xd8"):
            return _jpeg_size(data)
    except (struct.error, IndexError):
        pass
    return 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    place = 2
    while data[place] == 0xFF:
        marker = data[place + 1]
        # A frame header. DHT, JPG and DAC have numbers in this range but are other segments.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
    return 0, 0


def _image(attachment: Attachment, rules: ComposeRules, network: str) -> Attachment:
    fits = len(attachment.data) <= rules.image_bytes
    accepted = not rules.media_types or attachment.mime in rules.media_types
    if fits and accepted and not _has_exif(attachment):
        width, height = size_of(attachment.data)
        return msgspec.structs.replace(attachment, width=width, height=height)
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError:
        if fits and accepted:
            width, height = size_of(attachment.data)
            return msgspec.structs.replace(attachment, width=width, height=height)
        raise _refused(
            f"{attachment.name} is {_megabytes(len(attachment.data))} and {network} accepts at most"
            f" {_megabytes(rules.image_bytes)}: `pip install 'quietfeed[images]'` lets quietfeed shrink it."
        ) from None
    try:
        with Image.open(BytesIO(attachment.data)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise _refused(f"{attachment.name} has too many pixels to be shrunk.")
            upright = ImageOps.exif_transpose(opened) or opened
            return _shrunk(attachment, upright, rules, network)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise _refused(f"{attachment.name} cannot be read as an image.") from None


def _shrunk(attachment: Attachment, image: "Image", rules: ComposeRules, network: str) -> Attachment:
    """Encode an image again so that it fits, without its EXIF data (camera and location)."""
    transparent = "A" in image.getbands() or "transparency" in image.info
    if transparent and attachment.mime == "image/png":
        encoded = _encoded(image.convert("RGBA"), "PNG", 0)
        if len(encoded) <= rules.image_bytes:
            return _with(attachment, encoded, "image/png", image.size)
    picture = image.convert("RGB")
    for side in _SIDES:
        if side < max(picture.size):
            picture.thumbnail((side, side))
        for quality in _QUALITIES:
            encoded = _encoded(picture, "JPEG", quality)
            if len(encoded) <= rules.image_bytes:
                return _with(attachment, encoded, "image/jpeg", picture.size)
    raise _refused(f"{attachment.name} cannot be shrunk enough for {network}.")


def _encoded(image: "Image", kind: str, quality: int) -> bytes:
    file = BytesIO()
    if kind == "JPEG":
        image.save(file, kind, quality=quality, optimize=True)
    else:
        image.save(file, kind, optimize=True)
    return file.getvalue()


def _with(attachment: Attachment, data: bytes, mime: str, size: tuple[int, int]) -> Attachment:
    return msgspec.structs.replace(attachment, data=data, mime=mime, width=size[0], height=size[1])


def _has_exif(attachment: Attachment) -> bool:
    """Whether a JPEG contains EXIF data (camera and location), which not every server removes."""
    return attachment.mime == "image/jpeg" and b"Exif\x00\x00" in attachment.data[:65_536]


def _converts(mime: str, rules: ComposeRules) -> bool:
    """Whether Pillow can convert an image to a type that the network accepts."""
    return mime in ("image/webp", "image/gif", "image/bmp", "image/tiff") and "image/jpeg" in rules.media_types


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB".replace(".0 MB", " MB")


def _refused(sentence: str) -> NotPossible:
    return NotPossible(sentence)
