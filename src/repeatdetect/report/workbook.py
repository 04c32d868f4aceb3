"""判重台账.xlsx: what a clerk works in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from repeatdetect.report import marks
from repeatdetect.report.content import Content, Entry, chosen
from repeatdetect.report.doubtful import write_doubtful
from repeatdetect.report.overview import write_overview
from repeatdetect.report.styles import LAST_ROW, Book, Column
from repeatdetect.report.words import (
    CLOSURE,
    DETAILS,
    DOUBTFUL,
    MARKS,
    MATTERS,
    OVERVIEW,
    RELATION,
    STATUS,
    VERDICTS,
    recused,
)  # fmt: skip

MOST = 10_000  # filings of the detail sheet: what people can work through; filings.csv holds every row


def write(content: Content, path: Path, *, most: int = MOST) -> None:
    """Write the workbook.

    Parameters
    ----------
    content : Content
    path : Path
    most : int
        Filings listed in the detail sheet; beyond that the largest and the newest matters. Rows beyond Excel's
        1,048,576 go on in a second sheet.
    """
    result = content.result
    many = result.matters[result.matters["filings"] > 1]
    shown = chosen(many, most) if len(many) else many
    compared = marks.compare_marks(result)
    with Book(path) as book:
        overview = book.book.add_worksheet(OVERVIEW)
        opens_at = _details_rows(shown)
        _matters(book, content, shown, opens_at)
        _details(book, content, shown, compared)
        write_doubtful(book, content)
        if compared is not None:
            _marks(book, content, compared)
        write_overview(book, overview, content, left_out=len(many) - len(shown), compared=compared)
        _help(book, content, compared is not None)


def _rows(book: Book, name: str, columns: Sequence[Column], freeze: int) -> Any:
    """Sheets for rows without end: gives (sheet, row) again and again, opening a further sheet when one is full."""
    number = 1
    while True:
        sheet = book.sheet(name if number == 1 else f"{name}({number})", columns, freeze=freeze)
        row = 1
        while row <= LAST_ROW:
            yield sheet, row
            row += 1
        number += 1


def _details_rows(shown: pd.DataFrame) -> list[int]:
    """Row of each matter's heading in the detail sheet, counted from 1 over all its sheets."""
    taken = (shown["filings"] + 1).cumsum()
    return [1, *(taken + 1).tolist()][: len(shown)]


_MATTER = (
    Column("序号", 6), Column("事项", 36), Column("件数", 6), Column("首次来件", 12), Column("最近来件", 12),
    Column("初次件编号", 15), Column("有新情况", 7), Column("实名人数", 7), Column("匿名件", 7), Column("形式", 15),
    Column("被反映人", 13), Column("属地", 17), Column("积案编号", 14), Column("包案领导", 10), Column("化解责任人", 11),
    Column("办理说明", 40), Column("事项编号", 17),
)  # fmt: skip


def _matters(book: Book, content: Content, shown: pd.DataFrame, opens_at: list[int]) -> None:
    """One row a matter filed more than once, the largest first."""
    result = content.result
    new = result.filings["new_content"].ne("").groupby(result.filings["matter_id"]).sum()
    first = result.filings[result.filings["status"] == "first"].set_index("matter_id")["filing_id"]
    sheet = book.sheet(MATTERS, _MATTER, freeze=2)
    for at, (m, target) in enumerate(zip(shown.to_dict("records"), opens_at, strict=True), start=1):
        note = content.hide(m["link_note"])
        sheet.write_number(at, 0, at, book.number)
        if target <= LAST_ROW and at <= 60_000:  # Excel keeps 65,530 links a sheet
            sheet.write_url(at, 1, f"internal:'{DETAILS}'!A{target + 1}", book.link, content.hide(m["title"]), "到明细")
        else:
            book.text(sheet, at, 1, content.hide(m["title"]))
        sheet.write_number(at, 2, m["filings"], book.number)
        book.day(sheet, at, 3, _date(m["first_date"]))
        book.day(sheet, at, 4, _date(m["last_date"]))
        book.text(sheet, at, 5, first.get(m["matter_id"], ""))
        news = int(new.get(m["matter_id"], 0))
        sheet.write_number(at, 6, news, book.number if not news else book.care_number)
        sheet.write_number(at, 7, m["named_petitioners"], book.number)
        sheet.write_number(at, 8, m["anonymous_filings"], book.number)
        for column, name in enumerate(
            ("channels", "accused", "place", "case_id", "lead_official", "responsible_official"), 9
        ):
            book.text(sheet, at, column, content.hide(m[name]))
        book.text(sheet, at, 15, note, book.warn if recused(note) else book.plain)
        book.text(sheet, at, 16, m["matter_id"], book.soft)
        lines = max(len(note) / 20, len(m["title"]) / 18, len(m["channels"]) / 7, len(m["accused"]) / 6)
        sheet.set_row(at, 15 * math.ceil(lines) + 4 if lines > 1 else 18)
    sheet.autofilter(0, 0, max(len(shown), 1), len(_MATTER) - 1)


