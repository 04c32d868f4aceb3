"""Decisions of people on pairs: read, checked for contradictions, appended; never guessed.

One CSV file a person can open: ``left_id, right_id, decision, who, when, why``. The last decision on a pair counts,
so that changing one's mind is a further row and nothing is lost.
"""

from __future__ import annotations

import csv
import io
import os
from collections import deque
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

import pandas as pd

from repeatdetect import readers
from repeatdetect.errors import InputError

SAME, DIFFERENT = "same", "different"
WORDS = {
    "same": SAME, "同一事项": SAME, "同一": SAME, "相同": SAME, "是": SAME,
    "different": DIFFERENT, "不同事项": DIFFERENT, "不同": DIFFERENT, "否": DIFFERENT,
}  # fmt: skip
_PENDING = {"", "待定", "later"}
_ALIASES: dict[str, tuple[str, ...]] = {
    "left_id": ("left_id", "甲件编号", "左件编号", "信访件编号1", "编号1"),
    "right_id": ("right_id", "乙件编号", "右件编号", "信访件编号2", "编号2"),
    "decision": ("decision", "人工结论", "结论"),
    "who": ("who", "认定人", "经办人"),
    "when": ("when", "认定时间", "时间", "日期"),
    "why": ("why", "理由", "说明", "备注"),
}


@dataclass(frozen=True)
class Decision:
    """One person's word on one pair; ``decision`` is ``same`` or ``different``."""

    left_id: str
    right_id: str
    decision: str
    who: str = ""
    when: str = ""
    why: str = ""

    @staticmethod
    def now(left_id: str, right_id: str, decision: str, who: str, why: str = "") -> Decision:
        """A decision made at this moment (local time, to the second)."""
        return Decision(left_id, right_id, decision, who, datetime.now().isoformat(" ", "seconds"), why)


COLUMNS = tuple(field.name for field in fields(Decision))


def read_decisions(path: str | Path) -> pd.DataFrame:
    """Read a file of decisions.

    Parameters
    ----------
    path : path
        CSV or workbook with the columns of `Decision`, in English or Chinese; ``decision`` is same | different, or
        同一事项 | 不同事项. Rows without one, or with 待定, are left out.

    Returns
    -------
    DataFrame
        ``COLUMNS`` as text, in file order, and ``row`` (as a spreadsheet counts).

    Raises
    ------
    InputError
        When the file cannot be read, an id is missing, or a word is not understood; the row is named.
    """
    path = Path(path)
    raw = readers.read_table(path, _ALIASES, required=("left_id", "right_id", "decision"))
    table = readers.typed(raw, dates=())
    for name in COLUMNS:
        table[name] = table[name].str.strip() if name in table.columns else ""
    table = table[~table["decision"].str.lower().isin(_PENDING)].reset_index(drop=True)
    understood = table["decision"].str.lower().map(WORDS)
    for bad, code, message, hint in (
        (understood.isna(), "E211", "结论不是可识别的词", "请填写 同一事项 或 不同事项（same 或 different）。"),
        ((table["left_id"] == "") | (table["right_id"] == ""), "E212", "缺少信访件编号", "请补全两件的编号。"),
        (table["left_id"] == table["right_id"], "E213", "两个编号相同", "请核对两件的编号。"),
    ):
        if bad.any():
            raise InputError(code, message, place=f"{path.name} 第 {_listed(table.loc[bad, 'row'])} 行", hint=hint)
    table["decision"] = understood
    return table[[*COLUMNS, "row"]]


def append(path: str | Path, decisions: Iterable[Decision]) -> None:
    """Add rows at the end of a decisions file, making it (UTF-8 with BOM, for Excel) when it is not there.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    path = Path(path)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    try:
        fresh = not path.exists() or not path.stat().st_size
        if fresh:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer.writerow(COLUMNS)
        writer.writerows(astuple(decision) for decision in decisions)
        with path.open("ab") as stream:
            if not fresh and not _ends_line(path):
                stream.write(b"\r\n")
            stream.write(buffer.getvalue().encode("utf-8-sig" if fresh else "utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise InputError("E405", "人工结论文件无法写入", place=path.name, hint="请检查权限与磁盘空间。") from error


def _ends_line(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


@dataclass(frozen=True)
class Contradiction:
    """A pair called different although other decisions make it the same: A=B, B=C, A≠C.

    Attributes
    ----------
    left_id, right_id : str
        The pair called different.
    row : int
        Where that was said.
    because : tuple of int
        Rows of the decisions that together make the pair the same.
    """

    left_id: str
    right_id: str
    row: int
    because: tuple[int, ...]

    def __str__(self) -> str:
        return f"第 {_listed(self.because)} 行认定为同一事项，第 {self.row} 行却认定 {self.left_id} 与 {self.right_id} 不同"


def contradictions(decisions: pd.DataFrame) -> list[Contradiction]:
    """Find decisions that cannot all hold; the last decision on a pair replaces earlier ones on it.

    Parameters
    ----------
    decisions : DataFrame
        left_id, right_id, decision and, for the report, ``row`` (else positions from 1).

    Returns
    -------
    list of Contradiction
        One for each pair called different that a chain of pairs called the same connects; [] when all can hold.
    """
    rows = decisions["row"] if "row" in decisions.columns else range(1, len(decisions) + 1)
    latest: dict[frozenset[str], tuple[str, int, str, str]] = {}
    for left, right, word, row in zip(
        decisions["left_id"], decisions["right_id"], decisions["decision"], rows, strict=True
    ):
        latest[frozenset((left, right))] = (word, int(row), left, right)
    same: dict[str, dict[str, int]] = {}
    for word, row, left, right in latest.values():
        if word == SAME:
            same.setdefault(left, {})[right] = row
            same.setdefault(right, {})[left] = row
    found = []
    for word, row, left, right in latest.values():
        if word == DIFFERENT and (chain := _chain(same, left, right)):
            found.append(Contradiction(left, right, row, tuple(sorted(chain))))
    return sorted(found, key=lambda contradiction: contradiction.row)


def _chain(same: dict[str, dict[str, int]], start: str, goal: str) -> list[int]:
    """Rows of the shortest chain of `same` decisions between two filings; [] when there is none."""
    came: dict[str, tuple[str, int] | None] = {start: None}
    queue = deque([start])
    while queue and goal not in came:
        here = queue.popleft()
        for there, row in same.get(here, {}).items():
            if there not in came:
                came[there] = (here, row)
                queue.append(there)
    rows = []
    step = came.get(goal)
    while step is not None:
        rows.append(step[1])
        step = came[step[0]]
    return rows


def check(decisions: pd.DataFrame, place: str = "") -> pd.DataFrame:
    """The decisions, when they can all hold.

    Raises
    ------
    InputError
        When some contradict each other; all are named by row.
    """
    found = contradictions(decisions)
    if found:
        shown = "；".join(str(contradiction) for contradiction in found[:5])
        more = f"；另有 {len(found) - 5} 处" if len(found) > 5 else ""
        raise InputError(
            "E214", f"人工结论自相矛盾：{shown}{more}", place=place, hint="请改正其中一行后再运行；程序不替人选择。"
        )
    return decisions


def _listed(rows: Iterable[int]) -> str:
    return "、".join(str(int(row)) for row in rows)
