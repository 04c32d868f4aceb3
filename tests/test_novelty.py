"""What is new in a repeat: restated facts, requests and copies stay out, other facts are shown as they were written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import repeatdetect as rd
from repeatdetect import novelty, repeats
from repeatdetect.corpus import prepare
from repeatdetect.filings import canonical, canonical_rows

LETTER = (
    "举报松溪镇南坪村支部书记何守成。2021年修通村水泥路，合同写明长2.4公里、厚20公分，总价86万元，实际路面厚度不到12公分，"
    "不到一年就裂了三十多处。承包工程的是何守成的小舅子唐大勇，没有招标，也没有开过村民代表会。村里的账三年没有公示。请查清工程款去向。"
)


def classify(filings: pd.DataFrame, label: np.ndarray | None = None) -> pd.DataFrame:
    """`repeats.classify` of filings in order of time, as one matter when no label is given."""
    none = np.empty(0, np.int64)
    label = np.zeros(len(filings), np.int64) if label is None else label
    return repeats.classify(prepare(filings), label, none, none, np.empty(0), {})


def table(*texts: str, day: int = 20) -> pd.DataFrame:
    """Anonymous filings with these texts, `day` days apart."""
    days = pd.date_range("2024-01-05", periods=len(texts), freq=f"{day}D")
    ids = [f"S{row:03}" for row in range(len(texts))]
    return canonical(pd.DataFrame({"filing_id": ids, "date": days, "text": list(texts), "named": "no"}))


def new(*texts: str) -> str:
    """New content of the last of the filings of one matter."""
    return str(classify(table(*texts))["new_content"].iloc[-1])


@pytest.mark.parametrize(
    "lead",
    [
        "",
        "关于何守成的问题，市信访局转来群众来信，请阅处。附原信：",
        "（交办件）请按权限办理。\n来信全文如下：\n",
        "县信访局网上信访转送：以下来信请研处。（原文）",
        "【巡察移交】以下为进驻期间收到的来信，现移交你单位，结果抄送我组。\n网民留言：",
        "【热线工单 D-118】诉求分类：廉政投诉。诉求人要求保密。诉求内容：",
        "市交通局机关纪委　转　松溪县纪委监委\n文号：交纪58\n",
        "转县纪委。\n\n",
        "县妇联接访登记表\n接访人：小邹\n处理意见：非我会职能。\n来访人材料如下——\n",
        "来源渠道：扫码举报\n系统自动分派：信访室\n描述：",
    ],
)
def test_a_copy_has_nothing_new_whatever_an_office_puts_before_it(lead: str) -> None:
    answer = classify(table(LETTER, lead + LETTER)).iloc[1]
    assert answer["relation"] == ("transferred" if lead else "verbatim")
    assert answer["new_content"] == ""


@pytest.mark.parametrize(
    "note",
    [
        "（镇信访办注：已当面告知信访人）",
        "（来信未署名）",
        "【备注】涉及道路质量的部分由县交通局另行答复。",
        "请调查核实，并将答复意见报市信访局。",
        "请于30日内报告进展，联系人：邹某，13800000000。",
        "附件：照片目录，另行机要寄送",
        "————\n（平台编号：D-0106-2）",
        "市信访局办信科\n2024年4月11日",
        "市交通局机关纪委（代章）\n　　　二〇二四年四月十一日",
        "办理要求：\n1. 三个工作日内签收；\n2. 不得将来信转给被反映单位。",
        "经办人：邹某　　复核：白某\n第 2 页 共 2 页",
        "【页尾】涉密信息，阅后入柜",
        "书记批：请信访室阅处。\n已转。　办公室　4.12",
        "┌──────┐\n│ 科长审核 │ 同意转出 │\n└──────┘",
    ],
)
def test_a_copy_has_nothing_new_whatever_an_office_puts_below_it(note: str) -> None:
    answer = classify(table(LETTER, f"市信访局转来群众来信，请阅处。\n{LETTER}\n{note}")).iloc[1]
    assert (answer["relation"], answer["new_content"]) == ("transferred", "")


@pytest.mark.parametrize(
    ("lead", "note"),
    [
        ("热线工单 工单号:GD0617 诉求类型:举报 诉求内容:", " 回访要求:需回访"),
        ("（网络平台转）举报人自述：", "（平台受理时间：2024-06-10 08:11，分流单位：松溪县纪委监委）"),
        ("镇党委报告：收到群众反映如下：", " 我镇高度重视，已成立调查组进行初核，相关情况另行报告。"),
        ("来信摘抄：", "（邮戳：2024.6.12 松溪，内附照片3张）"),
        ("", "\n\n省信访局督办：该件系第三次转办，请你委于7月31日前书面报告办理结果。联系人：邹科长"),
    ],
)
def test_a_copy_has_nothing_new_whatever_an_office_puts_around_it(lead: str, note: str) -> None:
    answer = classify(table(LETTER, lead + LETTER + note)).iloc[1]
    assert (answer["relation"], answer["new_content"]) == ("transferred", "")


@pytest.mark.parametrize("lead", ["", "镇党委报告：收到群众反映如下："])
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize(
    "added", ["我家的低保停了。", "村里办了砖厂，租金3万元。", "再报告一件：他侄子去年冒领危房款。"]
)
def test_what_a_writer_adds_behind_a_letter_is_shown(added: str, end: str, lead: str) -> None:
    assert new(LETTER, f"{lead}{LETTER}{end}{added}") != ""


@pytest.mark.parametrize(
    "added",
    [
        "上个月路又塌了一段，摔伤了两个学生。",
        "昨天晚上有人往我家院子里扔砖头。",
        "前天俺家的低保停了，镇上说是重新核查。",
        "补充：当时记账的是邻村的邹会计，愿意作证。",
    ],
)
def test_what_a_writer_adds_below_a_letter_passed_on_is_not_taken_for_an_office_s(added: str) -> None:
    assert new(LETTER, f"市信访局转来群众来信，请阅处。\n{LETTER}\n{added}") != ""


@pytest.mark.parametrize("before", ["", "\n请一并核查："])
def test_a_letter_passed_on_with_a_fact_added_shows_the_fact(before: str) -> None:
    added = "何守成今年5月又把村里的旧学校租给外地老板，收了3万元。"
    assert "收了3万元" in new(LETTER, "市信访局转来群众来信，请阅处。来信内容如下：\n" + LETTER + before + added)


@pytest.mark.parametrize(
    "text",
    [
        "南坪村的水泥路八十六万，实际路面厚度不到十二公分，没有招标，何书记给他小舅子做的。",
        "再次反映南坪村何守成修路的问题，上次反映至今没有答复，请求领导尽快查处。",
        "我们老百姓敢怒不敢言，希望纪委领导为民做主，严肃处理。",
        "請查南坪村何守成修通村水泥路總價捌拾陸萬元一事。",
    ],
    ids=["other words", "reminder", "rhetoric", "traditional"],
)
def test_restated_facts_reminders_and_rhetoric_are_not_new(text: str) -> None:
    assert new(LETTER, text) == ""


def test_a_new_fact_is_shown_without_what_is_known() -> None:
    known = "水泥路总价86万元，没有招标。"
    fresh = "2023年5月他把村里的旧学校租给外地人办养鸡场，每年租金3万元，合同只有他一个人签字。"
    shown = new(LETTER, known + fresh)
    assert "每年租金3万元" in shown
    assert "86万元" not in shown


@pytest.mark.parametrize("note", ["何守成侄子何小军吃低保。", "南坪村何守成吃空饷", "南坪村书记把低保给了他亲姐姐"])
def test_a_note_of_a_few_characters_that_names_another_issue_is_not_swallowed(note: str) -> None:
    assert new(LETTER, note) != ""


def test_everything_earlier_counts_not_only_the_nearest() -> None:
    fact = "何守成2023年5月把旧学校租给外地人办养鸡场，每年租金3万元。"
    assert new(LETTER, fact) != ""
    assert new(LETTER, fact, "请查南坪村水泥路。", fact.replace("3万元", "三万元")) == ""


def test_title_of_an_earlier_filing_is_known() -> None:
    fact = "何守成的女婿包仓库养鸡三千只"
    filings = table(LETTER, LETTER, fact)
    assert classify(filings)["new_content"].iloc[2] != ""
    filings.loc[1, "title"] = fact
    assert classify(filings)["new_content"].iloc[2] == ""


def measured(*texts: str) -> novelty.Measured:
    """The clauses of filings of one matter."""
    n = len(texts)
    return novelty.measure(table(*texts), np.zeros(n, np.int64), np.zeros(n, bool))


def test_a_clause_takes_of_its_neighbours_in_the_sentence_the_less_the_farther() -> None:
    clauses = measured(LETTER, "甲来，乙去，丙留，丁走，戊坐。己站，庚跑。")
    values = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0])
    expected = [0.01, 0.1, 1.0, 0.3, 0.09, 1.0, 0.3]
    assert novelty.with_neighbours(clauses, values, 0.3, 0.1) == pytest.approx(expected)
    columns = np.column_stack([values, values])
    assert novelty.with_neighbours(clauses, columns, 0.3, 0.1)[:, 1] == pytest.approx(expected)


def test_what_a_filing_comes_back_to_and_what_it_quotes_are_measured() -> None:
    clauses = measured(LETTER, "旧学校租给外人，他说“谁敢问”，旧学校空着。")
    resumed, quoted = (clauses.features[:, novelty.FEATURES.index(name)] for name in ("resumed", "quoted"))
    assert (resumed > 0).tolist() == [False, False, True]
    assert quoted.tolist() == [0, 1, 0]


def test_the_first_filing_and_single_ones_have_no_new_content() -> None:
    answer = classify(table(LETTER, "渡口收费每人五元。"), np.arange(2))
    assert answer["new_content"].tolist() == ["", ""]
    assert answer["status"].tolist() == ["single", "single"]


_PIECES = st.lists(
    st.sampled_from(
        [*LETTER, *"，。！？；“”\n （）：、 0123456789万元月日😀a\x00", LETTER[:60], "何守成女婿领了三万五千元"]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=25, deadline=None)
@given(st.lists(_PIECES, min_size=2, max_size=5))
def test_passages_are_verbatim_and_depend_on_the_matter_alone(texts: list[str]) -> None:
    alone = table(*texts)
    shown = classify(alone)["new_content"].tolist()
    for value, passages in zip(alone["text"], shown, strict=True):
        at = 0
        for passage in filter(None, passages.split("；")):
            at = value.find(passage, at)
            assert at >= 0
    beside = pd.concat([table(LETTER, "何守成吃空饷。"), alone], ignore_index=True)
    beside["filing_id"] = [f"T{row:03}" for row in range(len(beside))]
    label = np.array([0, 0] + [2] * len(alone))
    assert classify(beside, label)["new_content"].tolist()[2:] == shown


def test_the_size_of_a_batch_does_not_matter(anlan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filings, label, _ = _gold(anlan)
    whole = classify(filings, label)
    monkeypatch.setattr(novelty, "_BATCH", 5_000)
    pd.testing.assert_frame_equal(classify(filings, label), whole)


def _gold(folder: Path) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    filings = rd.read_filings(folder / "filings.csv")
    filings = filings.iloc[canonical_rows(filings)].reset_index(drop=True)
    gold = pd.read_csv(folder / "gold_filings.csv", dtype=str, encoding="utf-8-sig").set_index("信访编号")
    gold = gold.reindex(filings["filing_id"])
    first = pd.Series(np.arange(len(filings))).groupby(gold["matter_id"].to_numpy()).transform("min")
    return filings, first.to_numpy(np.int64), gold


def test_the_gold_of_the_example_county(anlan: Path) -> None:
    filings, label, gold = _gold(anlan)
    answer = classify(filings, label).set_index(filings["filing_id"])
    assert (answer["status"] == gold["status"]).mean() >= 0.98
    passages = pd.read_csv(anlan / "new_facts.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    shown = {
        column: np.mean(
            [
                passage in answer.loc[name, "new_content"]
                for name, cell in zip(passages["信访编号"], passages[column], strict=True)
                for passage in filter(None, cell.split("|"))
            ]
        )
        for column in ("new_spans", "old_spans")
    }
    assert shown["new_spans"] >= 0.85
    assert shown["old_spans"] <= 0.15
    copies = answer[gold["relation"].isin(["verbatim", "transferred"])]
    assert (copies["new_content"] == "").mean() >= 0.95


JOINT = (
    "联名反映：双龙村2022年低保评议弄虚作假，村主任韦国良把低保名额给了自己的亲戚、开店的、有车的，一共9户，真正困难的五保、残疾反而没有。"
    "评议会没有开，会议记录是补的。请求重新评议。联名人：农有福、农有田、班桂兰、陆大海"
)


@pytest.mark.parametrize(
    "note",
    ["双龙村李富贵有小车吃低保", "双龙村李富贵吃低保", "查双龙村李富贵低保", "双龙村黄志强有车有房还吃低保"],
)
def test_a_note_that_names_somebody_new_is_shown(note: str) -> None:
    assert new(JOINT, note) == note


@pytest.mark.parametrize(
    "note",
    [
        "双龙村韦国良给亲戚吃低保",
        "双龙村韦国梁给亲戚吃低保",  # misheard
        "双龙村韦主任给亲戚吃低保",
        "我叫陆志强，双龙村低保不公",  # who files
        "双龙村农有福反映低保不公",
    ],
)
def test_a_note_that_names_nobody_new_is_not(note: str) -> None:
    assert new(JOINT, note) == ""


def test_who_did_it_too_is_shown_in_a_letter() -> None:
    letter = "永和乡双龙村村主任韦国良评低保优亲厚友，名额给了开店的、有车的，一共9户，真正困难的五保、残疾反而没有"
    assert new(JOINT, f"{letter}，李国庆也分了名额。") == "李国庆也分了名额"
    assert new(JOINT, f"{letter}，韦国良也分了名额。") == ""


@pytest.mark.parametrize(
    "signed",
    [
        "\n签名：吴家荣 石丁贵 田桂香",
        "\n联名人：吴家荣、石丁贵、田桂香等12人",
        "\n吴家荣 石丁贵 田桂香\n2024年6月1日",
        "举报人：吴家荣，石丁贵，田桂香",
        "\n南坪村村民：吴家荣 石丁贵（手印）",
        "石丁贵",
        "\n举报人吴家荣 电话13900000000",
    ],
)
def test_who_signs_below_a_letter_is_no_news(signed: str) -> None:
    assert new(LETTER, LETTER + signed) == ""


@pytest.mark.parametrize("listed", ["一起分钱的还有：\n吴家荣 石丁贵", "分到钱的分别是\n吴家荣、石丁贵"])
def test_a_list_that_is_announced_is_no_signature(listed: str) -> None:
    assert "石丁贵" in new(LETTER, f"{LETTER}\n{listed}")


@pytest.mark.parametrize(
    "note",
    [
        "何守成修路收了老板20万元",
        "南坪村的路何守成2015年就动过手脚",
        "何守成给他小舅子多算了120平方米",
        "南坪村路面厚度只有6公分，裂了50处",
    ],
)
def test_a_note_that_tells_another_number_or_year_is_shown(note: str) -> None:
    assert new(LETTER, note) != ""


@pytest.mark.parametrize(
    "note",
    ["何守成修路86万元", "何守成修路八十六万", "南坪村的路2021年修的", "南坪村的路裂了三十多处", "何守成的账3年没公示"],
)
def test_a_note_that_tells_the_numbers_again_is_not(note: str) -> None:
    assert new(LETTER, note) == ""


def test_what_is_enclosed_below_a_letter_is_not_the_letter() -> None:
    lead = "县纪委信访室：\n现将群众来信转去，请按规定办理，并于30日内回复结果。\n来信如下：\n"
    answer = classify(table(LETTER, f"{lead}{LETTER}\n附：证人陈丹，电话13900000000。")).iloc[1]
    assert answer["relation"] == "transferred"
    letters = pd.DataFrame({"text": [LETTER, f"{lead}{LETTER}\n附：证人陈丹，电话13900000000。"]})
    assert rd.detect(letters, settings=rd.Settings(jobs=1)).filings["matter_id"].nunique() == 1
