# ruff: noqa: E501
"""Regenerates the files of this folder: made-up exports in the layouts that networks have used.

    python tests/files/make.py

All people in them are made up. 1 is the user of the archives of X.
"""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def tweet(number: int, at: str, text: str, **parts: Any) -> dict[str, Any]:
    people = [
        {"id_str": key, "screen_name": name, "name": name.title()} for key, name in parts.pop("people", {}).items()
    ]
    return {"id_str": str(number), "created_at": at, "full_text": text, "entities": {"user_mentions": people}, **parts}


TWEETS = [
    tweet(1, "Sat Mar 07 10:00:00 +0000 2009", "@Ada good morning [1] {2} \\\"", people={"10": "Ada_Old"},
          in_reply_to_user_id_str="10", in_reply_to_screen_name="Ada_Old"),
    tweet(2, "Tue Jul 22 02:05:43 +0000 2014", "@ada and @bob", people={"10": "Ada", "11": "bob", "-1": "gone"},
          in_reply_to_user_id_str="10"),
    tweet(3, "Wed Jul 23 02:05:43 +0000 2014", "RT @bob: a &amp; b with @eve", people={"11": "bob", "12": "eve"}),
    tweet(4, "Thu Jul 24 02:05:43 +0000 2014", "a thread", in_reply_to_user_id_str="1", in_reply_to_screen_name="me"),
]  # fmt: skip
HEADERS = [
    {
        "dmConversation": {
            "conversationId": "1-10",
            "messages": [
                {"messageCreate": {"id": "9", "senderId": "10", "recipientId": "1", "createdAt": "2015-01-15T12:00:00.000Z"}},
                {"messageCreate": {"id": "8", "senderId": "1", "recipientId": "10", "createdAt": "2015-01-14T12:00:00.000Z"}},
                {"joinConversation": {"initiatingUserId": "10"}},
            ],
        }
    }
]  # fmt: skip
ACCOUNT = [{"account": {"accountId": "1", "username": "Me", "email": "me@mail.example"}}]


def follows(kind: str, *ids: str) -> list[dict[str, Any]]:
    return [{kind: {"accountId": each, "userLink": f"https://twitter.com/intent/user?user_id={each}"}} for each in ids]


def script(name: str, records: list[Any], *, one_line: bool = False) -> str:
    return f"window.YTD.{name} = " + json.dumps(records, indent=None if one_line else 2)


