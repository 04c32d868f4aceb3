"""积案台账.xlsx: the case ledger re-issued with what came in, matters that should be in it, and the second look (回头看)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from repeatdetect.charge import is_closed
from repeatdetect.ledger import REISSUED
from repeatdetect.report.content import Content
from repeatdetect.report.styles import Book, Column, row_height
from repeatdetect.report.words import days_left, recused

LEDGER, PROPOSED, AGAIN_NEW, AGAIN = REISSUED, "建议列入", "回头看-有新情况", "回头看-无新情况"
_MOST_IDS = 200  # filings listed by number in one cell; filings.csv holds all


def write(content: Content, cases: pd.DataFrame, path: Path, today: date) -> None:
    """Write the workbook.

    Parameters
    ----------
    content : Content
    cases : DataFrame
        The ledger the matters were linked to, as from `read_cases`.
    path : Path
    today : date
        Day that deadlines are counted from.
    """
    result = content.result
    filed = result.filings.assign(day=result.corpus.filings["date"].to_numpy()).sort_values(
        ["day", "filing_id"], kind="stable", na_position="last"
    )
    with Book(path) as book:
        _ledger(book, content, cases, filed, today)
        _proposed(book, content, filed)
        for name, kind in ((AGAIN_NEW, "new_facts"), (AGAIN, "nothing_new")):
            _second_look(book, content, name, filed[filed["after_closure"] == kind])
        _help(book, content, today)


# the ledger's own columns keep the headers under which it is read again
_CASE = (
    Column("化解编号", 15), Column("案由", 34), Column("被反映人", 12), Column("单位", 16), Column("属地", 16), Column("首次信访日期", 12),
    Column("状态", 9), Column("包案领导", 10), Column("职务", 14), Column("化解责任人", 10), Column("责任单位", 14), Column("化解期限", 12),
    Column("办结日期", 12), Column("来件数", 7), Column("最近来件", 12), Column("有新情况的件", 8), Column("最近新情况", 12),
    Column("结案后来件", 8), Column("距期限（天）", 8), Column("提示", 40), Column("关联信访件", 30),
)  # fmt: skip
_DATES = ("first_petition_date", "due_date", "closed_date")
_FROM_LEDGER = (
    "case_id", "subject", "accused", "unit", "place", "first_petition_date", "status", "lead_official", "lead_post",
    "responsible_official", "responsible_unit", "due_date", "closed_date",
)  # fmt: skip


def _ledger(book: Book, content: Content, cases: pd.DataFrame, filed: pd.DataFrame, today: date) -> None:
    """One row a case, in the ledger's order."""
    sheet = book.sheet(LEDGER, _CASE, freeze=2)
    of_case = dict(list(filed.groupby("case_id")))
    links = content.result.links
    doubtful = links[links["decision"] == "review"].groupby("case_id").size()
    soon = content.result.settings.soon_days
    for at, case in enumerate(cases.to_dict("records"), start=1):
        mine = of_case.get(case["case_id"], filed.iloc[:0])
        closed = bool(pd.notna(case["closed_date"]) or is_closed(case["status"]))
        days = None if closed else days_left(case["due_date"], today)
        for column, name in enumerate(_FROM_LEDGER):
            if name in _DATES:
                book.day(sheet, at, column, case[name])
            else:
                book.text(sheet, at, column, content.hide(case[name]))
        new = mine[mine["new_content"] != ""]
        column = len(_FROM_LEDGER)
        sheet.write_number(at, column, len(mine), book.number)
        book.day(sheet, at, column + 1, mine["day"].max())
        sheet.write_number(at, column + 2, len(new), book.care_number if len(new) else book.number)
        book.day(sheet, at, column + 3, new["day"].max())
        after = int((mine["after_closure"] != "").sum())
        sheet.write_number(at, column + 4, after, book.care_number if after else book.number)
        book.days_left(sheet, at, column + 5, days, soon)
        note = "；".join(_hints(mine, int(doubtful.get(case["case_id"], 0))))
        book.text(sheet, at, column + 6, content.hide(note), book.warn if recused(note) else book.plain)
        book.text(sheet, at, column + 7, _ids(mine["filing_id"].tolist()))
        sheet.set_row(at, row_height(note, case["subject"]))
    sheet.autofilter(0, 0, max(len(cases), 1), len(_CASE) - 1)


def _hints(mine: pd.DataFrame, doubtful: int) -> list[str]:
    """What a clerk should know of a case besides its counts."""
    hints = [note for note in mine["link_note"].unique() if recused(note)]
    if not len(mine):
        hints.append("本期没有来件")
    if doubtful:
        hints.append(f"另有 {doubtful} 件事疑似属于本案，请在“重复事项”中核对")
    return hints


_PROPOSAL = (
    Column("序号", 6), Column("建议事项", 38), Column("被反映人", 14), Column("属地", 18), Column("首次来件", 12), Column("最近来件", 12),
    Column("件数", 6), Column("实名人数", 7), Column("有新情况的件", 8), Column("包案领导", 10), Column("化解责任人", 10),
    Column("办理说明", 40), Column("信访件编号", 30), Column("事项编号", 17),
)  # fmt: skip


