"""Chinese words for the codes of the output contract, and the few small questions every report asks of a result."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from repeatdetect.addresses import place_of

if TYPE_CHECKING:
    from repeatdetect.detector import Result

STATUS = {"single": "单独件", "first": "初次件", "repeat": "重复件", "joint": "同诉件", "review": "待判件"}
RELATION = {
    "verbatim": "原文重投", "transferred": "转办来件", "reworded": "改写", "extended": "补充", "shortened": "缩写", "": "",
}  # fmt: skip
CLOSURE = {"nothing_new": "办结后仍访，无新情况", "new_facts": "办结后仍访，有新情况", "": ""}
#: kinds of facts that a filing states
FACTS = {
    "person": "人员", "post": "职务", "kin": "亲属", "village": "村社", "town": "乡镇", "unit": "单位", "object": "地点或单位",
    "sum": "金额", "area": "面积", "length": "长度", "count": "数量", "date": "时间", "issue": "问题类型",
}  # fmt: skip
#: sheets of the workbook
OVERVIEW, MATTERS, DETAILS, DOUBTFUL, MARKS = "总览", "重复事项", "重复件明细", "待判", "原标记对照"
VERDICTS = ("同一事项", "不同事项", "待定")
NO_TOWN = "属地不明"


def recused(note: str) -> bool:
    """Whether a ``link_note`` says that an official must not handle the matter."""
    return note.startswith("回避")


def town(place: str) -> str:
    """Township of a matter's place; the place itself for county bodies, `NO_TOWN` when unknown."""
    return place_of(place)[0] or place or NO_TOWN


def days_left(due: date | None, today: date) -> int | None:
    """Days from today to a deadline, negative when it is over; None when there is none."""
    return None if due is None or due != due else (date(due.year, due.month, due.day) - today).days


def headline(result: Result) -> str:
    """The one sentence everything else unfolds."""
    counts = result.run["counts"]
    many = result.matters.loc[result.matters["filings"] > 1, "filings"]
    said = f"{counts['filings']} 件来件，实为 {counts['matters']} 件事"
    if not len(many):
        return f"{said}；没有发现重复反映。"
    return f"{said}；其中 {len(many)} 件事被反复反映，占了 {int(many.sum())} 件来件。"
