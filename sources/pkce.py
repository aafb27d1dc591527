"""The proof that the one who begins a sign-in is the one who finishes it (PKCE, RFC 7636, method S256)."""

from base64 import urlsafe_b64encode
from hashlib import sha256


def challenge_of(verifier: str) -> str:
    """What is sent at the beginning for a verifier that is sent at the end."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
