"""Files of any make to canonical tables: header aliases over the cells that `files` reads."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import files, footers, header_notes, headers, same_columns, spanned
from repeatdetect import filings as canonical_table
from repeatdetect.cells import as_dates, as_text, as_texts, blank, rounded
from repeatdetect.errors import InputError, shown
from repeatdetect.headers import Header, Vocabulary
from repeatdetect.settings import nearest

PathLike = str | Path
_MARKED = 16  # times its length a header grows by blanks, marks and brackets at most
_SHOWN, _ROWS_SHOWN = 8, 5  # names and rows in one message at most
_HEADER_AGAIN = "重复的表头行"
_NOTHING_LOST = (_HEADER_AGAIN, footers.WHY)  # why a row is none, though nothing is lost with it
_NUMBER = re.compile(r"(?=.*\d)[^：:\s]{1,32}")  # what may stand as an id in a list of rejects; remarks may not


def read_table(
    path: PathLike,
    aliases: Mapping[str, Sequence[str]],
    *,
    required: Sequence[str],
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    usual: Mapping[str, str] | None = None,
    mappable: bool = False,
) -> pd.DataFrame:
    """Read one file into the columns of `aliases`; the common part of all readers.

    Parameters
    ----------
    path : path
        xlsx, xls, ods, csv, tsv, jsonl or parquet.
    aliases : mapping
        Canonical column to the headers it may have, the most telling first; ``headers.UNUSED`` to those not needed.
    required : sequence of str
        Columns without which the file is unusable.
    mapping : mapping, optional
        Source header to canonical column, over the aliases.
    encoding, sheet : optional
        Force an encoding; read one sheet only (default: all whose header is understood).
    usual : mapping, optional
        As `mapping`, of headers that the file may lack.
    mappable : bool
        Whether people can say with ``--map`` what a header means; else they are told how to name the column.

    Returns
    -------
    DataFrame
        Cells as they were read (str, number, date or None), ``source_file`` and ``row`` (as Excel counts);
        ``attrs["notes"]`` and ``attrs["rejects"]`` say what was left out, ``attrs["unused"]`` which of the notes are on
        headers that name no column (note to header), ``attrs["called"]`` the header of each column of each file, ``attrs["named"]`` all headers of each,
        ``attrs["missing"]`` the headers of `mapping` that are not there, ``attrs["seen"]`` those that are.

    Raises
    ------
    InputError
        When the file cannot be read or a required column is missing (the nearest headers are named).
    """
    path = Path(path)
    words = Vocabulary(aliases, {**(usual or {}), **(mapping or {})}, path.name)
    tables = files.sheets(path, lambda rows: headers.find(rows, words).understood, encoding, sheet)
    frames, notes, rejects, seen, found = [], [], [], list[str](), set[str]()
    unread, width = list[files.Sheet](), 0
    called, unused = dict[tuple[str, str], str](), dict[str, str]()
    named = dict[str, list[str]]()
    for table in tables:
        where = shown(f"{path.name}[{table.name}]" if table.name else path.name)
        notes += [f"{where}：{note}" for note in table.notes]
        header = headers.find(table.rows, words)
        seen += (
            [name for name in header.names if name] if header.certain else headers.resembling(table.rows)[1].values()
        )
        found.update(map(headers.label, header.names))
        if any(name not in header.columns for name in required):
            if table.rows:
                notes.append(f"{where}：没有可用的表头，未读取。")
                unread.append(table)
            continue
        if "text" in required and (found_at := header_notes.overlooked(table, header, words)):
            raise _overlooked(where, header, *found_at)
        notes += [f"{where}：{note}" for note in header_notes.doubled(header)]
        strangers = {f"{where}：{note}": name for note, name in header_notes.unused(header, words, mappable).items()}
        notes += [*strangers, *(f"{where}：{note}" for note in header_notes.nameless(table, header))]
        unused |= strangers
        called |= {(where, column): header.names[places[0]][:20] for column, places in header.columns.items()}
        named[where] = header.names
        width = max(width, len(header.names))
        frame, bad, more = _body(table, header)
        if more:
            notes.append(f"{where}：{more} 行是编号合并的续行，已并入同一件的被反映人。")
        frame["source_file"] = where
        frames.append(frame)
        rejects += [_reject(row, name, why) for row, name, why in bad]
    if mappable:  # what looks like the rows of the sheets that were read is not let go in silence
        rejects += [
            _reject(number, "", f"工作表“{table.name[:20]}”没有可用的表头")
            for table in unread if table.name
            for number, row in zip(table.numbers, table.rows, strict=True)
            if 2 * sum(not blank(cell) for cell in row) >= width > 0
        ]  # fmt: skip
    seen = list(dict.fromkeys(name[:20] for name in seen))
    missing = [source for source in mapping or {} if headers.label(source) not in found]
    if not frames:
        raise _unusable(path, aliases, required[0], seen, words, missing, mappable, unread)
    out = pd.concat(frames, ignore_index=True)
    out.attrs = {
        "notes": notes, "rejects": rejects, "unused": unused, "called": called, "missing": missing, "seen": seen,
        "named": named,
    }  # fmt: skip
    return out


def _overlooked(where: str, header: Header, at: int, name: str) -> InputError:
    """What is said of a column that holds more of what filings say than the one that was taken as their text."""
    taken = f"（已读取的是“{header.names[header.columns['text'][0]][:20]}”）" if name else ""
    how = f"是来件内容的，请加 --map {name}=text；不是的，加 --map {name}=unused。" if name else "请给这一列写上表头。"
    return InputError(
        "E115", "有一列文字比读作内容的列更长，却没有用上", place=f"{where} 列“{name}”" if name else f"{where} 第 {at + 1} 列",
        hint=f"{how}{taken}",
    )  # fmt: skip


def _unusable(
    path: Path,
    aliases: Mapping[str, Sequence[str]],
    column: str,
    seen: list[str],
    words: Vocabulary,
    missing: list[str],
    mappable: bool,
    unread: Sequence[files.Sheet],
) -> InputError:
    """What is wrong with a file that lacks a column."""
    if missing:
        return unmapped(missing, seen, shown(path.name))
    free = [name for name in seen if words.exact(name)[0] is None]
    unused = [f"{name}（{words.nearest(name, 1)[0]}）" for name in free]
    near = nearest(aliases[column][0], free or seen)
    hint = f"表中最接近的列：{'、'.join(near)}。" if near else "没有认出表头。"
    hint += f"没有用上的列（括号内为最接近的标准列名）：{'、'.join(unused[:_SHOWN])}。" if unused else ""
    if mappable:
        best = next(
            filter(None, (header_notes.likeliest(table, headers.find(table.rows, words)) for table in unread)), ""
        )
        hint += f"请用 --map 来源列={column} 指定" + (f"，如 --map {best}={column}。" if best else "。")
    else:
        hint += rename(aliases[column])
    return InputError("E110", f"找不到必需的列（{aliases[column][0]}）", place=path.name, hint=hint)


def rename(wanted: Sequence[str]) -> str:
    """How a column that was not found should be called."""
    return f"请把相应列的表头改为“{wanted[0]}”；也认得 {'、'.join(wanted[1:5])} 等写法。"


def all_read(table: pd.DataFrame, source: str) -> pd.DataFrame:
    """A table that people keep by hand, of which nothing may be left out.

    Raises
    ------
    InputError
        When rows could not be read; they are named.
    """
    rows = [str(reject["row"]) for reject in table.attrs["rejects"] if reject["reason"] not in _NOTHING_LOST]
    if rows:
        raise InputError(
            "E217", "有的行读不出", place=f"{source} 第 {'、'.join(rows[:_ROWS_SHOWN])} 行",
            hint="请核对这几行的列数：多半是某一格里有逗号而没有加引号。",
        )  # fmt: skip
    return table


def unmapped(missing: Sequence[str], seen: list[str], place: str) -> InputError:
    """What is said of source headers of a mapping that no file has."""
    near = "、".join(dict.fromkeys(name for source in missing for name in nearest(source, seen)))
    hint = f"表中最接近的列：{near}。" if near else ""
    return InputError("E205", f"表中没有列“{'”“'.join(missing)}”", place=place, hint=f"{hint}请改正 --map 的来源列。")


def _reject(row: int, name: str, why: str) -> dict[str, Any]:
    return {"row": row, "filing_id": name if _NUMBER.fullmatch(name) else "", "reason": why}


def _body(table: files.Sheet, header: Header) -> tuple[pd.DataFrame, list[tuple[int, str, str]], int]:
    """Rows below the header by column, those that cannot be read (row, id, reason), how many were joined to others."""
    width = len(header.names)
    last = max((at for at, name in enumerate(header.names) if name), default=-1)
    tail = "text" in header.columns and header.columns["text"] == [last]
    identity = header.columns.get("filing_id", [])
    labels = [headers.label(name) for name in header.names]
    rows, numbers = [], []
    bad = [(number, "", why) for number, why in table.rejects]
    whole, taken = spanned.joined(table, header)
    whole = spanned.filled(table, header, whole)
    for at, (number, row) in enumerate(zip(table.numbers, whole, strict=True)):
        if at < header.row + header.depth or at in taken or all(blank(cell) for cell in row):
            continue
        name = as_text(row[identity[0]]) if identity and identity[0] < len(row) else ""
        if _same_words(row, labels):
            bad.append((number, "", _HEADER_AGAIN))
        elif footers.is_footer(row):
            bad.append((number, "", footers.WHY))
        elif len(row) > width and any(not blank(cell) for cell in row[width:]):
            if tail:  # the text held the delimiter
                rows.append([*row[:last], table.delimiter.join(as_text(cell) for cell in row[last:])])
                numbers.append(number)
            else:
                bad.append((number, name, "列数多于表头"))
        else:
            rows.append(row)
            numbers.append(number)
    frame = pd.DataFrame(
        {column: same_columns.cells(rows, column, places, header) for column, places in header.columns.items()},
        dtype=object,
    )
    frame["row"] = numbers
    return frame, bad, len(taken)


_label = lru_cache(maxsize=4096)(headers.label)


def _same_words(row: Sequence[Any], labels: Sequence[str]) -> bool:
    """Whether a row of the body repeats the header, as page breaks in printed tables do."""
    same = other = 0
    for name, cell in zip(labels, row, strict=False):
        if blank(cell):
            continue
        if name and isinstance(cell, str) and len(cell) <= _MARKED * len(name) and _label(cell) == name:
            same += 1
        else:
            other += 1
            if 2 * other > len(labels):
                return False
    return same >= 2 and same > other


def typed(table: pd.DataFrame, dates: Sequence[str]) -> pd.DataFrame:
    """Cells of a read table as text and dates; ``attrs["lost"]`` holds what is to be said of cells that are not what they
    should be, their column and their places."""
    lost = []
    out = table.copy(deep=False)
    for name in table.columns:
        if name == "row":
            continue
        if name in dates:
            values, slips = as_dates(table[name], name in canonical_table.AHEAD)
            lost.append((canonical_table.lost_dates, name, slips))
            out[name] = pd.Series(values, index=table.index, dtype="datetime64[s]")
        else:
            cells = table[name].tolist()
            lost.append((canonical_table.lost_digits, name, rounded(cells)))
            out[name] = pd.Series(as_texts(cells), index=table.index, dtype=object)
    out.attrs = {**table.attrs, "lost": lost}
    return out


def lost_cells(table: pd.DataFrame, kept: npt.NDArray[np.bool_]) -> list[str]:
    """What is said of the cells that `typed` could not read, by file and header, in the rows that are kept."""
    said = []
    where, numbers = table["source_file"].tolist(), table["row"].tolist()
    for say, column, places in table.attrs["lost"]:
        rows = dict[str, list[int]]()
        for at in places:
            if kept[at]:
                rows.setdefault(where[at], []).append(numbers[at])
        for file, found in rows.items():
            header = table.attrs["called"][file, column]
            said.append(say(f"{file}：列“{header}”", found))
    return said


def read_filings(
    path: PathLike | Sequence[PathLike],
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    usual: Mapping[str, str] | None = None,
    may_be_empty: bool = False,
) -> pd.DataFrame:
    """Read exports of filings.

    Parameters
    ----------
    path : path or sequence of paths
        One or several files; all sheets with an understood header are read unless `sheet` names one.
    mapping : mapping, optional
        Source header to canonical column, e.g. ``{"诉求": "text"}``; a header that no file has is an error.
    encoding : str, optional
        Of text files; found when omitted.
    sheet : str or int, optional
        One sheet by name or position.
    usual : mapping, optional
        As `mapping`, for headers that other exports of the office may have: it does not matter when these lack them.
    may_be_empty : bool
        Whether an export without a row is no error: the night of a small office.

    Returns
    -------
    DataFrame
        Canonical columns (see ``repeatdetect.filings``), rows in input order. ``attrs["notes"]`` says what was mended
        or not used, ``attrs["rejects"]`` lists rows that could not be read.

    Raises
    ------
    InputError
        When a file cannot be read or has no column of text, or `mapping` names a header that is not there.
    """
    several_paths = isinstance(path, Iterable) and not isinstance(path, (pd.Series, pd.DataFrame, io.IOBase, Mapping))
    paths = [path] if isinstance(path, (str, Path)) else list(path) if several_paths else []
    if not paths or not all(isinstance(one, (str, Path)) for one in paths):
        raise InputError("E101", "没有给出文件", hint="请指明至少一个导出文件。")
    tables = [
        _filings(
            read_table(
                p,
                canonical_table.ALIASES,
                required=("text",),
                mapping=mapping,
                encoding=encoding,
                sheet=sheet,
                usual=usual,
                mappable=True,
            )
        )
        for p in paths
    ]
    missing = [source for source in mapping or {} if all(source in table.attrs["missing"] for table in tables)]
    if missing:
        raise unmapped(missing, tables[0].attrs["seen"], "、".join(shown(Path(p).name) for p in paths[:_SHOWN]))
    joined = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    several = f"（{'{}'}）" if len(paths) > 1 else ""
    joined.attrs = {
        "notes": [note for table in tables for note in table.attrs["notes"]],
        "rejects": [
            {**row, "reason": row["reason"] + several.format(shown(Path(p).name))}
            for p, table in zip(paths, tables, strict=True)
            for row in table.attrs["rejects"]
        ],
    }
    if not len(joined) and not joined.attrs["rejects"] and not may_be_empty:
        raise InputError("E102", "表中没有数据行", place=Path(paths[0]).name, hint="请检查导出的内容。")
    joined.attrs["notes"] += [
        f"{shown(Path(p).name)}：表中没有数据行。"
        for p, table in zip(paths, tables, strict=True)
        if not len(table) and not table.attrs["rejects"]
    ]
    return canonical_table.canonical(joined)


def _filings(raw: pd.DataFrame) -> pd.DataFrame:
    table = typed(raw, canonical_table.DATES)
    empty = canonical_table.says_nothing(table)
    table.attrs["notes"] += lost_cells(table, ~empty.to_numpy())
    if not empty.any():
        return table
    kept = table[~empty].reset_index(drop=True)
    names = table["filing_id"].tolist() if "filing_id" in table.columns else [""] * len(table)
    lost = [
        _reject(int(table["row"].iloc[at]), names[at], "除编号外没有任何内容") for at in empty.to_numpy().nonzero()[0]
    ]
    rejects = sorted([*table.attrs["rejects"], *lost], key=lambda reject: reject["row"])
    kept.attrs = {**table.attrs, "rejects": rejects}
    return kept
