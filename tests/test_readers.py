"""Exports of every make, blemishes and all: what is read, what is refused, and that no row is lost."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import repeatdetect as rd
from repeatdetect import filings, headers
from repeatdetect.cells import blank
from repeatdetect.filings import canonical

HEADER = ["信访编号", "登记日期", "是否实名", "举报人", "被反映人", "问题属地", "反映内容"]
ROWS = [
    ["0012", "2021/3/5 9:01", "否", "", "贺三德", "青石镇石坎村", "村支书贺三德占了我家两亩地，\n一分钱没有给"],
    ["0013", "20210306", "是", "路二", "", "大湾乡", '他说"没有", 就是不办低保'],
    ["0014", "2021年3月7日", "是", "柴小满", "冯四", "", "修路的钱去了哪里"],
]  # fmt: skip
TITLES = [["安澜县信访件登记表"], ["导出时间：2021-04-01"]]


def _csv(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def _read(folder: Path, name: str, data: bytes | str, **options: object) -> pd.DataFrame:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return rd.read_filings(path, **options)  # type: ignore[arg-type]


def _refused(read: Callable[[], object]) -> rd.RepeatDetectError:
    with pytest.raises(rd.RepeatDetectError) as caught:
        read()
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return caught.value


def _same(table: pd.DataFrame) -> None:
    """The three filings above, whatever file they came in."""
    assert table["filing_id"].tolist() == ["0012", "0013", "0014"]
    assert table["date"].dt.strftime("%Y-%m-%d").tolist() == ["2021-03-05", "2021-03-06", "2021-03-07"]
    assert table["named"].tolist() == ["no", "yes", "yes"]
    for name, at in (("petitioner", 3), ("accused", 4), ("place", 5), ("text", 6)):
        assert table[name].tolist() == [row[at] for row in ROWS]
    assert table.attrs["rejects"] == []


def _xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str, tmp_path: Path) -> None:
    _same(_read(tmp_path, "export.csv", _csv([*TITLES, [], HEADER, *ROWS], delimiter).encode(encoding)))


def test_jsonl_and_parquet_and_ods(tmp_path: Path) -> None:
    records = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    _same(_read(tmp_path, "a.jsonl", "\n".join(json.dumps(r, ensure_ascii=False) for r in records)))
    _same(_read(tmp_path, "a.json", json.dumps(records).encode("utf-16")))
    frame = pd.DataFrame(records)
    frame.to_parquet(tmp_path / "a.parquet")
    _same(rd.read_filings(tmp_path / "a.parquet"))
    with pd.ExcelWriter(str(tmp_path / "a.ods")) as book:
        frame.to_excel(book, index=False)
    _same(rd.read_filings(tmp_path / "a.ods"))


def test_xls_with_real_dates_and_text_that_calls_itself_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for at, row in enumerate([HEADER, *ROWS]):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    sheet.write(4, 0, "0015")
    sheet.write(4, 1, datetime(2021, 3, 8, 9, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm"))
    book.save(str(tmp_path / "a.xls"))
    table = rd.read_filings(tmp_path / "a.xls")
    assert table["date"].tolist()[-1] == pd.Timestamp(2021, 3, 8, 9, 1)
    _same(_read(tmp_path, "b.xls", _csv([HEADER, *ROWS], "\t").encode("gb18030")))
    _same(rd.read_filings(_xlsx(tmp_path / "c.xlsx", {"a": [HEADER, *ROWS]}).rename(tmp_path / "c.xls")))
    assert len(rd.read_filings((tmp_path / "a.xls").rename(tmp_path / "d.xlsx"))) == 4


def test_merged_headers_blank_rows_and_columns_and_several_sheets(tmp_path: Path) -> None:
    top = ["", "编号", "来信日期", "信访人", "", "", "被反映人", "", "", "", "反映问题"]
    below = ["", "", "", "姓名", "联系电话", "身份证号", "姓名", "联系电话", "工作单位", "职务", ""]
    first = [
        "",
        "0012",
        44260.375,
        "路二",
        13800000001,
        "990101",
        "冯四",
        13800000002,
        "石坎村",
        "支书",
        "占地\r\n两亩",
    ]
    path = _xlsx(
        tmp_path / "a.xlsx",
        {
            "说明": [["填表说明"], ["请如实填写"]],
            "一月": [["登记表"], [], top, below, [], first, []],
            "二月": [["编号", "内容"], [12, "第二页"]],
        },
    )
    table = rd.read_filings(path)
    assert table["filing_id"].tolist() == ["0012", "12"]
    columns = ["petitioner", "phone", "id_number", "accused", "unit", "post", "text"]
    assert table[columns].to_numpy()[0].tolist() == [
        "路二", "13800000001", "990101", "冯四", "石坎村", "支书", "占地\n两亩",
    ]  # fmt: skip
    assert table["row"].tolist() == [6, 2]
    assert table["source_file"].tolist() == ["a.xlsx[一月]", "a.xlsx[二月]"]
    assert rd.read_filings(path, sheet="二月")["text"].tolist() == ["第二页"]
    assert "说明、一月、二月" in str(_refused(lambda: rd.read_filings(path, sheet="三月")))


def test_several_files_in_one_call(tmp_path: Path) -> None:
    _read(tmp_path, "a.csv", _csv([HEADER, ROWS[0]]))
    _read(tmp_path, "b.csv", _csv([HEADER, *ROWS[1:]]))
    _same(rd.read_filings([tmp_path / "a.csv", tmp_path / "b.csv"]))


def test_a_day_on_which_nothing_came_is_told_and_stops_nothing(tmp_path: Path) -> None:
    full, quiet = tmp_path / "monday.csv", tmp_path / "tuesday.csv"
    quiet.write_text("编号,内容\n", encoding="utf-8")
    full.write_text("编号,内容\n1,村里的路没有修\n", encoding="utf-8")
    table = rd.read_filings([full, quiet])
    assert (len(table), table.attrs["notes"]) == (1, ["tuesday.csv：表中没有数据行。"])


def test_ten_columns_of_one_name_are_told_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"编号{',内容' * 10}{',督办' * 3}\n1{',路没有修' * 10}{',是' * 3}\n", encoding="utf-8")
    told = rd.read_filings(path).attrs["notes"]
    assert told[0] == "a.csv：列“内容”等 9 列与“内容”含义相同（text），用来补其空白或与其合并。"
    assert [note.startswith("a.csv：列“督办”未使用") for note in told[1:]] == [True]


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("信访件编号,来信日期,是否实名,被举报人,事发地,反映问题", "filing_id date named accused place text"),
        ("信访件编号(系统),登记时间（年-月-日）,是否匿名,被举报人姓名,被举报人单位及职务,举报人联系方式,被举报人联系方式,乡镇,村,主要反映问题摘要",
         "filing_id date anonymous accused post phone - place place text"),
        ("序号,流水号,受理日期,实(匿)名,信访人姓名,被反映人1,被反映人2,所属镇街,信访诉求内容,办结时限,承办单位联系电话",
         "- filing_id date named petitioner accused accused place text due_date -"),
        ("工单编号,来电时间,来电人,来电号码,诉求标题,诉求内容,承办单位,办理时限", "filing_id date petitioner phone title text handler due_date"),
        ("留言编号,留言用户,留言主题,留言时间,留言详情,反对数,点赞数", "filing_id petitioner title date text - -"),
        ("件号*,信访登记日期,初(重)件,关联信访件编号,首次来信日期,干部管理权限,职级,信访概况", "filing_id date marked_first marked_related first_petition_date authority rank text"),
        ("编号,交办日期,批示内容,答复内容,内容", "filing_id - - - text"),
        ("编号,干管权限,被反映人,内容", "filing_id authority accused text"),
        ("编号,管理级别,内容", "filing_id authority text"),
        ("编号,被反映人,级别,干部管理级别,内容", "filing_id accused rank authority text"),
        ("编号,被反映人管理权限,举报人管辖级别,内容", "filing_id authority - text"),
    ],
)  # fmt: skip
def test_headers_of_systems_never_seen(header: str, columns: str) -> None:
    names = header.split(",")
    found = headers.find([names], headers.Vocabulary(filings.ALIASES, {}, ""))
    placed = {at: column for column, places in found.columns.items() for at in places}
    assert [placed.get(at, "-") for at in range(len(names))] == columns.split()


def test_anonymous_is_not_named(tmp_path: Path) -> None:
    cells = ["是", "否", "匿名", "实名", "", "√"]
    table = _read(tmp_path, "a.csv", _csv([["内容", "是否匿名"], *([f"文{c}", c] for c in cells)]))
    assert table["named"].tolist() == ["no", "yes", "no", "yes", "", "no"]
    cells = ["是", "否", "匿名举报", "实名举报", "未署名", "1"]
    table = _read(tmp_path, "b.csv", _csv([["内容", "是否实名"], *([f"文{c}", c] for c in cells)]))
    assert table["named"].tolist() == ["yes", "no", "no", "yes", "no", "yes"]


def test_what_another_column_of_text_adds_is_kept(tmp_path: Path) -> None:
    letter, more = "村书记把五十亩地包给亲戚。请查处！", "还卖了抽沙船。"
    rows = [
        ["", letter, ""],
        [letter + more, letter, ""],
        ["请查处", letter, "反映包地"],
        ["", letter, "涉及 8 万元。反映包地"],
    ]
    table = _read(tmp_path, "a.csv", _csv([["主要诉求", "反映内容", "概况"], *rows]))
    assert table["text"].tolist() == [letter, f"{letter}\n{more}", letter, f"{letter}\n涉及 8 万元。"]


def test_columns_that_mean_the_same_fill_each_other(tmp_path: Path) -> None:
    rows = [["摘要", "", "一月一日", "写得很长的正文"], ["只有摘要", "2021-1-2", "", ""]]
    table = _read(tmp_path, "a.csv", _csv([["概况", "来信日期", "登记日期", "反映内容"], *rows]))
    assert table["text"].tolist() == ["写得很长的正文", "只有摘要"]
    assert table["date"].tolist()[1] == pd.Timestamp(2021, 1, 2)
    assert any("含义相同" in note for note in table.attrs["notes"])


def test_mapping_overrides_and_unplaced_headers_are_named(tmp_path: Path) -> None:
    data = _csv([["信访编号", "登记日期", "诉说文字"], ["1", "2021-1-1", "路灯不亮"]])
    error = _refused(lambda: _read(tmp_path, "a.csv", data))
    assert error.code == "E110"
    assert "诉说文字" in error.hint
    assert _read(tmp_path, "a.csv", data, mapping={"诉说文字": "text"})["text"].tolist() == ["路灯不亮"]
    assert "text、" in _refused(lambda: _read(tmp_path, "a.csv", data, mapping={"诉说文字": "txt"})).hint
    table = _read(tmp_path, "b.csv", _csv([["编号", "内容", "承办人电话号"], ["1", "文", "x"]]))
    assert any("“承办人电话号”未使用" in note and note.count("、") == 2 for note in table.attrs["notes"])


def test_the_words_of_a_filing_never_show_in_a_refusal(tmp_path: Path) -> None:
    data = _csv([["0012", "贺三德", "电话", "村支书占地"], ["0013", "路二", "来信", "不办低保"]])
    said = str(_refused(lambda: _read(tmp_path, "a.csv", data)))
    assert not any(word in said for word in ("贺三德", "村支书", "0012", "路二"))


def test_damaged_text_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    many = _csv([HEADER, *([f"{k}-{row[0]}", *row[1:]] for k in range(30) for row in ROWS)]).encode()
    table = _read(tmp_path, "a.csv", many.replace("两亩".encode(), b"\xe4\xba\xe4", 1))
    assert len(table) == 90
    assert any("无法解码" in note for note in table.attrs["notes"])
    broken = "\n".join(["编号,内容", '1,"没有收尾', "2,第二行", '3,"他说""好"""', '4,"甲"乙', "5,末行"])
    table = _read(tmp_path, "b.csv", broken)
    assert table["text"].tolist() == ['"没有收尾', "第二行", '他说"好"', "甲乙", "末行"]
    table = _read(tmp_path, "c.jsonl", '{"编号":"1","内容":"甲\\u2028乙"}\n{broken\n{"编号":"2","内容":"\\ud800"}\n')
    assert table["filing_id"].tolist() == ["1", "2"]
    assert table.attrs["rejects"] == [{"row": 2, "filing_id": "", "reason": "JSON 行无法解析"}]


