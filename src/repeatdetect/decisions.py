"""Decisions of people on pairs: read, checked for contradictions, appended; never guessed.

One CSV file a person can open: ``left_id, right_id, decision, who, when, why``. The last decision on a pair counts,
so that changing one's mind is a further row and nothing is lost; ``later`` (待定) takes back what was said before.
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
from typing import NamedTuple, Protocol

import pandas as pd

from repeatdetect import readers
from repeatdetect.errors import InputError, shown

SAME, DIFFERENT, LATER = "same", "different", "later"
WORDS = {
    "same": SAME, "同一事项": SAME, "同一": SAME, "相同": SAME, "是": SAME,
    "different": DIFFERENT, "不同事项": DIFFERENT, "不同": DIFFERENT, "否": DIFFERENT,
    "later": LATER, "待定": LATER,
}  # fmt: skip
ALIASES: dict[str, tuple[str, ...]] = {
    "left_id": ("left_id", "甲件编号", "左件编号", "信访件编号1", "编号1"),
    "right_id": ("right_id", "乙件编号", "右件编号", "信访件编号2", "编号2"),
    "decision": ("decision", "人工结论", "结论"),
    "who": ("who", "认定人", "经办人"),
    "when": ("when", "认定时间", "时间", "日期"),
    "why": ("why", "理由", "说明", "备注"),
}


@dataclass(frozen=True)
class Decision:
    """One person's word on one pair: ``same``, ``different``, or ``later``, which takes back an earlier word."""

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