def _date(value: str) -> Any:
    return pd.Timestamp(value) if value else None


_DETAIL = (
    Column("事项序号", 5), Column("第几件", 5), Column("信访件编号", 13), Column("日期", 11), Column("形式", 6), Column("信访人", 10),
    Column("判定", 9), Column("重复于", 13), Column("文字关系", 8), Column("把握", 6), Column("新情况（此前各件都没有说过）", 32),
    Column("全文（红＝新情况，灰＝此前已有原话）", 56), Column("结案后", 10), Column("原标记", 8), Column("人工结论", 11),
    Column("说明", 14), Column("事项编号", 17),
)  # fmt: skip
_ANSWER = 14


def _details(book: Book, content: Content, shown: pd.DataFrame, compared: pd.DataFrame | None) -> None:
    """Filings grouped by matter: a heading row each, its filings one outline level down."""
    verdict = dict(zip(compared["row"], compared["verdict"], strict=True)) if compared is not None else {}
    entries = content.entries(shown["matter_id"])
    places = _rows(book, DETAILS, _DETAIL, freeze=3)
    used: dict[Any, int] = {}
    for number, (matter, title, count, last) in enumerate(
        shown[["matter_id", "title", "filings", "last_date"]].itertuples(index=False), start=1
    ):
        sheet, at = next(places)
        sheet.set_row(at, 24)
        sheet.write_number(at, 0, number, book.group)
        heading = f"{content.hide(title)}　共 {count} 件，最近 {last or '日期不明'}"
        for column in range(1, len(_DETAIL) - 1):
            sheet.write_blank(at, column, None, book.group)
        book.text(sheet, at, 2, heading, book.group)
        book.text(sheet, at, len(_DETAIL) - 1, matter, book.group)
        used[sheet] = at
        for entry in entries[matter]:
            sheet, at = next(places)
            _detail(book, sheet, at, number, entry)
            book.text(
                sheet,
                at,
                13,
                "" if verdict.get(entry.row, marks.AGREES) == marks.AGREES else verdict[entry.row],
                book.care,
            )
            used[sheet] = at
    if not used:
        used[next(places)[0]] = 1
    for sheet, at in used.items():
        if compared is None:
            sheet.set_column(13, 13, None, None, {"hidden": True})
        sheet.print_area(0, 0, at, len(_DETAIL) - 2)
        book.choices(sheet, (1, at), _ANSWER, VERDICTS, "判错时选“不同事项”，下次运行把此件移出本事项")
        sheet.autofilter(0, 0, at, len(_DETAIL) - 1)
        sheet.outline_settings(True, False, True, False)


def _detail(book: Book, sheet: Any, at: int, number: int, entry: Entry) -> None:
    first = entry.status == "first"
    sheet.write_number(at, 0, number, book.soft_number)
    sheet.write_number(at, 1, entry.number, book.number)
    book.text(sheet, at, 2, entry.filing_id)
    book.day(sheet, at, 3, entry.date)
    book.text(sheet, at, 4, entry.channel)
    book.text(sheet, at, 5, entry.who)
    book.text(sheet, at, 6, STATUS[entry.status], book.strong if first else book.plain)
    book.text(sheet, at, 7, entry.repeat_of)
    book.text(sheet, at, 8, RELATION[entry.relation])
    book.chance(sheet, at, 9, entry.probability)
    news = "；".join(entry.news)
    book.text(sheet, at, 10, news, book.news if news else book.plain)
    runs = sorted([(span, book.run_new) for span in entry.new] + [(span, book.run_shared) for span in entry.shared])
    book.rich(sheet, at, 11, entry.body, runs)
    closure = CLOSURE[entry.after_closure]
    book.text(sheet, at, 12, closure, book.warn if entry.after_closure == "new_facts" else book.plain)
    sheet.write_blank(at, _ANSWER, None, book.input)
    sheet.write_blank(at, 15, None, book.input_text)
    book.text(sheet, at, 16, entry.matter_id, book.soft)
    lines = max(len(entry.body) / 27 + entry.body.count("\n"), len(news) / 15, 1.5)
    sheet.set_row(at, min(16 * lines + 6, 132), None, {"level": 1})


