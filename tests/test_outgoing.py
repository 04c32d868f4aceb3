"""Lists that leave the office: who gets what, and that nothing secret goes with it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import repeatdetect as rd
from repeatdetect import report, text
from repeatdetect.addresses import place_of
from repeatdetect.cli import main
from repeatdetect.errors import InputError
from repeatdetect.report import outgoing
from tests.conftest import ROOT

RUN = 12  # characters of a filing that must not stand in a list in a row
TODAY = date(2026, 1, 15)

CASES = pd.DataFrame(
    {
        "case_id": ["HJ-1"], "subject": ["反映上河村村干部侵占林地补偿"], "accused": ["骆占山"], "unit": [""], "place": ["清溪镇上河村"],
        "first_petition_date": [pd.Timestamp("2025-01-05")], "status": ["化解中"], "lead_official": ["严守正"],
        "lead_post": ["县纪委常委"], "responsible_official": ["向明远"], "responsible_post": [""],
        "responsible_unit": ["清溪镇党委"], "due_date": [pd.Timestamp("2026-02-01")], "closed_date": [pd.NaT], "filing_ids": [""],
    }
)  # fmt: skip
OFFICIALS = pd.DataFrame(
    {
        "town": ["清溪镇", "白石乡"], "secretary": ["向明远", "尹长庚"], "mayor": ["", ""],
        "lead_official": ["严守正", "古思齐"], "lead_post": ["县纪委常委", "县监委委员"],
    }
)  # fmt: skip


def _write(result: rd.Result, folder: Path) -> None:
    with report.writing_outgoing(result, folder, TODAY):
        pass


def detected(rows: list[dict[str, str]]) -> rd.Result:
    """Answer for filings that a person joined into one matter."""
    filings = pd.DataFrame(rows)
    filings["filing_id"] = [f"F{number}" for number in range(len(rows))]
    filings["date"] = pd.date_range("2025-01-05", periods=len(rows), freq="30D")
    joined = [("F0", f"F{number}", "same") for number in range(1, len(rows))]
    decisions = pd.DataFrame(joined, columns=["left_id", "right_id", "decision"])
    return rd.detect(filings, cases=CASES, officials=OFFICIALS, decisions=decisions)


def filing(**cells: str) -> dict[str, str]:
    return {
        "channel": "来信", "accused": "骆占山", "unit": "上河村村委会", "place": "清溪镇上河村", "handler": "县林业局",
        "text": "清溪镇上河村村主任骆占山侵占集体林地补偿款十二万元。", **cells,
    }  # fmt: skip


def takers(result: rd.Result) -> set[str]:
    return {f"{kind}-{who}" for kind, who in outgoing.lists(result)}


def strings(folder: Path) -> set[str]:
    """Everything anybody can read in the workbooks of a folder, file names and properties included."""
    out = {path.stem for path in folder.iterdir()}
    for path in folder.iterdir():
        book: Any = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            out |= {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}
        with zipfile.ZipFile(path) as package:
            for part in package.namelist():
                out |= set(re.findall(r">([^<]+)<", package.read(part).decode("utf-8")))
    return out


def labels(result: rd.Result) -> set[str]:
    items = [item for found in outgoing.lists(result).values() for item in found]
    return {item.label for item in items}


def leaked(result: rd.Result, folder: Path) -> list[str]:
    """Identities, and runs of filings' words outside the composed labels, that stand in the lists."""
    told = strings(folder)
    cells = result.corpus.filings
    identity = {value for name in ("petitioner", "id_number", "phone", "address") for value in cells[name] if value}
    # a bare township or village is where the matter lies, and the body complained of what it is about: no home
    bodies = set(cells["unit"])
    identity = {value for value in identity if "".join(place_of(value)[:2]) != value and value not in bodies}
    found = [value for value in identity if any(value in one for one in told)]
    said = "\n".join(text.normalise(f"{a}\n{b}") for a, b in zip(cells["title"], cells["text"], strict=True))
    others = [text.normalise(one) for one in told - labels(result)]
    runs = {one[at : at + RUN] for one in others for at in range(len(one) - RUN + 1)}
    return found + [run for run in runs if run in said]


