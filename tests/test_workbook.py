"""判重台账.xlsx as other programs read it: openpyxl and LibreOffice."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils import get_column_letter

import repeatdetect as rd
from repeatdetect.grounds import questions
from repeatdetect.report import workbook
from repeatdetect.report.content import Content
from tests.conftest import HOSTILE
from tests.machine import require


@pytest.fixture(scope="module")
def book_path(anlan_result: rd.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "判重台账.xlsx"
    workbook.write(Content(anlan_result), path)
    return path


@pytest.fixture(scope="module")
def book(book_path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(book_path, rich_text=True)


def converted(path: Path, kind: str) -> Path:
    """The workbook saved anew by LibreOffice."""
    out = path.parent / "converted"
    profile = (path.parent / "profile").as_uri()
    subprocess.run(
        [require("libreoffice"), f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return out / f"{path.stem}.{kind}"


def test_sheets_are_frozen_filtered_and_ready_for_paper(book: openpyxl.Workbook) -> None:
    assert book.sheetnames[:4] == ["总览", "重复事项", "重复件明细", "待判"]
    assert book.sheetnames[-1] == "说明"
    for name in ("重复事项", "重复件明细", "待判"):
        sheet = book[name]
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref
        assert sheet.page_setup.orientation == "landscape"
        assert str(sheet.page_setup.paperSize) == "9"
        assert sheet.print_title_rows == "$1:$1"


def test_answers_come_from_a_list(book: openpyxl.Workbook) -> None:
    for name in ("重复件明细", "待判"):
        sheet = book[name]
        header = [cell.value for cell in sheet[1]]
        (choice,) = sheet.data_validations.dataValidation
        assert choice.formula1 == '"同一事项,不同事项,待定"'
        column = get_column_letter(header.index("人工结论") + 1)
        assert str(choice.sqref) == f"{column}2:{column}{sheet.max_row}"


def test_filings_lie_one_level_below_their_matter(anlan_result: rd.Result, book: openpyxl.Workbook) -> None:
    sheet = book["重复件明细"]
    level = [sheet.row_dimensions[row].outlineLevel for row in range(2, sheet.max_row + 1)]
    many = anlan_result.matters[anlan_result.matters["filings"] > 1]
    assert level.count(0) == len(many)
    assert level.count(1) == many["filings"].sum()


def test_new_passages_stand_out_inside_the_cell(anlan_result: rd.Result, book: openpyxl.Workbook) -> None:
    news = anlan_result.filings.set_index("filing_id")["new_content"]
    seen = 0
    for row in book["重复件明细"].iter_rows(min_row=2):
        if isinstance(row[11].value, CellRichText):
            red = [part.text for part in row[11].value if isinstance(part, TextBlock) and part.font.b]
            assert bool(red) == bool(row[10].value)
            assert all(piece in news[str(row[2].value)] or "；" in news[str(row[2].value)] for piece in red)
            seen += bool(red)
    assert seen > 10


def test_text_that_looks_like_a_formula_stays_text(hostile_result: rd.Result, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    workbook.write(Content(hostile_result), path)
    for opened in (path, converted(path, "xlsx")):
        sheet = openpyxl.load_workbook(opened)["重复件明细"]
        bodies = [str(sheet.cell(row, 12).value) for row in range(3, 3 + len(HOSTILE))]
        assert bodies[1].startswith("=cmd|' /C calc'!A0")
        assert "😀" in bodies[3]
        assert "长" * 5_000 in bodies[5]
        assert [sheet.cell(row, 3).value for row in range(3, 9)] == [f"=H{k}" for k in range(6)]
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_libreoffice_reads_what_was_written(book_path: Path) -> None:
    again = converted(book_path, "xlsx")
    ours, theirs = (
        pd.read_excel(p, sheet_name=None, header=None, dtype=str, engine="calamine") for p in (book_path, again)
    )
    assert list(ours) == list(theirs)
    for name in ("重复事项", "重复件明细", "待判", "说明"):
        pd.testing.assert_frame_equal(ours[name], theirs[name])


def test_rows_beyond_a_sheet_go_on_in_the_next(
    anlan_result: rd.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "LAST_ROW", 100)  # Excel's own is 1,048,575
    path = tmp_path / "book.xlsx"
    workbook.write(Content(anlan_result), path)
    book = openpyxl.load_workbook(path)
    sheets = [book[name] for name in book.sheetnames if name.startswith("重复件明细")]
    assert len(sheets) > 1
    assert all(sheet.max_row <= 101 and sheet.data_validations.count == 1 for sheet in sheets)
    ids = [str(row[2].value) for sheet in sheets for row in sheet.iter_rows(min_row=2) if row[1].value]
    many = anlan_result.matters.loc[anlan_result.matters["filings"] > 1, "matter_id"]
    assert sorted(ids) == sorted(anlan_result.filings.loc[anlan_result.filings["matter_id"].isin(many), "filing_id"])


def test_masked_workbooks_name_no_petitioner(anlan_result: rd.Result, tmp_path: Path) -> None:
    path = tmp_path / "masked.xlsx"
    workbook.write(Content(anlan_result, masked=True), path)
    written = "\n".join(
        str(cell) for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True) for cell in row if cell
    )  # fmt: skip
    source = anlan_result.corpus.filings
    secret = {name for column in ("petitioner", "phone", "id_number") for name in source[column] if len(name) > 1}
    assert [word for word in secret if word in written] == []


def test_masked_workbooks_hide_what_cells_of_another_kind_tell(tmp_path: Path) -> None:
    filings = pd.DataFrame({
        "filing_id": ["A", "B", "C"], "petitioner": ["柴守田", "", ""], "phone": ["13800001111", "", ""],
        "channel": ["柴守田来电"] * 3, "marked_repeat": ["是，同柴守田13800001111"] * 3, "place": ["石桥镇柴守田家"] * 3,
        "accused": ["", "", "冯有田"],
        "text": ["我叫储玉茹，村里的路没有修。", "村里的路没有修，储玉茹主任不管。", "柳湾村冯有田克扣低保。"],
        "date": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]),
    })  # fmt: skip
    decisions = pd.DataFrame({"left_id": ["A"], "right_id": ["B"], "decision": ["same"]})
    path = tmp_path / "masked.xlsx"
    workbook.write(Content(rd.detect(filings, decisions=decisions), masked=True), path)
    with zipfile.ZipFile(path) as package:
        written = "".join(package.read(name).decode("utf-8") for name in package.namelist() if name.endswith(".xml"))
    assert "是，同某某某" in written
    assert "石桥镇某有关问题" in written
    assert [word for word in ("柴守田", "13800001111") if word in written] == []


def test_one_question_for_each_two_matters() -> None:
    pairs = pd.DataFrame({
        "left_id": ["A", "B", "A", "C"], "right_id": ["X", "X", "C", "D"], "probability": [0.5, 0.6, 0.4, 0.9],
        "decision": ["review", "review", "review", "same"],
    })  # fmt: skip
    filings = pd.DataFrame({"filing_id": list("ABCX"), "matter_id": ["M1", "M1", "M2", "M3"]})
    asked = questions(pairs, filings)
    assert asked[["left_id", "right_id"]].to_numpy().tolist() == [["B", "X"], ["A", "C"]]
