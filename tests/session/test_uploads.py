"""Attachments: progress is reported, invalid files are rejected before sending, and Bluesky's videos are processed."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.draft import Draft, DraftMedia
from quietfeed.models.errors import NotPossible
from quietfeed.phrases.composing import uploading_text
from quietfeed.session.events import Uploading

Opens = Callable[[str], Awaitable[Any]]
VIDEO = b"\0\0\0\x18ftypmp42" + bytes(300_000)


def draft_of(net: Any, folder: Path, name: str, data: bytes, *more: DraftMedia) -> Draft:
    file = folder / name
    file.write_bytes(data)
    return Draft("Look", (net.session.accounts[0].key,), media=(DraftMedia(str(file), "a lake in the sun"), *more))


def reported(net: Any) -> list[Uploading]:
    events: list[Uploading] = []
    net.session.events.subscribe(Uploading, events.append)
    return events


@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_each_percent_of_a_picture_is_reported(name: str, open_net: Opens, tmp_path: Path) -> None:
    net = await open_net(name)
    events = reported(net)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(400_000)
    (entry,) = await net.deliver(draft_of(net, tmp_path, "lake.png", picture))
    assert entry.state == "done", entry
    assert [each.name for each in events] == ["lake.png"] * len(events)
    percents = [each.percent for each in events]
    assert percents == sorted(set(percents))
    assert len(percents) > 4
    assert percents[-1] == 100
    last = events[-1]
    assert uploading_text(last.name, last.percent, last.total) == "sending lake.png: 100 % of 0.4 MB"
    await net.session.close()


async def test_a_video_is_processed_before_its_post_is_sent(
    open_net: Opens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = await open_net("bluesky")
    events, videos = reported(net), net.server.videos
    monkeypatch.setenv("QUIETFEED_VIDEO", net.server.url)
    (entry,) = await net.deliver(draft_of(net, tmp_path, "lake.mp4", VIDEO))
    assert entry.state == "done", entry
    assert list(videos.jobs.values()) == [VIDEO]
    here = "did:web:" + net.server.url.removeprefix("http://").replace(":", "%3A")
    assert videos.tokens == [(here, "app.bsky.video.getUploadLimits"), (here, "com.atproto.repo.uploadBlob")]
    (record,) = [each for uri, each in net.server.records.items() if "/app.bsky.feed.post/" in uri]
    assert record["embed"]["$type"] == "app.bsky.embed.video"
    assert record["embed"]["alt"] == "a lake in the sun"
    assert record["embed"]["video"]["ref"] == {"$link": "bafkvideo"}
    assert events[-1].percent == 100
    await net.session.close()


async def test_a_video_is_uploaded_once_when_its_post_is_sent_again(
    open_net: Opens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = await open_net("bluesky")
    monkeypatch.setenv("QUIETFEED_VIDEO", net.server.url)
    net.server.quirks.refused["com.atproto.repo.createRecord"] = ("InternalServerError", 502)
    (entry,) = await net.queue(draft_of(net, tmp_path, "lake.mp4", VIDEO))
    entry = await net.session.outbox.deliver(entry.id, 0)
    assert entry.state == "unclear", entry
    net.server.quirks.refused.clear()
    entry = await net.session.outbox.deliver(entry.id, 10)
    assert entry.state == "done", entry
    assert len(net.server.videos.jobs) == 1
    assert net.texts() == ["Look"]
    await net.session.close()


@pytest.mark.parametrize(
    ("quirk", "words"),
    [
        ({"refuses": "Your e-mail address is not confirmed."}, "did not accept the video: Your e-mail address is not"),
        ({"fails": "The file has no picture."}, "did not accept the video: The file has no picture."),
    ],
)
async def test_a_video_that_is_not_accepted_leaves_the_draft(
    quirk: dict[str, str], words: str, open_net: Opens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = await open_net("bluesky")
    monkeypatch.setenv("QUIETFEED_VIDEO", net.server.url)
    vars(net.server.videos).update(quirk)
    (entry,) = await net.deliver(draft_of(net, tmp_path, "lake.mp4", VIDEO))
    assert (entry.state, words in entry.reason) == ("failed", True), entry.reason
    assert [each.reason for each in net.session.composing.drafts()] == [entry.reason]
    assert net.texts() == []
    await net.session.close()


async def test_a_server_without_a_video_service_is_an_error(open_net: Opens, tmp_path: Path) -> None:
    net = await open_net("bluesky")
    (entry,) = await net.deliver(draft_of(net, tmp_path, "lake.mp4", VIDEO))
    assert entry.state == "failed"
    assert entry.reason.endswith("has no video service: the post was not sent.")
    assert net.texts() == []
    await net.session.close()


async def test_a_file_is_checked_before_anything_is_queued(open_net: Opens, tmp_path: Path) -> None:
    net = await open_net("bluesky")
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    large = draft_of(net, tmp_path, "large.mp4", VIDEO)
    with (tmp_path / "large.mp4").open("r+b") as file:
        # A hole: the size alone counts.
        file.truncate(101_000_000)
    for draft, words in (
        (draft_of(net, tmp_path, "a.pdf", b"%PDF-1.7"), "a.pdf is application/pdf, which Bluesky does not accept."),
        (large, "large.mp4 is 101 MB; Bluesky accepts at most 100 MB."),
        (draft_of(net, tmp_path, "b.mp4", VIDEO, DraftMedia(str(picture), "x")), "either one video or images"),
    ):
        with pytest.raises(NotPossible, match=words):
            await net.session.composing.send(net.session.composing.save(draft), at_once=True)
    assert net.session.outbox.entries() == []
    await net.session.close()
