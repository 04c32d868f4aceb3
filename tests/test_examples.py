"""The example workbooks say the same as the CSV files they are made from, blemishes and all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from examples import build

import repeatdetect as rd
from repeatdetect import filings
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"


def test_the_blemished_export_reads_as_its_source(anlan: Path) -> None:
    workbook, source = rd.read_filings(EXAMPLES / build.EXPORT), rd.read_filings(anlan / "filings.csv")
    columns = [name for name in filings.COLUMNS if name not in ("row", "source_file")]
    pd.testing.assert_frame_equal(workbook[columns], source[columns])
    assert workbook["row"].iloc[0] > 4  # title rows and a header of two rows stand above


def test_ledger_and_officials_read_as_their_sources(anlan: Path) -> None:
    for read, workbook, source in (
        (rd.read_cases, build.LEDGER, "cases.csv"),
        (rd.read_officials, build.OFFICIALS, "officials.csv"),
    ):
        ours, theirs = read(EXAMPLES / workbook), read(anlan / source)
        columns = [name for name in theirs.columns if name not in ("row", "source_file")]
        pd.testing.assert_frame_equal(ours[columns], theirs[columns])


def test_the_committed_workbooks_are_what_the_script_builds(tmp_path: Path) -> None:
    build.build(tmp_path)
    for name in (build.EXPORT, build.LEDGER, build.OFFICIALS):
        ours, fresh = (
            pd.read_excel(folder / name, header=None, dtype=str, engine="calamine") for folder in (EXAMPLES, tmp_path)
        )
        pd.testing.assert_frame_equal(ours, fresh)
