"""A Mastodon server on loopback for measurements. Each post contains its number. It serves HTTP and optionally TLS.

    python bench/serve.py PORT POSTS [CERTIFICATE KEY TLS_PORT]

It is the tests' server (tests/servers/mastodon.py) with the token "good". Post 0 is the newest.
"""

import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "servers"))

from mastodon import MastodonServer, Quirks, _Handler
from mastodon_world import World

_CONFIGURATION = {
    "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
    "media_attachments": {
        "supported_mime_types": [],
        "image_size_limit": 1,
        "image_matrix_limit": 1,
        "video_size_limit": 1,
        "video_frame_rate_limit": 1,
        "video_matrix_limit": 1,
    },
    "polls": {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 3000},
}
_EMPTY = ("v2/filters", "v1/filters", "v1/announcements", "v1/custom_emojis", "v1/notifications", "v1/conversations")


class Handler(_Handler):  # type: ignore[misc]
    """Handles first requests of other clients that the tests' server does not handle."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/api/").rstrip("/")
        if path == "v1/instance":
            about: dict[str, Any] = dict.fromkeys(
                ("uri", "title", "short_description", "description", "email", "version"), "4.3.0"
            )
            about |= {"urls": {"streaming_api": ""}, "stats": {"user_count": 1, "status_count": 1, "domain_count": 1}}
            about |= {"languages": [], "registrations": False, "approval_required": False, "invites_enabled": False}
            self._json(about | {"rules": [], "configuration": _CONFIGURATION, "thumbnail": None})
        elif path == "v2/instance":
            about = dict.fromkeys(("domain", "title", "source_url", "description", "version"), "4.3.0")
            about |= {"usage": {"users": {"active_month": 1}}, "thumbnail": {"url": ""}, "languages": [], "rules": []}
            about |= {"registrations": {"enabled": False, "approval_required": False, "message": None}}
            about |= {"contact": {"email": "", "account": None}}
            self._json(about | {"configuration": _CONFIGURATION | {"urls": {"streaming": ""}}})
        elif path in _EMPTY:
            self._json([])
        elif path in ("v1/preferences", "v1/markers"):
            self._json({})
        else:
            print(path, file=sys.stderr, flush=True)
            super().do_GET()


def main() -> None:
    """Serve until the process is killed."""
    server = MastodonServer(world(), Quirks(), port=int(sys.argv[1]), wire=None)
    server.RequestHandlerClass = Handler
    if len(sys.argv) > 3:
        # One of the other clients only uses https.
        secure = MastodonServer(world(), Quirks(), port=int(sys.argv[5]), wire=None)
        secure.RequestHandlerClass = Handler
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        Thread(target=secure.serve_forever, daemon=True).start()
    server.serve_forever()


def world() -> World:
    """The tests' people with a number of posts."""
    made = World(int(sys.argv[2]), datetime.now(UTC))
    for person in made.people.values():
        person |= {"avatar_static": "", "header": "", "header_static": "", "locked": False, "group": False}
    for number, status in enumerate(made.home):
        status["content"] = f"<p>WATCHED{number:05}</p>"
        # Fields that some clients require and the tests' server leaves out.
        status |= {"reblog": None, "reblogs_count": 0, "favourites_count": 0, "edited_at": None}
        status |= dict.fromkeys(("reblogged", "favourited", "bookmarked", "muted", "pinned"), False)
    return made


if __name__ == "__main__":
    main()
