"""What goes wrong on a server at night: killed, cut off, full, read by a thief. The store is as before or as after."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import DBAPIError

import repeatdetect as rd
from repeatdetect.decisions import Decision
from repeatdetect.errors import StoreError
from repeatdetect.history import connect, opening, schema
from repeatdetect.history.connect import engine_of, reading
from tests.conftest import ROOT
from tests.stores import Server

MOMENTS = (0.12, 0.36, 0.6, 0.84, 1.08)  # shares of a night after which it is killed
SEED = 20261125


def at_random(count: int) -> list[float]:
    """Moments of a night, half of them while or shortly before it is written."""
    draw = random.Random(SEED).uniform
    return [draw(0, 1.1) for _ in range(count // 2)] + [draw(0.7, 1.1) for _ in range(count - count // 2)]


_NIGHT = """
import os, signal, sys, time, zlib
import repeatdetect as rd

url, key, second, *moments = sys.argv[1:]
table = rd.read_filings(second)
history = rd.History.open(url, key)
start = time.perf_counter()
history.check(table)  # everything is loaded now, and one night takes about this long
took = time.perf_counter() - start
for moment in map(float, moments):
    history.close()
    child = os.fork()
    if not child:
        rd.History.open(url, key).add(table)
        os._exit(0)
    time.sleep(took * moment)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(zlib.crc32(history.export().filings.to_csv().encode()))
"""


@pytest.fixture(scope="module")
def two_nights(anlan: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("nights")
    table = pd.read_csv(anlan / "filings.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    table = table.sort_values(["登记日期", "信访编号"])
    table.iloc[:40].to_csv(folder / "first.csv", index=False)
    table.iloc[40:70].to_csv(folder / "second.csv", index=False)
    return folder / "first.csv", folder / "second.csv"


@pytest.fixture(scope="module")
def undisturbed(two_nights: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("undisturbed")
    history = rd.History.init(f"sqlite:///{folder / 'h.db'}", folder / "key")
    for night in two_nights:
        history.add(rd.read_filings(night))
    return history.export().filings


@pytest.fixture
def begun(store_url: str, two_nights: tuple[Path, Path], tmp_path: Path) -> Iterator[rd.History]:
    """A store with the first night in it."""
    history = rd.History.init(store_url, tmp_path / "key")
    history.add(rd.read_filings(two_nights[0]))
    yield history
    history.close()


def same_as(history: rd.History, expected: pd.DataFrame) -> None:
    """The store holds exactly what it should, once."""
    pd.testing.assert_frame_equal(history.export().filings, expected)
    with reading(engine_of(history.name)) as connection:
        for table, columns in ((schema.filings, ("tag",)), (schema.members, ("n",)), (schema.holds, ("left", "right"))):
            held = connection.execute(
                table.select().with_only_columns(*(table.c[c] for c in columns)).where(table.c.run_to.is_(None))
            ).all()
            assert len(held) == len(set(held)), table.name


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("moments", [MOMENTS, pytest.param(at_random(10), marks=pytest.mark.faults)], ids=len)
def test_killed_at_any_moment_then_run_again(
    begun: rd.History, two_nights: tuple[Path, Path], undisturbed: pd.DataFrame, tmp_path: Path, moments: list[float]
) -> None:
    before = begun.export().filings
    begun.close()
    arguments = [begun.name, str(tmp_path / "key"), str(two_nights[1]), *map(str, moments)]
    done = subprocess.run(
        [sys.executable, "-c", _NIGHT, *arguments], capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = done.stdout.split()
    assert len(seen) == len(moments)
    whole = {str(zlib.crc32(table.to_csv().encode())) for table in (before, undisturbed)}
    assert set(seen) <= whole, "as before the run or as after it, whenever it was killed"
    begun.add(rd.read_filings(two_nights[1]))
    same_as(begun, undisturbed)


@pytest.mark.parametrize("moments", [(0.2, 0.6, 0.9), pytest.param(at_random(10), marks=pytest.mark.faults)], ids=len)
def test_the_connection_is_cut(
    postgres_server: Server,
    two_nights: tuple[Path, Path],
    undisturbed: pd.DataFrame,
    tmp_path: Path,
    moments: list[float],
) -> None:
    history = rd.History.init(postgres_server.database(), tmp_path / "key")
    history.add(rd.read_filings(two_nights[0]))
    table = rd.read_filings(two_nights[1])
    start = time.perf_counter()
    history.check(table)
    took = time.perf_counter() - start
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> 'psql' AND pid <> pg_backend_pid()"
    said: list[str] = []
    before = history.export().filings
    for moment in moments:
        cutter = threading.Timer(took * moment, postgres_server.psql, [cut])
        cutter.start()
        try:
            history.add(table)
        except StoreError as error:
            said.append(error.code)
        cutter.join()
        found = history.export().filings
        assert found.equals(before) or found.equals(undisturbed), "as before the run or as after it"
    assert set(said) == {"E310"}, "at least one cut hit a run"
    history.add(table)
    same_as(history, undisturbed)


def test_the_disk_is_full(two_nights: tuple[Path, Path], undisturbed: pd.DataFrame, tmp_path: Path) -> None:
    """SQLite itself says so, at the moment the run is written."""
    history = rd.History.init(f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "key")
    history.add(rd.read_filings(two_nights[0]))
    before = history.export().filings
    history.close()
    full = rd.History.open(history.name, tmp_path / "key")

    @event.listens_for(full._engine, "connect")
    def _small(raw: object, _record: object) -> None:
        cursor = raw.cursor()  # type: ignore[attr-defined]
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages + 2}")

    full.close()
    with pytest.raises(StoreError, match="E308"):
        full.add(rd.read_filings(two_nights[1]))
    pd.testing.assert_frame_equal(history.export().filings, before)
    history.add(rd.read_filings(two_nights[1]))
    same_as(history, undisturbed)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs limits of POSIX")
@pytest.mark.parametrize(("free", "code"), [(0, "E308"), (1 << 30, "E309")])
def test_not_a_byte_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, code: str) -> None:
    """SQLite speaks of an I/O error then, whatever the cause; it is none of the network."""
    import resource

    history = rd.History.init(f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "key")
    history.close()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(StoreError) as caught:
            history.undo(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert isinstance(caught.value.__cause__, DBAPIError)
    assert "disk I/O error" in str(caught.value.__cause__)
    assert caught.value.code == code
    assert history.runs().empty


def test_a_clock_that_is_far_back_is_refused(
    begun: rd.History, two_nights: tuple[Path, Path], undisturbed: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock of 1999 no date of the export is one."""
    before, second = begun.export().filings, rd.read_filings(two_nights[1])
    one, other = before["filing_id"].iloc[:2]
    decision = [Decision.now(one, other, "same", "柴守田", "经核实是一件事")]
    with monkeypatch.context() as patch:
        patch.setattr(opening, "now", lambda: "1999-12-23T15:50:00+08:00")
        for call in (lambda: begun.add(second), lambda: begun.check(second), lambda: begun.decide(decision)):
            with pytest.raises(StoreError, match=r"E318.*1999-12-23 15:50.*上次运行"):
                call()
    pd.testing.assert_frame_equal(begun.export().filings, before)
    assert len(begun.runs()) == 1
    a_while_ago = (datetime.now().astimezone() - timedelta(hours=20)).isoformat(timespec="seconds")
    with monkeypatch.context() as patch:
        patch.setattr(opening, "now", lambda: a_while_ago)  # the clock of another machine, or of another zone
        begun.add(second)
    same_as(begun, undisturbed)


