"""What the verbs of the command line do, without the command line: files in, library calls, files out."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

import pandas as pd

import repeatdetect as rd
from repeatdetect import decisions as decision_files
from repeatdetect import report
from repeatdetect.corpus import Progress
from repeatdetect.errors import InputError


def mapping(pairs: Sequence[str]) -> dict[str, str]:
    """``--map 来源列=canonical`` options as a mapping.

    Raises
    ------
    InputError
        When one has no "=".
    """
    out = {}
    for pair in pairs:
        source, found, column = pair.rpartition("=")
        if not (found and source.strip() and column.strip()):
            raise InputError("E221", "--map 的写法不对", place=pair, hint="应写成 --map 来源列=标准列，如 --map 诉求=text。")
        out[source.strip()] = column.strip()
    return out


def load_settings(path: Path | None, columns: Mapping[str, str], jobs: int | None) -> rd.Settings:
    """Settings from a file, with what the command line says over them."""
    settings = rd.Settings.from_toml(path) if path else rd.Settings()
    return dataclasses.replace(
        settings, columns={**settings.columns, **columns}, jobs=settings.jobs if jobs is None else jobs
    )


def read(
    export: Sequence[Path], settings: rd.Settings, encoding: str | None, sheet: str | None, progress: Progress
) -> pd.DataFrame:
    """Read the exports of a command, telling how many rows there were."""
    progress("read", 0, 0)
    filings = rd.read_filings(export, mapping=settings.columns, encoding=encoding, sheet=sheet)
    progress("read", len(filings), len(filings))
    return filings


def dedupe(
    export: Sequence[Path],
    out: Path,
    *,
    cases: Path | None,
    officials: Path | None,
    decisions: Path | None,
    mapping: Mapping[str, str],
    settings: Path | None,
    encoding: str | None,
    sheet: str | None,
    jobs: int | None,
    outgoing: Path | None,
    masked: bool,
    progress: Progress,
) -> rd.Result:
    """Read, detect, write; what can be refused is refused before the work begins."""
    report.check_target(out)
    chosen = load_settings(settings, mapping, jobs)
    decided = decision_files.check(decision_files.read_decisions(decisions), decisions.name) if decisions else None
    case_table = rd.read_cases(cases) if cases else None
    official_table = rd.read_officials(officials) if officials else None
    filings = read(export, chosen, encoding, sheet, progress)
    result = rd.detect(
        filings, cases=case_table, officials=official_table, decisions=decided, settings=chosen, progress=progress
    )
    result.run["inputs"] = [
        {"name": path.name, "sha256": _digest(path)} for path in (*export, cases, officials, decisions) if path
    ]
    progress("write", 0, 0)
    result.write(out, masked=masked)
    if outgoing:
        import_module("repeatdetect.outgoing").write(result, outgoing)
    progress("write", len(result.filings), len(result.filings))
    return result


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
