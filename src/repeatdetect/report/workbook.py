"""判重台账.xlsx: what a clerk works in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from repeatdetect.privacy import mask_name, mask_text

if TYPE_CHECKING:
    from repeatdetect.detector import Result

STATUS = {"single": "单件", "first": "初次件", "repeat": "重复件", "joint": "同诉件(关联)", "review": "待判"}
RELATION = {
    "verbatim": "原文重投", "transferred": "转办来件", "reworded": "改写", "extended": "补充", "shortened": "缩写", "": "",
}  # fmt: skip
CLOSURE = {"nothing_new": "结案后仍访，无新情况", "new_facts": "结案后仍访，有新情况", "": ""}
VERDICTS = ["同一事项", "不同事项", "待定"]
MAX_DETAIL = 20_000  # rows of the detail sheet: what people can work through; filings.csv holds every row
MAX_CELL = 32_000  # Excel's limit is 32,767 characters
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _clean(value: object) -> str:
    text = _ILLEGAL.sub("", str(value))
    return text if len(text) <= MAX_CELL else text[:MAX_CELL] + "……（过长，全文见原件）"


class _Book:
    """Formats and the few ways a sheet is filled."""

    def __init__(self, path: Path) -> None:
        self.book = xlsxwriter.Workbook(
            str(path),
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True},
        )
        font = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
        self.plain = self.book.add_format({**font, "text_wrap": True, "border": 1, "border_color": "#D9D9D9"})
        self.soft = self.book.add_format({**font, "text_wrap": True, "border": 1, "border_color": "#D9D9D9", "font_color": "#808080"})
        self.head = self.book.add_format({**font, "bold": True, "bg_color": "#1F4E79", "font_color": "white", "border": 1, "text_wrap": True, "valign": "vcenter"})
        self.title = self.book.add_format({**font, "bold": True, "font_size": 16})
        self.big = self.book.add_format({**font, "bold": True, "font_size": 14, "align": "center", "border": 1, "bg_color": "#EAF1F8"})
        self.group = self.book.add_format({**font, "bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "border": 1, "border_color": "#BFBFBF"})
        self.warn = self.book.add_format({**font, "text_wrap": True, "border": 1, "border_color": "#D9D9D9", "bg_color": "#FCE4D6"})
        self.new = self.book.add_format({"bold": True, "font_color": "#C00000"})
        self.dim = self.book.add_format({"font_color": "#7F7F7F"})
        self.open = self.book.add_format({**font, "border": 1, "bg_color": "#FFF9DB"})

    def sheet(self, name: str, columns: list[tuple[str, int]], *, freeze_columns: int = 1) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        for at, (title, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, title, self.head)
        sheet.set_row(0, 30)
        sheet.freeze_panes(1, freeze_columns)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L判重建议，由人核定&R第 &P / &N 页")
        return sheet

    def marked(self, sheet: Worksheet, row: int, column: int, value: str, passages: list[str], mark: Any, base: Any) -> None:
        """A cell whose `passages` are highlighted."""
        value = _clean(value)
        spans = sorted((at, at + len(p)) for p in passages if p and (at := value.find(p)) >= 0)
        parts: list[Any] = []
        done = 0
        for start, end in spans:
            if start < done:
                continue
            if start > done:
                parts.append(value[done:start])
            parts += [mark, value[start:end]]
            done = end
        if done < len(value):
            parts.append(value[done:])
        if not spans or len(parts) < 3:
            sheet.write_string(row, column, value, self.warn if spans else base)
            return
        sheet.write_rich_string(row, column, *parts, base)


def _day(value: Any) -> str:
    return "" if pd.isna(value) else value.strftime("%Y-%m-%d")


def write(result: Result, path: Path, *, masked: bool = False) -> None:
    """Write the workbook.

    Parameters
    ----------
    result : Result
    path : Path
    masked : bool
        Hide petitioners' identities.
    """
    book = _Book(path)
    source = result.corpus.filings
    names = source["petitioner"].map(mask_name) if masked else source["petitioner"]
    overview = book.book.add_worksheet("总览")
    _matters(book, result)
    shown = _details(book, result, names, masked)
    _review(book, result, names, masked)
    _overview(book, overview, result, shown)
    _help(book, result)
    book.book.close()


def _overview(book: _Book, sheet: Worksheet, result: Result, shown: int) -> None:
    counts = result.run["counts"]
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 6, 17)
    sheet.write_string(0, 1, "信访件判重台账", book.title)
    sheet.write_string(
        1, 1,
        f"共 {counts['filings']} 件，归并为 {counts['matters']} 个事项，其中 {counts['repeat_matters']} 个事项被多次反映；"
        f"另有 {counts['review']} 件待人工判定，{counts['rejects']} 件未进入判重（见 rejects.csv）。",
    )  # fmt: skip
    for at, (word, value) in enumerate(
        [("信访件", counts["filings"]), ("事项", counts["matters"]), ("初次件", counts["first"] + counts["single"]),
         ("重复件", counts["repeat"]), ("同诉件", counts["joint"]), ("待判", counts["review"])]
    ):  # fmt: skip
        sheet.write_string(3, 1 + at, word, book.head)
        sheet.write_number(4, 1 + at, value, book.big)
    sheet.set_row(4, 28)
    months = pd.Series(1, index=result.corpus.filings["date"]).groupby(lambda d: d.strftime("%Y-%m")).sum() if len(result.filings) else pd.Series(dtype=int)
    repeat = result.filings["status"].isin(["repeat", "joint"]).to_numpy()
    by_month = pd.DataFrame({"month": result.corpus.filings["date"].dt.strftime("%Y-%m"), "repeat": repeat}).dropna()
    table = by_month.groupby("month")["repeat"].agg(["size", "sum"]).tail(36)
    sheet.write_row(7, 1, ["月份", "收件", "其中重复与同诉"], book.head)
    for at, (month, row) in enumerate(table.iterrows(), start=8):
        sheet.write_string(at, 1, str(month), book.plain)
        sheet.write_number(at, 2, int(row["size"]), book.plain)
        sheet.write_number(at, 3, int(row["sum"]), book.plain)
    if len(months):
        chart = book.book.add_chart({"type": "column", "subtype": "stacked"})
        last = 7 + len(table)
        chart.add_series({"name": "收件", "categories": ["总览", 8, 1, last, 1], "values": ["总览", 8, 2, last, 2], "fill": {"color": "#9DC3E6"}})
        line = book.book.add_chart({"type": "line"})
        line.add_series({"name": "其中重复与同诉", "categories": ["总览", 8, 1, last, 1], "values": ["总览", 8, 3, last, 3], "line": {"color": "#C00000", "width": 2}})
        chart.combine(line)
        chart.set_title({"name": "收件与重复", "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 620, "height": 300})
        sheet.insert_chart(7, 5, chart)
    if shown < len(result.filings):
        sheet.write_string(5, 1, f"“重复件明细”列出 {shown} 件（多次反映的事项，由大到小）；其余见 filings.csv。", book.dim)


_MATTER = [
    ("事项", 34), ("件数", 7), ("首次", 12), ("最近", 12), ("实名人数", 8), ("匿名件", 8), ("形式", 12), ("被反映人", 14), ("属地", 18),
    ("积案编号", 14), ("包案领导", 10), ("化解责任人", 10), ("说明", 40), ("事项编号", 18),
]  # fmt: skip


def _matters(book: _Book, result: Result) -> None:
    sheet = book.sheet("重复事项", _MATTER)
    table = result.matters[result.matters["filings"] > 1].head(MAX_DETAIL)
    for at, m in enumerate(table.to_dict("records"), start=1):
        note = book.warn if str(m["link_note"]).startswith("回避") else book.plain
        cells = [
            m["title"], m["filings"], m["first_date"], m["last_date"], m["named_petitioners"], m["anonymous_filings"],
            m["channels"], m["accused"], m["place"], m["case_id"], m["lead_official"], m["responsible_official"],
            m["link_note"], m["matter_id"],
        ]  # fmt: skip
        for column, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(at, column, value, book.plain)
            else:
                sheet.write_string(at, column, _clean(value), note if column == 12 else book.plain)
    sheet.autofilter(0, 0, max(len(table), 1), len(_MATTER) - 1)


_DETAIL = [
    ("信访件编号", 16), ("日期", 11), ("形式", 7), ("信访人", 12), ("判定", 11), ("第几次", 7), ("重复于", 16), ("文字关系", 10),
    ("概率", 7), ("反映内容（新情况标红）", 70), ("原标记", 9), ("结案后", 16), ("人工结论", 12), ("说明", 20),
]  # fmt: skip


def _details(book: _Book, result: Result, names: pd.Series, masked: bool) -> int:
    """Rows grouped by matter; returns how many filings are listed."""
    sheet = book.sheet("重复件明细", _DETAIL, freeze_columns=2)
    source = result.corpus.filings
    many = result.matters.loc[result.matters["filings"] > 1, ["matter_id", "title", "filings"]]
    rows_of: dict[str, list[int]] = {}
    wanted = set(many["matter_id"])
    for row, matter in enumerate(result.filings["matter_id"]):
        if matter in wanted:
            rows_of.setdefault(matter, []).append(row)
    table = result.filings
    column = {name: table[name].tolist() for name in table.columns}
    at, shown = 1, 0
    for matter, title, count in many.itertuples(index=False):
        rows = sorted(rows_of[matter], key=lambda row: column["repeat_no"][row])
        if shown + len(rows) > MAX_DETAIL:
            break
        sheet.merge_range(at, 0, at, len(_DETAIL) - 1, f"{title}（{count} 件）　{matter}", book.group)
        at += 1
        for row in rows:
            chance = column["probability"][row]
            cells = [
                column["filing_id"][row], _day(source["date"].iat[row]), source["channel"].iat[row], names.iat[row] or "匿名",
                STATUS[column["status"][row]], "", column["repeat_of"][row], RELATION[column["relation"][row]],
                "" if pd.isna(chance) else f"{chance:.0%}",
            ]  # fmt: skip
            for k, value in enumerate(cells):
                sheet.write_string(at, k, _clean(value), book.plain)
            sheet.write_number(at, 5, int(column["repeat_no"][row]), book.plain)
            body = source["text"].iat[row].strip()
            passages = [p for p in column["new_content"][row].split("；") if p]
            if masked:
                who = tuple(re.split(r"[、,，\s]+", source["petitioner"].iat[row]))
                body, passages = mask_text(body, who), [mask_text(p, who) for p in passages]
            dim = column["relation"][row] in ("verbatim", "transferred")
            book.marked(sheet, at, 9, body[:1500], passages, book.new, book.soft if dim else book.plain)
            sheet.write_string(at, 10, _clean(source["marked_repeat"].iat[row]), book.plain)
            sheet.write_string(at, 11, CLOSURE[column["after_closure"][row]], book.plain)
            sheet.write_blank(at, 12, None, book.open)
            sheet.write_blank(at, 13, None, book.open)
            sheet.set_row(at, 60, None, {"level": 1})
            at += 1
            shown += 1
    if at > 1:
        sheet.data_validation(1, 12, at, 12, {"validate": "list", "source": ["不同事项", "待定"], "input_title": "人工结论", "input_message": "判错时选“不同事项”，把此件移出本事项"})
    sheet.outline_settings(True, False, True, False)
    return shown


_REVIEW = [
    ("左件编号", 16), ("右件编号", 16), ("概率", 7), ("依据", 24), ("左件", 55), ("右件", 55), ("人工结论", 12), ("说明", 20),
]  # fmt: skip


def _review(book: _Book, result: Result, names: pd.Series, masked: bool) -> None:
    sheet = book.sheet("待判", _REVIEW, freeze_columns=2)
    source = result.corpus.filings
    position = {name: row for row, name in enumerate(source["filing_id"])}
    table = result.pairs[result.pairs["decision"] == "review"].sort_values("probability", ascending=False).head(MAX_DETAIL)
    for at, pair in enumerate(table[["left_id", "right_id", "probability", "reason"]].itertuples(index=False), start=1):
        left_id, right_id, chance, reason = pair
        sheet.write_string(at, 0, _clean(left_id), book.plain)
        sheet.write_string(at, 1, _clean(right_id), book.plain)
        sheet.write_string(at, 2, f"{chance:.0%}", book.plain)
        sheet.write_string(at, 3, _clean(reason), book.plain)
        i, j = position[left_id], position[right_id]
        sides = []
        for row in (i, j):
            body = source["text"].iat[row].strip()[:1200]
            who = tuple(re.split(r"[、,，\s]+", source["petitioner"].iat[row])) if masked else ()
            head = f"{_day(source['date'].iat[row])} {source['channel'].iat[row]} {names.iat[row] or '匿名'}　被反映人：{source['accused'].iat[row] or '（空）'}\n"
            sides.append((head + (mask_text(body, who) if masked else body), row))
        values = [{(f.kind, f.value): f for f in result.corpus.facts(row).facts} for row in (i, j)]
        for k, (side, row) in enumerate(sides):
            other = values[1 - k]
            differs = [
                source["text"].iat[row][f.start : f.end]
                for key, f in values[k].items()
                if key not in other and f.source == "text" and f.kind in ("person", "village", "town", "sum", "area")
            ]
            book.marked(sheet, at, 4 + k, side, list(dict.fromkeys(differs)), book.new, book.plain)
        sheet.write_blank(at, 6, None, book.open)
        sheet.write_blank(at, 7, None, book.open)
        sheet.set_row(at, 110)
    last = max(len(table), 1)
    sheet.data_validation(1, 6, last, 6, {"validate": "list", "source": VERDICTS, "input_title": "人工结论", "input_message": "请选择；下次运行以此为准"})
    sheet.autofilter(0, 0, last, len(_REVIEW) - 1)


def _help(book: _Book, result: Result) -> None:
    sheet = book.book.add_worksheet("说明")
    sheet.set_column(0, 0, 110)
    sheet.set_landscape()
    sheet.set_paper(9)
    lines = [
        "怎样看这本台账",
        "总览：件数、事项数和按月收件情况。",
        "重复事项：每行一个被多次反映的事项，由大到小。“说明”标色的需回避，请按提示另行指定责任人。",
        "重复件明细：按事项分组，可点左侧 +/- 折叠；红字是此前各件都没有说过的新情况，请优先核看。",
        "待判：机器拿不准的成对来件，左右并排，红字是两边不同的人、地、数。请在“人工结论”中选择。",
        "判定：初次件＝本事项最早一件；重复件＝同一信访人或匿名再次反映；同诉件(关联)＝另一实名人反映同一事项，不算重复件。",
        "匿名件只与事项关联，不推断是何人所写。本台账只是建议，最终由人核定；任何来件都不会被删除或合并。",
        f"程序版本 {result.run['version']}，模型 {result.run['model']}。",
        *[f"数据提示：{note}" for note in result.run["notes"]],
    ]
    for at, line in enumerate(lines):
        sheet.write_string(at, 0, _clean(line), book.title if at == 0 else book.plain)