_MARK = (
    Column("信访件编号", 15), Column("日期", 11), Column("原：是否重复件", 10), Column("原：初重件", 10), Column("原：关联件编号", 18),
    Column("本次判定", 13), Column("重复于", 15), Column("把握", 7), Column("差别", 14), Column("意思", 44), Column("标题", 36), Column("事项编号", 17),
)  # fmt: skip


def _marks(book: Book, content: Content, compared: pd.DataFrame) -> None:
    """Filings whose own mark and our answer differ."""
    differing = compared[compared["verdict"] != marks.AGREES]
    columns = ("filing_id", "status", "repeat_of", "probability", "matter_id")
    answers = zip(*(content.result.filings.loc[differing["row"], name].tolist() for name in columns), strict=True)
    places = _rows(book, MARKS, _MARK, freeze=1)
    sheet, at = next(places)
    for row, verdict, (filing, status, repeats, chance, matter) in zip(
        differing["row"].tolist(), differing["verdict"].tolist(), answers, strict=True
    ):
        book.text(sheet, at, 0, filing)
        book.day(sheet, at, 1, content.day(row))
        for column, name in enumerate(("marked_repeat", "marked_first", "marked_related"), 2):
            book.text(sheet, at, column, content.hide(content.cells(name)[row]))
        book.text(sheet, at, 5, STATUS[status], book.strong)
        book.text(sheet, at, 6, repeats)
        book.chance(sheet, at, 7, None if pd.isna(chance) else chance)
        book.text(sheet, at, 8, verdict, book.care)
        book.text(sheet, at, 9, marks.MEANING[verdict])
        book.text(sheet, at, 10, content.hide(content.cells("title")[row]))
        book.text(sheet, at, 11, matter, book.soft)
        sheet, at = next(places)
    sheet.autofilter(0, 0, max(at - 1, 1), len(_MARK) - 1)


def _help(book: Book, content: Content, with_marks: bool) -> None:
    run = content.result.run
    lines = [
        (OVERVIEW, "多少来件、实为多少件事、按时间和属地的分布，以及要先看什么。"),
        (
            MATTERS,
            "每行一件被反复反映的事，件数多的在前。点事项名跳到明细。“办理说明”标色的需要回避，请按提示另行指定责任人。",
        ),
        (
            DETAILS,
            "同一件事的来件排在一起，可点左侧 +/- 折叠。红字是此前各件都没有说过的新情况，请优先核看；灰字是此前已有的原话。",
        ),
        (DOUBTFUL, "机器拿不准的成对来件，左右并排。红字只有这一件提到，蓝字两件都提到，灰字是两件相同的原话。"),
        *([(MARKS, "贵单位原来的重复标记与本次判定不一致的来件。")] if with_marks else []),
        (
            "人工结论",
            "在“待判”中选 同一事项／不同事项／待定；在“重复件明细”中，判错的件选 不同事项，即移出该事项。可以排序、筛选、插行，只要保留编号列。",
        ),
        (
            "收回结论",
            "保存后运行：repeatdetect apply 判重台账.xlsx --decisions 人工结论.csv，下次判重时加上 --decisions 人工结论.csv 即照此办理。",
        ),
        (
            "判定",
            "初次件：本事项最早一件。重复件：同一信访人（或匿名）再次反映同一事项。同诉件：另一实名人反映同一事项，关联而不算重复件。单独件：只来过一次。待判件：可能与某件同一事项，见“待判”表。",
        ),
        ("把握", "机器认为两件是同一事项的可能性。不是结论，由人核定。"),
        ("匿名件", "只与事项关联，不推断是何人所写。"),
        (
            "保密",
            "来件的身份和内容均属秘密，不得转给被反映人或被反映单位。"
            + ("本册已隐去信访人身份。" if content.masked else ""),
        ),
        ("完整", "任何来件都没有被删除或合并；全部来件见 filings.csv。"),
        ("版本", f"repeatdetect {run['version']}，模型 {run['model']}。"),
        (
            "设置",
            "；".join(
                f"{name}={value}" for name, value in run["settings"].items() if value not in (None, "", {}, (), [])
            ),
        ),
        *[("数据提示", note) for note in run["notes"]],
    ]
    book.explained([(word, content.hide(line)) for word, line in lines], 110)
