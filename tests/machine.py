"""Parts of the machine that some tests need: real servers and programs, never imitations."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))


def postgres_bin() -> Path | None:
    """Folder of initdb, pg_ctl and postgres: the newest of Debian's, else that on the PATH."""
    if _POSTGRES and (_POSTGRES[-1] / "initdb").exists():
        return _POSTGRES[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _find(part: str) -> str | None:
    if part == "postgres":
        folder = postgres_bin()
        return str(folder) if folder else None
    names = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "libreoffice": ("soffice", "libreoffice")}
    return next(filter(None, map(shutil.which, names[part])), None)


def require(part: str) -> str:
    """Path of a machine part, or the test is skipped; it fails where everything must be there.

    Parameters
    ----------
    part : str
        ``postgres`` (the folder of its programs), ``chromium`` or ``libreoffice`` (the program).
    """
    found = _find(part)
    if found is None:
        if os.environ.get("REPEATDETECT_REQUIRE_ALL") == "1":
            pytest.fail(f"machine part missing: {part}")
        pytest.skip(f"machine part missing: {part}")
    return found
