"""The command line: what it writes, what it says, how it ends."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from repeatdetect import cli


def _ids(path: Path, column: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [row[column] for row in csv.DictReader(stream)]


def test_dedupe_writes_one_row_a_filing_in_input_order(
    anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    code = cli.main(["dedupe", str(anlan / "filings.csv"), "-o", str(out), "--json"])
    assert code == 0
    assert _ids(out / "filings.csv", "filing_id") == _ids(anlan / "filings.csv", "信访编号")
    assert json.loads(capsys.readouterr().out)["counts"]["filings"] == 210


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["dedupe"], "E231"),
        (["dedupe", "x.csv", "-o"], "E232"),
        (["dedupe", "x.csv", "-o", "out", "--caes", "y"], "E230"),
        (["dedup"], "E233"),
        (["dedupe", "missing.csv", "-o", "out"], "E101"),
        (["dedupe", ".", "-o", "out"], "E101"),
        (["dedupe", "missing.csv", "-o", "out", "--map", "text"], "E221"),
    ],
)
def test_unusable_arguments_end_in_one_chinese_paragraph(
    arguments: list[str], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"[{code}] ")
    assert said.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_failed_run_leaves_the_old_result(anlan: Path, tmp_path: Path) -> None:
    out, broken = tmp_path / "out", tmp_path / "broken.xlsx"
    assert cli.main(["dedupe", str(anlan / "filings.csv"), "-o", str(out), "--quiet"]) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    assert cli.main(["dedupe", str(broken), "-o", str(out)]) == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
