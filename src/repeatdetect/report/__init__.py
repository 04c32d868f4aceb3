"""Everything a result is written to: the folder of the contract (CSV files, workbooks, page), and outgoing lists."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from repeatdetect.errors import InputError
from repeatdetect.jobs import PARALLEL_FROM, meanwhile

if TYPE_CHECKING:
    from repeatdetect.detector import Result

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
        When it is a file, holds other people's files, or its parent cannot be written.
    """
    try:
        if out.is_file():
            raise InputError("E401", "输出位置是一个文件", place=out.name, hint="请指定一个文件夹。")
        if out.is_dir() and not all(ours(entry.name) for entry in out.iterdir()):
            raise InputError(
                "E402", "输出文件夹中有其他文件", place=out.name, hint="请指定空文件夹或以前的结果文件夹。"
            )
        parent = out.resolve().parent
        while not parent.exists():
            parent = parent.parent
        writable = os.access(parent, os.W_OK) and (not out.is_dir() or os.access(out, os.W_OK))
    except OSError as error:
        raise _unwritable(out) from error
    if not writable:
        raise _unwritable(out)


def _unwritable(out: Path) -> InputError:
    return InputError("E403", "输出位置不可写", place=str(out)[:200], hint="请换一个有写入权限的位置。")


def write(
    result: Result,
    out: Path,
    *,
    masked: bool = False,
    shown: Result | None = None,
    pages: Mapping[str, str] | None = None,
) -> Path:
    """Write a result folder, replacing an old one only when the new one is complete.

    Parameters
    ----------
    result : Result
        What the CSV files and ``run.json`` hold.
    out : Path
    masked : bool
    shown : Result, optional
        What workbook and page show, when that is more than `result`.
    pages : mapping of str to str, optional
        Further files and their text.
    """
    from repeatdetect.report import ledger, page, workbook
    from repeatdetect.report.content import Content
    from repeatdetect.report.tables import write_csv

    check_target(out)
    start = time.perf_counter()
    with _replacing(out) as beside:
        for name, page_text in (pages or {}).items():
            (beside / name).write_text(page_text, encoding="utf-8", newline="\n")
        tables = [(getattr(result, name), beside / f"{name}.csv") for name in _TABLES]
        with meanwhile(write_csv, tables, result.settings.processes if len(result.filings) >= PARALLEL_FROM else 1):
            content = Content(shown or result, masked)
            workbook.write(content, beside / "判重台账.xlsx")
            if result.cases is not None:
                ledger.write(content, result.cases, beside / "积案台账.xlsx", date.today())
            page.write(content, beside / "report.html")
        run = {**result.run, "peak_memory_mib": _peak_memory()}
        run["seconds"] = {**run["seconds"], "write": round(time.perf_counter() - start, 3)}
        (beside / "run.json").write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return out.resolve()


def check_outgoing(folder: Path) -> None:
    """Refuse early when outgoing lists cannot be written to a folder; see `check_target`."""
    from repeatdetect.report import outgoing

    check_target(folder, outgoing.is_list)


def write_outgoing(result: Result, folder: Path, today: date | None = None) -> list[Path]:
    """Write the lists that leave the office, replacing those of an earlier run as a whole.

    Parameters
    ----------
    result : Result
        Of a run with a ledger and the officials' table.
    folder : Path
        Holds nothing but such lists.
    today : date, optional
        Day that deadlines are counted from.

    Returns
    -------
    list of Path
        One workbook a lead official, township and handling department.
    """
    from repeatdetect.report import outgoing

    check_outgoing(folder)
    with _replacing(folder) as beside:
        names = outgoing.write_lists(result, beside, today or date.today())
    return [folder.resolve() / name for name in names]


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of `out` when nothing fails, and leaves no trace when something does."""
    from xlsxwriter.exceptions import XlsxWriterException

    out = out.resolve()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise _unwritable(out) from error
    try:
        yield beside
        beside.chmod(0o755)
        _exchange(beside, out)
    except (OSError, XlsxWriterException) as error:
        raise InputError(
            "E404", "写入结果时出错", place=str(out), hint="请检查磁盘空间与权限；旧结果未改动。"
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def written(out: Path, name: str) -> pd.DataFrame:
    """A table of a result folder, as text.

    Raises
    ------
    InputError
        When the folder holds no such table.
    """
    try:
        return pd.read_csv(out / f"{name}.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(
            "E131",
            "不是完整的结果文件夹",
            place=str(out / f"{name}.csv"),
            hint="请用 --result 指明 dedupe 的输出文件夹。",
        ) from error


def _exchange(new: Path, out: Path) -> None:
    """Put a complete folder in the place of another, which stays where it is when that fails."""
    if not out.exists():
        new.replace(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
    out.replace(old / "result")
    try:
        new.replace(out)
    except OSError:
        (old / "result").replace(out)
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)


def _peak_memory() -> float | None:
    """Peak resident memory of this process in MiB (None where the platform does not tell)."""
    try:
        import resource
        import sys
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