def test_rows_that_are_no_filings_are_rejected_with_a_reason(tmp_path: Path) -> None:
    rows = [["1", "文", "2021-1-1"], ["编号", "内容", "日期"], ["合计：1件"], ["2", "文", "2021-1-2", "余"]]
    table = _read(tmp_path, "a.csv", _csv([["编号", "内容", "日期", ""], *rows, ["3", "", "文", "x", "y"]]))
    assert table["filing_id"].tolist() == ["1", "2"]
    assert [(r["row"], r["filing_id"]) for r in table.attrs["rejects"]] == [(3, ""), (4, ""), (6, "3")]


def test_ids_missing_and_double(tmp_path: Path) -> None:
    rows = [["7", "乙"], ["", "丙"], ["7", "甲"], ["7-2", "丁"], ["", "丙"], ["7", "甲"]]
    table = _read(tmp_path, "a.csv", _csv([["编号", "内容"], *rows]))
    back = _read(tmp_path, "b.csv", _csv([["编号", "内容"], *rows[::-1]]))
    assert table["filing_id"].is_unique
    assert sorted(zip(table["filing_id"], table["text"], strict=True)) == sorted(
        zip(back["filing_id"], back["text"], strict=True)
    )
    assert table["filing_id"].str.fullmatch(r"7|7-2|7-3|H-\w+(-2)?").all()
    assert table.attrs["rejects"] == [{"row": 7, "filing_id": "7", "reason": "同一件重复导出"}]
    assert len(table.attrs["notes"]) == 3


