"""A line for every reading of secret content by a command: who, when, which command, how many filings; no content.

The history store keeps its own lines in itself; this file is for what is read from exports and workbooks.
"""

from __future__ import annotations

import getpass
import os
import socket
import sys
from datetime import datetime
from pathlib import Path

_ENV = "REPEATDETECT_AUDIT"


def who() -> str:
    """The person at this machine, as runs and audit name them."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid()) if hasattr(os, "getuid") else "?"
    return f"{user}@{socket.gethostname()}"


def now() -> str:
    """Local time with its offset, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def place() -> Path:
    """The log: what ``REPEATDETECT_AUDIT`` names, else a file of the user's own."""
    if told := os.environ.get(_ENV):
        return Path(told)
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return folder / "repeatdetect" / "audit.tsv"


def line(command: str, filings: int) -> None:
    """Append one.

    Raises
    ------
    OSError
        When the log cannot be written.
    """
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as log:
        log.write(f"{now()}\t{who()}\t{command}\t{filings}\n")
