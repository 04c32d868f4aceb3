"""Files of any make to canonical tables: formats, encodings, title rows, header aliases, dates."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from repeatdetect import filings as canonical_table
from repeatdetect.errors import InputError
from repeatdetect.settings import nearest

Grid = list[list[Any]]
PathLike = str | Path
_EXCEL = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".et"}
_TEXT = {".csv", ".tsv", ".txt"}
_HEADER_WITHIN = 20  # title rows above the header at most
_NOISE = re.compile(r"[\s*:：()（）【】\[\]_\-·.。]")


def label(cell: object) -> str:
    """A header reduced to what is compared: half width, without blanks, marks and brackets."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", "" if cell is None else str(cell))).lower()


def _decode(raw: bytes, encoding: str | None, name: str) -> str:
    if encoding:
        candidates = [encoding]
    elif raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif raw[:4000].count(0) > len(raw[:4000]) // 5:
        candidates = ["utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for candidate in candidates:
        try:
            return raw.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    raise InputError(
        "E104", f"无法按 {'、'.join(candidates)} 解码", place=name,
        hint="请用 --encoding 指明编码（如 gb18030、utf-8、utf-16），或另存为 UTF-8 CSV。",
    )  # fmt: skip


def _text_grid(raw: bytes, encoding: str | None, name: str) -> Grid:
    text = _decode(raw, encoding, name)
    head = "\n".join(text[:20000].splitlines()[:_HEADER_WITHIN])
    delimiter = max(",\t;|", key=head.count) if head else ","
    limit = csv.field_size_limit(2**31 - 1)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise InputError("E105", "表格的引号或分隔符不完整", place=name, hint="请检查文件是否被截断。") from error
    finally:
        csv.field_size_limit(limit)


def _excel_grids(path: Path, sheet: str | int | None) -> dict[str, Grid]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        names = list(book.sheet_names)
        if sheet is not None:
            wanted = names[sheet] if isinstance(sheet, int) and 0 <= sheet < len(names) else str(sheet)
            if wanted not in names:
                raise InputError(
                    "E106", f"没有名为“{sheet}”的工作表", place=path.name, hint=f"现有工作表：{'、'.join(names)}。"
                )
            names = [wanted]
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except InputError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(
            "E103", "工作簿无法打开（可能已损坏或有密码）", place=path.name, hint="请用 Excel 打开后另存为 .xlsx 再试。"
        ) from error


def _record_grid(frame: pd.DataFrame) -> Grid:
    return [list(frame.columns), *frame.astype(object).where(frame.notna(), None).values.tolist()]


def _grids(path: Path, encoding: str | None, sheet: str | int | None) -> dict[str, Grid]:
    """All tables of one file as rows of cells, by sheet name ('' where there are no sheets)."""
    if path.is_dir():
        raise InputError("E101", "给出的是文件夹而不是文件", place=path.name, hint="请指明文件夹中的具体文件。")
    if not path.exists():
        raise InputError("E101", "找不到文件", place=path.name, hint="请检查路径和文件名。")
    suffix = path.suffix.lower()
    if suffix in _EXCEL:
        if path.stat().st_size == 0:
            raise InputError("E102", "文件是空的", place=path.name, hint="请重新导出。")
        return _excel_grids(path, sheet)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError("E101", "文件无法读取", place=path.name, hint="请检查权限。") from error
    if not raw.strip():
        raise InputError("E102", "文件是空的", place=path.name, hint="请重新导出。")
    if suffix == ".parquet":
        try:
            return {"": _record_grid(pd.read_parquet(io.BytesIO(raw)))}
        except ImportError as error:
            raise InputError(
                "E108", "读取 parquet 需要 pyarrow", place=path.name, hint="请运行 pip install pyarrow。"
            ) from error
        except (ValueError, OSError) as error:
            raise InputError("E103", "parquet 文件已损坏", place=path.name, hint="请重新导出。") from error
    if suffix in (".jsonl", ".ndjson", ".json"):
        return {"": _json_grid(_decode(raw, encoding, path.name), path.name)}
    if suffix in _TEXT:
        return {"": _text_grid(raw, encoding, path.name)}
    if raw[:4] == b"PK\x03\x04" or raw[:4] == b"\xd0\xcf\x11\xe0":
        return _excel_grids(path, sheet)
    if b"\x00" in raw[:4000] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(
            "E107", f"不支持的文件类型 {suffix or '（无扩展名）'}", place=path.name,
            hint="支持 xlsx、xls、ods、csv、tsv、jsonl、parquet。",
        )  # fmt: skip
    return {"": _text_grid(raw, encoding, path.name)}


def _json_grid(text: str, name: str) -> Grid:
    try:
        if text.lstrip().startswith("["):
            records = json.loads(text)
        else:
            records = [json.loads(line) for line in text.splitlines() if line.strip()]
        keys = list(dict.fromkeys(key for record in records for key in record))
        return [list(keys), *([record.get(key) for key in keys] for record in records)]
    except (ValueError, AttributeError, TypeError) as error:
        raise InputError("E105", "JSON 行无法解析", place=name, hint="每行应是一个 JSON 对象。") from error


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell != cell


def _known(aliases: Mapping[str, Sequence[str]], mapping: Mapping[str, str], name: str) -> dict[str, str]:
    """Reduced header -> canonical column."""
    known = {label(alias): column for column, names in aliases.items() for alias in (*names, column)}
    for source, column in mapping.items():
        if column not in aliases:
            raise InputError(
                "E204", f"映射目标“{column}”不是规范列名", place=name,
                hint=f"最接近的列名：{'、'.join(nearest(column, list(aliases)))}。",
            )  # fmt: skip
        known[label(source)] = column
    return known


def _header(grid: Grid, known: Mapping[str, str]) -> tuple[int, list[str], int]:
    """Row of the header, its labels (two merged rows joined) and how many rows it takes; (-1, [], 0) when none."""
    best, at = 0, -1
    for index, row in enumerate(grid[:_HEADER_WITHIN]):
        hits = len({known[key] for cell in row if (key := label(cell)) in known})
        if hits > best:
            best, at = hits, index
    if at < 0:
        return -1, [], 0
    top = [label(cell) for cell in grid[at]]
    if at + 1 < len(grid):
        below = [label(cell) for cell in grid[at + 1]]
        width = max(len(top), len(below))
        top += [""] * (width - len(top))
        below += [""] * (width - len(below))
        parent, joined, gained = "", [], 0
        for upper, lower in zip(top, below, strict=True):
            parent = upper or parent
            name = next((n for n in (parent + lower, lower) if lower and n in known), upper)
            gained += bool(lower and name != upper)
            joined.append(name)
        # a second header row names several columns and holds nothing but names
        if gained >= 2 and sum(bool(x) for x in below) <= gained + 1:
            return at, joined, 2
    return at, top, 1


def read_table(
    path: PathLike,
    aliases: Mapping[str, Sequence[str]],
    *,
    required: Sequence[str],
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
) -> pd.DataFrame:
    """Read one file into the columns of `aliases`; the common part of all readers.

    Parameters
    ----------
    path : path
        xlsx, xls, ods, csv, tsv, jsonl or parquet.
    aliases : mapping
        Canonical column to the headers it may have.
    required : sequence of str
        Columns without which the file is unusable.
    mapping : mapping, optional
        Source header to canonical column, over the aliases.
    encoding, sheet : optional
        Force an encoding; read one sheet only (default: all whose header is understood).

    Returns
    -------
    DataFrame
        Cells as they were read (str, number, date or None), ``source_file`` and ``row`` (as Excel counts);
        ``attrs["notes"]`` and ``attrs["rejects"]`` say what was left out.

    Raises
    ------
    InputError
        When the file cannot be read or a required column is missing (the nearest headers are named).
    """
    path = Path(path)
    known = _known(aliases, mapping or {}, path.name)
    frames, notes, rejects, seen = [], [], [], []
    for sheet_name, grid in _grids(path, encoding, sheet).items():
        where = f"{path.name}[{sheet_name}]" if sheet_name else path.name
        at, labels, depth = _header(grid, known)
        seen += [str(cell).strip() for cell in (grid[at] if at >= 0 else grid[0] if grid else []) if not _blank(cell)]
        place: dict[str, int] = {}
        unplaced = []
        for column, key in enumerate(labels):
            if key in known and known[key] not in place:
                place[known[key]] = column
            elif key:
                unplaced.append(str(grid[at][column]).strip() if column < len(grid[at]) else key)
        if any(name not in place for name in required):
            if grid:
                notes.append(f"{where}：没有可用的表头，未读取。")
            continue
        for header in unplaced:
            if known.get(label(header)):
                notes.append(f"{where}：列“{header}”与另一列含义相同，只用了前一列。")
            else:
                near = "、".join(nearest(header, [names[0] for names in aliases.values()]))
                notes.append(f"{where}：列“{header}”未使用；最接近的标准列名：{near}。可用 --map 指定。")
        rows, numbers = [], []
        for number, row in enumerate(grid[at + depth :], start=at + depth + 1):
            if all(_blank(cell) for cell in row):
                continue
            if len(row) > len(labels) and any(not _blank(cell) for cell in row[len(labels) :]):
                identity = place.get("filing_id")
                rejects.append(
                    {
                        "row": number,
                        "filing_id": "" if identity is None else str(row[identity]),
                        "reason": "列数多于表头",
                    }
                )
                continue
            rows.append(row)
            numbers.append(number)
        frame = pd.DataFrame(
            {name: [row[k] if k < len(row) else None for row in rows] for name, k in place.items()}, dtype=object
        )
        frame["source_file"], frame["row"] = where, numbers
        frames.append(frame)
    if not frames:
        wanted = "、".join(aliases[name][0] for name in required)
        near = nearest(aliases[required[0]][0], seen) if seen else []
        hint = f"表中最接近的列：{'、'.join(near)}。请用 --map 来源列={required[0]} 指定。" if near else "请检查表头。"
        raise InputError("E110", f"找不到必需的列（{wanted}）", place=path.name, hint=hint)
    table = pd.concat(frames, ignore_index=True)
    table.attrs = {"notes": notes, "rejects": rejects}
    return table


def as_text(cell: object) -> str:
    """One cell as text: 12.0 becomes 12, dates ISO, everything else as it stands; never loses a character."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    return str(cell)


_DATE_WORDS = re.compile(r"[年月/.]")


def as_date(cell: object) -> datetime | None:
    """One cell as a date: datetimes, Excel serials, 2021/3/5 9:01, 2021年3月5日, 20210305, epoch seconds."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    text = as_text(cell).strip()
    if not text:
        return None
    number = text.replace(".", "", 1)
    if number.isdigit():
        value = float(text)
        try:
            if len(text) == 8 and text.isdigit():
                return datetime.strptime(text, "%Y%m%d")
            if 10_000 <= value < 80_000:
                return datetime(1899, 12, 30) + timedelta(days=value)
            if 1e9 <= value < 1e10 or 1e12 <= value < 1e13:
                seconds = value if value < 1e10 else value / 1000
                return datetime(1970, 1, 1) + timedelta(seconds=int(seconds))
            if len(text) == 14:
                return datetime.strptime(text, "%Y%m%d%H%M%S")
        except ValueError:
            return None
        return None
    text = unicodedata.normalize("NFKC", text).replace("日", " ").replace("时", ":").replace("分", ":").strip(": ")
    match = re.match(
        r"(\d{4})\s*[-年/.]\s*(\d{1,2})(?:\s*[-月/.]\s*(\d{1,2}))?[T\s]*(?:(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?", text
    )
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in match.groups())
    try:
        return datetime(year, month, day or 1, hour, minute, second)
    except ValueError:
        return None