def test_a_filing_exported_twice_is_one_filing(tmp_path: Path) -> None:
    header, rows = ["编号", "内容"], [["1", "甲"], ["2", "乙"], ["3", "丙"]]
    first, second = (_csv([header, *some]) for some in (rows[:2], [rows[1], rows[2], ["1", "另一件"]]))
    for name, text in (("a.csv", first), ("b.csv", second)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    table = rd.read_filings([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert sorted(table["filing_id"]) == ["1", "1-2", "2", "3"]
    assert table.attrs["rejects"] == [{"row": 2, "filing_id": "2", "reason": "同一件重复导出（b.csv）"}]
    result = rd.detect(table)
    assert result.rejects["reason"].tolist() == ["同一件重复导出（b.csv）"]
    assert (result.run["counts"]["rows"], result.run["counts"]["filings"]) == (5, 4)


def test_hidden_sheets_are_read_and_mentioned(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name in ("一季度", "旧表"):
        sheet = book.add_worksheet(name)
        for at, row in enumerate([["编号", "内容"], ["1", "甲"]]):
            sheet.write_row(at, 0, row)
    sheet.hide()
    book.close()
    table = rd.read_filings(tmp_path / "a.xlsx")
    assert table["filing_id"].tolist() == ["1"]
    assert table.attrs["rejects"] == [{"row": 2, "filing_id": "1", "reason": "同一件重复导出（a.xlsx[旧表]）"}]
    assert [note for note in table.attrs["notes"] if "隐藏" in note] == [
        "a.xlsx[旧表]：是隐藏的工作表，照样读取，请核对。"
    ]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"", "E102"), ("a.csv", b" \r\n\n", "E102"), ("a.csv", b"\xef\xbb\xbf", "E102"),
        ("a.csv", b"\xff\xfe", "E102"), ("a.xlsx", b"", "E102"), ("a.csv", _csv([HEADER]).encode(), "E102"),
        ("a.jsonl", b"hello\nworld", "E105"), ("a.jsonl", b"[1, 2", "E105"), ("a.parquet", b"PAR1 broken", "E103"),
        ("a.xlsx", b"PK\x03\x04 broken", "E103"), ("a.xls", b"\xd0\xcf\x11\xe0 broken", "E103"),
        ("a.xls", b"<html><table></table></html>", "E103"), ("a.pdf", b"%PDF-1.4 ...", "E107"),
        ("a.csv", bytes(range(256)) * 8, "E110"), ("a", b"no table", "E110"),
    ],
)  # fmt: skip
def test_files_nobody_can_use(name: str, data: bytes, code: str, tmp_path: Path) -> None:
    assert _refused(lambda: _read(tmp_path, name, data)).code in (code, "E104" if code == "E110" else code)


def test_places_that_are_no_files(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv", tmp_path / ("长" * 300), tmp_path / "x.csv" / "y.csv"):
        assert _refused(lambda path=path: rd.read_filings(path)).code == "E101"  # type: ignore[misc]
    assert _refused(lambda: _read(tmp_path, "a.csv", _csv([HEADER, *ROWS]), encoding="no-such")).code == "E104"
    _xlsx(tmp_path / "empty.xlsx", {"a": []})
    assert _refused(lambda: rd.read_filings(tmp_path / "empty.xlsx")).code == "E102"


def test_any_broken_workbook_is_refused_or_read(tmp_path: Path) -> None:
    path = _xlsx(tmp_path / "a.xlsx", {"a": [HEADER, *ROWS]})
    whole = path.read_bytes()

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, len(whole) - 1), st.integers(0, 255), st.booleans())
    def broken(at: int, byte: int, cut: bool) -> None:
        path.write_bytes(whole[:at] if cut else whole[:at] + bytes([byte]) + whole[at + 1 :])
        with contextlib.suppress(rd.RepeatDetectError):
            rd.read_filings(path)

    broken()


