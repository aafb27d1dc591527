"""The networks that the user can sign in to, for user interfaces."""

from ..sources.facts import FREE, SIGN_IN, another_network, example_handles, sign_in_commands

__all__ = ["FREE", "SIGN_IN", "another_network", "example_handles", "sign_in_commands"]
