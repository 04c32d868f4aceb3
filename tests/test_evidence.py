"""What pairs of filings share, as evidence columns."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks import hostile

import repeatdetect as rd
from repeatdetect import corpus as corpus_stage
from repeatdetect import facts, phrases
from repeatdetect import text as text_stage
from repeatdetect.comparable import Comparable
from repeatdetect.compare import compare
from repeatdetect.filings import COLUMNS, canonical
from repeatdetect.given import plausible
from repeatdetect.persons import surname_of


def evidence(one: dict[str, str], other: dict[str, str]) -> dict[str, float]:
    """Evidence of two filings given as canonical cells."""
    filings = pd.DataFrame([one, other]).reindex(columns=list(COLUMNS), fill_value="")
    filings = filings.astype(object).where(filings.notna(), "")
    filings["date"] = pd.to_datetime(filings["date"].replace("", None))
    data = Comparable.of(corpus_stage.prepare(filings))
    found = compare(data, np.array([0]), np.array([1]))
    return {str(name): float(found[name].iloc[0]) for name in found}


WHO = "石塘村的村主任龚培元"


def test_names_and_places_are_no_rare_words() -> None:
    apart = evidence({"text": f"{WHO}半夜偷采河砂。"}, {"text": f"{WHO}冒领老党员慰问金。"})
    together = evidence({"text": f"{WHO}半夜偷采河砂。"}, {"text": f"{WHO}的船还在偷采河砂。"})
    assert apart["who"] == together["who"] == 1
    assert apart["shared_rare"] == 0
    assert together["shared_rare"] > 1
    assert together["containment"] > 0.5


def test_a_title_of_names_and_places_alone_tells_nothing() -> None:
    bare = evidence({"title": "石塘村龚培元", "text": "偷采河砂。"}, {"title": "石塘村龚培元", "text": "冒领慰问金。"})
    assert np.isnan(bare["title_in"])


def test_what_a_filing_is_about_by_category_issue_and_meaning() -> None:
    sand = {"text": f"{WHO}偷采河砂。", "category": "涉黑涉恶"}
    same_category = evidence(sand, {"text": f"{WHO}夜里又来了。", "category": "涉黑涉恶"})
    no_issue = evidence({"text": f"{WHO}夜里又来了。"}, {"text": f"{WHO}昨天又来了。"})
    other_issue = evidence({"text": f"{WHO}冒领低保。"}, {"text": f"{WHO}选举时买票拉票。"})
    assert same_category["who_what"] == pytest.approx(1.0)
    assert no_issue["who_what"] == 0
    assert other_issue["who_what"] == -1


def test_bare_names_of_places_are_no_rare_words() -> None:
    """大石畔的 speaks of the village that another cell calls 大石畔村."""
    one = {"place": "大石畔村", "text": "大石畔的猪场臭气熏天。", "title": "大石畔的猪场"}
    apart = evidence(one, {"place": "大石畔村", "text": "大石畔的水窖少发钱。", "title": "大石畔的水窖"})
    together = evidence(one, {"place": "大石畔村", "text": "村里那个猪场苍蝇多。", "title": "猪场"})
    assert apart["shared_rare"] == 0 < together["shared_rare"]
    assert apart["title_in"] < 0.2 < together["title_in"]


def test_days_apart_tell_only_where_nobody_is_accused() -> None:
    estate = {"text": "安和苑的路灯夜里不亮。", "date": "2024-03-01"}
    week = evidence(estate, {"text": "路灯坏了没人修。", "date": "2024-03-08"})
    assert week["days_apart"] == pytest.approx(np.log(8))
    assert np.isnan(evidence(estate, {"text": "路灯坏了没人修。"})["days_apart"])
    named = evidence(estate, {"text": "路灯坏了没人修。", "date": "2024-03-08", "accused": "储玉茹"})
    assert np.isnan(named["days_apart"])


def test_pairs_of_characters_of_a_title_tell_where_nobody_is_accused() -> None:
    """安和苑 is no name a list knows; the better direction counts, and a filing without a title has one."""
    estate = {"title": "安和苑停电了", "text": "昨晚停电。"}
    assert evidence(estate, {"text": "我家住在安和苑,一到晚上就停电。"})["title_grams"] == 3  # 安和 和苑 停电
    assert evidence(estate, {"title": "安和苑停电了", "text": "无"})["title_grams"] == 5
    assert evidence(estate, {"title": "路灯", "text": "路灯不亮。"})["title_grams"] == 0
    assert evidence(estate, {"title": "路灯", "text": "安和。苑停,电了"})["title_grams"] == 3  # none runs over a mark
    assert np.isnan(evidence({"text": "昨晚停电。"}, {"text": "停电。"})["title_grams"])
    assert np.isnan(evidence(estate, estate | {"accused": "储玉茹"})["title_grams"])


SCHOOL = {"unit": "柏岭镇中心小学"}


@pytest.mark.parametrize(
    ("one", "other", "who"),
    [
        ({"accused": "储玉茹", "post": "校长"}, {"accused": "储玉茹"}, 1.0),
        ({"accused": "储玉茹", "post": "校长"}, {"accused": "储玉菇"}, np.nan),  # one character misread
        ({"accused": "储玉茹", "post": "校长"}, {"accused": "储玉菇", "post": "校长"}, 0.6),
        ({"accused": "储玉茹", "post": "校长"}, {"accused": "范金贵", "post": "校长"}, -0.1),
        ({"post": "校长"}, {"post": "总务主任"}, -0.3),
        ({"post": "校长"}, {"post": "副校长"}, -0.3),  # a deputy is somebody else
        ({"accused": "储校长"}, {"accused": "范副校长"}, -0.3),
        ({"accused": "储校长"}, {"accused": "储玉茹", "post": "副校长"}, 0.75),  # but is spoken to as the head is
        ({"accused": "储玉茹", "post": "校长"}, {"accused": "范主任", "post": "总务主任"}, -0.5),
        ({"accused": "储玉茹", "post": "校长"}, {"accused": "范金贵", "post": "总务主任"}, -1.0),
    ],
)
def test_agreement_of_the_accused(one: dict[str, str], other: dict[str, str], who: float) -> None:
    found = evidence({**SCHOOL, **one, "text": "食堂账目不清。"}, {**SCHOOL, **other, "text": "校服太贵。"})
    assert found["who"] == pytest.approx(who, nan_ok=True)


def test_another_village_of_another_township_is_a_contradiction_of_its_own() -> None:
    one = {"place": "青石镇下湾村", "accused": "王书记", "text": "村里的账从来不公开。"}
    far = {"place": "双河镇砖沟村", "accused": "王支书", "text": "村里的账从来不公开。"}
    assert evidence(one, far)["conflict"] == 2
    assert evidence(one, {**far, "place": "青石镇砖沟村"})["conflict"] == 1  # a hamlet may have two names
    named = {"accused": "王怀瑾"}
    assert evidence({**one, **named}, {**far, **named})["conflict"] == 1  # who complains may tell where they live


@pytest.mark.parametrize(
    ("place", "post", "who"),
    [
        ("青石镇砖沟村", "村主任", 1.0),
        ("双河镇砖沟村", "村主任", 0.5),  # namesakes
        ("双河镇砖沟村", "", 1.0),  # a place may be where who complains lives
        ("双河镇下湾村", "村主任", 1.0),  # a village that changed its township
    ],
)
def test_one_name_in_offices_of_two_townships_is_no_more_than_a_surname(place: str, post: str, who: float) -> None:
    one = {"place": "青石镇下湾村", "accused": "王建军", "post": "村主任", "text": "征地款每亩扣了两千元。"}
    assert evidence(one, {**one, "place": place, "post": post})["who"] == pytest.approx(who)


@pytest.mark.parametrize(
    ("unit", "other"),
    [
        ("县国土局", "县自然资源局"),
        ("县住建局", "县住房和城乡建设局"),
        ("城投公司", "城市建设投资公司"),
        ("县一中", "县教育局"),
    ],
)
def test_one_letter_about_one_name_is_one_matter_whatever_the_body_is_called(unit: str, other: str) -> None:
    letter = "滨河公园工程中指定使用邓少华堂弟邓少军的石材，单价比市场高出一倍，多付了270万元。"
    filings = pd.DataFrame({"unit": [unit, other], "accused": ["邓少华"] * 2, "text": [letter, letter + "请查处。"]})
    assert rd.detect(filings, settings=rd.Settings(jobs=1)).filings["matter_id"].nunique() == 1
    apart = filings.assign(accused=["邓少华", "陈志强"], text=[letter, letter.replace("邓少华", "陈志强")])
    assert rd.detect(apart, settings=rd.Settings(jobs=1)).filings["matter_id"].nunique() == 2


def test_words_of_one_meaning_are_alike() -> None:
    near = evidence({"text": "伐木毁林。"}, {"text": "非法毁坏山林。"})
    far = evidence({"text": "伐木毁林。"}, {"text": "医院收费太贵。"})
    assert near["meaning"] > far["meaning"] + 0.1


def test_one_letter_about_many_people_of_one_office_is_as_many_matters(tmp_path: Path) -> None:
    header, *rows = hostile.template(3_000, 3)[
        0
    ]  # names that differ in a character, that sound alike; 卢文书 has a post
    (tmp_path / "f.csv").write_text("\n".join(",".join(row) for row in (header, *rows)), encoding="utf-8")
    found = rd.detect(rd.read_filings(tmp_path / "f.csv"))
    assert len(found.matters) == len(rows)
    assert (found.filings["status"] != "repeat").all()


LETTER = "村里的救灾款、修路款一笔一笔从{}手里过，到老百姓手上所剩无几，账目从来不公开，鱼塘租给了他的亲戚。"


@pytest.mark.parametrize(
    ("other", "petitioner", "same"),
    [("王道星", "", False), ("王道希", "", False), ("王道喜", "", True), ("王道星", "罗秀兰", True)],
)
def test_who_differs_in_nothing_but_a_name_is_somebody_else(other: str, petitioner: str, same: bool) -> None:
    """Unless the same petitioner wrote again: 王道喜 is not 王道星, nor 王道希, in letters with no other word changed."""
    signed = {"place": "双河村", "petitioner": petitioner}
    found = evidence(
        {**signed, "accused": "王道喜", "text": LETTER.format("王道喜")},
        {**signed, "accused": other, "text": LETTER.format(other)},
    )
    assert (found["template"] == 0) == same


@pytest.mark.parametrize("word", ["何具体", "房产证", "居住层", "毕业生", "高架桥", "和保安", "全装修"])
def test_words_that_begin_with_a_surname_name_nobody(word: str) -> None:
    assert not plausible(word[0], word[1:])
    assert not any(fact.kind == "person" for fact in facts.mentions(f"请问有{word}行动，{word}的问题何时解决"))


@pytest.mark.parametrize("name", ["陈建国", "冯金花", "储玉茹", "欧阳玉兰", "刘德贵", "王伟"])
def test_names_look_like_names(name: str) -> None:
    surname = surname_of(name)
    assert plausible(surname, name[len(surname) :])


def _encoded(**cells: str) -> corpus_stage.Corpus:
    return corpus_stage.prepare(canonical(pd.DataFrame({"filing_id": ["A"], "text": ["路灯不亮"], **cells}, index=[0])))


def test_an_anonymous_filing_has_no_petitioner_whatever_its_cells_hold() -> None:
    for named, held in (("否", 0), ("是", 1)):
        filed = _encoded(named=named, petitioner="柴守田", phone="13800001111", id_number="990101196001010011")
        assert (filed.features["petitioner"].lengths[0] > 0) == bool(held)
        assert (filed.features["identity"].lengths[0] > 0) == bool(held)
        assert filed.scalars["named"].tolist() == [held]


def test_who_gives_an_identity_number_is_named_for_everybody() -> None:
    filed = _encoded(id_number="990101196001010011")
    assert filed.scalars["named"].tolist() == [1]
    assert not filed.petitioners[0].anonymous


@pytest.mark.parametrize(
    "phone", ["+86 138-0000-1111", "１３８００００１１１１", "138 0000 1111", "13900002222、13800001111"]
)
def test_a_telephone_is_one_however_it_is_written(phone: str) -> None:
    (plain,) = _encoded(petitioner="柴守田", phone="13800001111").features["identity"].ids
    assert plain in _encoded(petitioner="柴守田", phone=phone).features["identity"].ids


@pytest.mark.parametrize("text", ["石塘村长期停水", "该厂长期排污", "收费站长期关门", "村长久拖不决的路"])
def test_a_long_time_is_nobodys_post(text: str) -> None:
    assert [fact.value for fact in facts.mentions(text) if fact.kind == "post"] == []


def test_a_post_before_other_words_is_one() -> None:
    assert [fact.value for fact in facts.mentions("石塘村村长贪污，长期无人过问") if fact.kind == "post"] == ["村主任"]


@pytest.mark.parametrize("text", ["拨款1998.5万元", "每户2000-3000元", "电话0832-2012-3456", "合同价2010/2011元"])
def test_sums_and_telephones_are_no_dates(text: str) -> None:
    assert [fact for fact in facts.mentions(text) if fact.kind == "date"] == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2021年9月", ["2021-09"]), ("2021.3.5", ["2021-03"]), ("2021/11", ["2021"]), ("2021-2023年", ["2021", "2023"]), ("二〇二一年九月", ["2021-09"]),
        ("2019.5起", ["2019"]),
    ],
)  # fmt: skip
def test_dates_in_texts(text: str, dates: list[str]) -> None:
    assert [fact.value for fact in facts.mentions(text) if fact.kind == "date"] == dates


def test_phrases_remembered_by_one_thread_are_no_loss_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phrases, "_ROOM", 40)
    memory = phrases.Memory()
    wanted = [
        [f"{number}年石塘村村长贺三德收了{k}万元" for k in range(number, number + 5)] for number in range(2000, 2020)
    ]
    alone = [phrases.Memory().read(some) for some in wanted]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            assert list(pool.map(memory.read, wanted)) == alone


def test_without_the_quick_segmenter_words_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = "他来到网易杭研大厦，石塘村储玉茹侵占租金46万元；杭研二期"
    quick = text_stage.words(plain)
    monkeypatch.setitem(sys.modules, "rjieba", None)
    assert list(text_stage._segmenter.__wrapped__()(plain, False)) == quick


def test_a_circular_about_people_whose_names_are_words_is_as_many_matters() -> None:
    rows = [("大河村", "高兴"), ("木门村", "施耐寒"), ("石门村", "廖化龙"), ("双河村", "简阳")]
    filings = pd.DataFrame([
        {"filing_id": f"G{k}", "date": f"2024-0{k + 1}-01", "unit": f"{village}党支部", "place": f"云溪镇{village}", "post": "支书",
         "accused": name, "text": f"反映{village}支书{name}虚报种粮面积，多领补贴八千元，请查处。"}
        for k, (village, name) in enumerate(rows)
    ])  # fmt: skip
    assert rd.detect(filings).filings["matter_id"].nunique() == len(rows)


def test_a_given_name_in_one_cell_is_the_full_name_in_another() -> None:
    said = "柳湾村{}把村里的鱼塘六十亩低价包给表弟，每年少收租金三万元。"
    filings = pd.DataFrame({
        "filing_id": ["A", "B"], "date": ["2024-01-01", "2024-02-01"], "place": ["云溪镇柳湾村"] * 2,
        "accused": ["刘满囤", "满囤"], "text": [said.format("刘满囤"), said.format("满囤")],
    })  # fmt: skip
    assert rd.detect(filings).filings["matter_id"].nunique() == 1