def archive(name: str, files: dict[str, str]) -> None:
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED) as out:
        for path, text in files.items():
            out.writestr(zipfile.ZipInfo(path, (2022, 11, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def archives() -> None:
    wrapped = [{"tweet": each} for each in TWEETS]
    lists = {
        "following.js": script("following.part0", follows("following", "10", "11", "13")),
        "follower.js": script("follower.part0", follows("follower", "10", "13")),
        "block.js": script("block.part0", follows("blocking", "14")),
        "like.js": script("like.part0", [{"like": {"tweetId": "5"}}, {"like": {"tweetId": "6", "fullText": "x"}}]),
        "account.js": script("account.part0", ACCOUNT),
    }
    # 2018: at the root, no manifest, tweets without a wrapper, everything on one line.
    archive("x-2018.zip", {**lists, "tweet.js": script("tweet.part0", TWEETS, one_line=True),
                           "direct-message-headers.js": script("x.part0", HEADERS)})  # fmt: skip
    # 2020: in data/, with a wrapper and a part; the texts of messages must not be read.
    archive("x-2020.zip", {
        **{f"data/{path}": text for path, text in lists.items()},
        "data/tweet.js": script("tweet.part0", wrapped[:2]),
        "data/tweet-part1.js": script("tweet.part1", wrapped[2:]),
        "data/direct-message-headers.js": script("direct_message_headers.part0", HEADERS),
        "data/direct-message.js": "this must not be read",
    })  # fmt: skip
    # 2022 and later: a folder around it, a manifest that lists the parts.
    listed = {"account": ["account.js"], "follower": ["follower.js"], "following": ["following.js"], "block": ["block.js"],
              "like": ["like.js"], "tweets": ["tweets.js", "tweets-part1.js"],
              "directMessageHeaders": ["direct-message-headers.js"], "directMessages": ["direct-messages.js"]}  # fmt: skip
    manifest = {
        "userInfo": {"accountId": "1", "userName": "Me", "displayName": "Me"},
        "dataTypes": {key: {"files": [{"fileName": f"data/{each}", "globalName": "", "count": "1"} for each in names]}
                      for key, names in listed.items()} | {"adMobile": {"mediaDirectory": "x"}},
    }  # fmt: skip
    archive("x-2022.zip", {
        **{f"twitter-2022-11-01-abc/data/{path}": text for path, text in lists.items()},
        "twitter-2022-11-01-abc/data/manifest.js": f"window.__THAR_CONFIG = {json.dumps(manifest)};",
        "twitter-2022-11-01-abc/data/tweets.js": script("tweets.part0", wrapped[:3]),
        "twitter-2022-11-01-abc/data/tweets-part1.js": script("tweets.part1", wrapped[3:]),
        "twitter-2022-11-01-abc/data/old/tweets.js": "not listed in the manifest",
        "twitter-2022-11-01-abc/data/direct-message-headers.js": script("direct_message_headers.part0", HEADERS),
        "twitter-2022-11-01-abc/data/direct-messages.js": "this must not be read",
    })  # fmt: skip


class Link(bytes):
    """A CID."""


def head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    size = next(each for each in (1, 2, 4, 8) if value < 1 << 8 * each)
    return bytes([major << 5 | 24 + (size.bit_length() - 1)]) + value.to_bytes(size, "big")


def cbor(value: Any) -> bytes:
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, Link):
        return b"\xd8\x2a" + head(2, len(value) + 1) + b"\0" + bytes(value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    keys = sorted(value, key=lambda each: (len(each), each))
    return head(5, len(keys)) + b"".join(cbor(key) + cbor(value[key]) for key in keys)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def link(block: bytes) -> Link:
    return Link(b"\x01\x71\x12\x20" + hashlib.sha256(block).digest())


def node(entries: list[tuple[str, Link]], left: Link | None, right: Link | None) -> dict[str, Any]:
    """A node of the tree; keys share their beginning with the one before."""
    found, before = [], b""
    for name, target in entries:
        key = name.encode()
        shared = next(
            (n for n, (a, b) in enumerate(zip(before, key, strict=False)) if a != b), min(len(before), len(key))
        )
        found.append({"p": shared, "k": key[shared:], "v": target, "t": None})
        before = key
    found[-1]["t"] = right
    return {"l": left, "e": found}


def car(records: dict[str, Any], did: str) -> bytes:
    blocks: list[bytes] = []

    def put(value: Any) -> Link:
        blocks.append(cbor(value))
        return link(blocks[-1])

    links = [(key, put(record)) for key, record in sorted(records.items())]
    third = len(links) // 3
    left, right = put(node(links[:third], None, None)), put(node(links[2 * third :], None, None))
    tree = put(node(links[third : 2 * third], left, right))
    commit = put({"did": did, "version": 3, "data": tree, "rev": "3k", "prev": None, "sig": b"\0" * 64})
    start = cbor({"roots": [commit], "version": 1})
    body = b"".join(varint(len(link(block)) + len(block)) + link(block) + block for block in blocks)
    return varint(len(start)) + start + body


ME, ADA, BOB = (f"did:plc:{letter * 24}" for letter in "mab")


def repository() -> None:
    def made(number: int, at: str, **parts: Any) -> dict[str, Any]:
        return {"createdAt": f"{at}T10:00:00.000Z", "n": number, **parts}

    def post(did: str) -> dict[str, Any]:
        return {"uri": f"at://{did}/app.bsky.feed.post/3k2", "cid": "bafy"}

    facets = [
        {
            "index": {"byteStart": 0, "byteEnd": 4},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": BOB}],
        }
    ]
    records = {
        "app.bsky.actor.profile/self": made(0, "2023-05-01", displayName="Me", ratio=-3),
        "app.bsky.graph.follow/3k1": made(1, "2023-05-01", subject=ADA),
        "app.bsky.graph.follow/3k2": made(2, "2023-05-02", subject=BOB),
        "app.bsky.graph.block/3k3": made(3, "2023-05-03", subject="did:plc:" + "c" * 24),
        "app.bsky.feed.like/3k4": made(4, "2023-06-01", subject=post(ADA)),
        "app.bsky.feed.like/3k5": made(5, "2023-07-01", subject=post(ADA)),
        "app.bsky.feed.like/3k6": made(6, "2023-07-01", subject=post(ME)),
        "app.bsky.feed.repost/3k7": made(7, "2023-08-01", subject=post(BOB)),
        "app.bsky.feed.post/3k8": made(8, "2023-09-01", text="hi", reply={"parent": post(ADA), "root": post(ADA)}),
        "app.bsky.feed.post/3k9": made(9, "2023-10-01", text="@bob", facets=facets),
    }
    (HERE / "repository.car").write_bytes(car(records, ME))


def lists() -> None:
    texts = {
        "following_accounts.csv": "Account address,Show boosts,Notify on new posts,Languages\n"
        "ada@there.example,true,false,\nbob@here.example,false,false,\"en, de\"\nnot a handle,true,false,\n",
        "muted_accounts.csv": "Account address,Hide notifications\nloud@there.example,true\n",
        "blocked_accounts.csv": "rude@there.example\n",
        "lists.csv": "Friends,ada@there.example\n\"Work, old\",carla@there.example\n",
        "bookmarks.csv": "https://there.example/users/ada/statuses/1\n",
        "domain_blocks.csv": "#domain,#severity\nspam.example,suspend\n",
        "contacts-3.vcf": "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Example\r\nN:Example;Ada;;;\r\n"
        "EMAIL;TYPE=HOME:ada@mail.example\r\nURL:https://there.example/@ada\r\n"
        "X-SOCIALPROFILE;type=twitter;x-user=ada:http://twitter.com/\r\n Ada\r\nPHOTO;ENCODING=b:" + "A" * 200 + "\r\nEND:VCARD\r\n",
        "contacts-4.vcf": "BEGIN:VCARD\nVERSION:4.0\nFN:Bob\\, the other\n"
        "item1.SOCIALPROFILE;SERVICE-TYPE=Mastodon:https://here.example/@bob\n"
        "IMPP;PREF=1:acct:bob@here.example\nURL;TYPE=\"home:page\":https://bsky.app/profile/bob.example\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nNOTE:nobody\nEND:VCARD\n",
        "feeds.opml": '<opml version="2.0"><body><outline text="A" xmlUrl="https://blog.example/feed"/></body></opml>\n',
    }  # fmt: skip
    for name, text in texts.items():
        (HERE / name).write_bytes(text.encode())


if __name__ == "__main__":
    archives()
    repository()
    lists()
