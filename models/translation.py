"""A translation of a post by the server that the user's account is on."""

import msgspec


class Translation(msgspec.Struct, frozen=True):
    """The translated text and warning. `source` and `language` are language codes; `provider` is the translator."""

    text: str
    warning: str = ""
    source: str = ""
    language: str = ""
    provider: str = ""
