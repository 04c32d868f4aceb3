"""Fixtures that many tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import repeatdetect as rd

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def anlan() -> Path:
    """Folder of the invented county's export with its gold answers."""
    return ROOT / "examples" / "anlan"


@pytest.fixture(scope="session")
def anlan_result(anlan: Path) -> rd.Result:
    """`detect` on the 安澜县 export with its ledger and officials; do not change it."""
    return rd.detect(
        rd.read_filings(anlan / "filings.csv"),
        cases=rd.read_cases(anlan / "cases.csv"),
        officials=rd.read_officials(anlan / "officials.csv"),
    )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of development data that is not part of the project; skipped where it is absent."""
    folder = Path(os.environ.get("REPEATDETECT_SHARED", ROOT.parent / "shared")) / "data"
    if not (folder / "city-messages").is_dir():
        pytest.skip("shared development data missing (set REPEATDETECT_SHARED)")
    return folder
