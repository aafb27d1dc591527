"""Twenty people in a real AT Protocol network: friends, a celebrity, sellers, a hostile account, and one who blocks.

june.test is the user. ada, bob, carla, dmitri, eri, farid and gita follow her and are followed; ada, bob and carla
answer and like in both directions. `starlet` has the most followers and follows nobody; `shopone` and `shoptwo` sell;
`hostile` writes control characters that must not reach a terminal; `blocked` is blocked by june, `blocker` blocks her,
`hugo` is muted. gita makes a custom feed, lena a list and labels. All is made up.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from atproto import Network

Json = dict[str, Any]

PASSWORD = "a long password 8"
FRIENDS = ("ada", "bob", "carla", "dmitri", "eri", "farid", "gita")
OTHERS = (
    *("starlet", "gazette", "shopone", "shoptwo", "hostile", "blocked", "blocker"),
    *("hugo", "ines", "jonas", "kim", "lena"),
)
NAMES = {
    "june": "June",
    "ada": "Ada 🦊",
    "dmitri": "Дмитрий",
    "eri": "絵里",
    "farid": "فريد",
    "starlet": "The Star ✨",
    "hostile": "Mallory \x1b[31m\u202ered [b]bold[/b]",
}
BEFORE_THE_LINK = "🦊🦊 日本語のお知らせ 👩‍👩‍👧 → example.org/fox と #きつね for @ada.test"
POSTS_EACH = 11


@dataclass
class World:
    """What was written, by name. `posts` are strong references: {"uri", "cid"}."""

    network: Network
    me: str = "june.test"
    app_password: str = ""
    dids: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Json] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    feeds: dict[str, str] = field(default_factory=dict)
    """The addresses of feeds and lists, by name."""
    feed_posts: list[str] = field(default_factory=list)
    """The posts of the feed, in its order."""

    def call(self, method: str, nsid: str, who: str = "", **parts: Any) -> Any:
        """Send a request to the account server as one of the people (or as nobody). Raises HTTPStatusError."""
        headers = {"x-ratelimit-bypass": "seed", **parts.pop("headers", {})}
        if who:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        answer = httpx.request(method, f"{self.network.pds}/xrpc/{nsid}", headers=headers, timeout=60, **parts)
        if answer.is_error:
            raise RuntimeError(f"{nsid}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else {}

    def write(self, who: str, records: Iterable[tuple[str, Json]]) -> list[Json]:
        """Make records in somebody's repository: a strong reference to each."""
        writes = [
            {"$type": "com.atproto.repo.applyWrites#create", "collection": name, "value": {"$type": name, **record}}
            for name, record in records
        ]
        answer = self.call("POST", "com.atproto.repo.applyWrites", who, json={"repo": self.dids[who], "writes": writes})
        return [{"uri": each["uri"], "cid": each["cid"]} for each in answer["results"]]

    def post(self, who: str, text: str, ago: float = 0.0, **parts: Any) -> Json:
        """A post of somebody, so many minutes ago."""
        return self.write(who, [note(text, ago, **parts)])[0]

    def settle(self) -> None:
        """Wait until the AppView has read all records."""
        self.network.order("settle")

    def home(self, who: str = "june") -> list[Json]:
        """The whole following timeline of somebody, from the servers."""
        places: list[Json] = []
        cursor: str | None = ""
        while cursor is not None:
            params = {"limit": "100", **({"cursor": cursor} if cursor else {})}
            page = self.call("GET", "app.bsky.feed.getTimeline", who, params=params)
            places += page["feed"]
            cursor = page.get("cursor")
        return places


