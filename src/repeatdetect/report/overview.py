"""总览: how many matters stand behind the filings, where and when, and what wants a person first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from repeatdetect.report import marks
from repeatdetect.report.doubtful import MOST_PAIRS
from repeatdetect.report.figures import attention, by_channel, by_town, over_time
from repeatdetect.report.styles import BLUE, FONT, INK, LINE, SOFT, Book
from repeatdetect.report.words import DETAILS, DOUBTFUL, MARKS, MATTERS, OVERVIEW, headline

if TYPE_CHECKING:
    from repeatdetect.report.content import Content

BIGGEST = 10
_NEW, _AGAIN = "#2F6DA8", "#F0A35E"  # a matter's first filing; a matter heard again
_WIDE, _HIGH = 506, 280  # a chart fills half the sheet
_TABLES = 43  # row of the tables the charts are drawn from


def write_overview(book: Book, sheet: Any, content: Content, *, left_out: int, compared: pd.DataFrame | None) -> None:
    """Fill the first sheet.

    Parameters
    ----------
    book : Book
    sheet : Worksheet
    content : Content
    left_out : int
        Matters filed more than once for which the workbook has no room.
    compared : DataFrame or None
        From `marks.compare_marks`.
    """
    result = content.result
    counts = result.run["counts"]
    look = attention(result)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 2)
    sheet.set_column(1, 12, 11.3)
    book.paper(sheet)
    sheet.set_h_pagebreaks([_TABLES - 1])
    sheet.set_row(0, 34)
    sheet.write_string(0, 1, "信访件判重台账" + ("（身份已隐去）" if content.masked else ""), book.title)
    sheet.set_row(1, 26)
    sheet.write_string(1, 1, headline(result), book.sentence)
    figures = [
        ("来件", counts["filings"], False), ("实为几件事", counts["matters"], False), ("被反复反映的事", counts["repeat_matters"], False),
        ("重复件", counts["repeat"], False), ("同诉件", counts["joint"], False), ("有新情况的件", look["new"], True),
    ]  # fmt: skip
    sheet.set_row(3, 34)
    for k, (word, value, hot) in enumerate(figures):
        at = 1 + 2 * k
        sheet.merge_range(3, at, 3, at + 1, value, book.hot_figure if hot else book.figure)
        sheet.merge_range(4, at, 4, at + 1, word, book.hot_caption if hot else book.caption)
    _first_things(book, sheet, content, look, compared, left_out)
    _charts(book, sheet, content)


def _first_things(
    book: Book, sheet: Any, content: Content, look: dict[str, int], compared: pd.DataFrame | None, left_out: int
) -> None:
    """What to look at first, each with a link to its sheet."""
    counts = content.result.run["counts"]
    lines = [
        (look["new"], "件重复来件里有此前没有说过的新情况，请先看（明细中红字）", DETAILS),
        (look["after_closure"], "件是办结后仍访且有新情况，宜“回头看”", DETAILS),
        (look["recused"], "件事的领导需要回避，须另行指定责任人", MATTERS),
        (look["pairs"], "对来件机器拿不准，请在“待判”中给出人工结论", DOUBTFUL),
    ]
    if compared is not None:
        differing = int((compared["verdict"] != marks.AGREES).sum())
        words = "，".join(f"{word} {count} 件" for word, count in marks.tally(compared))
        lines.append((differing, f"件与原来的重复标记不一致（{words}）", MARKS))
    sheet.write_string(6, 1, "请先看", book.section)
    for column in range(2, 13):
        sheet.write_blank(6, column, None, book.section)
    at = 7
    for count, words, target in lines:
        if count:
            sheet.write_number(at, 1, count, book.count)
            sheet.write_url(at, 2, f"internal:'{target}'!A1", book.goto, words)
            at += 1
    if at == 7:
        sheet.write_string(at, 1, "没有需要先看的件。", book.note)
        at += 1
    small = []
    if counts["rejects"]:
        small.append(f"另有 {counts['rejects']} 行未纳入，见 rejects.csv。")
    if look["pairs"] > MOST_PAIRS:
        small.append(f"“待判”列把握最高的 {MOST_PAIRS} 对，全部见 pairs.csv。")
    if left_out:
        small.append(f"另有 {left_out} 件反复反映的事未列入本册，见 matters.csv 与 filings.csv。")
    if small:
        sheet.write_string(at, 1, "".join(small), book.note)


def _charts(book: Book, sheet: Any, content: Content) -> None:
    """Four native charts over the tables at the foot of the sheet."""
    result = content.result
    unit, periods = over_time(result)
    periods = periods.assign(again=periods["filings"] - periods["opened"])
    towns = by_town(result, most=10)
    towns = towns.assign(town=[content.hide(name) for name in towns["town"]])
    biggest = result.matters[result.matters["filings"] > 1].head(BIGGEST)[["title", "filings"]]
    biggest = biggest.assign(title=[content.hide(title) for title in biggest["title"]])
    channels = by_channel(result)
    channels = channels.assign(channel=[content.hide(name) for name in channels["channel"]])
    sheet.write_string(_TABLES - 1, 1, "图中数据", book.section)
    for column in range(2, 13):
        sheet.write_blank(_TABLES - 1, column, None, book.section)
    top = [f"{unit}份", "来件", "新的事", "再次来件"]
    if _table(book, sheet, 1, top, periods[["period", "filings", "opened", "again"]]):
        _stacked(book, sheet, (13, 1), f"按{unit}：来件里有多少是新的事", 1, len(periods), (3, 4))
    if _table(book, sheet, 6, ["属地", "来件", "事项", "再次来件"], towns):
        _stacked(book, sheet, (28, 1), "按属地：件数与再次来件", 6, len(towns), (8, 9), bars=True)
    if _table(book, sheet, 11, ["件数最多的事", "件数"], biggest):
        _single(book, sheet, (13, 7), "件数最多的事", 11, len(biggest))
    below = len(biggest) + 3
    if _table(book, sheet, 11, ["形式", "来件"], channels[["channel", "filings"]], down=below):
        chart = book.book.add_chart({"type": "doughnut"})
        chart.add_series(
            {
                "name": "来件", "categories": _cells(11, len(channels), below), "values": _cells(12, len(channels), below),
                "data_labels": {"value": True, "category": True, "separator": " ", "font": {"name": FONT, "size": 9}, "position": "best_fit"},
            }
        )  # fmt: skip
        _place(sheet, chart, (28, 7), "按形式")


def _table(book: Book, sheet: Any, column: int, header: list[str], table: pd.DataFrame, *, down: int = 0) -> bool:
    """A small table under the charts; False when there is nothing in it."""
    for k, word in enumerate(header):
        sheet.write_string(_TABLES + down, column + k, word, book.head)
    for at, row in enumerate(table.itertuples(index=False), start=_TABLES + down + 1):
        for k, value in enumerate(row):
            if isinstance(value, str):
                book.text(sheet, at, column + k, value, book.cell)
            else:
                sheet.write_number(at, column + k, int(value), book.number)
    return len(table) > 0


def _cells(column: int, rows: int, down: int = 0) -> list[Any]:
    return [OVERVIEW, _TABLES + down + 1, column, _TABLES + down + rows, column]


def _stacked(
    book: Book,
    sheet: Any,
    corner: tuple[int, int],
    title: str,
    names: int,
    rows: int,
    values: tuple[int, int],
    *,
    bars: bool = False,
) -> None:
    chart = book.book.add_chart({"type": "bar" if bars else "column", "subtype": "stacked"})
    for word, column, colour, ink in (
        ("事项（初次来件）", values[0], _NEW, "#FFFFFF"),
        ("再次来件", values[1], _AGAIN, INK),
    ):
        chart.add_series(
            {
                "name": word, "categories": _cells(names, rows), "values": _cells(column, rows),
                "fill": {"color": colour}, "gap": 35 if bars else 45,
                **({"data_labels": {"value": True, "font": {"name": FONT, "size": 8, "color": ink}}} if bars else {}),
            }
        )  # fmt: skip
    if bars:
        chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"name": FONT, "size": 8}})
    else:
        chart.set_y_axis(
            {
                "num_font": {"name": FONT, "size": 9, "color": SOFT},
                "major_gridlines": {"visible": True, "line": {"color": LINE}},
            }
        )
    _place(sheet, chart, corner, title, values={"visible": False} if bars else {})


def _single(book: Book, sheet: Any, corner: tuple[int, int], title: str, names: int, rows: int) -> None:
    chart = book.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "件数", "categories": _cells(names, rows), "values": _cells(names + 1, rows), "gap": 35,
            "fill": {"color": BLUE}, "data_labels": {"value": True, "font": {"name": FONT, "size": 9}},
        }
    )  # fmt: skip
    chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"name": FONT, "size": 9}})
    _place(sheet, chart, corner, title, legend=False, values={"visible": False})


def _place(
    sheet: Any,
    chart: Any,
    corner: tuple[int, int],
    title: str,
    *,
    legend: bool = True,
    values: dict[str, Any] | None = None,
) -> None:
    chart.set_title({"name": title, "name_font": {"name": FONT, "size": 11, "color": BLUE}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 9}} if legend else {"none": True})
    chart.set_chartarea({"border": {"color": "#D9DEE4"}})
    chart.set_x_axis(
        {"num_font": {"name": FONT, "size": 9, "color": SOFT}, "major_gridlines": {"visible": False}, **(values or {})}
    )
    chart.set_size({"width": _WIDE, "height": _HIGH})
    sheet.insert_chart(*corner, chart, {"object_position": 1, "description": title})
