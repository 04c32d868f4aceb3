"""Fixtures that many tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import repeatdetect as rd
from tests.machine import require
from tests.stores import Server, postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def audit_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commands of the tests note what they read here, not with whoever runs the tests."""
    path = tmp_path_factory.mktemp("audit") / "audit.tsv"
    os.environ["REPEATDETECT_AUDIT"] = str(path)
    return path


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


#: what a filing may hold to break a cell, a page or a script; the last is one line of 5,000 characters
HOSTILE = (
    "<script>window.broken = 1</script><img src=http://203.0.113.9/x onerror='window.broken = 2'>",
    "=cmd|' /C calc'!A0",
    "</script><script>window.broken = 3</script> \u2028 \u2029 {{ 7*7 }} {% raw %}",
    "村里的鱼塘😀🐟被卖了👨‍👩‍👧",
    "@SUM(1+1)*cmd\x07\x0b",
    "长" * 5_000,
)


@pytest.fixture(scope="session")
def hostile_result() -> rd.Result:
    """One matter whose filings hold `HOSTILE` in title and text, in that order; do not change it."""
    filings = pd.DataFrame(
        {
            "filing_id": [f"=H{number}" for number in range(len(HOSTILE))],
            "date": pd.date_range("2024-01-01", periods=len(HOSTILE)),
            "channel": "来信",
            "petitioner": "柴<b>守田</b>",
            "accused": "刘德贵",
            "place": "石桥镇双河村",
            "title": HOSTILE,
            "text": [f"{text}\n反映石桥镇双河村刘德贵侵吞补贴{number}万元" for number, text in enumerate(HOSTILE, 3)],
        }
    )
    same = pd.DataFrame(
        [("=H0", f"=H{k}", "same") for k in range(1, len(HOSTILE))], columns=["left_id", "right_id", "decision"]
    )
    return rd.detect(filings, decisions=same)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real headless Chromium."""
    from playwright.sync_api import sync_playwright

    quiet = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=require("chromium"), args=["--no-sandbox", *quiet])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A real PostgreSQL server of our own."""
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where there is no history store yet, on either kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    server: Server = request.getfixturevalue("postgres_server")
    return server.database()


@pytest.fixture
def history(store_url: str, tmp_path: Path) -> Iterator[rd.History]:
    """A new history store, its key in ``office.key``."""
    history = rd.History.init(store_url, tmp_path / "office.key")
    yield history
    history.close()


@pytest.fixture(scope="session")
def year(anlan: Path) -> pd.DataFrame:
    """The example export by date."""
    return rd.read_filings(anlan / "filings.csv").sort_values(["date", "filing_id"]).reset_index(drop=True)
