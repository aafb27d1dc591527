"""Claims of outbox actions. A claim names a process on a machine, which may have ended since."""

import os
import socket


def owner_of(store: object) -> str:
    """The name of this process for claims; each open store of a process has its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{id(store):x}"


def may_run(owner: str) -> bool:
    """Whether the process of a claim may still be running. On another machine it may."""
    host, number = (*owner.rsplit(":", 2), "", "")[:2]
    if os.name != "posix" or host != socket.gethostname() or not number.isdigit():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
