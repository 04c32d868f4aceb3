"""The case ledger and the officials' table: read as people write them, and given back with what came in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect.charge import is_closed
from repeatdetect.cli import main
from repeatdetect.errors import InputError
from repeatdetect.report import ledger
from repeatdetect.report.content import Content
from repeatdetect.report.styles import PALE_AMBER, PALE_RED


@pytest.fixture(scope="module")
def book_path(anlan_result: rd.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "积案台账.xlsx"
    assert anlan_result.cases is not None
    ledger.write(Content(anlan_result), anlan_result.cases, path, date(2026, 1, 15))
    return path


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    table: Any = openpyxl.load_workbook(path)[sheet]
    header, *lines = table.iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines if any(line)]


def test_every_case_with_what_came_in(anlan_result: rd.Result, book_path: Path) -> None:
    assert anlan_result.cases is not None
    found = rows(book_path, ledger.LEDGER)
    assert [row["化解编号"] for row in found] == anlan_result.cases["case_id"].tolist()
    filings = anlan_result.filings.assign(date=anlan_result.corpus.filings["date"].to_numpy())
    for row in found:
        mine = filings[filings["case_id"] == row["化解编号"]]
        assert row["来件数"] == len(mine)
        assert row["有新情况的件"] == (mine["new_content"] != "").sum()
        assert row["结案后来件"] == (mine["after_closure"] != "").sum()
        if len(mine):
            assert pd.Timestamp(row["最近来件"]) == mine["date"].max()
            assert sorted(row["关联信访件"].split("、")) == sorted(mine["filing_id"])


def test_deadlines_are_coloured_unless_the_case_is_closed(book_path: Path) -> None:
    sheet: Any = openpyxl.load_workbook(book_path)[ledger.LEDGER]
    header = [cell.value for cell in sheet[1]]
    at, status = header.index("距期限（天）"), header.index("状态")
    seen = set()
    for line in sheet.iter_rows(min_row=2):
        cell, colour = line[at], line[at].fill.fgColor.rgb
        if line[status].value == "已办结":
            assert cell.value is None
        elif cell.value < 0:
            assert colour.endswith(PALE_RED[1:])
            seen.add("over")
        elif cell.value <= 30:
            assert colour.endswith(PALE_AMBER[1:])
            seen.add("soon")
    assert seen == {"over", "soon"}


def test_large_matters_without_a_case_are_proposed(anlan_result: rd.Result, book_path: Path) -> None:
    m = anlan_result.matters
    wanted = m[(m["filings"] >= anlan_result.settings.proposal_filings) & (m["case_id"] == "")]
    assert [row["事项编号"] for row in rows(book_path, ledger.PROPOSED)] == wanted["matter_id"].tolist()


def test_second_look_is_split_by_new_facts(anlan_result: rd.Result, book_path: Path) -> None:
    for sheet, kind in ((ledger.AGAIN_NEW, "new_facts"), (ledger.AGAIN, "nothing_new")):
        wanted = anlan_result.filings.loc[anlan_result.filings["after_closure"] == kind, "filing_id"]
        found = rows(book_path, sheet)
        assert sorted(row["信访件编号"] for row in found) == sorted(wanted)
        assert all(row["结案后（天）"] > 0 for row in found)
        assert all(bool(row["新情况"]) is (kind == "new_facts") for row in found)


def test_the_ledger_given_back_is_the_next_ledger(anlan_result: rd.Result, book_path: Path) -> None:
    again = rd.read_cases(book_path)
    assert anlan_result.cases is not None
    same = ["case_id", "subject", "accused", "place", "lead_official", "responsible_official", "status"]
    assert again[same].to_dict("list") == anlan_result.cases[same].to_dict("list")
    assert again["due_date"].equals(anlan_result.cases["due_date"])


def test_masked_ledger_names_no_petitioner(anlan_result: rd.Result, tmp_path: Path) -> None:
    path = tmp_path / "积案台账.xlsx"
    assert anlan_result.cases is not None
    ledger.write(Content(anlan_result, masked=True), anlan_result.cases, path, date(2026, 1, 15))
    book: Any = openpyxl.load_workbook(path)
    told = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    names = {name for name in anlan_result.corpus.filings["petitioner"].unique() if name}
    assert [name for name in names if name in told] == []


def test_what_is_new_is_shown_and_masked_as_it_is_within_its_text(tmp_path: Path) -> None:
    cases = tmp_path / "c.csv"
    cases.write_text(
        "化解编号,案由,被反映人,属地,包案领导,状态,办结日期\n"
        "H1,石桥镇东村王五侵占低保款,王五,石桥镇东村,姚敬之,已办结,2024-2-1\n", encoding="utf-8",
    )  # fmt: skip
    told = "石桥镇东村村主任王五侵占低保款3万元。"
    news = "李小明被王五打伤，住院花了8000元"
    filings = pd.DataFrame(
        {
            "filing_id": ["A", "B"], "date": ["2024-1-2", "2024-3-5"], "accused": "王五", "place": "石桥镇东村",
            "text": [told, f"我叫李小明，东村人。{told}{news}。"],
        }
    )  # fmt: skip
    result = rd.detect(filings, cases=rd.read_cases(cases))
    assert result.filings["after_closure"].tolist() == ["", "new_facts"]
    result.filings.loc[1, "new_content"] = news
    path = tmp_path / "积案台账.xlsx"
    assert result.cases is not None
    for masked, shown in ((False, news), (True, news.replace("李小明", "某某某"))):
        content = Content(result, masked)
        (entries,) = content.entries(result.matters["matter_id"]).values()
        assert entries[1].news == [shown]
        ledger.write(content, result.cases, path, date(2026, 1, 15))
        assert [row["新情况"] for row in rows(path, "回头看-有新情况")] == [shown]


@pytest.mark.parametrize(
    ("read", "header", "words"),
    [
        (rd.read_cases, "化解编号,包案领导,来龙去脉", ("来龙去脉", "案由", "积案名称")),
        (rd.read_cases, "化解编号,案由,分管大员", ("分管大员", "包案领导", "包案人")),
        (rd.read_officials, "党委书记,镇长,哪里的", ("哪里的", "乡镇")),
        (rd.read_officials, "乡镇,镇长,头儿", ("头儿", "党委书记", "党工委书记")),
        (rd.read_cases, "甲子,乙丑,丙寅", ("案由", "积案名称")),
    ],
)
def test_an_unknown_layout_names_the_nearest_headers(
    read: Any, header: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(f"{header}\n骆占山,钱二,孙三\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.code == "E110"
    assert all(word in str(caught.value) for word in words)
    assert "骆占山" not in str(caught.value)


def test_the_command_refuses_an_unknown_ledger_before_it_works(
    anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "台账.csv"
    path.write_text("化解编号,包案领导,来龙去脉\n1,严守正,某事\n", encoding="utf-8")
    code = main(["dedupe", str(anlan / "filings.csv"), "--cases", str(path), "-o", str(tmp_path / "结果"), "-q"])
    assert code == 2
    assert "来龙去脉" in capsys.readouterr().err
    assert not (tmp_path / "结果").exists()


@pytest.mark.parametrize(
    ("cell", "name", "post"),
    [
        ("姚守先(县纪委常委)", "姚守先", "县纪委常委"),
        ("县纪委常委姚守先", "姚守先", "县纪委常委"),
        ("姚守先 县纪委常委", "姚守先", "县纪委常委"),
        ("县纪委常委李 勇", "李勇", "县纪委常委"),
        ("李  勇", "李勇", ""),
        ("姚守先同志", "姚守先", ""),
        ("姚守先、李勇", "姚守先、李勇", ""),
        ("暂缺", "", ""),
    ],
)
def test_names_stand_without_posts_and_blemishes(cell: str, name: str, post: str, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    pd.DataFrame({"案由": ["某事"], "包案领导": [cell]}).to_csv(path, index=False)
    (row,) = rd.read_cases(path).to_dict("records")
    assert (row["lead_official"], row["lead_post"]) == (name, post)


def test_a_row_for_several_townships_counts_for_each(tmp_path: Path) -> None:
    path = tmp_path / "分工.csv"
    path.write_text(
        "分工表\n\n乡镇（区）,党委书记,联系班子成员\n清溪镇、白石乡,向明远,严守正\n合计,,\n", encoding="gb18030"
    )
    assert rd.read_officials(path)[["town", "secretary"]].values.tolist() == [
        ["清溪镇", "向明远"],
        ["白石乡", "向明远"],
    ]


CASE_HEADER = "化解编号,案由,包案领导,化解期限,办结日期"
OFFICIAL_HEADER = "乡镇,党委书记,联系班子成员"


def test_what_is_odd_in_ledger_and_officials_table_is_told(tmp_path: Path) -> None:
    cases, officials = tmp_path / "c.csv", tmp_path / "o.csv"
    cases.write_text(
        f"{CASE_HEADER},督办文号\nH1,王五侵占低保款,姚敬之,长期,\n合计,,,,\n{CASE_HEADER},督办文号\n", encoding="utf-8"
    )
    officials.write_text(f"{OFFICIAL_HEADER}\n石桥镇,缪春生,姚敬之\n石桥镇,沈万里,姚敬之\n", encoding="utf-8")
    filings = pd.DataFrame({"filing_id": ["A"], "text": ["石桥镇东村王五侵占低保款3万元"]})
    case_table, official_table = rd.read_cases(cases), rd.read_officials(officials)
    assert case_table["case_id"].tolist() == ["H1"]
    told = rd.detect(filings, cases=case_table, officials=official_table).run["notes"]
    assert [note for note in told if note.startswith("c.csv：列“化解期限”有 1 个日期")]
    assert [note for note in told if "石桥镇 不止一行" in note]
    assert not [note for note in told if "督办文号" in note], "a ledger has columns of its own"
    none = tmp_path / "none.csv"
    none.write_text(f"{CASE_HEADER}\n", encoding="utf-8")
    assert "积案台账中没有积案。" in rd.detect(filings, cases=rd.read_cases(none)).run["notes"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{OFFICIAL_HEADER}\n石桥镇,缪春生,姚敬之,3,7\n", "E217"),  # whom nobody reads, nobody recuses
        (f"{OFFICIAL_HEADER}\n", "E102"),
        (f"{OFFICIAL_HEADER}\n合计,,\n", "E102"),
        ("乡镇,备注\n石桥镇,无\n", "E110"),
    ],
)
def test_officials_that_cannot_be_read_are_refused(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        rd.read_officials(path)
    assert caught.value.code == code
    assert "--map" not in str(caught.value)


def test_a_case_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{CASE_HEADER}\nH1,侵占低保款,三万元,姚敬之,2024-3-1,2024-4-1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"\[E217\].*c.csv 第 2 行"):
        rd.read_cases(path)


def test_numbers_given_twice_become_numbers_nobody_has(tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    lines = [f"{name},案由{k},陆文谦,孟庆泽" for k, name in enumerate(("A", "A", "A-2", "A"))]
    path.write_text("\n".join(["化解编号,案由,包案领导,化解责任人", *lines]) + "\n", encoding="utf-8")
    names = rd.read_cases(path)["case_id"].tolist()
    assert names[0] == "A"
    assert names[2] == "A-2"
    assert len(set(names)) == len(names)


def test_a_filing_of_the_day_on_which_its_case_was_closed_is_not_after_it() -> None:
    moments = ["2021-03-05 09:12", "2021-03-06 00:10"]
    filings = pd.DataFrame({
        "filing_id": ["F0", "F1", "F2"], "accused": ["骆占山"] * 3, "place": ["清溪镇上河村"] * 3,
        "text": ["清溪镇上河村骆占山侵占集体林地补偿款十二万元。"] * 3, "date": pd.to_datetime(["2021-01-04 08:00", *moments]),
    })  # fmt: skip
    cases = pd.DataFrame({
        "case_id": ["HJ-1"], "subject": ["上河村骆占山侵占林地补偿款"], "accused": ["骆占山"], "unit": [""], "place": ["清溪镇上河村"],
        "first_petition_date": [pd.Timestamp("2021-01-04")], "status": ["已办结"], "lead_official": ["严守正"],
        "lead_post": [""], "responsible_official": ["向明远"], "responsible_post": [""], "responsible_unit": [""],
        "due_date": [pd.NaT], "closed_date": [pd.Timestamp("2021-03-05")], "filing_ids": ["F0"],
    })  # fmt: skip
    found = rd.detect(filings, cases=cases).filings
    assert found["case_id"].tolist() == ["HJ-1"] * 3
    assert found["after_closure"].tolist() == ["", "", "nothing_new"]


def test_nobody_came_back_to_a_case_closed_after_all_its_filings() -> None:
    filings = pd.DataFrame({
        "filing_id": ["F0", "F1"], "accused": ["骆占山"] * 2, "place": ["清溪镇上河村"] * 2,
        "text": ["清溪镇上河村骆占山侵占集体林地补偿款十二万元。"] * 2, "date": pd.to_datetime(["2021-01-04", "2021-02-05"]),
    })  # fmt: skip
    row = {
        "case_id": "HJ-1", "subject": "上河村骆占山侵占林地补偿款", "accused": "骆占山", "place": "清溪镇上河村", "status": "已办结",
        "lead_official": "严守正", "responsible_official": "向明远", "filing_ids": "F0", "first_petition_date": "2021-01-04",
    }  # fmt: skip
    blank = dict.fromkeys(("unit", "lead_post", "responsible_post", "responsible_unit", "due_date"), "")
    for closed, note in (("2021-06-30", "台账 HJ-1"), ("2021-01-20", "台账 HJ-1，已办结后仍访")):
        found = rd.detect(filings, cases=pd.DataFrame([{**row, **blank, "closed_date": closed}])).filings
        assert found["link_note"].tolist() == [note] * 2
    due = {"status": "限期办结", "due_date": "2021-01-20", "closed_date": ""}
    found = rd.detect(filings, cases=pd.DataFrame([{**row, **blank, **due}])).filings
    assert found[["link_note", "after_closure"]].values.tolist() == [["台账 HJ-1", ""]] * 2


@pytest.mark.parametrize(
    ("words", "over"),
    [
        ("已办结 办结 结案 已结案 已息诉罢访 办结息访 息诉息访 化解 已化解 化解完毕 已销号 销案 按期办结 提前办结 2021年6月30日办结 已于6月30日前办结 未发现问题,已办结 "
         "已办结（未息访） 办结待回访 申请人已息诉 日前办结 不予立案,办结 已将此件办结 办结后仍访 经接待办结 计划生育问题办结 待遇问题办结 将军村事项办结 部分退款后办结 部分群众反映已办结", True),
        ("没有办结 未能息诉 难以息诉 不同意息访 不予结案 申请结案 结案待审批 限期办结 即将办结 未办结 待结案 拟办结 尚未办结 未按期办结 不能如期办结 逾期未结案 预计6月底息访 "
         "6月30日前办结 部分办结 部分已化解 办结中 结案申请 息诉息访工作 办结期限：2021-6-30 未化解 化解中 未化解到位 已稳控 应办结未办结 待上级批准后结案 已申请结案 符合结案条件 结案（待审批） 正在办理结案手续", False),
    ],
)  # fmt: skip
def test_which_cases_are_closed(words: str, over: bool) -> None:
    assert [word for word in words.split() if is_closed(word) is not over] == []


def test_footers_of_ledger_and_officials_are_no_rows_and_stop_nothing(tmp_path: Path) -> None:
    cases, officials = tmp_path / "积案台账.csv", tmp_path / "分工.csv"
    foot = "填表人：王某,,审核：李某\n合计：1件,,\n——以下空白——,,\n"
    cases.write_text(f"化解编号,案由,包案领导\nHJ-1,侵占补偿款,严守正\n{foot}", encoding="utf-8")
    officials.write_text(f"乡镇,党委书记,联系领导\n清溪镇,向明远,严守正\n{foot}", encoding="utf-8")
    assert rd.read_cases(cases)["case_id"].tolist() == ["HJ-1"]
    assert rd.read_officials(officials)["town"].tolist() == ["清溪镇"]


def test_a_case_ledger_is_no_table_of_officials(
    anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = tmp_path / "台账.csv"
    small.write_text("属地,案由,化解责任人,化解期限\n清溪镇,侵占补偿款,向明远,2026-1-1\n", encoding="utf-8")
    for ledger_path in (anlan / "cases.csv", anlan.parent / "积案台账.xlsx", small):
        with pytest.raises(InputError) as caught:
            rd.read_officials(ledger_path)
        assert (caught.value.code, caught.value.exit_code) == ("E116", 2)
        assert "--cases" in caught.value.hint
    given = ["--officials", str(small), "-o", str(tmp_path / "结果"), "-q"]
    assert main(["dedupe", str(anlan / "filings.csv"), *given]) == 2
    assert "E116" in capsys.readouterr().err
    assert not (tmp_path / "结果").exists()


def test_officials_beside_a_ledger_in_one_workbook_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, lines in (
        ("积案", [["化解编号", "案由", "属地", "包案领导"], ["HJ-1", "侵占补偿款", "白石乡", "古思齐"]]),
        ("分工", [["乡镇", "党委书记", "包案领导", "备注"], ["清溪镇", "向明远", "严守正", ""]]),
    ):
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(tmp_path / "a.xlsx")
    table = rd.read_officials(tmp_path / "a.xlsx")
    assert table["town"].tolist() == ["清溪镇"]
    assert any("[积案]：是积案台账，不作为分工表读取" in note for note in table.attrs["notes"])
    assert rd.read_cases(tmp_path / "a.xlsx")["case_id"].tolist() == ["HJ-1"]
