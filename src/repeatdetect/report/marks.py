"""The office's own marks (是否重复件, 初重件, 关联件编号) beside this program's answer."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from repeatdetect.cells import ids_in

if TYPE_CHECKING:
    from repeatdetect.detector import Result

_YES = re.compile(r"(?:是|y|yes|true|1|√|重|重复|重复件|重件|重信|重访|重复信访|重复举报)\Z")
_NO = re.compile(
    r"(?:否|不是|非|n|no|false|0|×|初|初次|初件|初信|初访|初次件|初次信访|初次举报|非重复件|非重复|不重复)\Z"
)

AGREES, MISSED, ONLY_MARKED, JOINT, APART, OUTSIDE = (
    "一致",
    "原未标",
    "仅原标记",
    "同诉件",
    "关联不同",
    "关联件不在表中",
)
DOUBTFUL = "待判"
MEANING = {
    MISSED: "原来没有标为重复件，本次判为重复件",
    ONLY_MARKED: "原来标为重复件，本次没有找到更早的同一事项来件（可能不在这次导出里）",
    JOINT: "原来标为重复件，本次判为同诉件：同一事项，但信访人不同",
    APART: "原来登记的关联件，本次判为另一事项",
    OUTSIDE: "原来登记的关联件不在这次导出里，无法核对",
    DOUBTFUL: "原来标为重复件，本次拿不准，见“待判”表",
}


def _said(marked_repeat: str, marked_first: str) -> bool | None:
    """Whether the office called a filing a repeat; None when it said nothing that can be understood."""
    for cell in (marked_repeat, marked_first):
        word = re.sub(r"\s", "", cell).lower()
        if _YES.match(word):
            return True
        if _NO.match(word):
            return False
    return None


def compare_marks(result: Result) -> pd.DataFrame | None:
    """Compare marks and answer, filing by filing.

    Returns
    -------
    DataFrame or None
        ``row`` (of the result), ``said`` (是 / 否 / blank: nothing understood), ``verdict`` (`AGREES` or a key of `MEANING`) for every filing;
        None when the export carries no marks at all. In an export that has marks a blank one counts as 否, unless
        a related filing is named.
    """
    source = result.corpus.filings
    marks = [source[name] for name in ("marked_repeat", "marked_first", "marked_related")]
    if not any((column.str.strip() != "").any() for column in marks):
        return None
    matter = dict(zip(result.filings["filing_id"], result.filings["matter_id"], strict=True))
    rows = []
    for row, (repeat, first, related, status, own) in enumerate(
        zip(*marks, result.filings["status"], result.filings["matter_id"], strict=True)
    ):
        said = _said(repeat, first)
        others = ids_in(related)
        known = [matter[name] for name in others if name in matter]
        if said and status != "repeat":
            verdict = {"joint": JOINT, "review": DOUBTFUL}.get(status, ONLY_MARKED)
        elif not said and status == "repeat" and not (said is None and others):
            verdict = MISSED
        else:
            verdict = AGREES
        if verdict in (AGREES, ONLY_MARKED) and others and own not in known:
            verdict = APART if known else OUTSIDE
        rows.append((row, {True: "是", False: "否", None: ""}[said], verdict))
    return pd.DataFrame(rows, columns=["row", "said", "verdict"])


def tally(table: pd.DataFrame) -> list[tuple[str, int]]:
    """How often each verdict came, the agreeing first, then by number."""
    counts = Counter(table["verdict"])
    return [(AGREES, counts.pop(AGREES, 0)), *sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
