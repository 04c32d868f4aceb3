"""The one look of every workbook: formats, sheets, and cells that a spreadsheet cannot misread."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import xlsxwriter

FONT = "微软雅黑"
INK, SOFT, LINE = "#1F2933", "#7B8794", "#D9DEE4"
BLUE, PALE_BLUE = "#1F4E79", "#E8F0F8"
RED, PALE_RED = "#C00000", "#FCE4D6"
PALE_AMBER = "#FFF4D6"

LAST_ROW = 1_048_575  # index of the last row of an Excel sheet
LONGEST = 32_700  # characters of a cell; Excel's limit is 32,767
_CUT = "……（过长，全文见原件）"
# what XML 1.0 cannot hold, and halves of characters that UTF-8 cannot; replaced one by one, so that spans still fit
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]|\r(?=\n)")
_FORMULA_LOOKING = frozenset("=+-@")
_EPOCH = datetime(1899, 12, 30)

Span = tuple[int, int]


class Column(NamedTuple):
    """Header and width (in characters) of a column."""

    title: str
    width: float


def clean(value: object) -> str:
    """Text that a cell or a page can hold, character for character: what cannot be shown becomes a blank."""
    return _ILLEGAL.sub(" ", str(value)).replace("\r", "\n")


def row_height(*texts: str) -> float:
    """Height of a row whose longest texts take about 18 characters a line; at most ten lines."""
    lines = max(len(words) / 18 for words in texts)
    return min(15 * math.ceil(max(lines, 1)) + 4, 154)


@cache
def _serial(year: int, month: int, day: int) -> int:
    return (datetime(year, month, day) - _EPOCH).days


class Book:
    """A workbook with the house formats; use it as a context manager, it is written on leaving.

    Parameters
    ----------
    path : Path
        Where to write.

    Notes
    -----
    Text is always written as text. A cell that looks like a formula (``=cmd|…``, ``+1``, ``@SUM``) also carries
    Excel's quote prefix, so that it stays text when somebody edits and confirms it.
    """

    def __init__(self, path: Path) -> None:
        self.book = xlsxwriter.Workbook(
            str(path),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
                "tmpdir": str(path.parent),  # pieces of secret content go with the folder, also when a run dies
            },
        )
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._wishes: dict[int, dict[str, Any]] = {}
        cell = {"valign": "top", "text_wrap": True, "border": 1, "border_color": LINE}
        self.plain = self.format(**cell)
        self.soft = self.format(**cell, font_color=SOFT)
        self.strong = self.format(**cell, bold=True)
        self.cell = self.format(**{**cell, "text_wrap": False})
        self.number = self.format(**{**cell, "text_wrap": False}, align="center")
        self.soft_number = self.format(**{**cell, "text_wrap": False}, align="center", font_color=SOFT)
        self.care_number = self.format(**{**cell, "text_wrap": False}, align="center", font_color=RED, bold=True)
        self.news = self.format(**cell, font_color=RED)
        self.percent = self.format(**{**cell, "text_wrap": False}, align="center", num_format="0%")
        self.date = self.format(**{**cell, "text_wrap": False}, align="center", num_format="yyyy-mm-dd")
        self.head = self.format(
            bold=True, bg_color=BLUE, font_color="#FFFFFF", border=1, border_color="#FFFFFF", text_wrap=True,
            align="center", valign="vcenter",
        )  # fmt: skip
        self.group = self.format(bold=True, bg_color=PALE_BLUE, valign="vcenter", bottom=1, bottom_color=BLUE)
        self.warn = self.format(**cell, bg_color=PALE_RED)
        self.care = self.format(**cell, bg_color=PALE_AMBER)
        self.title = self.format(bold=True, font_size=18, font_color=BLUE, valign="vcenter")
        self.sentence = self.format(font_size=13, valign="vcenter")
        self.figure = self.format(
            bold=True, font_size=20, font_color=BLUE, align="center", valign="vcenter", bg_color=PALE_BLUE
        )
        self.hot_figure = self.format(
            bold=True, font_size=20, font_color=RED, align="center", valign="vcenter", bg_color=PALE_RED
        )
        self.caption = self.format(font_color=SOFT, align="center", valign="vcenter", bg_color=PALE_BLUE)
        self.hot_caption = self.format(font_color=RED, align="center", valign="vcenter", bg_color=PALE_RED)
        self.section = self.format(bold=True, font_size=12, font_color=BLUE, bottom=2, bottom_color=BLUE)
        self.goto = self.format(font_color=BLUE, underline=1)
        self.count = self.format(font_color=RED, bold=True, align="right")
        self.note = self.format(font_color=SOFT)
        self.input = self.format(**cell, bg_color="#FFFBE6", bold=True, align="center")
        self.input_text = self.format(**cell, bg_color="#FFFBE6")
        self.link = self.format(**cell, font_color=BLUE, underline=1)
        # runs inside a cell
        self.run_plain = self.format()  # else XlsxWriter writes Calibri 11 between two runs
        self.run_new = self.format(bold=True, font_color=RED)
        self.run_shared = self.format(font_color="#9AA5B1")
        self.run_same = self.format(bold=True, font_color=BLUE)

    def format(self, **properties: Any) -> Any:
        """A cell format in the house font; equal wishes share one."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            made = self.book.add_format({"font_name": FONT, "font_size": 10, **properties})
            self._formats[key], self._wishes[id(made)] = made, properties
        return self._formats[key]

    def sheet(self, name: str, columns: Sequence[Column], *, freeze: int = 1, top: int = 0) -> Any:
        """A table sheet with its header in row `top`: frozen, repeated on paper, first columns frozen, A4 landscape."""
        sheet = self.book.add_worksheet(name)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(top, at, column.title, self.head)
        sheet.set_row(top, 32)
        sheet.freeze_panes(top + 1, freeze)
        self.paper(sheet)
        sheet.repeat_rows(0, top)
        return sheet

    @staticmethod
    def paper(sheet: Any) -> None:
        """A4 landscape, as wide as the page, numbered, marked as advice."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&8内部资料，注意保密。判重建议，由人核定&R&8&A　第 &P / &N 页")

    def explained(self, lines: Iterable[tuple[str, str]], width: int) -> None:
        """The sheet 说明: how to read this workbook, a word and a line each."""
        sheet = self.book.add_worksheet("说明")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, width)
        self.paper(sheet)
        sheet.write_string(0, 0, "怎样看这本台账", self.title)
        for at, (word, line) in enumerate(lines, start=2):
            self.text(sheet, at, 0, word, self.strong)
            self.text(sheet, at, 1, line)

    def quoted(self, form: Any) -> Any:
        """`form` with Excel's quote prefix."""
        return self.format(**{**self._wishes[id(form)], "quote_prefix": True})

    def text(self, sheet: Any, row: int, column: int, value: object, form: Any = None) -> None:
        """One cell of text, never read as anything else."""
        form = form or self.plain
        words = clean(value)
        if len(words) > LONGEST:
            words = words[:LONGEST] + _CUT
        if words[:1] in _FORMULA_LOOKING:
            form = self.quoted(form)
        sheet.write_string(row, column, words, form)

    def day(self, sheet: Any, row: int, column: int, value: date | None) -> None:
        """One date as a real date (empty when unknown), so that Excel filters by year and month."""
        if value is None or value != value:
            sheet.write_blank(row, column, None, self.date)
        else:
            sheet.write_number(row, column, _serial(value.year, value.month, value.day), self.date)

    def days_left(self, sheet: Any, row: int, column: int, days: int | None, soon: int) -> None:
        """Days to a deadline: red when it is over, amber within `soon` days, empty when there is none."""
        if days is None:
            sheet.write_blank(row, column, None, self.plain)
        else:
            sheet.write_number(row, column, days, self.warn if days < 0 else self.care if days <= soon else self.number)

    def chance(self, sheet: Any, row: int, column: int, value: float | None) -> None:
        """One probability as a percentage, empty when there is none."""
        if value is None:
            sheet.write_blank(row, column, None, self.percent)
        else:
            sheet.write_number(row, column, round(value, 4), self.percent)

    def rich(self, sheet: Any, row: int, column: int, value: str, runs: Iterable[tuple[Span, Any]]) -> None:
        """One cell of text with some spans in another font.

        Parameters
        ----------
        value : str
            Must be `clean` already, so that the spans fit.
        runs : iterable of ((start, end), format)
            Spans in order, without overlap; those beyond Excel's cell limit are left out.
        """
        form = self.plain
        if len(value) > LONGEST:
            value = value[:LONGEST] + _CUT
        if value[:1] in _FORMULA_LOOKING:
            form = self.quoted(form)
        parts: list[Any] = []
        done = pieces = 0
        last = form
        for (start, end), font in runs:
            end = min(end, LONGEST)
            if start < done or end <= start:
                continue
            if start > done:
                parts += (self.run_plain, value[done:start])
                pieces += 1
            parts += (font, value[start:end])
            pieces, done, last = pieces + 1, end, font
        if done < len(value):
            parts += (self.run_plain, value[done:])
            pieces += 1
        if pieces > 1:
            sheet.write_rich_string(row, column, *parts, form)
        elif done:
            # Excel has no rich text of one run: the whole cell takes its look
            sheet.write_string(row, column, value, self.format(**{**self._wishes[id(form)], **self._wishes[id(last)]}))
        else:
            sheet.write_string(row, column, value, form)

    def choices(self, sheet: Any, rows: tuple[int, int], column: int, words: Sequence[str], message: str) -> None:
        """A drop-down over some rows of a column; other words are refused by Excel."""
        sheet.data_validation(
            rows[0], column, rows[1], column,
            {
                "validate": "list", "source": list(words), "input_title": "人工结论", "input_message": message,
                "error_title": "请从列表中选择", "error_message": "、".join(words),
            },
        )  # fmt: skip

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.book.close()
