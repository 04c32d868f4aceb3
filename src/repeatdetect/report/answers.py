"""人工结论 out of a workbook that people filled in: each answer as decisions on pairs, with the row it stands in."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from pathlib import Path

import pandas as pd

from repeatdetect import readers
from repeatdetect.contradictions import DIFFERENT, SAME, Place, places, where
from repeatdetect.decisions import ALIASES, COLUMNS, understood
from repeatdetect.errors import InputError

#: headers of the sheet of filings; that of pairs has those of a file of decisions
_DETAIL: dict[str, tuple[str, ...]] = {
    "filing_id": ("信访件编号",), "matter_id": ("事项编号",), "number": ("第几件",), "decision": ALIASES["decision"], "why": ALIASES["why"],
}  # fmt: skip
_NO_HEADER = "E110"


def read_answers(path: str | Path, who: str) -> pd.DataFrame:
    """Read the answers of a workbook, or of one of its sheets saved as CSV.

    Parameters
    ----------
    path : path
        A 判重台账.xlsx, sorted, filtered and extended as people like; sheets are known by their headers.
    who : str
        Who answered.

    Returns
    -------
    DataFrame
        Columns of `Decision`, ``source`` (sheet) and ``row``, one row a pair; ``attrs["filings"]`` counts the filings it
        shows. In the sheet of pairs an answer is a word on that pair. In the sheet of filings 不同事项 (or 待定, to take it
        back) is a word on the filing and each of its matter that was not thrown out as well, and 同一事项 one on the filing
        and the first of those.

    Raises
    ------
    InputError
        When the sheets are not there, an answer cannot be understood or belongs to no filing, or a pair has two
        answers; all are named by sheet and row.
    """
    path = Path(path)
    pairs = _sheet(path, ALIASES, ("left_id", "right_id", "decision"))
    details = _sheet(path, _DETAIL, ("filing_id", "matter_id", "number", "decision"))
    if pairs is None and details is None:
        raise InputError(
            "E110", "找不到填人工结论的工作表", place=path.name,
            hint="请给出判重写出的台账；“待判”须有 左件编号、右件编号、人工结论 列，“重复件明细”须有 信访件编号、事项编号、第几件、人工结论 列。",
        )  # fmt: skip
    said = [_on_pairs(pairs)] if pairs is not None else []
    said += [_on_filings(details)] if details is not None else []
    out = _once(pd.concat(said, ignore_index=True).assign(who=who, when=datetime.now().isoformat(" ", "seconds")))
    ids = set[str]() if pairs is None else {*pairs["left_id"], *pairs["right_id"]}
    ids |= set() if details is None else set(details.loc[details["number"] != "", "filing_id"])
    out.attrs["filings"] = len(ids - {""})
    return out


def _sheet(path: Path, aliases: dict[str, tuple[str, ...]], required: tuple[str, ...]) -> pd.DataFrame | None:
    """Rows of all sheets with these columns, as text; None when there is none."""
    try:
        table = readers.all_read(readers.read_table(path, aliases, required=required), path.name)
    except InputError as error:
        if error.code == _NO_HEADER:
            return None
        raise
    out = readers.typed(table, dates=()).rename(columns={"source_file": "source"})
    for name in out.columns.difference(["row"]):
        out[name] = out[name].str.strip()
    return out.reindex(columns=list(dict.fromkeys([*out.columns, "why"])), fill_value="")


def _on_pairs(table: pd.DataFrame) -> pd.DataFrame:
    return understood(table)[["left_id", "right_id", "decision", "why", "source", "row"]]


def _on_filings(table: pd.DataFrame) -> pd.DataFrame:
    """Answers on filings as words on pairs of each matter."""
    answered = understood(table.assign(left_id=table["filing_id"], right_id="·"))
    stray = answered["number"] == ""
    if stray.any():
        raise InputError(
            "E216", "结论填在了不是信访件的行上", place=where(answered[stray]),
            hint="请填在信访件那一行；要移出整个事项的某几件，请逐件填写。",
        )  # fmt: skip
    filed = table[table["number"] != ""]
    said: list[tuple[str, str, str, str, str, int]] = []
    for matter, answers in answered.groupby("matter_id", sort=False):
        words = dict(zip(answers["left_id"], answers["decision"], strict=True))
        everyone = filed.loc[filed["matter_id"] == matter, "filing_id"].drop_duplicates().tolist()
        stay = [name for name in everyone if words.get(name) != DIFFERENT]
        for name, word, why, source, row in answers[["left_id", "decision", "why", "source", "row"]].itertuples(
            index=False
        ):
            others = [other for other in stay if other != name]
            said += [(name, other, word, why, source, row) for other in (others[:1] if word == SAME else others)]
        if not stay:  # all thrown out: each is a matter of its own
            at = {a: (b, c, d) for a, b, c, d in answers[["left_id", "why", "source", "row"]].itertuples(index=False)}
            said += [(one, other, DIFFERENT, *at[one]) for one, other in combinations(everyone, 2)]
    return pd.DataFrame(said, columns=["left_id", "right_id", "decision", "why", "source", "row"])


def _once(said: pd.DataFrame) -> pd.DataFrame:
    """Each pair once; a pair with two answers is nobody's to choose between."""
    first: dict[frozenset[str], tuple[str, Place]] = {}
    clashes, kept = [], []
    for left, right, word, source, row in said[["left_id", "right_id", "decision", "source", "row"]].itertuples(
        index=False
    ):
        place = Place(source, int(row))
        before, there = first.setdefault(frozenset((left, right)), (word, place))
        kept.append(there == place)
        if before != word:
            clashes.append(places([there, place]))
    if clashes:
        shown = "；".join(dict.fromkeys(clashes))
        raise InputError("E215", f"同一对来件有两个结论：{shown}", hint="请改正其中一处后再运行；程序不替人选择。")
    return said.loc[kept, [*COLUMNS, "source", "row"]].reset_index(drop=True)
