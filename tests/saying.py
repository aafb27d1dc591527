"""A check of an error's message."""

import re
from collections.abc import Callable

from quietfeed.phrases.errors import error_text


def says(words: str) -> Callable[[Exception], bool]:
    """A check for `pytest.raises`: the sentence of the error matches this regular expression."""

    def check(error: Exception) -> bool:
        return re.search(words, error_text(error)) is not None

    return check
