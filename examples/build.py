"""Build the example workbooks from examples/anlan/*.csv, with the usual blemishes of a real export.

Title rows, a header of two rows with merged cells, blank rows, dates in five ways, a column nobody uses, ids as text.
Run ``python examples/build.py`` after a change to the CSV files.
"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

HERE = Path(__file__).resolve().parent
EXPORT, LEDGER, OFFICIALS = "安澜县信访件.xlsx", "积案台账.xlsx", "分工.xlsx"
_PETITIONER = {"举报人": "姓名", "联系电话": "联系电话", "证件号码": "证件号码", "住址": "住址"}
_DATES = ("登记日期", "办结日期")
_AS_TEXT = ("%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d")
_BLANK_EVERY = 60


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / "anlan" / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _book(path: Path) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 1, 5)})  # else every build differs
    return book


def build_export(path: Path) -> None:
    """The filings of 安澜县 as its petition system would export them."""
    rows = _rows("filings.csv")
    book = _book(path)
    sheet = book.add_worksheet("信访件")
    title = book.add_format({"bold": True, "align": "center", "font_size": 14})
    head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
    day = book.add_format({"num_format": "yyyy/m/d"})
    columns = ["序号", *rows[0]]
    last = len(columns) - 1
    sheet.merge_range(0, 0, 0, last, "安澜县纪委监委信访室信访件登记表（2024—2025年）", title)
    sheet.write_string(1, 0, "导出时间：2026-01-05 09:12")
    first = columns.index(next(iter(_PETITIONER)))
    sheet.merge_range(2, first, 2, first + len(_PETITIONER) - 1, "举报人", head)
    for column, name in enumerate(columns):
        if name in _PETITIONER:
            sheet.write_string(3, column, _PETITIONER[name], head)
        else:
            sheet.merge_range(2, column, 3, column, name, head)
    at = 4
    for number, row in enumerate(rows, start=1):
        if number % _BLANK_EVERY == 0:
            at += 1
        sheet.write_number(at, 0, number)
        for column, name in enumerate(columns[1:], start=1):
            value = row[name]
            if name in _DATES and value:
                date = datetime.fromisoformat(value)
                way = number % (len(_AS_TEXT) + 1)
                if way < len(_AS_TEXT):
                    sheet.write_string(at, column, date.strftime(_AS_TEXT[way]))
                else:
                    sheet.write_datetime(at, column, date, day)
            else:
                sheet.write_string(at, column, value)
        at += 1
    book.close()


def build_table(source: str, path: Path, heading: str) -> None:
    """A plain table under one title row."""
    rows = _rows(source)
    book = _book(path)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, len(rows[0]) - 1, heading, book.add_format({"bold": True, "align": "center"}))
    cells: list[list[Any]] = [list(rows[0]), *(list(row.values()) for row in rows)]
    for at, line in enumerate(cells, start=1):
        for column, value in enumerate(line):
            sheet.write_string(at, column, value)
    book.close()


def build(folder: Path = HERE) -> None:
    """Write all three workbooks into a folder."""
    build_export(folder / EXPORT)
    build_table("cases.csv", folder / LEDGER, "安澜县信访积案化解台账")
    build_table("officials.csv", folder / OFFICIALS, "安澜县乡镇（区）党委书记与联系班子成员分工表")


if __name__ == "__main__":
    build()
