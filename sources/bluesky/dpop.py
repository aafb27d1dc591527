"""Signs every request with the key of the sign-in (DPoP, RFC 9449, with ES256).

A server may require a nonce in the proof (use_dpop_nonce); the request is then repeated once with that nonce.
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

from ...models.errors import TokenUnusable
from ..http import Http, Response
from .xrpc import AGAIN, name_of

_SIZE = 32


def new_key() -> str:
    """Create a private key on P-256, as text to store with the tokens."""
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
            raise TokenUnusable("damaged", AGAIN) from None
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
        """Send a request with its proof and, if given, its token. Raises the errors of `Http.request`."""
        response = await self._once(http, method, path, token, headers, parts)
        if _wants_nonce(response) and http.server in self._nonces:
            response = await self._once(http, method, path, token, headers, parts)
        return response

    async def _once(
        self, http: Http, method: str, path: str, token: str, headers: dict[str, str] | None, parts: dict[str, Any]
    ) -> Response:
        url = urljoin(f"{http.server}/", path).partition("?")[0]
        own = {**(headers or {}), "DPoP": self.proof(method, url, token, self._nonces.get(http.server, ""))}
        if token:
            own["Authorization"] = f"DPoP {token}"
        response = await http.request(method, path, headers=own, **parts)
        if nonce := response.headers.get("dpop-nonce"):
            self._nonces[http.server] = nonce
        return response

    def proof(self, method: str, url: str, token: str = "", nonce: str = "") -> str:
        """The proof for one request: a signed JSON web token, valid only for this method, address and token."""
        claims: dict[str, Any] = {"jti": token_urlsafe(16), "htm": method, "htu": url, "iat": int(time.time())}
        if nonce:
            claims["nonce"] = nonce
        if token:
            claims["ath"] = _b64(sha256(token.encode()).digest())
        parts = ({"typ": "dpop+jwt", "alg": "ES256", "jwk": self._jwk}, claims)
        signed = ".".join(_b64(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        # A JSON web token contains the two numbers of a signature side by side (RFC 7518, 3.4), not in DER.
        numbers = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{_b64(b''.join(each.to_bytes(_SIZE, 'big') for each in numbers))}"


def _wants_nonce(response: Response) -> bool:
    if response.status not in (400, 401):
        return False
    return name_of(response) == "use_dpop_nonce" or "use_dpop_nonce" in response.headers.get("www-authenticate", "")


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
