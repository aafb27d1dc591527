"""Settings with which the screens do not start: app and doctor report them in the same sentence."""

import re

import pytest

from quietfeed.models.config import Config
from quietfeed.models.errors import UsageError
from quietfeed.tui.keys import keys_of
from quietfeed.tui.settings import check_settings


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (Config(theme="neon"), "no theme 'neon'"),
        (Config(keyset="wordstar"), "keyset"),
        (Config(keys={"leave": "q"}), "no action 'leave'"),
        (Config(keys={"quit": "ctrl+banana"}), "no key 'ctrl+banana'"),
        (Config(keys={"quit": "banana"}), "no key 'banana'"),
        (Config(keys={"quit": ""}), "the action needs at least one key"),
        (Config(keys={"quit": " , ", "back": ""}), "the action needs at least one key"),
    ],
)
def test_an_invalid_setting_is_one_sentence(config: Config, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        check_settings(config)


def test_valid_settings() -> None:
    assert check_settings(Config()) == keys_of("vim", {})
    assert check_settings(Config(keys={"quit": "latin_small_letter_e_with_acute,degree_sign,ctrl+x"}))["quit"]
