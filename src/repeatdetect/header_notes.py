"""What a reader is told of the columns of a table: those used beside another, not used, without a header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from repeatdetect import files, header_words, headers
from repeatdetect.cells import as_text, blank
from repeatdetect.headers import Header, Vocabulary

_SHOWN = 8  # names in one note at most
_SENTENCE = re.compile(r"[，。；！？,;!?\n]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PROSE = 15  # Han characters of prose at least
_PLAIN_PROSE = 40  # of prose without a mark
_NAMES = 8  # Han characters, on an average, of cells that are no names and categories
_CLEARLY = 1.5  # times the length of the text
_WITHOUT_TEXT = 0.1  # share of the rows that have prose in a column that is not used and no text


def doubled(header: Header) -> list[str]:
    """What is said of columns that are used beside another."""
    said = []
    for column, (first, *others) in header.columns.items():
        if others:
            names = list(dict.fromkeys(f"“{header.names[at][:20]}”" for at in others))
            more = "、".join(names[:_SHOWN]) + (f"等 {len(others)} 列" if len(others) > len(names[:_SHOWN]) else "")
            said.append(f"列{more}与“{header.names[first][:20]}”含义相同（{column}），用来补其空白或与其合并。")
    return said


def unused(header: Header, words: Vocabulary, mappable: bool) -> dict[str, str]:
    """What is said of headers that name no column, and the header."""
    said = {}
    for at in header.unknown if header.certain else []:
        name = header.names[at][:20]
        how = "可用 --map 指定。" if mappable else ""
        said[f"列“{name}”未使用；最接近的标准列名：{'、'.join(words.nearest(name))}。{how}"] = name
    return said


def nameless(table: files.Sheet, header: Header) -> list[str]:
    """What is said of columns without a header."""
    used = {at for places in header.columns.values() for at in places}
    width = max(map(len, table.rows[header.row :]))
    body = table.rows[header.row + header.depth :]
    return [
        f"第 {at + 1} 列没有表头，未使用。"
        for at in range(min(width, len(header.names)))
        if not header.names[at] and at not in used and any(at < len(row) and not blank(row[at]) for row in body)
    ]


def likeliest(table: files.Sheet, header: Header) -> str:
    """Header of the column that is not used and reads most like the text of filings; "" when none does.

    Only headers that may be shown.
    """
    if header.certain:
        first, names = header.row + header.depth, {at: header.names[at] for at in header.unknown}
    else:
        row, names = headers.resembling(table.rows)
        first = row + 1
    body = table.rows[first:]
    open_ = {at: _mean(_column(body, at)) for at, name in names.items() if not _is_told(name)}
    best = max(open_, key=open_.__getitem__, default=-1)
    return names[best][:20] if best >= 0 and open_[best] >= _NAMES else ""


def overlooked(table: files.Sheet, header: Header, words: Vocabulary) -> tuple[int, str] | None:
    """Column that is not used and yet is prose clearly longer than what was taken as the text, or the only words of some
    rows: its position, and its header where that may be shown. None when there is none.

    Not the office's work, data of a person, or what people have said is not used.
    """
    used = {at for places in header.columns.values() for at in places}
    body = table.rows[header.row + header.depth :]
    columns = {at: _column(body, at) for at in range(len(header.names)) if at not in used}
    prose = {at: [is_prose(cell) for cell in cells] for at, cells in columns.items()}
    texts = list[int]()
    for at, told in prose.items():
        name = header.names[at]
        if not any(told) or _is_told(name) or words.dismissed(name) or words.exact(name)[0] is not None:
            continue  # 备注, too: it may hold more than a short text, and is a remark
        texts = texts or [sum(len(_cell(row, k)) for k in header.columns["text"]) for row in body]
        cells = columns[at]
        alone = sum(one and not text for one, text in zip(told, texts, strict=True))
        longer = 2 * sum(told) >= sum(map(bool, cells)) and sum(map(len, cells)) >= _CLEARLY * sum(texts)
        if longer or alone >= _WITHOUT_TEXT * sum(not all(map(blank, row)) for row in body):
            return at, name[:20] if header.certain else ""
    return None


def is_prose(cell: str) -> bool:
    """Whether a cell is sentences, not a name, a list of units, an address or a link."""
    han = len(_HAN.findall(cell)) if len(cell) >= _PROSE else 0
    return han >= _PLAIN_PROSE or (han >= _PROSE and bool(_SENTENCE.search(cell)))


def _is_told(name: str) -> bool:
    """Whether a header tells that its column is of the office's work, or of what a person is."""
    key = headers.label(name)
    return bool(header_words.HANDLING.search(key)) or header_words.is_of_person(key)


def _column(body: Sequence[Sequence[Any]], at: int) -> list[str]:
    return [_cell(row, at) for row in body]


def _cell(row: Sequence[Any], at: int) -> str:
    return as_text(row[at]).strip() if at < len(row) else ""


def _mean(cells: Iterable[str]) -> float:
    """Han characters of a cell that holds something, on an average."""
    lengths = [len(_HAN.findall(cell)) for cell in cells if cell]
    return sum(lengths) / len(lengths) if lengths else 0.0