_CELL = st.one_of(
    st.sampled_from(["", " ", "0012", "文", "2021-1-1", '"', "a,b", "编号", "内容", "\n"]), st.text(max_size=6)
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_CELL, min_size=1, max_size=6), max_size=12), st.sampled_from(",\t;"))
def test_every_row_with_anything_in_it_becomes_a_filing_or_a_reject(
    tmp_path: Path, rows: list[list[str]], delimiter: str
) -> None:
    rows = [[cell.encode("utf-8", "ignore").decode() for cell in row] for row in rows]
    rows = [["编号", "日期", "内容"], ["1", "2021-1-1", "文"], *rows]
    words = headers.Vocabulary(filings.ALIASES, {}, "")
    assume(headers.find(rows, words).row == 0)  # no further row is the better header
    path = tmp_path / "a.csv"
    path.write_text(_csv(rows, delimiter), encoding="utf-8", newline="")
    table = rd.read_filings(path)
    full = [at for at, row in enumerate(rows, start=1) if not all(map(blank, row))]
    seen = [*table["row"].tolist(), *(reject["row"] for reject in table.attrs["rejects"])]
    assert sorted(seen) == full[1:]
    assert table["filing_id"].is_unique


def test_long_cells_in_two_threads(tmp_path: Path) -> None:
    for name in "甲乙":
        rows = [["编号", "内容"], *([str(n), "修路" * 120_000] for n in range(4))]
        (tmp_path / f"{name}.csv").write_text(_csv(rows), encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        tables = list(pool.map(rd.read_filings, [tmp_path / "甲.csv", tmp_path / "乙.csv"] * 4))
    assert {len(table) for table in tables} == {4}
    assert csv.field_size_limit() > 240_000


def test_lost_dates_are_told_by_file_header_and_row(tmp_path: Path) -> None:
    days = ["03/05/2021", "2021-3-5", "1899-1-1", *["待定"] * 5]
    rows = [[str(n), day, "修路的钱去了哪里"] for n, day in enumerate(days)]
    table = _read(tmp_path, "甲.csv", _csv([["编号", "登记日期", "内容"], *rows, ["合计", "共九件", ""]]))
    (note,) = table.attrs["notes"]
    assert note == "甲.csv：列“登记日期”有 7 个日期无法识别或明显有误（第 2、4、5、6、7 行等），按无日期处理。"
    assert [reject["row"] for reject in table.attrs["rejects"]] == [10]


def test_identity_numbers_that_excel_rounded_tell_nobody(tmp_path: Path) -> None:
    told = "清溪镇上河村骆占山侵占集体林地补偿款十二万元。"
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["编号", "日期", "举报人", "证件号码", "内容"])
    for at, (name, number) in enumerate((("蓝水生", 990101199001010121), ("石大有", 990101199001010148)), start=1):
        sheet.write_row(at, 0, [str(at), f"2024-01-0{at}", name])
        sheet.write_number(at, 3, number)
        sheet.write_string(at, 4, told)
    book.close()
    table = rd.read_filings(tmp_path / "a.xlsx")
    assert set(table["id_number"]) == {"990101199001010***"}
    (note,) = [note for note in table.attrs["notes"] if "末几位已丢失" in note]
    assert "Excel 把a.xlsx[Sheet1]：列“证件号码”的 2 个长号码存成了数字（第 2、3 行）" in note
    assert rd.detect(table).filings["status"].tolist() == ["first", "joint"]
    handed = canonical(pd.DataFrame({"text": [told], "id_number": [9.9e17]}))
    assert "（第 1 行）" in handed.attrs["notes"][0]


