"""The history store on real SQLite and real PostgreSQL: night by night, corrections, ids, decisions, undo."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select

import repeatdetect as rd
from repeatdetect.decisions import Decision
from repeatdetect.errors import InputError
from repeatdetect.history import schema
from repeatdetect.history.identity import Names, Settled, settle
from repeatdetect.matters import matter_id


def nights(table: pd.DataFrame, count: int) -> list[pd.DataFrame]:
    edges = [len(table) * k // count for k in range(count + 1)]
    return [table.iloc[a:b].reset_index(drop=True) for a, b in pairwise(edges)]


def together(filings: pd.DataFrame) -> set[frozenset[str]]:
    groups = filings.groupby("matter_id")["filing_id"]
    return {frozenset(pair) for _, ids in groups for pair in combinations(sorted(ids), 2)}


def f1(one: pd.DataFrame, other: pd.DataFrame) -> float:
    left, right = together(one), together(other)
    return 2 * len(left & right) / (len(left) + len(right))


def rows(url: str) -> dict[str, int]:
    engine = create_engine(url)
    with engine.connect() as connection:
        return {
            table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in schema.metadata.sorted_tables
            if table is not schema.audit
        }


def test_what_add_answers_is_what_check_foretold(history: rd.History, year: pd.DataFrame) -> None:
    first, second = nights(year.head(60), 2)
    history.add(first)
    foretold = history.check(second)
    assert foretold.number is None
    told = history.add(second)
    pd.testing.assert_frame_equal(foretold.filings, told.filings)
    pd.testing.assert_frame_equal(foretold.matters, told.matters)


def test_the_same_again_changes_nothing(history: rd.History, year: pd.DataFrame) -> None:
    table = year.head(50)
    told = history.add(table)
    before = rows(history.name)
    again = history.add(table.sample(frac=1, random_state=1))
    assert again.unchanged
    assert again.number is None
    assert again.known == len(told.filings)
    assert rows(history.name) == before
    overlap = history.add(year.head(55))
    assert (overlap.fresh, overlap.revised, overlap.known) == (len(overlap.filings) - again.known, 0, again.known)
    assert history.add(year.head(0)).unchanged


def test_a_correction_is_a_revision(history: rd.History, year: pd.DataFrame) -> None:
    told = history.add(year.head(60))
    size = told.filings.groupby("matter_id")["filing_id"].transform("size")
    name = told.filings.loc[size > 1, "filing_id"].iloc[0]
    corrected = year[year["filing_id"] == name].assign(handling_status="已补正", title="补正后的标题")
    answer = history.add(corrected)
    assert (answer.fresh, answer.revised) == (0, 1)
    now = history.export().filings
    assert sorted(now["filing_id"]) == sorted(told.filings["filing_id"])
    assert dict(zip(now["filing_id"], now["matter_id"], strict=True))[name] in set(told.filings["matter_id"])
    shown = history.export().corpus.filings.set_index("filing_id")
    assert shown.loc[name, "title"] == "补正后的标题"
    assert rows(history.name)["rd_filings"] == len(told.filings) + 1, "the version before is still there"


def test_a_filing_that_bears_the_number_of_another_does_not_replace_it(history: rd.History) -> None:
    def row(date: str, text: str, **more: str) -> dict[str, str]:
        return {"filing_id": "100", "date": date, "text": text, **more}

    one = row("2023-05-01", "清水镇柳河村党支部书记贺三德将村集体机动地五十亩私自发包给亲属，侵占承包费八万元。")
    two = row("2023-01-01", "红石乡民政办主任路二办低保时索要好处费三千元，不给钱就不办。")
    three = row("2023-02-01", "黄坡镇卫生院院长柴守田套取医保基金十二万元。")

    def night(*rows: dict[str, str]) -> tuple[int, int, int, list[str]]:
        told = history.add(pd.DataFrame(rows))
        return told.fresh, told.revised, told.known, told.filings["filing_id"].tolist()

    assert night(one) == (1, 0, 0, ["100"])
    assert night(one, two) == (1, 0, 1, ["100", "100-2"])
    assert night(two, one) == (0, 0, 2, ["100-2", "100"])
    assert night(two) == (0, 0, 1, ["100-2"]), "known by what it says"
    closed = {**one, "handling_status": "已办结"}
    assert night(two, closed) == (0, 1, 1, ["100-2", "100"]), "a correction stays with its text"
    assert night(three, closed) == (1, 0, 1, ["100-3", "100"]), "and nobody takes the place of one that is not here"
    assert night({**one, "text": "更正后的内容"}) == (0, 1, 0, ["100"]), "alone, the number tells"
    assert len(history.export().filings) == 3


FIVE = {
    "filing_id": "5", "date": "2024-01-05", "petitioner": "张三", "accused": "龚培元", "handling_status": "在办",
    "text": "安澜县双桥镇石塘村支书龚培元2021年征地时截留补偿款12万元，没有公示，群众多次要求查账都不理。",
}  # fmt: skip
NEXT_YEARS = {
    "filing_id": "5", "date": "2025-01-06", "petitioner": "李四", "accused": "万国栋", "handling_status": "在办",
    "text": "反映城关镇实验小学校长万国栋在食堂招标中收受供应商好处，学生伙食每天只有两块钱的菜，家长意见很大，请查处。",
}  # fmt: skip


def answered(history: rd.History, *rows: dict[str, str]) -> tuple[int, int, list[str]]:
    told = history.add(pd.DataFrame(rows))
    return told.fresh, told.revised, told.filings["filing_id"].tolist()


def test_a_filing_under_an_ordinal_is_corrected_when_it_comes_alone(history: rd.History) -> None:
    assert answered(history, FIVE) == (1, 0, ["5"])
    assert answered(history, NEXT_YEARS) == (1, 0, ["5-2"])
    for change in (
        {"handling_status": "已转办"}, {"handling_status": "已办结", "closed_date": "2025-03-01"},
        {"text": NEXT_YEARS["text"].replace("很大", "极大")}, {"date": "2025-01-07"},
    ):  # fmt: skip
        assert answered(history, {**NEXT_YEARS, **change}) == (0, 1, ["5-2"]), change
    assert answered(history, {**FIVE, "handling_status": "已办结"}) == (0, 1, ["5"])
    third = {"filing_id": "5", "date": "2026-02-03", "text": "青石乡林业站长骆有德私卖防护林木材四十方。"}
    assert answered(history, third) == (1, 0, ["5-3"]), "and what is neither is a third one"
    assert answered(history, {**third, "handling_status": "已办结"}, {**FIVE, "handling_status": "已归档"}) == (
        0, 2, ["5-3", "5"]
    )  # fmt: skip
    mended = {**NEXT_YEARS, "text": NEXT_YEARS["text"] + "另有三人知情。"}
    assert answered(history, mended, {**FIVE, "text": FIVE["text"] + "请查处。"}) == (0, 2, ["5-2", "5"])
    assert sorted(history.export().filings["filing_id"]) == ["5", "5-2", "5-3"]


def test_among_several_of_one_number_none_replaces_what_it_does_not_look_like(history: rd.History) -> None:
    assert answered(history, FIVE) == (1, 0, ["5"])
    third = {"filing_id": "5", "date": "2026-02-03", "text": "青石乡林业站长骆有德私卖防护林木材四十方。"}
    assert answered(history, NEXT_YEARS, third) == (2, 0, ["5-2", "5-3"])
    assert history.check(pd.DataFrame([FIVE])).unchanged


def test_the_whole_letter_of_the_same_people_takes_the_place_of_its_summary(history: rd.History) -> None:
    summary = {**FIVE, "filing_id": "9", "id_number": "110101196001011234", "text": "反映龚培元截留征地款。"}
    letter = (
        "尊敬的领导：我叫张三，是双桥镇石塘村的村民。二〇二一年修高速路征用我们组的水田，支书龚培元把十二万元补偿款截留在"
        "村里的账上，一直没有发到户。我们去镇里问过三次，镇里说钱早就拨下来了。村务公开栏里也没有一个字。请求退还给群众。"
    )
    whole = {**summary, "date": "2024-01-06", "text": letter}
    assert answered(history, summary) == (1, 0, ["9"])
    by_another = {**NEXT_YEARS, "filing_id": "9", "date": "2024-03-01"}
    assert answered(history, by_another) == (1, 0, ["9-2"]), "who filed it tells"
    next_year = {**summary, "date": "2025-02-01", "text": "青石乡林业站长骆有德私卖防护林木材四十方。"}
    assert answered(history, next_year) == (1, 0, ["9-3"]), "and the year: numbers start anew"
    assert answered(history, whole) == (0, 1, ["9"])


def test_decisions_stand_and_can_be_taken_back(history: rd.History, year: pd.DataFrame) -> None:
    told = history.add(year.head(60)).filings
    size = told.groupby("matter_id")["filing_id"].transform("size")
    one, other = told.loc[size == 1, "filing_id"].iloc[:2]
    history.decide([Decision.now(one, other, "same", "柴守田", "经核实为同一件事")])
    history.add(year.iloc[60:75])

    def matter(name: str) -> str:
        filings = history.export().filings
        return str(filings.loc[filings["filing_id"] == name, "matter_id"].iloc[0])

    assert matter(one) == matter(other)
    with pytest.raises(InputError, match="矛盾"):
        history.decide(
            [Decision.now(one, "不在库中", "same", "柴守田"), Decision.now(other, "不在库中", "different", "柴守田")]
        )
    for other_id, word, code in (("不在库中", "same", "E130"), (other, "maybe", "E211"), (other, "", "E211")):
        with pytest.raises(InputError, match=code):
            history.decide([Decision.now(one, other_id, word, "柴守田")])
    history.decide([Decision.now(other, one, "different", "柴守田", "核实有误")])
    assert matter(one) != matter(other)
    assert history.decisions()[["decision", "who", "why"]].values.tolist() == [["different", "柴守田", "核实有误"]]


def test_undo_puts_the_store_back(history: rd.History, year: pd.DataFrame) -> None:
    first, second = nights(year.head(80), 2)
    history.add(first)
    before = history.export().filings
    number = history.add(second).number
    assert number is not None
    with pytest.raises(InputError, match=f"第 {number} 次"):
        history.undo(number - 1)
    history.undo(number)
    pd.testing.assert_frame_equal(history.export().filings, before)
    again = history.add(second)
    assert again.fresh == len(again.filings)
    assert together(history.export().filings) == together(rd.detect(year.head(80)).filings)
    assert history.runs()["state"].tolist() == ["done", "undone", "done"]


def test_a_night_knows_what_earlier_nights_told_of_places(history: rd.History, anlan: Path) -> None:
    officials = rd.read_officials(anlan / "officials.csv")
    town, lead = officials.loc[officials["town"].str.endswith("镇"), ["town", "lead_official"]].iloc[0]
    told = pd.DataFrame({"filing_id": [f"A{k}" for k in range(3)], "date": "2024-01-02", "place": f"{town}柳树湾村"})
    history.add(told.assign(text=["反映路灯不亮", "反映水渠垮塌", "反映低保名额"]), officials=officials)
    asked = pd.DataFrame({"filing_id": ["B"], "date": ["2024-02-02"], "text": ["反映柳树湾村会计韦春来克扣林地补偿款"]})
    assert history.check(asked, officials=officials).filings["lead_official"].tolist() == [lead]
    history.undo(1)
    assert history.check(asked, officials=officials).filings["lead_official"].tolist() == [""]


def test_a_night_knows_whom_earlier_nights_called_a_leader_of_the_township(history: rd.History, anlan: Path) -> None:
    officials = rd.read_officials(anlan / "officials.csv")
    town, secretary = officials.loc[officials["town"].str.endswith("镇"), ["town", "secretary"]].iloc[0]
    told = {"accused": ["韦春来"], "place": [town], "date": ["2024-01-02"], "filing_id": ["A"], "post": ["副镇长"]}
    history.add(pd.DataFrame({**told, "text": ["码头三年就裂了缝，桩没有打到底。"]}), officials=officials)
    asked = pd.DataFrame({**told, "text": ["在老家山顶建房，占了公墓地。"]}).drop(columns="post")
    asked = asked.assign(filing_id="B", date="2024-08-02")
    assert history.check(asked, officials=officials).filings["responsible_official"].tolist() == [""]
    history.undo(1)
    assert history.check(asked, officials=officials).filings["responsible_official"].tolist() == [secretary]


@st.composite
def nights_of_groups(draw: st.DrawFn) -> list[list[list[int]]]:
    """Groups of the filings 0, 1, 2 … night after night, more filings each night, grouped anew each time."""
    size, out = 0, []
    for more in draw(st.lists(st.integers(0, 5), min_size=1, max_size=4)):
        size += more
        label = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
        out.append([[n for n in range(size) if label[n] == group] for group in sorted(set(label))])
    return out


@given(nights_of_groups())
def test_ids_depend_on_what_is_in_a_matter_and_every_id_is_accounted_for(nights: list[list[list[int]]]) -> None:
    known: dict[str, int] = {}
    redirects: dict[int, int] = {}
    was: dict[int, int] = {}
    for groups in nights:
        own = set(was.values())
        names = Names(lambda wanted: {n: known[n] for n in wanted if n in known}, redirects, own, len(known) + 1)  # noqa: B023
        founders = [str(min(group)) for group in groups]
        names.expect(founders)
        settled: Settled = settle(groups, was, {}, founders, names)
        known |= {name: number for number, name in settled.born.items()}
        redirects = {k: v for k, v in (redirects | settled.redirects).items() if k not in settled.revived}
        assert len(set(settled.matter.values())) == len(groups)
        for group in groups:
            assert {settled.matter[n] for n in group} == {known[matter_id(str(min(group)))]}
        for matter in own:
            assert (matter in settled.matter.values()) != (matter in redirects), "an id lives on or redirects"
        told = {m for e in settled.events for m in (e.matter, e.other)}
        for number in settled.matter.values():
            inside = {was[n] for n, m in settled.matter.items() if m == number and n in was}
            assert inside == {number} or number in told, "whatever changes is an event"
        was = settled.matter


def test_a_filing_that_comes_late_changes_no_id(history: rd.History, year: pd.DataFrame) -> None:
    """The earliest filing of a matter arrives last; the matter keeps the id it was born with, and may be undone."""
    told = rd.detect(year.head(60)).filings
    size = told.groupby("matter_id")["filing_id"].transform("size")
    ids = told.loc[told["matter_id"] == told.loc[size > 2, "matter_id"].iloc[0], "filing_id"].tolist()
    late = year["filing_id"] == ids[0]
    before = history.add(year[~late].head(59)).filings.set_index("filing_id")["matter_id"]
    after = history.add(year[late]).filings["matter_id"].iloc[0]
    assert after == before[ids[1]] == matter_id(ids[1])
    corrected = year[year["filing_id"] == ids[1]].assign(handling_status="已补正")
    assert history.add(corrected).filings["matter_id"].iloc[0] == after, "a correction comes later than no other"
