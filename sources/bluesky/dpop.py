"""Proof of possession of a token: a key per sign-in signs every request (DPoP, RFC 9449, with ES256).

Servers hand out nonces that a proof must contain (use_dpop_nonce); the request is then made once more with it.
"""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urljoin

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from ...models.errors import SignInNeeded
from ..http import Http, Response
from .xrpc import AGAIN, name_of

_SIZE = 32


def new_key() -> str:
    """A fresh private key on P-256, as text to keep with the tokens."""
    return _b64(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(_SIZE, "big"))


class DPoPSigner:
    """Signs requests with the key of one sign-in, and remembers each server's nonce."""

    def __init__(self, key: str) -> None:
        try:
            raw = urlsafe_b64decode(key + "=" * (-len(key) % 4))
            if len(raw) != _SIZE:
                raise ValueError(len(raw))
            self._key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
        except ValueError:
            raise SignInNeeded("The key that was kept with the sign-in is damaged.", AGAIN) from None
        public = self._key.public_key().public_numbers()
        x, y = (_b64(each.to_bytes(_SIZE, "big")) for each in (public.x, public.y))
        self._jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        self._nonces: dict[str, str] = {}

    async def send(
        self,
        http: Http,
        method: str,
        path: str,
        token: str = "",
        *,
        headers: dict[str, str] | None = None,
        **parts: Any,
    ) -> Response:
        """Make a request with its proof, and with `token` where one is given. Raises what `Http.request` raises."""
        answer = await self._once(http, method, path, token, headers, parts)
        if _wants_nonce(answer) and http.server in self._nonces:
            answer = await self._once(http, method, path, token, headers, parts)
        return answer

    async def _once(
        self, http: Http, method: str, path: str, token: str, headers: dict[str, str] | None, parts: dict[str, Any]
    ) -> Response:
        url = urljoin(f"{http.server}/", path).partition("?")[0]
        own = {**(headers or {}), "DPoP": self.proof(method, url, token, self._nonces.get(http.server, ""))}
        if token:
            own["Authorization"] = f"DPoP {token}"
        answer = await http.request(method, path, headers=own, **parts)
        if nonce := answer.headers.get("dpop-nonce"):
            self._nonces[http.server] = nonce
        return answer

    def proof(self, method: str, url: str, token: str = "", nonce: str = "") -> str:
        """The proof for one request: a signed JSON web token, good for this method, address and token alone."""
        claims: dict[str, Any] = {"jti": token_urlsafe(16), "htm": method, "htu": url, "iat": int(time.time())}
        if nonce:
            claims["nonce"] = nonce
        if token:
            claims["ath"] = _b64(sha256(token.encode()).digest())
        parts = ({"typ": "dpop+jwt", "alg": "ES256", "jwk": self._jwk}, claims)
        signed = ".".join(_b64(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        # JSON web tokens carry the two numbers of a signature side by side (RFC 7518, 3.4), not in DER.
        numbers = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{_b64(b''.join(each.to_bytes(_SIZE, 'big') for each in numbers))}"


def _wants_nonce(answer: Response) -> bool:
    if answer.status not in (400, 401):
        return False
    return name_of(answer) == "use_dpop_nonce" or "use_dpop_nonce" in answer.headers.get("www-authenticate", "")


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
