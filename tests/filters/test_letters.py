"""The ranges of scripts that undo disguises agree with the names of Unicode's letters."""

import unicodedata

from quietfeed.filters.letters import _RARE_LETTER, _RARE_SCRIPTS, _is_latin


def test_ranges_are_those_of_unicode() -> None:
    wrong = []
    for code in range(0x20000):
        letter = chr(code)
        script = unicodedata.name(letter, "").partition(" ")[0]
        # A range may hold letters that a newer Unicode names.
        if script and (
            _is_latin(letter) != (script == "LATIN") or bool(_RARE_LETTER.match(letter)) != (script in _RARE_SCRIPTS)
        ):
            wrong.append((hex(code), script))
    assert not wrong
