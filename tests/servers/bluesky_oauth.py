"""The sign-in side of an AT Protocol network on loopback: directory, resolver, account server and authorization server.

Tests get it through the fixture `bluesky_signin`. It is as strict as the specification
(https://atproto.com/specs/oauth, RFC 9126, 7636, 9449): every proof is verified, nonces are required, codes and refresh
tokens work once. The behaviour of sessions was measured at the reference server: an expired token gets 400
ExpiredToken, a wrong password 401.
"""

import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from loopback import read_body, running

Json = dict[str, Any]

DID = "did:plc:" + "june" * 6
HANDLE = "june.here.example"
PASSWORD = "abcd-efgh-ijkl-mnop"


@dataclass
class Quirks:
    """Deviations from the normal behaviour. Numbers count the responses that are still to deviate."""

    factor: bool = False
    """The password is the account's own, and a code by e-mail is required."""
    status: str = ""
    """The account is "deactivated", "takendown" or "suspended"."""
    takedown_error: bool = False
    expired: int = 0
    """The number of requests that get 400 ExpiredToken."""
    limited: int = 0
    starting: int = 0
    lifetime: int = 7200
    """The lifetime of an access token in seconds."""
    clock: int = 0
    """Seconds that this server's clock is ahead."""
    ended: bool = False
    """No refresh token is valid any more."""
    also_known_as: str = f"at://{HANDLE}"
    document_id: str = DID
    pds: str = ""
    """The account's server by its document; "": this one."""
    resolves: bool = True
    no_oauth: bool = False
    issuer: str = ""
    """The issuer that the authorization server claims; "": the correct one."""
    authorization_server: str = ""
    """The authorization server that the account server names; "": this one."""
    resource: str = ""
    elsewhere: bool = False
    """The token endpoint is on another server."""
    sub: str = DID
    iss: str = ""
    """The issuer in the redirect of the browser; "": the correct one."""
    granular: bool = True
    """Whether permissions for single methods are supported; older servers support only the transitional ones."""
    granted: str = ""
    """The granted scope; "": the requested one."""
    nonces: bool = True
    chat: bool = True
    lacking: tuple[str, ...] = ()


@dataclass
class Grant:
    """A pushed authorization request and its state."""

    form: dict[str, str]
    jkt: str
    code: str = ""


