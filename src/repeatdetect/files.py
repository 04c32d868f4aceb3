"""Files of any make to rows of cells: workbooks, delimited text in any encoding, JSON lines, parquet.

Nothing here knows what a filing is. Where a file leaves open how it is to be read (encoding, delimiter), the caller's
`understood` decides: the reading under which its header makes most sense is the right one.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from repeatdetect.cells import blank
from repeatdetect.errors import InputError

Grid = list[list[Any]]
Understood = Callable[[Grid], float]

_EXCEL = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".et"}
_JSON = {".jsonl", ".ndjson", ".json"}
_HEAD = 1 << 16  # bytes in which encoding and delimiter are found
_HEAD_ROWS = 24
_DELIMITERS = ",\t;|"
_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_MOST_DAMAGED = 0.005  # share of undecodable characters up to which a file is read with � in their place
_OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"\x1f\x8b")

csv.field_size_limit(2**31 - 1)  # of the whole process: put back, it would fail the file another thread is reading


@dataclass
class Sheet:
    """One table of a file, rows as they stand.

    Attributes
    ----------
    name : str
        Of the sheet; "" where a file has none.
    rows : list of list
    numbers : list of int
        Of each row, as a spreadsheet or an editor counts.
    notes : list of str
        What was mended.
    rejects : list of (int, str)
        Rows that could not be read, and why.
    merged : list of ((int, int), (int, int))
        First and last row and column, from 0, of cells that are one.
    delimiter : str
        What stands between the cells of a row in delimited text.
    """

    name: str
    rows: Grid
    numbers: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejects: list[tuple[int, str]] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    delimiter: str = ","

    def __post_init__(self) -> None:
        if not self.numbers:
            self.numbers = list(range(1, len(self.rows) + 1))


def sheets(path: Path, understood: Understood, encoding: str | None, sheet: str | int | None) -> list[Sheet]:
    """All tables of one file, or the one sheet asked for.

    Raises
    ------
    InputError
        When it is missing, empty, damaged, of no known kind, or has no such sheet.
    """
    try:
        if path.is_dir():
            raise InputError("E101", "给出的是文件夹而不是文件", place=path.name, hint="请指明文件夹中的具体文件。")
        if not path.exists():
            raise InputError("E101", "找不到文件", place=path.name, hint="请检查路径和文件名。")
        if not path.is_file():
            raise InputError("E101", "不是普通文件", place=path.name, hint="请指明一个文件。")
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        found = _read(path, head, understood, encoding, sheet)
    except OSError as error:
        raise InputError("E101", "文件无法读取", place=path.name[:80], hint="请检查路径与权限。") from error
    if sheet is not None and not any(table.name for table in found):
        found[0].notes.append(f"不是工作簿，没有名为“{sheet}”的工作表，已读取整个文件。")
    if not any(table.rejects or any(not blank(cell) for row in table.rows for cell in row) for table in found):
        raise InputError("E102", "文件是空的", place=path.name, hint="请重新导出。")
    return found


def _read(
    path: Path, head: bytes, understood: Understood, encoding: str | None, sheet: str | int | None
) -> list[Sheet]:
    suffix = path.suffix.lower()
    if not head.strip():
        raise InputError("E102", "文件是空的", place=path.name, hint="请重新导出。")
    if head.startswith(b"PAR1") or suffix == ".parquet":
        return [_parquet(path)]
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _workbook(path, sheet)
    if suffix in _JSON:
        return [_json(path, head, encoding)]
    if suffix in _EXCEL and (b"\x00" in head or head.lstrip()[:1] == b"<"):
        raise _damaged(path)
    if head.startswith(_OTHER_KINDS):
        raise InputError(
            "E107", f"不支持的文件类型 {suffix or '（无扩展名）'}", place=path.name,
            hint="支持 xlsx、xls、ods、csv、tsv、jsonl、parquet。",
        )  # fmt: skip
    return [_delimited(path, head, understood, encoding)]


def _damaged(path: Path) -> InputError:
    return InputError(
        "E103", "工作簿无法打开（可能已损坏或有密码）", place=path.name, hint="请用 Excel 打开后另存为 .xlsx 再试。"
    )


def _workbook(path: Path, sheet: str | int | None) -> list[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))  # by content: extensions lie
        names = list(book.sheet_names)
        if sheet is not None:
            wanted = str(sheet)
            if wanted not in names and wanted.isdecimal() and int(wanted) < len(names):
                wanted = names[int(wanted)]
            if wanted not in names:
                raise InputError(
                    "E106", f"没有名为“{sheet}”的工作表", place=path.name, hint=f"现有工作表：{'、'.join(names)}。"
                )
            names = [wanted]
        hidden = {sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible}
        return [_sheet(name, book.get_sheet_by_name(name), name in hidden) for name in names]
    except InputError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(path) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # calamine on some damaged files; it is no Exception
            raise _damaged(path) from None
        raise


def _sheet(name: str, sheet: Any, hidden: bool) -> Sheet:
    notes = ["是隐藏的工作表，照样读取，请核对。"] if hidden else []
    return Sheet(name, sheet.to_python(skip_empty_area=False), merged=sheet.merged_cell_ranges or [], notes=notes)


def _parquet(path: Path) -> Sheet:
    try:
        frame = pd.read_parquet(path)
        rows = [[str(name) for name in frame.columns], *map(list, frame.itertuples(index=False, name=None))]
    except ImportError as error:
        raise InputError(
            "E108", "读取 parquet 需要 pyarrow", place=path.name, hint="请运行 pip install pyarrow。"
        ) from error
    except (ValueError, OSError) as error:
        raise InputError("E103", "parquet 文件已损坏", place=path.name, hint="请重新导出。") from error
    return Sheet("", rows)


def _json(path: Path, head: bytes, encoding: str | None) -> Sheet:
    """One object a line (or one list of objects); a line that is none is rejected, the others are read."""
    wide = ["utf-16-le"] if head[1:2] == b"\x00" else ["utf-16-be"] if head[:1] == b"\x00" else []
    _, text, notes = _decoded(path, [encoding] if encoding else _marked(head) or wide or ["utf-8", "gb18030"])
    records: list[tuple[int, Any]] = []
    if text.lstrip().startswith("["):
        whole = _parsed(text)
        records = list(enumerate(whole if isinstance(whole, list) else [], start=1))
    else:
        records = [(n, _parsed(line)) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    good = [(number, record) for number, record in records if isinstance(record, dict)]
    if not good and text.strip():
        raise InputError("E105", "JSON 无法解析", place=path.name, hint="每行应是一个 JSON 对象。")
    keys = list(dict.fromkeys(key for _, record in good for key in record))
    rejects = [(number, "JSON 行无法解析") for number, record in records if not isinstance(record, dict)]
    rows = [keys, *([record.get(key) for key in keys] for _, record in good)]
    return Sheet("", rows, [0, *(number for number, _ in good)], notes, rejects)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _delimited(path: Path, head: bytes, understood: Understood, encoding: str | None) -> Sheet:
    readings = []
    for order, choice in enumerate([encoding] if encoding else _marked(head) or _ENCODINGS):
        text = _peek(head, choice)
        for delimiter in _DELIMITERS:
            rows = list(itertools.islice(_records(text, delimiter, []), _HEAD_ROWS))
            width = max(map(len, rows), default=0)
            readings.append((-understood(rows), text.count("\ufffd"), order, -width, choice, delimiter))
    readings.sort()
    best = readings[0][0]
    choices = list(dict.fromkeys(choice for score, *_, choice, _ in readings if score == best))
    choice, text, notes = _decoded(path, choices)
    delimiter = next(reading[-1] for reading in readings if reading[-2] == choice)
    literal: list[str] = []
    rows = list(_records(text, delimiter, literal))
    if literal:
        notes.append(f"{len(literal)} 行的引号不配对，已按原样读取，请核对。")
    return Sheet("", rows, [], notes, delimiter=delimiter)


def _marked(head: bytes) -> list[str]:
    """The encoding a byte order mark tells."""
    if head.startswith(codecs.BOM_UTF8):
        return ["utf-8"]
    return ["utf-16"] if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else []


def _peek(head: bytes, encoding: str) -> str:
    """The head of a file, with � for what does not decode."""
    try:
        b" ".decode(encoding, "replace")  # rot13, hex and their like are encodings of no text
        return codecs.getincrementaldecoder(encoding)("replace").decode(head).removeprefix("\ufeff")
    except (LookupError, UnicodeError, ValueError):
        return ""


def _decoded(path: Path, choices: list[str]) -> tuple[str, str, list[str]]:
    """Encoding, text and notes: the first encoding that fits; a few damaged characters become �, which is noted.

    Raises
    ------
    InputError
        When none fits.
    """
    raw = path.read_bytes()
    for errors in ("strict", "replace"):
        for choice in choices:
            try:
                text = raw.decode(choice, errors).removeprefix("\ufeff")
            except (UnicodeError, LookupError, ValueError):
                continue
            damaged = text.count("\ufffd") if errors == "replace" else 0
            if damaged <= max(_MOST_DAMAGED * len(text), min(3, len(text) // 50)):
                return choice, text, [f"{damaged} 处字符无法解码，已用 � 代替，请核对。"] if damaged else []
    raise InputError(
        "E104", f"无法按 {'、'.join(choices)} 解码", place=path.name,
        hint="请用 --encoding 指明编码（如 gb18030、utf-8、utf-16），或另存为 UTF-8 CSV。",
    )  # fmt: skip


def _records(text: str, delimiter: str, literal: list[str]) -> Iterator[list[str]]:
    """Rows of delimited text. A line whose quotes do not pair is taken as it stands (and added to `literal`), so that
    it cannot swallow the rows below it."""
    lines = io.StringIO(text, newline="")
    waiting: deque[str] = deque()
    taken: list[str] = []

    def feed() -> Iterator[str]:
        while (line := waiting.popleft() if waiting else next(lines, None)) is not None:
            taken.append(line)
            yield line

    while True:
        try:
            for row in csv.reader(feed(), delimiter=delimiter, strict=True):
                taken.clear()
                yield row
            return
        except csv.Error:
            first, *rest = taken
            taken.clear()
            waiting.extendleft(reversed(rest))
            literal.append(first)
            line = [first.rstrip("\r\n")]
            if first.count('"') % 2:
                yield next(csv.reader(line, delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
            else:
                yield next(csv.reader(line, delimiter=delimiter), [])
