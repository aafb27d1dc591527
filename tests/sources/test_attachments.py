"""Files to attach: types by content, sizes, and images made smaller and without location data."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from quietfeed.models.compose import ComposeRules
from quietfeed.models.draft import DraftMedia
from quietfeed.models.errors import RequestRejected
from quietfeed.sources.attachments import mime_of, read_attachment, size_of
from quietfeed.tests.saying import says

RULES = ComposeRules(image_bytes=20_000, video_bytes=1_000, media_types=("image/png", "image/jpeg", "video/mp4"))


def picture(path: Path, kind: str, size: tuple[int, int] = (300, 200), **parts: object) -> DraftMedia:
    Image.effect_noise(size, 90).convert("RGB").save(path, kind, **parts)
    return DraftMedia(str(path), "noise")


def test_a_small_image_is_sent_as_it_is(tmp_path: Path) -> None:
    medium = picture(tmp_path / "a.png", "PNG", (40, 30))
    read = read_attachment(medium, RULES, "Here")
    assert (read.mime, read.width, read.height, read.alt) == ("image/png", 40, 30, "noise")
    assert read.data == (tmp_path / "a.png").read_bytes()


def test_a_large_image_is_made_smaller(tmp_path: Path) -> None:
    read = read_attachment(picture(tmp_path / "a.png", "PNG"), RULES, "Here")
    assert len(read.data) <= 20_000
    assert read.mime == "image/jpeg"
    assert size_of(read.data) == (read.width, read.height)


def test_the_location_of_a_photo_is_removed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "camera"
    medium = picture(tmp_path / "a.jpg", "JPEG", (60, 40), exif=exif)
    assert b"camera" in (tmp_path / "a.jpg").read_bytes()
    assert b"camera" not in read_attachment(medium, RULES, "Here").data


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("none.png", None, "cannot be read"),
        ("empty.png", b"", "is empty"),
        ("text.txt", b"words", "does not accept"),
        ("long.mp4", b"\0\0\0\x18ftypisom" + b"\0" * 2_000, "Here accepts"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"x" * 30_000, "cannot be read as an image"),
    ],
)
def test_an_unsuitable_file_is_rejected_in_one_sentence(
    name: str, data: bytes | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(RequestRejected, check=says(words)):
        read_attachment(DraftMedia(str(path)), RULES, "Here")


def test_types_are_recognised_by_content() -> None:
    assert mime_of("a.txt", b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert mime_of("a", b"RIFF0000WEBPVP8 ") == "image/webp"
    assert mime_of("a", b"\0\0\0\x1cftypavif") == "image/avif"
    assert mime_of("a.flac", b"?") == "audio/x-flac" or mime_of("a.flac", b"?") == "audio/flac"
    file = BytesIO()
    Image.new("P", (7, 5)).save(file, "GIF")
    assert size_of(file.getvalue()) == (7, 5)
    assert size_of(b"\xff\xd8\xff") == (0, 0)