def _proposed(book: Book, content: Content, filed: pd.DataFrame) -> None:
    """Matters with many filings and no case, the largest first."""
    result = content.result
    least = result.settings.proposal_filings
    wanted = result.matters[(result.matters["filings"] >= least) & (result.matters["case_id"] == "")]
    members = filed[filed["matter_id"].isin(wanted["matter_id"])].groupby("matter_id")
    ids, news = members["filing_id"].agg(list), members["new_content"].agg(lambda cells: int((cells != "").sum()))
    sheet = book.sheet(PROPOSED, _PROPOSAL, freeze=2)
    for at, m in enumerate(wanted.to_dict("records"), start=1):
        sheet.write_number(at, 0, at, book.number)
        for column, name in (
            (1, "title"),
            (2, "accused"),
            (3, "place"),
            (9, "lead_official"),
            (10, "responsible_official"),
        ):
            book.text(sheet, at, column, content.hide(m[name]))
        for column, name in ((4, "first_date"), (5, "last_date")):
            book.day(sheet, at, column, pd.Timestamp(m[name]) if m[name] else None)
        sheet.write_number(at, 6, m["filings"], book.number)
        sheet.write_number(at, 7, m["named_petitioners"], book.number)
        sheet.write_number(at, 8, news[m["matter_id"]], book.care_number if news[m["matter_id"]] else book.number)
        note = m["link_note"]
        book.text(sheet, at, 11, content.hide(note), book.warn if recused(note) else book.plain)
        book.text(sheet, at, 12, _ids(ids[m["matter_id"]]))
        book.text(sheet, at, 13, m["matter_id"], book.soft)
        sheet.set_row(at, row_height(note, m["title"]))
    sheet.autofilter(0, 0, max(len(wanted), 1), len(_PROPOSAL) - 1)


_AGAIN = (
    Column("化解编号", 15), Column("事项", 36), Column("结案日期", 12), Column("信访件编号", 14), Column("来件日期", 12), Column("结案后（天）", 8),
    Column("形式", 8), Column("新情况", 50), Column("包案领导", 10), Column("化解责任人", 10), Column("办理说明", 40), Column("事项编号", 17),
)  # fmt: skip


def _second_look(book: Book, content: Content, name: str, filed: pd.DataFrame) -> None:
    """Filings made after their case was closed, by case and day."""
    result = content.result
    closed = result.links.set_index("matter_id")["closed_date"]
    title = result.matters.set_index("matter_id")["title"]
    sheet = book.sheet(name, _AGAIN, freeze=2)
    rows = filed.sort_values(["case_id", "day"], kind="stable")
    for at, (row, f) in enumerate(zip(rows.index.tolist(), rows.to_dict("records"), strict=True), start=1):
        day = closed[f["matter_id"]]
        book.text(sheet, at, 0, f["case_id"])
        book.text(sheet, at, 1, content.hide(title[f["matter_id"]]))
        book.day(sheet, at, 2, day)
        book.text(sheet, at, 3, f["filing_id"])
        book.day(sheet, at, 4, f["day"])
        sheet.write_number(at, 5, (f["day"] - day).days, book.number)
        book.text(sheet, at, 6, content.hide(content.cells("channel")[row]))
        body = content.body(row)
        news = "；".join(body[a:b] for a, b in content.new_spans(row))
        book.text(sheet, at, 7, news, book.news if news else book.plain)
        book.text(sheet, at, 8, content.hide(f["lead_official"]))
        book.text(sheet, at, 9, content.hide(f["responsible_official"]))
        book.text(sheet, at, 10, content.hide(f["link_note"]), book.warn if recused(f["link_note"]) else book.plain)
        book.text(sheet, at, 11, f["matter_id"], book.soft)
        sheet.set_row(at, row_height(f["link_note"], title[f["matter_id"]], news))
    sheet.autofilter(0, 0, max(len(rows), 1), len(_AGAIN) - 1)


def _ids(ids: Sequence[str]) -> str:
    more = f"等 {len(ids)} 件" if len(ids) > _MOST_IDS else ""
    return "、".join(ids[:_MOST_IDS]) + more


def _help(book: Book, content: Content, today: date) -> None:
    settings = content.result.settings
    lines = [
        (LEDGER, "原台账各行，补上来件数、最近来件、有新情况的件和关联信访件。本册可直接作为下次的 --cases，只读这一张表。"),
        ("期限", f"截至 {today:%Y-%m-%d}。标红：已超期；标黄：{settings.soon_days} 天内到期；已办结的不计。"),
        ("提示", "标色的须回避，请按提示另行指定责任人。"),
        (PROPOSED, f"达到 {settings.proposal_filings} 件而台账中没有的事项，件数多的在前；列不列入由人决定。"),
        (AGAIN_NEW, "办结后仍访、且有此前没有说过的新情况的件：须核查。"),
        (AGAIN, "办结后仍访、没有新情况的件：看是否已答复、已解释。"),
    ]  # fmt: skip
    book.explained(lines, 100)
