"""PKCE (RFC 7636, method S256): proves that the client that started a sign-in also finishes it."""

from base64 import urlsafe_b64encode
from hashlib import sha256


def challenge_of(verifier: str) -> str:
    """The code challenge for a code verifier."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
