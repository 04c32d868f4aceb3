"""What a program hands over, looked at before the work begins: tables that are tables and have their columns."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from repeatdetect.cells import as_dates, as_texts
from repeatdetect.errors import InputError
from repeatdetect.filings import AHEAD
from repeatdetect.ledger import CASE_ALIASES, OFFICIAL_ALIASES, as_cases, as_officials
from repeatdetect.settings import Settings

_DECISION = ("left_id", "right_id", "decision")


def check(
    filings: object,
    cases: object = None,
    officials: object = None,
    decisions: object = None,
    settings: object = None,
) -> None:
    """Refuse what is no table, or lacks columns, and settings that are none.

    Raises
    ------
    InputError
        That names the argument, and what to hand over instead.
    """
    _table("filings", filings, (), "read_filings", "")
    for name, value, columns, reader, lacking in (
        ("cases", cases, [column for column in CASE_ALIASES if column != "ordinal"], "read_cases", "E113"),
        ("officials", officials, OFFICIAL_ALIASES, "read_officials", "E113"),
        ("decisions", decisions, _DECISION, "decisions.read_decisions", "E218"),
    ):
        if value is not None:
            _table(name, value, columns, reader, lacking)
    if settings is not None and not isinstance(settings, Settings):
        raise InputError(
            "E202", "设置的类型不对", place="settings", hint="请给出 Settings(…) 或 Settings.from_toml(…)。"
        )


def _table(name: str, value: object, columns: Iterable[str], reader: str, lacking: str) -> None:
    if not isinstance(value, pd.DataFrame):
        raise InputError(
            "E112", "给出的不是 DataFrame", place=name, hint=f"文件请先用 {reader} 读取；自备的数据请做成 DataFrame。"
        )
    if missing := [column for column in columns if column not in value.columns]:
        raise InputError(
            lacking,
            f"缺少列 {'、'.join(missing)}",
            place=name,
            hint=f"请用 {reader} 读取，或按这些列名补全（空列也可以）。",
        )


def linked(
    cases: pd.DataFrame | None, officials: pd.DataFrame | None
) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Ledger and officials' table with cells as `read_cases` and `read_officials` give them, whoever made the tables."""
    return (
        None if cases is None else as_cases(_typed(cases, CASE_ALIASES)),
        None if officials is None else as_officials(_typed(officials, OFFICIAL_ALIASES)),
    )


def _typed(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    out = table.reset_index(drop=True)
    for name in columns:
        if name.endswith("_date"):
            out[name] = pd.Series(as_dates(out[name], name in AHEAD)[0], index=out.index, dtype="datetime64[s]")
        elif name in out.columns:
            out[name] = pd.Series(as_texts(out[name].tolist()), index=out.index, dtype=object).str.strip()
    return out