@pytest.mark.parametrize(
    ("second", "accused"),
    [
        (["", "", "石二", "会计", ""], ["贺三、石二", "路四"]),
        (["", "", "石二", "会计", "另外的事"], ["贺三", "石二", "路四"]),
    ],
)
def test_accused_in_rows_under_one_merged_number(second: list[str], accused: list[str], tmp_path: Path) -> None:
    rows = [
        ["编号", "日期", "被反映人", "职务", "内容"],
        ["1", "2021-3-5", "贺三", "支书", "占了我家两亩地"],
        second,
        ["2", "", "路四", "", "修路"],
    ]
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    sheet.merge_range(1, 0, 2, 0, "1")
    book.close()
    table = rd.read_filings(tmp_path / "a.xlsx")
    assert table["accused"].tolist() == accused
    assert any("续行" in note for note in table.attrs["notes"]) is (len(accused) == 2)


def test_rows_without_a_number_are_filings_of_their_own(tmp_path: Path) -> None:
    rows = [["编号", "被反映人", "内容"], ["1", "贺三", "占了我家两亩地"], ["", "石二", ""]]
    assert len(rd.read_filings(_xlsx(tmp_path / "a.xlsx", {"一": rows}))) == 2


def test_a_sheet_of_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    table = _read(tmp_path, "a.csv", _csv([HEADER, *ROWS]), sheet="信访件")
    assert any("不是工作簿" in note for note in table.attrs["notes"])


UNUSUAL = [
    ["来件序号", "收到的日期", "反映的情况说明", "涉及的人"],
    ["X1", "2021-3-5", "村支书占了我家两亩地，一分钱没有给", "贺三德"],
]


def test_unusual_headers_are_named_with_the_nearest(tmp_path: Path) -> None:
    error = _refused(lambda: _read(tmp_path, "a.csv", _csv([TITLES[0], *UNUSUAL])))
    assert error.code == "E110"
    for said in ("来件序号（信访件编号）", "收到的日期（登记时间）", "--map 反映的情况说明=text"):
        assert said in str(error)


def test_a_row_of_a_filing_is_never_shown_as_a_header(tmp_path: Path) -> None:
    rows = [["贺三德", "青石镇", "来信"], ["路二", "大湾乡", "修路的钱去了哪里，村支书一个字也不说"]]
    said = str(_refused(lambda: _read(tmp_path, "a.csv", _csv(rows))))
    assert "--map" in said
    assert not any(cell in said for row in rows for cell in row)