def typed(table: pd.DataFrame, dates: Sequence[str]) -> pd.DataFrame:
    """Cells of a read table as text and dates; dates that mean nothing are counted in the notes."""
    attrs = table.attrs
    out = table.copy()
    for name in table.columns:
        if name == "row":
            continue
        cells = table[name].tolist()
        if name in dates:
            cache = {cell: as_date(cell) for cell in {c for c in cells if not _blank(c)}}
            values = [None if _blank(cell) else cache[cell] for cell in cells]
            lost = sum(value is None and not _blank(cell) for value, cell in zip(values, cells, strict=True))
            if lost:
                attrs["notes"].append(f"列 {name} 有 {lost} 个日期无法识别，按无日期处理。")
            out[name] = pd.Series(values, index=table.index, dtype="datetime64[s]")
        else:
            out[name] = pd.Series([as_text(cell) for cell in cells], index=table.index, dtype=object)
    out.attrs = attrs
    return out


def read_filings(
    path: PathLike | Sequence[PathLike],
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
) -> pd.DataFrame:
    """Read exports of filings.

    Parameters
    ----------
    path : path or sequence of paths
        One or several files; all sheets with an understood header are read unless `sheet` names one.
    mapping : mapping, optional
        Source header to canonical column, e.g. ``{"诉求": "text"}``.
    encoding : str, optional
        Of text files; found when omitted.
    sheet : str or int, optional
        One sheet by name or position.

    Returns
    -------
    DataFrame
        Canonical columns (see ``repeatdetect.filings``), rows in input order. ``attrs["notes"]`` says what was mended
        or not used, ``attrs["rejects"]`` lists rows that could not be read.

    Raises
    ------
    InputError
        When a file cannot be read or has no column of text.
    """
    paths = [path] if isinstance(path, (str, Path)) else list(path)
    tables = [
        typed(
            read_table(p, canonical_table.ALIASES, required=("text",), mapping=mapping, encoding=encoding, sheet=sheet),
            canonical_table.DATES,
        )
        for p in paths
    ]
    joined = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    joined.attrs = {
        "notes": [note for table in tables for note in table.attrs["notes"]],
        "rejects": [row for table in tables for row in table.attrs["rejects"]],
    }
    if not len(joined) and not joined.attrs["rejects"]:
        raise InputError("E102", "表中没有数据行", place=Path(paths[0]).name, hint="请检查导出的内容。")
    return canonical_table.canonical(joined)
