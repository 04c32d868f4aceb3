"""Decisions of people on pairs: read, checked for contradictions, appended; never guessed, never left out.

One CSV file a person can open: ``left_id, right_id, decision, who, when, why``. The last decision on a pair counts,
so that changing one's mind is a further row and nothing is lost; ``later`` (待定) takes back what was said before.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pandas as pd

from repeatdetect import readers
from repeatdetect.cells import as_texts
from repeatdetect.contradictions import DIFFERENT, LATER, SAME, check, latest, where
from repeatdetect.errors import InputError, shown

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
_OF_A_LEDGER = {"事项编号", "第几件", "人工结论"}  # headers of its sheet of filings
_TEXT_FILES = ("", ".csv", ".tsv", ".txt")


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

    @staticmethod
    def to_continue(path: Path) -> DecisionFile:
        """A file that further decisions can be written to, which is found out now and not with the first of them."""
        _kept(path)
        return DecisionFile(path)

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.name

    def decisions(self) -> pd.DataFrame:
        """See `read_decisions`; empty when there is no file yet."""
        return pd.DataFrame(columns=[*COLUMNS, "row"]) if _is_new(self.path) else read_decisions(self.path)

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
        When the file or a row of it cannot be read, an id is missing, or a word is not understood; the row is named.
    """
    path = Path(path)
    return that_count(_rows(path), shown(path.name))


def that_count(table: pd.DataFrame, source: str) -> pd.DataFrame:
    """What counts of a table of decisions: the last word on each pair unless it is ``later``.

    Parameters
    ----------
    table : DataFrame
        left_id, right_id and decision as people or programs wrote them; the other ``COLUMNS`` and ``row`` may be absent.
    source : str
        What errors call it.

    Returns
    -------
    DataFrame
        ``COLUMNS`` as text (a number is the id it shows) and ``row``.

    Raises
    ------
    InputError
        When a column or an id is missing, or a word is not understood; the rows are named.
    """
    out = latest(said(table, source))
    return out.loc[out["decision"] != LATER, [*COLUMNS, "row"]].reset_index(drop=True)


def said(table: pd.DataFrame, source: str) -> pd.DataFrame:
    """Every word of a table of decisions in order, with ``source`` and ``row``; see `that_count`."""
    missing = [name for name in COLUMNS[:3] if name not in table.columns]
    if missing:
        raise InputError(
            "E218",
            "人工结论缺少必需的列",
            place=f"{source}：{'、'.join(missing)}",
            hint="须有 left_id、right_id、decision。",
        )
    told = {name: as_texts(table[name].tolist()) if name in table.columns else "" for name in COLUMNS}
    out = pd.DataFrame(told, index=pd.RangeIndex(len(table)), dtype=object)
    for name in COLUMNS:
        out[name] = out[name].str.strip()
    rows = table["row"].tolist() if "row" in table.columns else range(1, len(table) + 1)
    return understood(out.assign(row=rows, source=source))


def _rows(path: Path) -> pd.DataFrame:
    """All rows of a file of decisions as they stand.

    Raises
    ------
    InputError
        When it cannot be read, or a row of it (the rows are named), or is a workbook for `apply`.
    """
    if path.is_file() and _is_new(path):
        raise InputError(
            "E102",
            "人工结论文件是空的",
            place=shown(path.name),
            hint="请先用 apply 或 review 记入结论；还没有结论时不必给出。",
        )
    table = readers.all_read(readers.read_table(path, ALIASES, required=COLUMNS[:3]), path.name)
    if _OF_A_LEDGER.issubset(table.attrs["seen"]):  # answers on filings stand in a sheet that is not read here
        raise InputError(
            "E220",
            "给出的是判重台账，不是人工结论表",
            place=shown(path.name),
            hint="请先用 repeatdetect apply 把台账里的结论收回到人工结论表。",
        )
    return table


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


def unknown(decisions: pd.DataFrame | None, ids: pd.Series[str]) -> list[str]:
    """What is to be noted of decisions on filings that are not among `ids`; they still count where they bear on those."""
    if decisions is None:
        return []
    absent = int((~(decisions["left_id"].isin(ids) & decisions["right_id"].isin(ids))).sum())
    return [f"人工结论中有 {absent} 对的编号不全在本次导出表中。"] if absent else []


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
    """Add rows at the end of a decisions file, making it when it is not there.

    Whatever form it had, the file is written anew in one (``COLUMNS``, comma, UTF-8 with BOM for Excel), as a whole or
    not at all; the rows it had keep their order and their words. A new file is its owner's alone, one that was there
    keeps its mode.

    Raises
    ------
    InputError
        When the file cannot be written, or not without losing something it holds.
    """
    path = Path(path).resolve()
    beside = path.with_name(f".repeatdetect-{os.getpid()}.new")
    rows = [astuple(decision) for decision in decisions]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:  # once more when somebody else has written meanwhile
            before = _version(path)
            kept = _kept(path)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream).writerows([COLUMNS, *kept, *rows])
                stream.flush()
                os.fsync(stream.fileno())
            if before:
                shutil.copymode(path, beside)
            if _version(path) == before:
                beside.replace(path)
                return
    except OSError as error:
        raise InputError(
            "E405", "人工结论文件无法写入", place=shown(path.name), hint="请检查权限与磁盘空间。"
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def _kept(path: Path) -> list[tuple[str, ...]]:
    """Rows of a file that is to be written anew, in ``COLUMNS``.

    Raises
    ------
    InputError
        When it is no text file, or holds what these columns do not.
    """
    hint = f"请另存为 CSV，只留 {'、'.join(COLUMNS)} 各列（也可用中文表头）；或把结论记到另一个 CSV 文件。"
    workbook = InputError("E219", "结论只能续写到 CSV 文件", place=shown(path.name), hint=hint)
    if path.suffix.lower() not in _TEXT_FILES:
        raise workbook
    if _is_new(path):
        return []
    table = readers.typed(_rows(path), dates=())
    if (table["source_file"] != path.name).any():  # a sheet is named
        raise workbook
    if notes := table.attrs["notes"]:
        raise InputError("E219", "续写会改变文件中原有的内容", place=notes[0].rstrip("。")[:200], hint=hint)
    return list(table.reindex(columns=list(COLUMNS), fill_value="").itertuples(index=False, name=None))


def _is_new(path: Path) -> bool:
    return not path.exists() or (path.is_file() and not path.stat().st_size)


def _version(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever a file is written; None when there is none."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    return told.st_ino, told.st_mtime_ns, told.st_size


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
    earlier_word = {
        frozenset((left, right)): word
        for left, right, word in before[["left_id", "right_id", "decision"]].itertuples(index=False)
    }
    kept: list[Decision] = []
    new = changed = withdrawn = again = 0
    for row in decisions[list(COLUMNS)].itertuples(index=False):
        decision = Decision(*row)
        earlier = earlier_word.get(frozenset((decision.left_id, decision.right_id)), LATER)
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