def test_a_mapped_header_must_be_in_one_of_the_files(tmp_path: Path) -> None:
    mapping = {"反映的情况说明": "text", "涉及人": "accused"}
    error = _refused(lambda: _read(tmp_path, "a.csv", _csv(UNUSUAL), mapping=mapping))
    assert (error.code, "涉及的人" in error.hint) == ("E205", True)
    assert _read(tmp_path, "a.csv", _csv(UNUSUAL), usual=mapping)["accused"].tolist() == [""]
    (tmp_path / "b.csv").write_text(_csv([["涉及人", "反映的情况说明"], ["冯四", "修路的钱"]]), encoding="utf-8")
    both = rd.read_filings([tmp_path / "a.csv", tmp_path / "b.csv"], mapping=mapping)
    assert both["accused"].tolist() == ["", "冯四"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_a_text_that_holds_the_delimiter_stays_as_it_is(tmp_path: Path, delimiter: str) -> None:
    text = f"拖欠三万元{delimiter}另有两万元{delimiter}请查"
    lines = [delimiter.join(cells) for cells in (("信访编号", "登记日期", "反映内容"), ("A1", "2021-01-04", text))]
    found = _read(tmp_path, "export.csv", ("\n".join(lines) + "\n").encode())
    assert found["text"].tolist() == [text]


def _book(path: Path, *tables: tuple[str, list[list[str]], list[tuple[int, int, int, int]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows, merged in tables:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            for top, left, bottom, right in merged:
                sheet.merge_range(top, left, bottom, right, rows[top][left])
    return path


def test_a_cell_merged_over_several_filings_is_of_each(tmp_path: Path) -> None:
    rows = [["信访编号", "被反映人", "干部管理权限", "反映内容"]]
    rows += [["A1", "童伟", "市管干部", "收受红包"], ["A2", "", "", "违规用人"], ["A3", "", "", "公车私用"]]
    path = _book(tmp_path / "m.xlsx", ("一月", rows, [(1, 1, 3, 1), (1, 2, 3, 2)]))
    found = rd.read_filings(path)
    assert found["accused"].tolist() == ["童伟"] * 3
    assert found["authority"].tolist() == ["市管干部"] * 3


def test_an_official_merged_over_two_townships_is_of_both_and_two_of_one_are_both(tmp_path: Path) -> None:
    rows = [
        ["乡镇", "党委书记", "联系班子成员"],
        ["清溪镇", "向明远", "严守正"],
        ["白石乡", "尹长庚", ""],
        ["东湖街道", "钟其昌", "古思齐"],
        ["", "", "裴玉衡"],
    ]
    path = _book(tmp_path / "o.xlsx", ("分工", rows, [(1, 2, 2, 2), (3, 0, 4, 0)]))
    found = rd.read_officials(path)
    assert found["town"].tolist() == ["清溪镇", "白石乡", "东湖街道"]
    assert found["lead_official"].tolist() == ["严守正", "严守正", "古思齐、裴玉衡"]
    assert any("东湖街道" in note for note in found.attrs["notes"])


def test_rows_of_a_sheet_without_a_header_are_rejected_not_lost(tmp_path: Path) -> None:
    head, body = ["信访编号", "登记日期", "反映内容"], ["A1", "2024-01-05", "路灯不亮"]
    notes = [["填表说明"], ["一行一件"]]
    path = _book(
        tmp_path / "two.xlsx",
        ("一月", [head, body], []),
        ("二月", [["B1", "2024-02-05", "水管漏水"]], []),
        ("说明", notes, []),
    )
    found = rd.read_filings(path)
    assert found["filing_id"].tolist() == ["A1"]
    assert [reject["reason"] for reject in found.attrs["rejects"]] == ["工作表“二月”没有可用的表头"]


def test_a_filing_exported_again_after_it_was_closed_is_one(tmp_path: Path) -> None:
    head = "信访编号,登记日期,反映内容,办理状态,办结日期\n"
    (tmp_path / "jan.csv").write_text(head + "A1,2024-01-05,路灯不亮,办理中,\n", encoding="utf-8")
    (tmp_path / "feb.csv").write_text(head + "A1,2024-01-05,路灯不亮,已办结,2024-02-01\n", encoding="utf-8")
    for order in (("jan.csv", "feb.csv"), ("feb.csv", "jan.csv")):
        found = rd.read_filings([tmp_path / name for name in order])
        assert found["filing_id"].tolist() == ["A1"]
        assert found["handling_status"].tolist() == ["已办结"]
        assert [reject["reason"] for reject in found.attrs["rejects"]] == [
            "同一件重复导出，办理情况以另一行为准（jan.csv）"
        ]


TOLD = "我反映石门村主任石光荣把苗木款4.2万元据为己有，苗子是从林业站白拿的。"


@pytest.mark.parametrize("short", ["摘要", "概况", "主要问题", "信访事项"])
@pytest.mark.parametrize(
    "name",
    ["群众反映情况", "信访反映内容", "原文", "全文内容", "详细情况", "问题详情", "问题反映", "接访记录", "通话记录", "案件详情", "信访人诉求", "举报信原文", "事实和理由"],
)  # fmt: skip
def test_a_long_text_is_read_beside_a_short_one_whatever_it_is_called(name: str, short: str, tmp_path: Path) -> None:
    rows = [
        ["信访件编号", "标题", short, name],
        ["X1", "苗木款", "苗木款", TOLD],
        ["X2", "苗木款", "苗木款", TOLD + "甲"],
    ]
    for order in (slice(None), slice(None, None, -1)):
        texts = _read(tmp_path, "a.csv", _csv([row[order] for row in rows]))["text"].tolist()
        assert [text.split("\n")[0] for text in texts] == [TOLD, TOLD + "甲"]


@pytest.mark.parametrize(
    "name", ["办理情况", "处理意见", "答复内容", "调查情况", "核查结论", "领导批示", "核查内容", "会议内容", "信访人基本情况", "被反映人情况", "举报人详细情况", "家庭情况"]
)  # fmt: skip
def test_what_the_office_did_and_what_a_person_is_are_no_text(name: str, tmp_path: Path) -> None:
    data = _csv([["信访件编号", "反映内容", name], ["X1", TOLD, "经查，反映问题不属实。"], ["X2", TOLD, "已答复本人"]])
    assert _read(tmp_path, "a.csv", data)["text"].tolist() == [TOLD] * 2


def test_labels_in_a_column_that_only_sounds_like_text_are_told_not_joined(tmp_path: Path) -> None:
    rows = [[str(n), TOLD + str(n), "初次" if n % 2 else "再次"] for n in range(6)]
    table = _read(tmp_path, "a.csv", _csv([["编号", "反映内容", "来访情况"], *rows]))
    assert table["text"].tolist() == [row[1] for row in rows]
    assert any("“来访情况”未使用" in note for note in table.attrs["notes"])


_WHOM = ["姓名", "联系电话", "住址", "姓名", "单位", "职务"]
_DATA = ["黄木生", "13900010006", "石门村", "石光荣", "石门村委", "主任"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("信访人", "被反映人"), ("信访人信息", "被反映人信息"), ("举报人情况", "被举报人情况"), ("信访人基本情况", "被反映人基本情况"),
        ("检举控告人（实名）", "被检举控告人"), ("来访群众", "反映对象"), ("投诉人资料", "被投诉人资料"), ("控告人", "涉案人员信息"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("swapped", [False, True])
def test_what_stands_below_a_person_is_of_that_person(one: str, other: str, swapped: bool, tmp_path: Path) -> None:
    groups = [([one, "", ""], _WHOM[:3], _DATA[:3]), ([other, "", ""], _WHOM[3:], _DATA[3:])]
    groups = groups[::-1] if swapped else groups
    top, below, data = ([cell for group in groups for cell in group[k]] for k in range(3))
    rows = [["编号", "反映内容", *top], ["", "", *below], ["X1", TOLD, *data]]
    table = rd.read_filings(_xlsx(tmp_path / "a.xlsx", {"一": rows}))
    columns = ["petitioner", "phone", "address", "accused", "unit", "post"]
    assert table[columns].to_numpy()[0].tolist() == _DATA


def test_what_may_be_of_either_of_two_persons_is_of_neither(tmp_path: Path) -> None:
    top, below = ["编号", "反映内容", "甲方", "", "乙方", ""], ["", "", "姓名", "电话", "姓名", "电话"]
    data = ["X1", TOLD, "黄木生", "13900010006", "石光荣", "13900010007"]
    path = _xlsx(tmp_path / "a.xlsx", {"一": [top, below, data]})
    table = rd.read_filings(path)
    assert table[["petitioner", "phone", "accused"]].to_numpy()[0].tolist() == ["", "", ""]
    assert [
        name
        for name in ("甲方姓名", "甲方电话", "乙方姓名", "乙方电话")
        if f"“{name}”未使用" not in str(table.attrs["notes"])
    ] == []
    table = rd.read_filings(path, mapping={"甲方姓名": "petitioner", "乙方姓名": "accused"})
    assert table[["petitioner", "accused"]].to_numpy()[0].tolist() == ["黄木生", "石光荣"]
    below = ["", "", "姓名", "电话", "单位", "职务"]
    alone = _xlsx(tmp_path / "b.xlsx", {"一": [["编号", "反映内容", "登记信息", "", "", ""], below, data]})
    assert rd.read_filings(alone)["petitioner"].tolist() == ["黄木生"]


def test_data_of_the_petitioner_are_never_of_the_accused(tmp_path: Path) -> None:
    top, below = ["编号", "反映内容", "信访人信息", "", "", "被反映人"], ["", "", "姓名", "单位", "职务", ""]
    path = _xlsx(tmp_path / "a.xlsx", {"一": [top, below, ["X1", TOLD, "黄木生", "县一中", "教师", "石光荣"]]})
    table = rd.read_filings(path)
    assert table[["petitioner", "accused", "unit", "post"]].to_numpy()[0].tolist() == ["黄木生", "石光荣", "", ""]


_FOOTERS = [
    ["以上共38件"], ["填表人：王某", "", "审核：李某"], ["填表人", "王某某", "审核人", "李某"], ["", "", "合计", "2件"], ["合计：2件"],
    ["制表人：小李", "", "制表日期：2024-05-01"], ["备注：本表涉密"], ["注：1.本表按时间排序；2.匿名件不得追查"], ["共2条记录", "第1页/共1页"],
    ["", "", "", "审核人：王主任"], ["单位负责人（签字）：", "", "填报人："], ["小计", "", "", "2"], ["", "", "", "", "——以下空白——"],
    ["", "", "", "", "以上数据截至2024年5月"], ["打印时间：2024-05-01 10:00"], ["本月合计38件，其中来信12件，来访26件"],
    ["填报单位：清溪县纪委监委信访室", "", "2024年5月1日"],
]  # fmt: skip
_ENTRIES = [
    ["", "", "", "", "负责人：张三贪污低保款"], ["", "", "", "", "说明：我村书记贪污低保款三万元"], ["X1", "", "", "合计", ""], ["", "", "张三", "", "共3件"],
    ["", "", "", "", "备注：村支书占地"], ["", "", "", "", "以上内容属实，请查处"], ["", "", "", "审核不严", ""], ["", "", "张三", "", ""],
    ["", "2024-01-02", "", "", "共产党员张三打人"], ["", "", "", "书记", "李四"],
]  # fmt: skip


@pytest.mark.parametrize(
    "order",
    ["信访件编号 登记日期 信访人 标题 反映内容", "反映内容 标题 信访人 信访件编号 登记日期", "序号 登记日期 信访件编号 标题 反映内容"],
)  # fmt: skip
def test_what_stands_below_a_table_is_rejected_with_a_reason(order: str, tmp_path: Path) -> None:
    filing = {"信访件编号": "X1", "登记日期": "2024-01-02", "标题": "苗木款", "反映内容": TOLD, "序号": "1"}
    rows = [order.split(), [filing.get(name, "") for name in order.split()], *_FOOTERS]
    table = rd.read_filings(_xlsx(tmp_path / "a.xlsx", {"一": rows}))
    assert table["filing_id"].tolist() == ["X1"]
    assert table.attrs["rejects"] == [
        {"row": row, "filing_id": "", "reason": "表尾的合计、签名或说明"} for row in range(3, 3 + len(_FOOTERS))
    ]


def test_short_rows_that_look_like_a_footer_are_filings(tmp_path: Path) -> None:
    rows = [["信访件编号", "登记日期", "信访人", "标题", "反映内容"], *_ENTRIES]
    table = _read(tmp_path, "a.csv", _csv(rows))
    assert (len(table), table.attrs["rejects"]) == (len(_ENTRIES), [])


_REMARK = "这一段比摘要长得多，说的是村主任把苗木款据为己有，请查处。"


@pytest.mark.parametrize("name", ["情况说明", "来龙去脉", "第一页", ""])
@pytest.mark.parametrize("blank_text", [False, True])
def test_prose_that_is_not_used_beside_a_short_text_is_refused(name: str, blank_text: bool, tmp_path: Path) -> None:
    rows = [["编号", "标题", "摘要", name], ["X1", "苗木款", "苗木款", _REMARK], ["X2", "苗木款", "", _REMARK]]
    rows += [[f"Y{n}", "修路", TOLD if blank_text else "修路", ""] for n in range(8)]
    data = _csv(rows if blank_text else rows[:3])
    error = _refused(lambda: _read(tmp_path, "a.csv", data))
    assert error.code == "E115"
    assert (f"--map {name}=text" if name else "第 4 列") in str(error)
    assert _REMARK not in str(error)
    if name:
        assert _REMARK in str(_read(tmp_path, "a.csv", data, mapping={name: "text"})["text"].iat[0])
        for word in ("unused", "不用"):
            assert _read(tmp_path, "a.csv", data, mapping={name: word})["text"].iat[0] == "苗木款"
            assert _read(tmp_path, "a.csv", data, usual={name: word})["text"].iat[0] == "苗木款"


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("办理情况", _REMARK), ("领导批示", _REMARK), ("官方回复", _REMARK), ("核查经过", _REMARK), ("信访人基本情况", _REMARK), ("来龙去脉", "很短"),
        ("网址", "https://www.example.invalid/files/2024/01/02/scan-of-the-letter.pdf"), ("备注", _REMARK),
    ],
)  # fmt: skip
def test_what_is_no_text_stops_nothing(name: str, cell: str, tmp_path: Path) -> None:
    data = _csv([["编号", "摘要", name], ["X1", "苗木款", cell], ["X2", "苗木款", cell]])
    assert _read(tmp_path, "a.csv", data)["text"].tolist() == ["苗木款"] * 2
    data = _csv([["编号", "反映内容", "来龙去脉"], ["X1", TOLD, _REMARK], ["X2", TOLD, ""]])
    assert _read(tmp_path, "b.csv", data)["text"].tolist() == [TOLD] * 2


@pytest.mark.parametrize(
    ("header", "row", "example"),
    [
        ("信访件编号,标题,被反映人,情况说明", f"X1,石门,石光荣,{_REMARK}", "指定，如 --map 情况说明=text。"),
        (
            "信访件编号,被反映人,督办,说的话,领导批示",
            f"X1,石光荣,是,{_REMARK},{_REMARK}{_REMARK}",
            "指定，如 --map 说的话=text。",
        ),
        ("信访件编号,被反映人,督办", "X1,石光荣,是", "指定。"),
    ],
)
def test_the_example_of_a_refusal_is_the_column_that_reads_like_text(
    header: str, row: str, example: str, tmp_path: Path
) -> None:
    error = _refused(lambda: _read(tmp_path, "a.csv", f"{header}\n{row}\n"))
    assert error.code == "E110"
    assert error.hint.endswith(f"请用 --map 来源列=text {example}")


@pytest.mark.parametrize("title", ["王二麻子等13人来访登记", "王二麻子（13812345678）反映刘德贵问题情况登记表", "来访"])
def test_a_title_above_the_header_is_no_name_of_a_column(title: str, tmp_path: Path) -> None:
    rows = [[title, "", "", ""], ["信访件编号", "信访人", "反映内容", "情况备考"], ["X1", "张三", TOLD, "甲"]]
    for data in (_csv(rows), _csv([[title] * 4, *rows[1:]])):
        table = _read(tmp_path, "a.csv", data)
        assert table["petitioner"].tolist() == ["张三"]
        assert "情况备考" in str(table.attrs["notes"])
        assert title not in str(table.attrs["notes"])
