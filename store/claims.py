"""Claims of outbox actions. A claim names a process on a machine, which may have ended since."""

import os
import socket


def owner_of(store: object) -> str:
    """The name of this process for claims; each open store of a process has its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{id(store):x}"


def may_run(owner: str) -> bool:
    """Whether the process of a claim may still be running. On another machine it may."""
    host, number = (*owner.rsplit(":", 2), "", "")[:2]
    return host != socket.gethostname() or not number.isdigit() or is_running(number)


def is_running(number: str) -> bool:
    """Whether a process of this machine may still be running. Something else than a number is no process."""
    if not number.isdigit():
        return False
    if os.name != "posix":
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