class Keeper(Protocol):
    """Where decisions are kept: a file here, the history elsewhere."""

    @property
    def name(self) -> str:
        """What people call it."""

    def decisions(self) -> pd.DataFrame:
        """What counts now: one row a decided pair, ``COLUMNS`` and, where it has rows, ``row``."""

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Keep further decisions."""


@dataclass(frozen=True)
class DecisionFile:
    """A file of decisions as a `Keeper`; it is made with the first decision."""

    path: Path

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.name

    def decisions(self) -> pd.DataFrame:
        """See `read_decisions`; empty when there is no file yet."""
        return read_decisions(self.path) if self.path.exists() else pd.DataFrame(columns=[*COLUMNS, "row"])

    def decide(self, decisions: Iterable[Decision]) -> None:
        """See `append`."""
        append(self.path, decisions)


def read_decisions(path: str | Path) -> pd.DataFrame:
    """Read a file of decisions.

    Parameters
    ----------
    path : path
        CSV or workbook with the columns of `Decision`, in English or Chinese; ``decision`` is same | different |
        later, or 同一事项 | 不同事项 | 待定.

    Returns
    -------
    DataFrame
        What counts: the last word on each pair unless it is ``later``. ``COLUMNS`` as text, in file order, and
        ``row`` (as a spreadsheet counts).

    Raises
    ------
    InputError
        When the file cannot be read, an id is missing, or a word is not understood; the row is named.
    """
    path = Path(path)
    raw = readers.read_table(path, ALIASES, required=("left_id", "right_id", "decision"))
    table = readers.typed(raw, dates=())
    for name in COLUMNS:
        table[name] = table[name].str.strip() if name in table.columns else ""
    table = latest(understood(table.assign(source=shown(path.name))))
    return table.loc[table["decision"] != LATER, [*COLUMNS, "row"]].reset_index(drop=True)


def understood(table: pd.DataFrame) -> pd.DataFrame:
    """Rows that say something, their words as ``same``, ``different`` or ``later``.

    Parameters
    ----------
    table : DataFrame
        left_id, right_id, decision as people wrote it, ``source`` and ``row``.

    Raises
    ------
    InputError
        When a word is not understood, or a pair is not one; the rows are named.
    """
    table = table[table["decision"] != ""]
    word = table["decision"].str.lower().map(WORDS)
    for bad, code, message, hint in (
        (word.isna(), "E211", "结论不是可识别的词", "请填写 同一事项、不同事项 或 待定（same、different 或 later）。"),
        ((table["left_id"] == "") | (table["right_id"] == ""), "E212", "缺少信访件编号", "请补全两件的编号。"),
        (table["left_id"] == table["right_id"], "E213", "两个编号相同", "请核对两件的编号。"),
    ):
        if bad.any():
            raise InputError(code, message, place=where(table[bad]), hint=hint)
    return table.assign(decision=word)


def latest(decisions: pd.DataFrame) -> pd.DataFrame:
    """The last decision on each pair, whichever way round it stands."""
    pairs = pd.Series(
        [frozenset(pair) for pair in zip(decisions["left_id"], decisions["right_id"], strict=True)],
        index=decisions.index, dtype=object,
    )  # fmt: skip
    return decisions[~pairs.duplicated(keep="last")]


def labelled_pairs(path: str | Path) -> pd.DataFrame:
    """Decisions of people as examples to learn from.

    Returns
    -------
    DataFrame
        ``left_id, right_id`` and ``same`` (bool), one row a pair.

    Raises
    ------
    InputError
        As `read_decisions` and `check`.
    """
    table = check(read_decisions(path), Path(path).name)
    return table[["left_id", "right_id"]].assign(same=table["decision"] == SAME)


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


class Place(NamedTuple):
    """Where a decision stands: a sheet or file ('' when there is but one) and its row."""

    source: str
    row: int


@dataclass(frozen=True)
class Contradiction:
    """A pair called different although other decisions make it the same: A=B, B=C, A≠C.

    Attributes
    ----------
    left_id, right_id : str
        The pair called different.
    place : Place
        Where that was said.
    because : tuple of Place
        Decisions that together make the pair the same.
    """

    left_id: str
    right_id: str
    place: Place
    because: tuple[Place, ...]

    def __str__(self) -> str:
        same, different = places(self.because), places([self.place])
        return f"{same}认定为同一事项，{different}却认定 {self.left_id} 与 {self.right_id} 不同"


def where(rows: pd.DataFrame) -> str:
    """Rows of a table by its ``source`` and ``row``, as `places` names them."""
    return places(Place(source, int(row)) for source, row in rows[["source", "row"]].itertuples(index=False))


def places(found: Iterable[Place]) -> str:
    """Rows by sheet or file: 待判 第 3、7 行、明细 第 5 行."""
    rows: dict[str, list[int]] = {}
    for source, row in sorted(set(found)):
        rows.setdefault(source, []).append(row)
    return "、".join(f"{source} 第 {_listed(numbers)} 行".lstrip() for source, numbers in rows.items())


def contradictions(decisions: pd.DataFrame) -> list[Contradiction]:
    """Find decisions that cannot all hold; the last decision on a pair replaces earlier ones on it.

    Parameters
    ----------
    decisions : DataFrame
        left_id, right_id, decision and, for the report, ``row`` (else positions from 1) and ``source``.

    Returns
    -------
    list of Contradiction
        One for each pair called different that a chain of pairs called the same connects; [] when all can hold.
    """
    rows = decisions["row"] if "row" in decisions.columns else pd.Series(range(1, len(decisions) + 1), decisions.index)
    sources = decisions["source"] if "source" in decisions.columns else pd.Series("", decisions.index)
    last = latest(decisions.assign(row=rows, source=sources))
    same: dict[str, dict[str, Place]] = {}
    different = []
    for left, right, word, row, source in last[["left_id", "right_id", "decision", "row", "source"]].itertuples(
        index=False
    ):
        place = Place(source, int(row))
        if word == SAME:
            same.setdefault(left, {})[right] = place
            same.setdefault(right, {})[left] = place
        elif word == DIFFERENT:
            different.append((place, left, right))
    return [
        Contradiction(left, right, place, tuple(sorted(chain)))
        for place, left, right in sorted(different)
        if (chain := _chain(same, left, right))
    ]


def _chain(same: dict[str, dict[str, Place]], start: str, goal: str) -> list[Place]:
    """Places of the shortest chain of `same` decisions between two filings; [] when there is none."""
    came: dict[str, tuple[str, Place] | None] = {start: None}
    queue = deque([start])
    while queue and goal not in came:
        here = queue.popleft()
        for there, place in same.get(here, {}).items():
            if there not in came:
                came[there] = (here, place)
                queue.append(there)
    found = []
    step = came.get(goal)
    while step is not None:
        found.append(step[1])
        step = came[step[0]]
    return found


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


@dataclass(frozen=True)
class Recorded:
    """What became of a batch of decisions: how many were new, changed or took back an earlier one, or said it again."""

    new: int
    changed: int
    withdrawn: int
    again: int


def record(keeper: Keeper, decisions: pd.DataFrame) -> Recorded:
    """Keep those of a batch that say something new, or none of them when they cannot hold with what was said before.

    Parameters
    ----------
    keeper : Keeper
    decisions : DataFrame
        ``COLUMNS``, ``source`` and ``row``, at most one row a pair.

    Raises
    ------
    InputError
        When decisions, the new and the old, contradict each other; all are named by row.
    """
    before = keeper.decisions()
    rows = before["row"] if "row" in before.columns else range(1, len(before) + 1)
    old = before.assign(source=keeper.name, row=rows)
    check(pd.concat([old, decisions], ignore_index=True) if len(old) else decisions)
    said = {
        frozenset((left, right)): word
        for left, right, word in before[["left_id", "right_id", "decision"]].itertuples(index=False)
    }
    kept: list[Decision] = []
    new = changed = withdrawn = again = 0
    for row in decisions[list(COLUMNS)].itertuples(index=False):
        decision = Decision(*row)
        earlier = said.get(frozenset((decision.left_id, decision.right_id)), LATER)
        if decision.decision == earlier:
            again += earlier != LATER
            continue
        kept.append(decision)
        new += earlier == LATER
        withdrawn += decision.decision == LATER
        changed += LATER not in (earlier, decision.decision)
    if kept:
        keeper.decide(kept)
    return Recorded(new, changed, withdrawn, again)


def _listed(rows: Iterable[int]) -> str:
    return "、".join(str(int(row)) for row in rows)
