"""The night on one page, for whoever comes in first in the morning. No petitioner is named in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from repeatdetect.report.words import STATUS

if TYPE_CHECKING:
    from repeatdetect.history.answer import Night, Tonight
    from repeatdetect.report.content import Content

_MOST = 20  # rows of a table; the rest is in the files
_KINDS = {"born": "新立事项", "joined": "并入新件", "merged": "事项合并", "split": "事项拆分", "moved": "来件调整"}


def summary(tonight: Tonight, content: Content) -> str:
    """Markdown of one page; `content` is what the other reports show."""
    run = f"第 {tonight.number} 次运行" if tonight.number is not None else "未写入历史库"
    lines = ["# 每日判重摘要", "", f"{run}。{tonight.headline}", ""]
    told: Tonight | Night = tonight
    if tonight.again is not None:
        told = tonight.again
        lines += [f"以下是最近一次入库（第 {told.number} 次运行）的来件。", ""]
    lines += [f"> **警告**：{warning}\n" for warning in tonight.all_warnings]
    new = tonight.filings[told.added]
    again = new[new["status"].isin(("repeat", "joint"))]
    lines += _table(
        "再次反映的来件", again, ("信访件", "结论", "所属事项", "第几次", "对应的件", "新情况"),
        lambda row: (
            row.filing_id, STATUS[row.status], row.matter_id, row.repeat_no, row.repeat_of, "有" if row.new_content else "",
        ),
    )  # fmt: skip
    review = new[new["status"] == "review"]
    lines += _table(
        "请人工判定", review, ("信访件", "疑似与之同一", "概率"),
        lambda row: (row.filing_id, row.repeat_of, f"{row.probability:.2f}"),
    )  # fmt: skip
    events = told.events[told.events["kind"].isin(("merged", "split", "moved"))]
    lines += _table(
        "事项的变动", events, ("变动", "事项", "另一事项", "件数", "依据"),
        lambda row: (_KINDS[row.kind], row.matter_id, row.other_id, row.filings, row.reason),
    )  # fmt: skip
    many = content.result.matters[content.result.matters["filings"] > 1]
    lines += _table(
        "涉及的事项（件数从多到少）", many, ("事项", "名称", "件数", "首次", "最近", "积案", "化解责任人"),
        lambda row: (
            row.matter_id, content.hide(row.title), row.filings, row.first_date, row.last_date, row.case_id, row.responsible_official,
        ),
    )  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def _table(heading: str, rows: pd.DataFrame, columns: tuple[str, ...], cells) -> list[str]:  # type: ignore[no-untyped-def]
    if not len(rows):
        return []
    out = [f"## {heading}", "", "| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for row in rows.head(_MOST).itertuples(index=False):
        out.append("| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells(row)) + " |")
    if len(rows) > _MOST:
        out.append(f"\n另有 {len(rows) - _MOST} 行，见数据表。")
    return [*out, ""]
