"""The screens at a real terminal: signals and ctrl+z restore it, and fg redraws everything."""

import shutil
import signal
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are of Unix", allow_module_level=True)

from pathlib import Path

from quietfeed.tests.terminal import SECONDS, Terminal

RESTORED = ("\x1b[?1049l", "\x1b[?1000l", "\x1b[?25h")
"""The alternate screen and mouse reports are off, the cursor is shown."""
DRAWN = "A demo world"


def environment(home: Path) -> dict[str, str]:
    return {
        "QUIETFEED_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "PS1": "ready> ",
        "COLORTERM": "",
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_program_restores_the_terminal(number: signal.Signals, tmp_path: Path) -> None:
    with Terminal([sys.executable, "-m", "quietfeed", "--demo"], environment(tmp_path)) as terminal:
        terminal.read_until(DRAWN)
        terminal.forget()
        terminal.process.send_signal(number)
        assert terminal.ended() == 128 + number
        assert [each for each in RESTORED if each not in terminal.seen] == []
        assert "Traceback" not in terminal.seen


@pytest.mark.parametrize("controls", [True, False])
def test_the_program_ends_when_its_terminal_is_closed(controls: bool, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "quietfeed", "--demo"]
    with Terminal(command, environment(tmp_path), controls=controls) as terminal:
        terminal.read_until(DRAWN)
        terminal.close()
        assert terminal.process.wait(SECONDS) == 128 + signal.SIGHUP


def test_ctrl_z_suspends_and_fg_draws_everything_again(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("job control needs a shell")
    with Terminal([bash, "--norc", "--noprofile", "-i"], environment(tmp_path)) as terminal:
        terminal.read_until("ready> ")
        terminal.type(f"'{sys.executable}' -m quietfeed --demo\n")
        terminal.read_until(DRAWN)
        terminal.forget()
        terminal.type("\x1a")
        terminal.read_until("Stopped(?s:.*)ready> ")
        assert [each for each in RESTORED if each not in terminal.seen] == []
        # The shell gets the input now.
        terminal.type("sss\n")
        terminal.read_until("sss: command not found(?s:.*)ready> ")
        terminal.forget()
        terminal.type("fg\n")
        terminal.read_until(DRAWN)
        terminal.type("q")
        terminal.read_until("ready> ")
        assert "marked" not in terminal.seen
        terminal.forget()
        terminal.type("echo status $?\n")
        terminal.read_until("status 0")