def test_a_clock_that_was_ahead_locks_nobody_out(
    begun: rd.History, two_nights: tuple[Path, Path], undisturbed: pd.DataFrame
) -> None:
    second = rd.read_filings(two_nights[1])
    begun.add(second)
    with connect.committing(engine_of(begun.name)) as connection:
        connection.execute(schema.runs.update().where(schema.runs.c.run == 2).values(at="2099-01-01T02:30:00+08:00"))
    with pytest.raises(StoreError, match=r"E318.*undo"):
        begun.add(second)
    begun.undo(2)
    begun.add(second)
    same_as(begun, undisturbed)


def test_a_clock_before_the_store_was_made(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = rd.History.init(store_url, tmp_path / "key")
    monkeypatch.setattr(opening, "now", lambda: "1999-12-23T15:50:00+08:00")
    with pytest.raises(StoreError, match=r"E318.*建库"):
        history.add(pd.DataFrame({"filing_id": ["1"], "text": ["石塘村支书龚培元截留补偿款。"]}))
    assert history.runs().empty
    history.close()


def test_a_thief_reads_nothing(
    begun: rd.History, two_nights: tuple[Path, Path], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    one, other = begun.export().filings["filing_id"].iloc[:2]
    begun.decide([Decision.now(one, other, "same", "柴守田", "经核实是一件事")])
    filings = begun.export().corpus.filings
    secrets: set[str] = set()
    for name in ("petitioner", "id_number", "phone", "accused", "address", "filing_id"):
        secrets |= {cell for cell in filings[name].head(25) if len(cell) > 1}
    secrets |= {cell[at : at + 5] for cell in filings["text"].head(25) for at in (0, len(cell) // 2)}
    secrets |= {"经核实", "柴守田"}
    if begun.name.startswith("sqlite"):
        folder = tmp_path
    else:
        server: Server = request.getfixturevalue("postgres_server")
        server.psql("CHECKPOINT")
        folder = server.data
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {
        (secret, path.name)
        for path in files
        for content in [path.read_bytes()]
        for secret in secrets
        if len(secret) > 1 and secret.encode() in content
    }
    assert found == set()
    assert any(b"rd_filings" in path.read_bytes() for path in files), "the store's own files were looked at"


def test_every_reading_leaves_a_line(begun: rd.History, two_nights: tuple[Path, Path]) -> None:
    told = begun.check(rd.read_filings(two_nights[1]))
    begun.export()
    with reading(engine_of(begun.name)) as connection:
        lines = connection.execute(text("SELECT command, purpose, filings, who, at FROM rd_audit ORDER BY id")).all()
    assert [(line.command, line.filings) for line in lines] == [
        ("add", 40), ("check", len(told.shown.filings)), ("export", 40),
    ]  # fmt: skip
    assert all(line.who and line.at and line.purpose for line in lines)


def test_a_restored_copy_is_the_store(
    begun: rd.History, two_nights: tuple[Path, Path], undisturbed: pd.DataFrame, tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """Store and key are copied while the store is open, both are lost, both come back."""
    key = tmp_path / "safe.key"
    shutil.copy(tmp_path / "key", key)
    if begun.name.startswith("sqlite"):
        with closing(sqlite3.connect(tmp_path / "history.db")) as connection:
            connection.execute("VACUUM INTO ?", [str(tmp_path / "copy.db")])
        restored = f"sqlite:///{tmp_path / 'copy.db'}"
    else:
        server: Server = request.getfixturevalue("postgres_server")
        restored = server.database()
        old, new = (make_url(url).database or "" for url in (begun.name, restored))
        server.call("pg_dump", "-d", old, "-f", f"{old}.sql")
        server.call("psql", "-q", "-d", new, "-f", f"{old}.sql")
    (tmp_path / "key").unlink()
    history = rd.History.open(restored, key)
    assert len(history.runs()) == 1
    history.add(rd.read_filings(two_nights[1]))
    same_as(history, undisturbed)