class SignInServer(ThreadingHTTPServer):
    """The network: its quirks, its sessions, and the received requests."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, quirks: Quirks) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.quirks = quirks
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.access: dict[str, str] = {}
        """Access tokens with the thumbprint of the key they are bound to; "" for those of a session."""
        self.refresh: dict[str, str] = {}
        self.pushed: dict[str, Grant] = {}
        self.codes: dict[str, Grant] = {}
        self.jtis: set[str] = set()
        self.nonce = secrets.token_urlsafe(8)
        self.lock = Lock()

    def handle_error(self, *_: Any) -> None:
        """Tested clients may disconnect early."""

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of the requests to one path."""
        return [headers for _method, each, headers in self.requests if each == path]

    def tokens(self, jkt: str = "") -> tuple[str, str]:
        """A new pair."""
        access, refresh = _jwt(self.quirks), secrets.token_urlsafe(24)
        self.access[access], self.refresh[refresh] = jkt, jkt
        return access, refresh

    def expire(self) -> None:
        """Expire all access tokens."""
        self.quirks.expired = 0
        self.access = dict.fromkeys(self.access, "gone")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the second part of a response would wait 40 ms
    server: SignInServer

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts, quirks = urlsplit(self.path), self.server.quirks
        body = read_body(self)
        if body is None:
            return
        self.body: Json = json.loads(body) if body[:1] == b"{" else {}
        self.form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.address = f"{self.server.url}{parts.path}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((self.command, parts.path, headers))
        with self.server.lock:
            if quirks.starting > 0:
                quirks.starting -= 1
                self._send(503, {"error": "starting up"})
            elif quirks.limited > 0:
                quirks.limited -= 1
                at = str(int(time.time()) + 240)
                self._send(429, {"error": "RateLimitExceeded"}, {"RateLimit-Reset": at, "RateLimit-Remaining": "0"})
            elif parts.path in quirks.lacking:
                self._send(404, {"error": "NotFound"})
            else:
                self._route(parts.path)

    def _route(self, path: str) -> None:
        routes = {
            f"/{DID}": self._document,
            "/.well-known/oauth-protected-resource": self._resource,
            "/.well-known/oauth-authorization-server": self._metadata,
            "/oauth/par": self._par,
            "/oauth/authorize": self._authorize,
            "/oauth/token": self._token,
            "/oauth/revoke": self._revoke,
            "/xrpc/com.atproto.identity.resolveHandle": self._resolve,
            "/xrpc/com.atproto.server.createSession": self._create,
            "/xrpc/com.atproto.server.refreshSession": self._renew,
            "/xrpc/com.atproto.server.deleteSession": self._delete,
        }
        if path in routes:
            routes[path]()
        elif path == "/xrpc/app.bsky.actor.getProfile":
            self._send(200, {"did": DID, "handle": HANDLE})
        elif self._signed_in():
            self._query(path.removeprefix("/xrpc/"))

    def _query(self, nsid: str) -> None:
        if nsid == "com.atproto.server.getSession":
            self._send(200, {"did": DID, "handle": HANDLE, **self._state()})
        elif nsid.startswith("chat.bsky.") and not self.server.quirks.chat:
            self._error("InvalidToken", "Bad token method")
        else:
            self._send(200, {"feed": [], "asked": nsid, "proxy": self.headers.get("atproto-proxy", "")})

    def _document(self) -> None:
        quirks = self.server.quirks
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer"}
        document = {
            "id": quirks.document_id,
            "alsoKnownAs": [quirks.also_known_as],
            "service": [service | {"serviceEndpoint": quirks.pds or self.server.url}],
        }
        self._send(200, document)

    def _resolve(self) -> None:
        if self.query.get("handle") == HANDLE and self.server.quirks.resolves:
            self._send(200, {"did": DID})
        else:
            self._error("InvalidRequest", "Unable to resolve handle")

    def _state(self) -> Json:
        status = self.server.quirks.status
        return {"active": not status, **({"status": status} if status else {})}

    def _create(self) -> None:
        quirks = self.server.quirks
        if self.body.get("identifier") not in (HANDLE, DID) or self.body.get("password") != PASSWORD:
            self._error("AuthenticationRequired", "Invalid identifier or password", 401)
        elif quirks.factor:
            self._error("AuthFactorTokenRequired", "A sign in code has been sent to your email address", 401)
        elif quirks.takedown_error:
            self._error("AccountTakedown", "Account has been taken down", 401)
        else:
            self._session()

    def _session(self) -> None:
        access, refresh = self.server.tokens()
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.server.url}
        document = {"id": DID, "alsoKnownAs": [f"at://{HANDLE}"], "service": [service]}
        names = {"did": DID, "handle": HANDLE, "didDoc": document}
        self._send(200, {"accessJwt": access, "refreshJwt": refresh, **names, **self._state()})

    def _bearer(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _renew(self) -> None:
        if self.server.quirks.ended or self.server.refresh.pop(self._bearer(), None) is None:
            self._error("ExpiredToken", "Token has been revoked")
        else:
            self._session()

    def _delete(self) -> None:
        if self.server.refresh.pop(self._bearer(), None) is None:
            self._error("ExpiredToken", "Token has been revoked")
        else:
            self._send(200, None)

    def _signed_in(self) -> bool:
        quirks = self.server.quirks
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        bound = self.server.access.get(token)
        if bound not in (None, "", "gone") or scheme == "DPoP":
            return self._proved(token, bound)
        if quirks.expired > 0 or bound == "gone":
            quirks.expired = max(quirks.expired - 1, 0)
            self._error("ExpiredToken", "Token has expired")
        elif not token:
            self._error("AuthMissing", "Authentication Required", 401)
        elif bound is None:
            self._error("InvalidToken", "Token could not be verified")
        else:
            return True
        return False

    def _proved(self, token: str, bound: str | None) -> bool:
        jkt = self._proof(token, at_resource=True)
        if not jkt:
            return False
        if bound != jkt or self.server.quirks.expired > 0:
            self.server.quirks.expired = max(self.server.quirks.expired - 1, 0)
            challenge = {"WWW-Authenticate": 'DPoP error="invalid_token", error_description="exp claim check failed"'}
            self._send(401, {"error": "invalid_token", "message": '"exp" claim timestamp check failed'}, challenge)
            return False
        return True

    def _proof(self, token: str = "", *, at_resource: bool = False) -> str:
        """The thumbprint of the key of a valid proof; "" if an error was sent."""
        try:
            header, claims, jkt = _read_proof(self.headers.get("DPoP", ""))
        except (ValueError, KeyError, InvalidSignature):
            self._refuse("invalid_dpop_proof", "the proof is none")
            return ""
        wanted = {"htm": self.command, "htu": self.address}
        if token:
            wanted["ath"] = _b64(sha256(token.encode()).digest())
        if (header["typ"], header["alg"]) != ("dpop+jwt", "ES256") or "d" in header["jwk"]:
            self._refuse("invalid_dpop_proof", "the header is wrong")
        elif any(claims.get(name) != value for name, value in wanted.items()) or abs(claims["iat"] - time.time()) > 60:
            self._refuse("invalid_dpop_proof", "a claim is wrong")
        elif claims["jti"] in self.server.jtis:
            self._refuse("invalid_dpop_proof", "replayed")
        elif self.server.quirks.nonces and claims.get("nonce") != self.server.nonce:
            nonce = {"DPoP-Nonce": self.server.nonce}
            challenge = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"'} if at_resource else {}
            self._send(401 if at_resource else 400, {"error": "use_dpop_nonce"}, nonce | challenge)
        else:
            self.server.jtis.add(claims["jti"])
            return jkt
        return ""

    def _resource(self) -> None:
        quirks = self.server.quirks
        if quirks.no_oauth:
            self._send(404, {"error": "NotFound"})
            return
        servers = [quirks.authorization_server or self.server.url]
        self._send(200, {"resource": quirks.resource or self.server.url, "authorization_servers": servers})

    def _metadata(self) -> None:
        url = self.server.url
        if self.server.quirks.no_oauth:
            self._send(404, {"error": "NotFound"})
            return
        metadata = {
            "issuer": self.server.quirks.issuer or url,
            "authorization_endpoint": f"{url}/oauth/authorize",
            "token_endpoint": "https://evil.example/token" if self.server.quirks.elsewhere else f"{url}/oauth/token",
            "pushed_authorization_request_endpoint": f"{url}/oauth/par",
            "revocation_endpoint": f"{url}/oauth/revoke",
            "require_pushed_authorization_requests": True,
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "scopes_supported": ["atproto", "transition:generic", "transition:chat.bsky"],
        }
        self._send(200, metadata)

    def _par(self) -> None:
        jkt = self._proof()
        if not jkt:
            return
        form, client = self.form, urlsplit(self.form.get("client_id", ""))
        declared = parse_qs(client.query)
        redirect = urlsplit(form.get("redirect_uri", ""))
        allowed = [urlsplit(each).path for each in declared.get("redirect_uri", ["http://127.0.0.1/"])]
        scopes = form.get("scope", "").split()
        known = r"atproto|transition:(generic|chat\.bsky)" + (
            r"|rpc:[\w.]+\?aud=\*|repo:[\w.]+\?action=create&action=(?:delete|update)|blob:\*/\*"
            if self.server.quirks.granular
            else ""
        )
        if (client.scheme, client.netloc, client.path) != ("http", "localhost", ""):
            self._refuse("invalid_client_metadata", "no client")
        elif redirect.hostname != "127.0.0.1" or redirect.path not in allowed:
            self._refuse("invalid_request", "Invalid redirect_uri")
        elif "atproto" not in scopes or not set(scopes) <= set(declared.get("scope", ["atproto"])[0].split()):
            self._refuse("invalid_scope", "not declared")
        elif not all(re.fullmatch(known, each) for each in scopes):
            # As the reference server before it supported permissions for single methods.
            self._refuse("invalid_request", "Scope is not supported by this server")
        elif form.get("code_challenge_method") != "S256" or form.get("response_type") != "code":
            self._refuse("invalid_request", "PKCE is needed")
        else:
            uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_hex(8)}"
            self.server.pushed[uri] = Grant(form, jkt)
            self._send(201, {"request_uri": uri, "expires_in": 299})

    def _authorize(self) -> None:
        grant = self.server.pushed.pop(self.query.get("request_uri", ""), None)
        if grant is None or set(self.query) != {"client_id", "request_uri"}:
            self._refuse("invalid_request", "nothing was pushed")
            return
        grant.code = secrets.token_urlsafe(12)
        self.server.codes[grant.code] = grant
        iss = self.server.quirks.iss or self.server.url
        query = urlencode({"iss": iss, "state": grant.form["state"], "code": grant.code})
        self._send(302, None, {"Location": f"{grant.form['redirect_uri']}?{query}"})

    def _token(self) -> None:
        jkt = self._proof()
        if not jkt:
            return
        if self.form.get("grant_type") == "refresh_token":
            bound = self.server.refresh.pop(self.form.get("refresh_token", ""), None)
            if self.server.quirks.ended or bound != jkt:
                self._refuse("invalid_grant", "Invalid refresh token")
            else:
                self._tokens(jkt, self.server.quirks.granted or "atproto transition:generic")
            return
        grant = self.server.codes.pop(self.form.get("code", ""), None)
        if grant is None or grant.jkt != jkt:
            self._refuse("invalid_grant", "Invalid code")
            return
        names = ("client_id", "redirect_uri")
        challenge = _b64(sha256(self.form.get("code_verifier", "").encode()).digest())
        if grant.form["code_challenge"] != challenge or any(grant.form[n] != self.form.get(n) for n in names):
            self._refuse("invalid_grant", "Invalid code_verifier")
            return
        self._tokens(jkt, self.server.quirks.granted or grant.form["scope"])

    def _tokens(self, jkt: str, scope: str) -> None:
        access, refresh = self.server.tokens(jkt)
        tokens = {"access_token": access, "refresh_token": refresh, "token_type": "DPoP", "scope": scope}
        self._send(200, tokens | {"sub": self.server.quirks.sub, "expires_in": self.server.quirks.lifetime})

    def _revoke(self) -> None:
        if self._proof():
            self.server.refresh.pop(self.form.get("token", ""), None)
            self._send(200, {})

    def _refuse(self, name: str, words: str) -> None:
        self._send(400, {"error": name, "error_description": words})

    def _error(self, name: str, message: str, status: int = 400) -> None:
        self._send(status, {"error": name, "message": message})

    def _send(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in ({"DPoP-Nonce": self.server.nonce} | (headers or {})).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _jwt(quirks: Quirks) -> str:
    """A string in the format of a JSON web token, whose signature is not checked."""
    now = int(time.time()) + quirks.clock
    parts = ({"typ": "at+jwt"}, {"sub": DID, "iat": now, "exp": now + quirks.lifetime})
    return ".".join([*(_b64(json.dumps(part).encode()) for part in parts), secrets.token_hex(12)])


def _read_proof(text: str) -> tuple[Json, Json, str]:
    """Header, claims and the key's thumbprint (RFC 7638) of a proof whose signature is right."""
    head, middle, tail = text.split(".")
    header, claims, signature = json.loads(_unb64(head)), json.loads(_unb64(middle)), _unb64(tail)
    jwk = header["jwk"]
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(_unb64(jwk["x"])), int.from_bytes(_unb64(jwk["y"])), ec.SECP256R1()
    )
    raw = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    numbers.public_key().verify(raw, f"{head}.{middle}".encode(), ec.ECDSA(SHA256()))
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return header, claims, _b64(sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


@contextmanager
def serving(**quirks: Any) -> Iterator[SignInServer]:
    """A running network with these quirks; stopped at the end."""
    server = SignInServer(Quirks(**quirks))
    with running(server):
        yield server