def when(ago: float) -> str:
    """A time so many minutes ago, in the format of records."""
    return (datetime.now(UTC) - timedelta(minutes=ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def note(text: str, ago: float = 0.0, **parts: Any) -> tuple[str, Json]:
    """A record of a post."""
    return "app.bsky.feed.post", {"text": text, "createdAt": when(ago), **parts}


def facet(text: str, part: str, feature: Json) -> Json:
    """A facet over a part of a text, in UTF-8 bytes."""
    start = len(text[: text.index(part)].encode())
    return {"index": {"byteStart": start, "byteEnd": start + len(part.encode())}, "features": [feature]}


def reply(root: Json, parent: Json | None = None) -> Json:
    """The field that makes a post an answer."""
    return {"root": root, "parent": parent or root}


def seed(network: Network) -> World:
    """Fill a fresh network."""
    world = World(network)
    people = ("june", *FRIENDS, *OTHERS)
    for name in people:
        _sign_up(world, name)
    made = world.call("POST", "com.atproto.server.createAppPassword", "june", json={"name": "quietfeed"})
    world.app_password = made["password"]
    _follow(world)
    for number, name in enumerate(people):
        _write_posts(world, name, number)
    world.settle()
    _talk(world)
    _unusual(world)
    world.settle()
    counts = {"starlet": (1_200_000, 12, 9_000), "gazette": (340_000, 3, 80_000), "shopone": (900, 4_000, 2_000)}
    for name, (followers, follows, posts) in counts.items():
        network.order("counts", did=world.dids[name], followers=followers, follows=follows, posts=posts)
    _label(world)
    return world


def _feeds(world: World) -> list[Json]:
    """A feed of gita's on a server of her own, one that she took away, june's list, and lena's: as june saves them."""
    posts, dids = world.posts, world.dids
    served = {name: {"did": world.network.order("generator", silent=name == "silent"), "createdAt": when(30)}
              for name in ("garden", "silent")}  # fmt: skip
    for name, title in (("garden", "Gardening 🌱"), ("gone", "Gone"), ("empty", "Empty"), ("silent", "Silent")):
        about = {"displayName": title, "description": "What grows, and what does not"}
        record = about | served.get(name, served["garden"])
        where = {"repo": dids["gita"], "collection": "app.bsky.feed.generator", "rkey": name}
        made = world.call("POST", "com.atproto.repo.putRecord", "gita", json={**where, "record": record})
        world.feeds[name] = made["uri"]
    # In no order of time; the posts of kim and lena are not in june's home timeline.
    wanted = [posts[f"{who} {n}"]["uri"] for n in (7, 2, 9) for who in ("kim", "ada", "lena", "starlet", "shopone")]
    world.feed_posts = [*wanted, *(posts[f"{who} {n}"]["uri"] for who in ("kim", "lena") for n in (1, 3, 4, 5, 6, 8))]
    world.network.order("feed", uri=world.feeds["garden"], posts=world.feed_posts, size=10, empty=False)
    world.network.order("feed", uri=world.feeds["empty"], posts=[], size=10, empty=True)
    where = {"repo": dids["gita"], "collection": "app.bsky.feed.generator", "rkey": "gone"}
    world.call("POST", "com.atproto.repo.deleteRecord", "gita", json=where)
    listed = {"name": "Walkers", "purpose": "app.bsky.graph.defs#curatelist", "createdAt": when(6)}
    (made,) = world.write("lena", [("app.bsky.graph.list", listed)])
    world.feeds["walkers"] = made["uri"]
    world.write("lena", [("app.bsky.graph.listitem", {"list": made["uri"], "subject": dids[each], "createdAt": when(6)})
                         for each in ("kim", "bob")])  # fmt: skip
    saved = (("timeline", "following", True), ("feed", world.feeds["garden"], True),
             ("list", world.feeds["walkers"], False), ("feed", world.feeds["gone"], False))  # fmt: skip
    items = [{"id": f"3k{n}", "type": kind, "value": value, "pinned": pinned}
             for n, (kind, value, pinned) in enumerate(saved)]  # fmt: skip
    return [{"$type": "app.bsky.actor.defs#savedFeedsPrefV2", "items": items}]


def _labeler(world: World) -> list[Json]:
    """lena is a labeler; june subscribed to her, and chose the effect of some of her labels."""
    definitions = [
        {"identifier": value, "severity": severity, "blurs": blurs, "defaultSetting": "warn", "adultOnly": False,
         "locales": [{"lang": tag, "name": word, "description": word} for tag, word in (("en", name), ("de", german))]}
        for value, name, german, severity, blurs in (
            ("nonsense", "Nonsense", "Unfug", "alert", "content"),
            ("scam", "Scam", "Betrug", "alert", "content"),
            ("loud", "Loud", "Laut", "inform", "none"),
        )
    ]  # fmt: skip
    policies = {"labelValues": ["nonsense", "scam", "loud"], "labelValueDefinitions": definitions}
    record = {"repo": world.dids["lena"], "collection": "app.bsky.labeler.service", "rkey": "self",
              "record": {"policies": policies, "createdAt": when(5)}}  # fmt: skip
    world.call("POST", "com.atproto.repo.putRecord", "lena", json=record)
    choice = {"$type": "app.bsky.actor.defs#contentLabelPref", "labelerDid": world.dids["lena"]}
    return [
        {"$type": "app.bsky.actor.defs#labelersPref", "labelers": [{"did": world.dids["lena"]}]},
        choice | {"label": "scam", "visibility": "hide"},
    ]


def _label(world: World) -> None:
    """Labels by the network's own labeler and by lena: of friends, of strangers, undone, expired."""
    lena, past = world.dids["lena"], when(60)
    for name, value, parts in (
        ("bob 2", "nudity", {}),
        ("ines 2", "nonsense", {"src": lena}),
        ("ines 3", "scam", {"src": lena}),
        ("ada 3", "scam", {"src": lena}),
        ("ines 4", "loud", {"src": lena}),
        ("ines 5", "scam", {"src": lena, "neg": True}),
        ("ines 6", "scam", {"src": lena, "exp": past}),
        ("ines 7", "scam", {"src": world.dids["kim"]}),
    ):
        post = world.posts[name]
        world.network.order("label", uri=post["uri"], cid=post["cid"], val=value, **parts)


def _sign_up(world: World, name: str) -> None:
    body = {"handle": f"{name}.test", "email": f"{name}@mail.test", "password": PASSWORD}
    made = world.call("POST", "com.atproto.server.createAccount", json=body)
    world.dids[name], world.tokens[name] = made["did"], made["accessJwt"]
    bio = "Use code SAVE20, link in bio, DM for collabs" if name.startswith("shop") else f"{name}, of a made-up town"
    profile = {"displayName": NAMES.get(name, name.capitalize()), "description": bio}
    record = {"repo": made["did"], "collection": "app.bsky.actor.profile", "rkey": "self", "record": profile}
    world.call("POST", "com.atproto.repo.putRecord", name, json=record)


def _follow(world: World) -> None:
    people = list(world.dids)
    follows = {
        name: {"june", "starlet", "ada"} - {name} for name in (*FRIENDS, *OTHERS) if name not in ("starlet", "gazette")
    }
    follows["june"] = {*people} - {"june", "kim", "lena", "blocked", "blocker"}
    follows |= {"starlet": set(), "gazette": set()}
    for name in ("shopone", "shoptwo", "hostile", "hugo", "ines", "jonas"):
        follows[name].discard("june")
    for name, others in follows.items():
        records = [
            ("app.bsky.graph.follow", {"subject": world.dids[each], "createdAt": when(60 * 24 * 30)})
            for each in sorted(others)
        ]
        if records:
            world.write(name, records)


_TEXTS = {
    "shopone": "FLASH SALE {n}0% off all handmade bags, use code SAVE{n}0, link in bio! Free shipping today only",
    "shoptwo": "DM me to make $5{n}0 a week from home, limited spots, promo code EARN{n}",
    "gazette": "BREAKING: item number {n} of the day, more on our site",
    "starlet": "So grateful for all of you, the new single number {n} is out now everywhere",
    "hostile": "\x1b[2J\x1b[31mred {n}\x1b[0m [bold]markup[/bold] \u202egnp.exe \x07 <b>tag</b> {n}",
}


def _write_posts(world: World, name: str, number: int) -> None:
    text = _TEXTS.get(name, f"{NAMES.get(name, name)} here, thought number {{n}} from the allotment, tomatoes are late")
    records = [note(text.format(n=n), 60 * n + number * 2 + 5, langs=["en"]) for n in range(1, POSTS_EACH)]
    for n, made in enumerate(world.write(name, records), 1):
        world.posts[f"{name} {n}"] = made


def _talk(world: World) -> None:
    posts = world.posts
    like, repost = "app.bsky.feed.like", "app.bsky.feed.repost"
    for friend in ("ada", "bob", "carla"):
        asked = world.post(friend, f"June, will you come on Sunday? {friend} asks", 30, reply=reply(posts["june 1"]))
        world.post("june", "Yes, gladly!", 29, reply=reply(posts["june 1"], asked))
        world.write(friend, [(like, {"subject": posts["june 2"], "createdAt": when(25)})])
        world.write("june", [(like, {"subject": posts[f"{friend} 1"], "createdAt": when(24)})])
    posts["june to dmitri"] = world.post("june", "Молодец!", 23, reply=reply(posts["dmitri 1"]))
    world.write("ada", [(repost, {"subject": posts["starlet 1"], "createdAt": when(20)})])
    world.write("bob", [(repost, {"subject": posts["june 3"], "createdAt": when(19)})])
    world.write("june", [(repost, {"subject": posts["eri 1"], "createdAt": when(18)})])
    quote = {"$type": "app.bsky.embed.record", "record": posts["june 4"]}
    posts["quote"] = world.post("gita", "Look at what June says", 17, embed=quote)
    quote = {"$type": "app.bsky.embed.record", "record": posts["carla 2"]}
    posts["june quotes"] = world.post("june", "Carla is right", 16, embed=quote)
    who = {"$type": "app.bsky.richtext.facet#mention", "did": world.dids["june"]}
    text = "🎂 誕生日おめでとう @june.test!"
    posts["mention"] = world.post("eri", text, 15, facets=[facet(text, "@june.test", who)])


def _unusual(world: World) -> None:
    posts, dids = world.posts, world.dids
    text = BEFORE_THE_LINK
    features = (
        ("example.org/fox", {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/fox?a=1&b=2"}),
        ("#きつね", {"$type": "app.bsky.richtext.facet#tag", "tag": "きつね"}),
        ("@ada.test", {"$type": "app.bsky.richtext.facet#mention", "did": dids["ada"]}),
    )
    posts["facets"] = world.post("bob", text, 14, facets=[facet(text, *each) for each in features], langs=["ja", "en"])
    blob = _upload(world, "carla")
    picture = {"image": blob, "alt": "A fox 🦊 \u202easleep\x1b[31m under a red bench", "aspectRatio": _SIZE}
    images = {"$type": "app.bsky.embed.images", "images": [picture, {"image": blob, "alt": ""}]}
    posts["pictures"] = world.post("carla", "Two pictures", 13, embed=images)
    record = {"$type": "app.bsky.embed.record", "record": posts["pictures"]}
    media = {"$type": "app.bsky.embed.images", "images": [{"image": _upload(world, "farid"), "alt": "Mine"}]}
    both = {"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": media}
    posts["quote with picture"] = world.post("farid", "And this is mine", 12, embed=both)
    card = {"uri": "https://example.org/shop", "title": "Bags 👜", "description": "Half price"}
    external = {"$type": "app.bsky.embed.external", "external": card}
    posts["card"] = world.post("shopone", "Sale! use code SAVE20", 11, embed=external)
    gone = world.post("kim", "This one will be deleted", 10)
    posts["answers gone"] = world.post("dmitri", "I did not expect that", 9, reply=reply(gone))
    quote = {"$type": "app.bsky.embed.record", "record": gone}
    posts["quotes gone"] = world.post("eri", "What was that?", 8, embed=quote)
    where = {"repo": dids["kim"], "collection": "app.bsky.feed.post", "rkey": gone["uri"].rpartition("/")[2]}
    world.call("POST", "com.atproto.repo.deleteRecord", "kim", json=where)
    record = {"$type": "app.bsky.embed.record", "record": posts["blocker 1"]}
    posts["quotes blocker"] = world.post("gita", "Hm", 7, embed=record)
    world.write("june", [("app.bsky.graph.block", {"subject": dids["blocked"], "createdAt": when(6)})])
    world.write("blocker", [("app.bsky.graph.block", {"subject": dids["june"], "createdAt": when(6)})])
    listed = {"name": "Close ones", "purpose": "app.bsky.graph.defs#curatelist", "createdAt": when(6)}
    (made,) = world.write("june", [("app.bsky.graph.list", listed)])
    member = {"list": made["uri"], "subject": dids["ada"], "createdAt": when(6)}
    world.write("june", [("app.bsky.graph.listitem", member)])
    posts["quotes list"] = world.post(
        "ada", "June has a list", 5, embed={"$type": "app.bsky.embed.record", "record": made}
    )
    posts["muted word"] = world.post("ines", "Broccoli, and nothing but broccoli", 4)
    posts["hidden"] = world.post("jonas", "I regret this one", 3)
    muted = {"value": "broccoli", "targets": ["content"], "actorTarget": "all"}
    preferences = [
        *_feeds(world),
        *_labeler(world),
        {"$type": "app.bsky.actor.defs#mutedWordsPref", "items": [muted]},
        {"$type": "app.bsky.actor.defs#hiddenPostsPref", "items": [posts["hidden"]["uri"]]},
    ]
    world.call("POST", "app.bsky.actor.putPreferences", "june", json={"preferences": preferences})
    world.call("POST", "app.bsky.graph.muteActor", "june", json={"actor": dids["hugo"]})
    posts["long ago"] = world.post("gita", "Found in an old notebook", 60 * 24 * 365 * 3)


_SIZE = {"width": 8, "height": 6}


def _upload(world: World, who: str) -> Json:
    headers = {"Content-Type": "image/png"}
    blob: Json = world.call("POST", "com.atproto.repo.uploadBlob", who, content=_png(who), headers=headers)["blob"]
    return blob


def _png(who: str) -> bytes:
    """A small picture in one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    width, height = _SIZE["width"], _SIZE["height"]
    row = b"\0" + bytes((zlib.crc32(who.encode()) % 256, 80, 120)) * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    )