@pytest.fixture(scope="module")
def folder(anlan_result: rd.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lists") / "下发"
    _write(anlan_result, out)
    return out


def test_a_list_for_each_official_township_and_department(anlan_result: rd.Result, folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    shown = anlan_result.matters[anlan_result.matters["filings"] > 1]
    assert {f"包案领导-{who}.xlsx" for who in shown["lead_official"] if who} <= names
    assert any(name.startswith("乡镇-") for name in names)
    assert any(name.startswith("承办单位-") for name in names)


def test_no_identity_and_no_words_of_a_filing_leave(anlan_result: rd.Result, folder: Path) -> None:
    assert leaked(anlan_result, folder) == []


@pytest.mark.parametrize(
    "county", sorted(path.parent.name for path in (ROOT / "models" / "data").glob("*/filings.csv"))
)
def test_nor_do_they_of_other_counties(county: str, tmp_path: Path) -> None:
    data = ROOT / "models" / "data" / county
    result = rd.detect(
        rd.read_filings(data / "filings.csv"),
        cases=rd.read_cases(data / "cases.csv"),
        officials=rd.read_officials(data / "officials.csv"),
    )
    _write(result, tmp_path / "下发")
    assert len(list((tmp_path / "下发").iterdir())) > 20
    assert leaked(result, tmp_path / "下发") == []


def test_recused_people_and_townships_get_no_list_with_the_matter(anlan_result: rd.Result) -> None:
    found = outgoing.lists(anlan_result)
    numbers = {taker: {item.number for item in items} for taker, items in found.items()}
    links = anlan_result.links.set_index("matter_id")
    checked = 0
    for matter in anlan_result.matters.to_dict("records"):
        number, link = matter["case_id"] or matter["matter_id"], links.loc[matter["matter_id"]]
        if (matter["filings"] < 2 and not matter["case_id"]) or not link["recused"]:
            continue
        if (anlan_result.matters["case_id"] == number).sum() > 1:  # parts of one case, told by its number
            continue
        checked += 1
        for who in link["recused"].split("、"):
            assert number not in numbers.get(("包案领导", who), ())
        if link["recused_town"]:
            assert number not in numbers.get(("乡镇", link["recused_town"]), ())
        if matter["lead_official"]:
            assert number in numbers["包案领导", matter["lead_official"]]
    assert checked


def test_a_recused_lead_loses_the_matter_and_the_township_keeps_it() -> None:
    accused = filing(text="县纪委严守正常委收了骆占山两万元，林地补偿款的事压着不查。")
    result = detected([filing(), accused])
    assert result.matters.loc[0, "lead_official"] == ""
    assert takers(result) == {"乡镇-清溪镇", "承办单位-县林业局"}


def test_a_township_whose_leaders_are_complained_of_gets_no_list() -> None:
    leader = filing(
        accused="骆占山、副镇长倪少华", text="清溪镇副镇长倪少华和骆占山分了林地补偿款。", handler="清溪镇纪委"
    )
    result = detected([filing(), leader])
    assert takers(result) == {"包案领导-严守正", "承办单位-县林业局"}


@pytest.mark.parametrize(
    ("unit", "department", "told"),
    [
        ("县林业局", "县林业局党组", False),
        ("县林业局造林股", "县林业局", False),
        ("上河村村委会", "清溪镇纪委", True),
        ("清溪镇林业站", "清溪镇", True),
        ("县林业局", "县农业局", True),
    ],
)
def test_the_unit_of_the_accused_is_not_told(unit: str, department: str, told: bool) -> None:
    result = detected([filing(unit=unit, handler=department), filing(unit=unit)])
    assert (f"承办单位-{department}" in takers(result)) is told


def test_a_matter_of_no_known_township_goes_to_no_department() -> None:
    rows = [filing(place="远山镇上河村", text="远山镇上河村村主任骆占山侵占集体林地补偿款。")] * 2
    assert not {taker for taker in takers(detected(rows)) if taker.startswith("承办单位")}


def test_deadlines_and_what_is_asked(tmp_path: Path) -> None:
    result = detected(
        [filing(), filing(text="再次反映上河村骆占山侵占林地补偿款，另外他还卖掉村里的拖拉机得款三万元。")]
    )
    _write(result, tmp_path / "下发")
    book: Any = openpyxl.load_workbook(tmp_path / "下发" / "包案领导-严守正.xlsx")
    rows = list(book.active.iter_rows(values_only=True))
    line = dict(zip(rows[2], rows[3], strict=True))
    assert line["事项"].startswith("清溪镇上河村骆占山")
    assert (line["编号"], line["件数"], line["距期限（天）"]) == ("HJ-1", 2, 17)
    assert "请督办化解" in line["要求"]
    assert "请抓紧" in line["要求"]


def test_new_facts_after_closure_are_told_though_other_filings_state_none(anlan_result: rd.Result) -> None:
    told = anlan_result.filings.groupby("matter_id")["after_closure"].agg(set)
    both = set(told[told.map(lambda words: {"new_facts", "nothing_new"} <= words)].index)
    cases = anlan_result.matters.set_index("matter_id").loc[sorted(both), "case_id"]
    items = {item.number: item for found in outgoing.lists(anlan_result).values() for item in found}
    assert both
    for case in cases:
        assert "有新情况" in outgoing._asked(outgoing.LEAD, items[case], None, 30)


def test_an_accused_who_petitioned_and_a_writer_taken_for_one_are_hidden() -> None:
    result = detected([filing(), filing(petitioner="骆占山", named="是")])
    (label,) = labels(result)
    assert "骆占山" not in label


_HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
_NAME = st.builds("".join, st.tuples(st.sampled_from("钱贾戚"), _HAN, _HAN))
_FILED = st.fixed_dictionaries(
    {
        "petitioner": _NAME,
        "phone": st.from_regex(r"\A1[3-9][0-9]{9}\Z"),
        "id_number": st.from_regex(r"\A[1-6][0-9]{16}[0-9X]\Z"),
        "address": st.builds("清溪镇上河村{}组{}号".format, st.integers(1, 9), st.integers(10, 99)),
        "channel": st.sampled_from(["来信", "网络"]) | st.text(_HAN, min_size=7, max_size=30),
        "title": st.text(min_size=RUN, max_size=40),
        "words": st.text(_HAN, min_size=RUN, max_size=60),
        "named": st.sampled_from(["是", "否", ""]),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(filed=st.lists(_FILED, min_size=2, max_size=4))
def test_whatever_is_filed_no_identity_and_no_passage_leaves(
    filed: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = []
    for cells in filed:
        words = cells.pop("words")
        body = f"我叫{cells['petitioner']}，电话{cells['phone']}。上河村骆占山侵占林地补偿。{words}。{cells['address']}"
        rows.append(filing(**cells, text=body))
    result = detected(rows)
    out = tmp_path_factory.mktemp("property") / "下发"
    _write(result, out)
    assert leaked(result, out) == []


@given(st.lists(st.text(), max_size=8))
def test_file_names_are_safe_and_different(names: list[str]) -> None:
    taken: set[str] = set()
    made = [outgoing.file_name("承办单位", name, taken) for name in names]
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert not set('\\/:*?"<>|\n\0') & set(name)
        assert len(name.encode("utf-8")) <= 255
        assert outgoing.is_list(name)


@pytest.fixture
def run(anlan: Path, tmp_path: Path) -> Callable[..., int]:
    """The command on two filings of the example county; gives the exit code."""
    export = tmp_path / "来件.csv"
    pd.DataFrame([filing(), filing()]).rename(columns={"text": "反映内容", "accused": "被反映人"}).to_csv(
        export, index=False
    )

    def call(*options: object) -> int:
        return main(["dedupe", str(export), "-o", str(tmp_path / "结果"), "-q", *map(str, options)])

    return call


def test_lists_need_ledger_and_officials_and_a_folder_of_their_own(
    run: Callable[..., int], anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = ("--cases", anlan / "cases.csv", "--officials", anlan / "officials.csv")
    assert run("--outgoing", tmp_path / "下发", *both[:2]) == 2
    assert "E222" in capsys.readouterr().err
    assert run("--outgoing", tmp_path / "结果" / "下发", *both) == 2
    assert "E223" in capsys.readouterr().err
    (tmp_path / "下发").mkdir()
    (tmp_path / "下发" / "通知.docx").touch()
    assert run("--outgoing", tmp_path / "下发", *both) == 2
    assert "E402" in capsys.readouterr().err
    assert not (tmp_path / "结果").exists()


def test_no_list_leaves_the_office_where_recusal_is_not_judged(anlan: Path, tmp_path: Path) -> None:
    filings = rd.read_filings(anlan / "filings.csv").head(12)
    ledger, officials = rd.read_cases(anlan / "cases.csv"), rd.read_officials(anlan / "officials.csv")
    for cases, table in ((None, None), (ledger, None), (None, officials)):
        with pytest.raises(InputError, match="E222"):
            rd.detect(filings, cases, table).write_outgoing(tmp_path / "下发")
    assert not (tmp_path / "下发").exists()
    assert rd.detect(filings, ledger, officials).write_outgoing(tmp_path / "下发")


def test_lists_of_an_earlier_run_are_replaced(run: Callable[..., int], anlan: Path, tmp_path: Path) -> None:
    out = tmp_path / "下发"
    out.mkdir()
    (out / "乡镇-已撤并乡.xlsx").touch()
    assert run("--outgoing", out, "--cases", anlan / "cases.csv", "--officials", anlan / "officials.csv") == 0
    assert not (out / "乡镇-已撤并乡.xlsx").exists()


@pytest.mark.parametrize(
    "cells",
    [
        {"unit": "县林业局", "handler": "县农业局，县林业局"},
        {"unit": "县农业局、县林业局"},
        {"unit": "安澜县林业局"},
        {"unit": "林业局"},
        {"unit": "", "post": "县林业局局长"},
        {"unit": "", "post": "", "title": "反映县林业局骆占山的问题"},
        {"unit": "", "post": "", "text": "清溪镇上河村的事，县林业局骆占山侵占集体林地补偿款十二万元。"},
    ],
)
def test_the_body_of_the_accused_gets_no_list_however_it_is_told(cells: dict[str, str]) -> None:
    result = detected([filing(**cells), filing(**cells)])
    assert "承办单位-县林业局" not in takers(result)
    assert ("承办单位-县农业局" in takers(result)) is ("，" in cells.get("handler", ""))


def test_another_department_does_get_it() -> None:
    result = detected([filing(unit="", post="镇长助理"), filing(unit="上河村村委会", post="村主任")])
    assert "承办单位-县林业局" in takers(result)


@pytest.mark.parametrize(
    ("unit", "department"),
    [
        ("县住建局", "县住房和城乡建设局"), ("县卫生健康委员会", "县卫健委"), ("县人力资源和社会保障局", "县人社局"), ("县医疗保障局", "县医保局"),
        ("县国土局", "县自然资源局"), ("县残疾人联合会", "县残联"), ("县公安局交警大队", "县交警大队"), ("安澜县市场监督管理局", "县市场监管局"),
    ],
)  # fmt: skip
def test_a_body_is_known_by_its_short_and_former_names(unit: str, department: str) -> None:
    rows = [filing(unit=unit, handler=department), filing(unit=unit, handler=department)]
    assert f"承办单位-{department}" not in takers(detected(rows))


@pytest.mark.parametrize(
    ("said", "department", "told"),
    [
        ("县水利局副局长崔某某收了他两万元，验收是崔某某签的字。", "县水利局", False),
        ("清溪镇财政所所长齐白玉跟他五五分账。", "清溪镇财政所", False),
        ("第二纪检监察室的曲主任是他外甥，早把举报信给他看了。", "第二纪检监察室", False),
        ("镇纪委的干部收了他两条烟，没有查。", "清溪镇纪委", False),
        ("时股长也分了钱，他是县水利局工程股的。", "县水利局", False),
        ("我们去县水利局反映过，局长说会派人来查。", "县水利局", True),
        ("补偿款是县水利局拨下来的。", "县水利局", True),
    ],
)
def test_a_department_whose_people_the_text_accuses_gets_no_list(said: str, department: str, told: bool) -> None:
    rows = [filing(handler=department, text=f"清溪镇上河村村主任骆占山侵占集体林地补偿款十二万元。{said}")] * 2
    assert (f"承办单位-{department}" in takers(detected(rows))) is told


def test_a_group_of_the_office_within_a_body_may_have_what_is_about_the_body() -> None:
    group = "驻县教育局纪检监察组"
    assert f"承办单位-{group}" in takers(detected([filing(unit="县教育局", handler=group)] * 2))
    assert f"承办单位-{group}" not in takers(detected([filing(unit=group, handler=group)] * 2))


@pytest.mark.parametrize("said", ["白石乡书记尹长庚在验收单上签的字，收了两万元。", "尹长庚入了股，每年分红。"])
def test_the_secretary_of_another_township_is_recused_with_all_that_is_theirs(said: str) -> None:
    rows = [filing(handler="白石乡纪委", text=f"清溪镇上河村村主任骆占山侵占集体林地补偿款十二万元。{said}")] * 2
    result = detected(rows)
    assert "承办单位-白石乡纪委" not in takers(result)
    assert "乡镇-清溪镇" in takers(result)
    assert result.links["recused_town"].tolist() == ["白石乡"]
    assert "尹长庚" in result.links["recused"].iloc[0]


@pytest.mark.parametrize(
    ("channel", "shown"),
    [
        ("来信", "来信"),
        ("网上信访", "网上信访"),
        ("12388举报电话", "其他"),
        ("晏平仲来访", "其他"),
        ("来访", "来访"),
        ("领导信箱", "领导信箱"),
    ],
)
def test_only_known_ways_of_filing_leave(channel: str, shown: str) -> None:
    found = outgoing.lists(detected([filing(channel=channel)] * 2))
    assert {item.channels for items in found.values() for item in items} == {shown}
