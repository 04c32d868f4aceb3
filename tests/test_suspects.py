"""What counts as a suspicion when grouping is imperfect, and what of a case that a matter may be of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect.near import Near
from repeatdetect.places import Gazetteer
from repeatdetect.pooled import Pooled
from repeatdetect.suspects import suspects

KNOWN = Gazetteer(("清溪镇", "白石乡"))


def matter(row: int, *names: str, village: str = "") -> Pooled:
    """A matter of one filing; names as of its 被反映人 cells."""
    surnames = {name[:1] for name in names}
    places = Counter([village] if village else [])
    day = pd.Timestamp("2024-03-01")
    return Pooled(
        [row], Counter(names), surnames, set(surnames), places, Counter(places), Counter(), Counter(),
        Counter(), Counter(), day, day,
    )  # fmt: skip


def near(chances: Mapping[tuple[int, int], float]) -> Near:
    """Probabilities of pairs of rows; 0 for the others."""
    table = np.zeros((9, 9))
    for (a, b), chance in chances.items():
        table[a, b] = table[b, a] = chance
    nobody = np.empty(0, np.int64)
    return Near(nobody, nobody, np.empty(0), lambda i, j: table[i, j])


def suspected(
    matters: dict[str, Pooled], chances: Mapping[tuple[int, int], float], texts: Mapping[int, str] | None = None
) -> set[str]:
    """Matters for which it counts what `loud` says of an official."""
    words = [(texts or {}).get(row, "") for row in range(9)]
    ids = np.array(list(matters), object)
    found = suspects(
        ids, matters, dict.fromkeys(matters, "清溪镇"), {}, near(chances), KNOWN, words, lambda name: name == "loud"
    )
    return {name for name, rows in found.items() if rows}


@pytest.mark.parametrize(("to_loud", "counts"), [(0.1, False), (0.2, True)])
def test_no_suspicion_of_what_most_probably_belongs_to_somebody_elses_matter(to_loud: float, counts: bool) -> None:
    matters = {"loud": matter(0, "骆占山"), "note": matter(1), "other": matter(2, "钟其昌")}
    chances = {(0, 1): to_loud, (1, 2): 0.6}
    assert ("note" in suspected(matters, chances)) is counts
    assert "note" in suspected(matters | {"other": matter(2)}, chances)


@pytest.mark.parametrize(
    ("name", "counts"), [("谢志红", False), ("谢立成", True), ("谢礼程", True), ("榭礼成", True), ("钟其昌", False)]
)
def test_no_suspicion_between_two_people_of_one_surname(name: str, counts: bool) -> None:
    matters = {"loud": matter(0, "谢礼成"), "other": matter(1, name)}
    assert suspected(matters, {(0, 1): 0.3}) == ({"other"} if counts else set())


@pytest.mark.parametrize(("chance", "counts"), [(0.0, False), (0.05, True)])
def test_one_accused_is_a_suspicion_unless_nothing_else_is_alike(chance: float, counts: bool) -> None:
    matters = {"loud": matter(0, "谢礼成"), "other": matter(1, "谢礼成")}
    assert suspected(matters, {(0, 1): chance}) == ({"other"} if counts else set())


@pytest.mark.parametrize(("names", "counts"), [(("谢礼成",), False), ((), True)])
def test_what_is_one_with_something_near_must_not_be_against_somebody_else(
    names: tuple[str, ...], counts: bool
) -> None:
    matters = {"loud": matter(0, "钟其昌"), "near": matter(1, "谢礼成"), "further": matter(2, *names)}
    chances = {(0, 1): 0.5, (1, 2): 0.9}
    assert suspected(matters, chances) == ({"further"} if counts else set())


@pytest.mark.parametrize(("chance", "counts"), [(0.7, False), (0.9, True)])
def test_another_name_is_no_other_matter_where_all_else_is_the_same(chance: float, counts: bool) -> None:
    matters = {"loud": matter(0, "谢礼成"), "contractor": matter(1, "钟其昌")}
    assert suspected(matters, {(0, 1): chance}) == ({"contractor"} if counts else set())


@pytest.mark.parametrize(("text", "counts"), [("欠条的担保人写的是谢礼成。", True), ("欠条一直没有还。", False)])
def test_a_matter_against_somebody_else_counts_where_its_text_names_the_accused(text: str, counts: bool) -> None:
    matters = {"loud": matter(0, "谢礼成"), "seller": matter(1, "孙二宽")}
    assert suspected(matters, {(0, 1): 0.3}, {1: text}) == ({"seller"} if counts else set())


@pytest.mark.parametrize(
    ("text", "place", "linked"),
    [
        ("银滩小区加装电梯的钱比别处贵一倍，请重查。", "东湖街道灯塔社区", True),
        ("银滩小区加装电梯的钱比别处贵一倍，请重查。", "东湖街道湖滨社区", False),
        ("银滩小区门口的路灯坏了半年，没有人管。", "东湖街道灯塔社区", False),
    ],
)
def test_the_words_of_the_case_carry_a_note_of_its_village_that_names_nobody(
    text: str, place: str, linked: bool, tmp_path: Path
) -> None:
    filings = pd.DataFrame({"filing_id": ["F0"], "text": [text], "place": [place], "accused": [""]})
    filings["date"] = pd.Timestamp("2024-06-03")
    cases = pd.DataFrame([{
        "化解编号": "J-1", "案由": "反映银滩小区加装电梯价格虚高", "被反映人": "骆占山", "属地": "东湖街道灯塔社区",
        "首次信访日期": "2024-03-01", "状态": "化解中", "包案领导": "严守正", "化解责任人": "钟其昌",
    }])  # fmt: skip
    cases.to_csv(tmp_path / "cases.csv", index=False)
    found = rd.detect(filings, cases=rd.read_cases(tmp_path / "cases.csv")).matters["case_id"].tolist()
    assert found == (["J-1"] if linked else [""])


def test_a_note_that_may_be_of_a_case_leaves_empty_who_is_recused_in_it(tmp_path: Path) -> None:
    texts = ("上河村主任骆占山侵占林地补偿款十二万元。", "村里的水井坏了一年多，找谁都没有人理。")
    filings = pd.DataFrame({"filing_id": ["F0", "F1"], "text": texts, "accused": ["骆占山", ""]})
    filings["place"], filings["date"] = "清溪镇上河村", pd.Timestamp("2024-06-03")
    pd.DataFrame([{
        "化解编号": "J-1", "案由": "反映上河村侵占林地补偿款", "被反映人": "骆占山", "属地": "清溪镇上河村",
        "首次信访日期": "2024-06-03", "状态": "化解中", "包案领导": "古思齐", "化解责任人": "骆占山",
    }]).to_csv(tmp_path / "cases.csv", index=False)  # fmt: skip
    officials = pd.DataFrame(
        [("清溪镇", "向明远", "", "严守正", "县纪委常委")],
        columns=["town", "secretary", "mayor", "lead_official", "lead_post"],
    )
    found = rd.detect(filings, cases=rd.read_cases(tmp_path / "cases.csv"), officials=officials).filings
    assert found["case_id"].tolist() == ["J-1", ""]
    assert found["lead_official"].tolist() == ["古思齐", "严守正"]
    assert found["responsible_official"].tolist() == ["", ""]
    assert "疑似积案 J-1 的化解责任人" in found["link_note"][1]


def test_who_is_accused_in_the_case_a_matter_may_be_of_is_not_passed_over(tmp_path: Path) -> None:
    filings = pd.DataFrame({"filing_id": ["F0"], "accused": ["骆占山"], "place": ["清溪镇上河村"]})
    filings["text"], filings["date"] = "他给孙子办满月酒，开碎石场的老板随礼两千元。", pd.Timestamp("2024-06-03")
    pd.DataFrame([{
        "化解编号": "J-1", "案由": "反映上河村碎石场承包费去向不明、虚报面积、放炮震裂民房", "被反映人": "骆占山",
        "属地": "清溪镇上河村", "首次信访日期": "2024-03-04", "状态": "化解中", "包案领导": "古思齐",
        "化解责任人": "骆占山",
    }]).to_csv(tmp_path / "cases.csv", index=False)  # fmt: skip
    officials = pd.DataFrame(
        [("清溪镇", "向明远", "", "严守正", "县纪委常委")],
        columns=["town", "secretary", "mayor", "lead_official", "lead_post"],
    )
    (found,) = rd.detect(filings, cases=rd.read_cases(tmp_path / "cases.csv"), officials=officials).filings.to_dict(
        "records"
    )
    assert (found["case_id"], found["lead_official"], found["responsible_official"]) == ("", "严守正", "")
    assert "疑似积案 J-1 的化解责任人" in found["link_note"]
