"""The harness that runs ours beside its peers: costs of whole processes, answers, tables."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import __main__ as bench
from benchmarks import process


def test_one_command_writes_table_and_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bench.PEERS, "splink", ("no_such_module", 10_000))
    monkeypatch.setitem(bench.PEERS, "goldenmatch", ("json", 100))
    peers = ["tfidf", "rensa", "splink", "goldenmatch"]
    bench.main(["--sizes", "150", "400", "--peers", *peers, "--timeout", "300", "--out", str(tmp_path)])
    found = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    rows = {(row["system"], row["n"]): row for row in found["rows"]}
    assert set(rows) == {(name, n) for name in (bench.OURS, *peers) for n in (150, 400)}
    for n in (150, 400):
        ours = rows[bench.OURS, n]
        assert ours["pairwise"]["f1"] > 0.8
        assert sum(ours["stages"].values()) < ours["wall"]
        assert ours["cpu"] > 0.5
        assert ours["peak_mib"] > 50
        assert rows["splink", n]["skipped"] == "no_such_module is not installed"
        assert "100 filings" in rows["goldenmatch", n]["skipped"]
        for name in ("tfidf", "rensa"):
            row = rows[name, n]
            assert "is not installed" in row.get("skipped", "") or 0 < row["b_cubed"]["f1"] < ours["b_cubed"]["f1"]
    text = (tmp_path / "bench.md").read_text(encoding="utf-8")
    assert "no_such_module is not installed" in text
    assert "150 → 400 (× 2.7)" in text
    assert "| 400 | " in text


CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', {!r}])"
HOLD = "import time; held = bytearray(120 << 20); sum(range(10**7)); time.sleep(1)"


def test_what_a_child_holds_and_burns_counts(tmp_path: Path) -> None:
    cost = process.run([sys.executable, "-c", CHILD.format(HOLD)], tmp_path / "log", os.environ, timeout=60)
    assert not cost.failed
    assert cost.wall > 1
    assert cost.cpu > 0.1
    assert cost.peak_mib > 120


def test_failure_and_timeout_are_told(tmp_path: Path) -> None:
    broken = process.run(
        [sys.executable, "-c", "raise SystemExit('no room')"], tmp_path / "log", os.environ, timeout=60
    )
    assert broken.failed == "no room"
    late = process.run([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log", os.environ, timeout=1)
    assert late.failed == "ended after 1 s"
    assert late.wall < 30
