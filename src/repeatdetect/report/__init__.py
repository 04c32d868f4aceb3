"""Everything a result is written to: the folder of the contract (CSV files, workbooks, page), and outgoing lists."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from repeatdetect.errors import InputError
from repeatdetect.jobs import PARALLEL_FROM, meanwhile
from repeatdetect.report.folders import replacing, unwritable

if TYPE_CHECKING:
    from repeatdetect.detector import Result
    from repeatdetect.report.content import Content

_TABLES = ("pairs", "filings", "matters", "links", "rejects")  # the longest to write first
_OURS = {
    *(f"{name}.csv" for name in _TABLES),
    "判重台账.xlsx",
    "积案台账.xlsx",
    "report.html",
    "run.json",
    "摘要.md",
}


def check_target(out: Path, ours: Callable[[str], bool] = _OURS.__contains__) -> None:
    """Refuse early when a result cannot be written to `out`.

    Parameters
    ----------
    out : Path
    ours : callable
        Whether a file of this name is ours to replace.

    Raises
    ------
    InputError
        When it is no folder, holds other people's files, or its parent cannot be written.
    """
    try:
        if out.exists() and not out.is_dir():  # a device or a pipe is no more ours to replace than a file
            raise InputError("E401", "输出位置不是文件夹", place=str(out.resolve())[:200], hint="请指定一个文件夹。")
        if out.is_dir() and not all(ours(entry.name) for entry in out.iterdir()):
            raise InputError(
                "E402",
                "输出文件夹中有其他文件",
                place=str(out.resolve())[:200],
                hint="请指定空文件夹或以前的结果文件夹。",
            )
        parent = out.resolve().parent
        while not parent.exists():
            parent = parent.parent
        writable = os.access(parent, os.W_OK) and (not out.is_dir() or os.access(out, os.W_OK))
    except OSError as error:
        raise unwritable(out) from error
    if not writable:
        raise unwritable(out)


def writing(
    result: Result,
    out: Path,
    *,
    masked: bool = False,
    shown: Result | None = None,
    pages: Mapping[str, Callable[[Content], str]] | None = None,
    others: Callable[[], pd.DataFrame] | None = None,
) -> AbstractContextManager[None]:
    """A result folder, complete before the block begins, which replaces an old one when the block ends well.

    Parameters
    ----------
    result : Result
        What the CSV files and ``run.json`` hold.
    out : Path
    masked : bool
    shown : Result, optional
        What workbook and page show, when that is more than `result`.
    pages : mapping of str to callable, optional
        Further files; each gives its text of what is shown.
    others : callable, optional
        Gives further filings whose petitioners are hidden where `masked`; see `repeatdetect.privacy.Masker`.
    """
    from repeatdetect.report import ledger, page, workbook
    from repeatdetect.report.content import Content
    from repeatdetect.report.tables import pieces, write_csv

    start = time.perf_counter()

    def fill(folder: Path) -> None:
        tables = [piece for name in _TABLES for piece in pieces(getattr(result, name), folder / f"{name}.csv")]
        with meanwhile(write_csv, tables, result.settings.processes if len(result.filings) >= PARALLEL_FROM else 1):
            content = Content(shown or result, masked, others() if masked and others else None)
            workbook.write(content, folder / "判重台账.xlsx")
            if result.cases is not None:
                ledger.write(content, result.cases, folder / "积案台账.xlsx", date.today())
            page.write(content, folder / "report.html")
            for name, told in (pages or {}).items():
                (folder / name).write_text(told(content), encoding="utf-8", newline="\n")
        run = {**result.run, "peak_memory_mib": _peak_memory()}
        run["seconds"] = {**run["seconds"], "write": round(time.perf_counter() - start, 3)}
        (folder / "run.json").write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    check_target(out)
    return replacing(out, fill)


def check_outgoing(folder: Path, *, judged: bool) -> None:
    """Refuse early when outgoing lists cannot be written to a folder (see `check_target`), or recusal is not `judged`.

    Raises
    ------
    InputError
    """
    from repeatdetect.report import outgoing

    if not judged:
        hint = "请同时给出积案台账（--cases）和分工表（--officials）：没有它们无从判断回避。"
        raise InputError("E222", "下发清单缺少积案台账或分工表", place=str(folder), hint=hint)
    check_target(folder, outgoing.is_list)


def writing_outgoing(
    result: Result,
    folder: Path,
    today: date | None = None,
    others: Callable[[], pd.DataFrame] | None = None,
) -> AbstractContextManager[None]:
    """The lists that leave the office, complete before the block begins, put in place when it ends well.

    Parameters
    ----------
    result : Result
        Of a run with a ledger and the officials' table.
    folder : Path
        Holds nothing but such lists; one workbook a lead official, township and handling department. Those of an
        earlier run are replaced as a whole.
    today : date, optional
        Day that deadlines are counted from.
    others : callable, optional
        Gives further filings whose petitioners are hidden, too; see `repeatdetect.privacy.Masker`.
    """
    from repeatdetect.report import outgoing

    check_outgoing(folder, judged=result.judged)
    return replacing(folder, lambda beside: outgoing.write_lists(result, beside, today or date.today(), others))


def written(path: Path, needed: Iterable[str]) -> pd.DataFrame:
    """A table of a result folder, as text.

    Raises
    ------
    InputError
        When there is no such table, or it lacks a needed column.
    """
    hint = "请指明 dedupe 的输出文件夹。"
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError("E131", "不是完整的结果文件夹", place=str(path), hint=hint) from error
    if not set(needed) <= set(table.columns):
        raise InputError("E131", "不是 dedupe 写出的表", place=str(path), hint=hint)
    return table


def _peak_memory() -> float | None:
    """Peak resident memory of this process in MiB (None where the platform does not tell)."""
    try:
        import resource
        import sys
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
