"""Decisions of people: read in either language, appended, contradictions named by row, honoured by `detect`."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import repeatdetect as rd
from repeatdetect import cli
from repeatdetect.contradictions import check, contradictions
from repeatdetect.decisions import (
    Decision,
    DecisionFile,
    Recorded,
    append,
    labelled_pairs,
    read_decisions,
    record,
)


def _frame(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["left_id", "right_id", "decision"])


def test_appended_decisions_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "D.csv"
    first = Decision("0012", "甲-7", "same", "李,四", "2026-01-05 09:00:00", '他说"同一件"')
    second = Decision.now("0012", "甲-8", "different", "李四")
    append(path, [first])
    append(path, [second])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    read = read_decisions(path)
    assert read["left_id"].tolist() == ["0012", "0012"]
    assert read.iloc[0][["right_id", "decision", "who", "when", "why"]].tolist() == [
        "甲-7", "same", "李,四", "2026-01-05 09:00:00", '他说"同一件"',
    ]  # fmt: skip
    assert read["row"].tolist() == [2, 3]


def test_a_file_saved_without_a_last_line_end_is_not_glued(tmp_path: Path) -> None:
    path = tmp_path / "D.csv"
    path.write_text("left_id,right_id,decision\nA,B,same", encoding="gb18030")
    append(path, [Decision("C", "D", "different")])
    assert read_decisions(path)["decision"].tolist() == ["same", "different"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("甲件编号,乙件编号,人工结论\nQ01,Q33,不同事项\nQ05,Q06,\n", "utf-8"),
        ("甲件编号,乙件编号,人工结论\nQ01,Q33,不同事项\nQ05,Q06,\n", "gb18030"),
        ("甲件编号,乙件编号,人工结论\nQ01,Q33,不同事项\nQ05,Q06,\n", "utf-16"),
        ("结论;说明;编号1;编号2\n不同事项;村名不同;Q01;Q33\n;;Q05;Q06\n", "utf-8-sig"),
    ],
)
def test_a_file_written_by_hand_is_continued_and_nothing_of_it_lost(text: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding=encoding)
    path.chmod(0o640)
    append(path, [Decision("Q02", "Q03", "same", "王五", "2026-01-05 09:00:00", "一处,两处")])
    read = read_decisions(path)
    assert read[["left_id", "right_id", "decision"]].to_numpy().tolist() == [
        ["Q01", "Q33", "different"], ["Q02", "Q03", "same"],
    ]  # fmt: skip
    assert read["why"].tolist()[1] == "一处,两处"
    held = path.read_text(encoding="utf-8-sig").splitlines()
    assert (len(held), held[2]) == (4, "Q05,Q06,,,,"), "a pair nobody has decided yet is kept, too"
    assert [path.stat().st_mode & 0o777, *tmp_path.iterdir()] == [0o640, path]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    kept = os.umask(0o022)
    try:
        append(tmp_path / "own.csv", [Decision("Q02", "Q03", "same")])
    finally:
        os.umask(kept)
    assert (tmp_path / "own.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("d.xlsx", "", "E219"),
        ("d.csv", "left_id,right_id,decision,经手情况\nA,B,same,三月已办\n", "E219"),
        ("d.csv", "left_id,right_id,decision,why\nA,B,same,同村,同人\n", "E217"),
    ],
)
def test_a_file_that_would_lose_something_is_not_continued(name: str, text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if text:
        path.write_text(text, encoding="utf-8")
    else:
        _frame(("A", "B", "same")).to_excel(path, index=False)
    before = path.read_bytes()
    for way in (lambda: append(path, [Decision("C", "D", "same")]), lambda: DecisionFile.to_continue(path)):
        with pytest.raises(rd.RepeatDetectError) as caught:
            way()
        assert caught.value.code == code
        assert name in str(caught.value)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [path])


def test_a_row_that_cannot_be_read_is_never_left_out(tmp_path: Path) -> None:
    path = tmp_path / "D.csv"
    path.write_text("left_id,right_id,decision,why\nA,B,same,\nA,C,different,不同村,不同人\n", encoding="utf-8")
    with pytest.raises(rd.RepeatDetectError, match=r"\[E217\].*D.csv 第 3 行"):
        read_decisions(path)


def test_an_empty_file_is_continued_but_holds_no_decisions_to_honour(tmp_path: Path) -> None:
    path = tmp_path / "D.csv"
    path.touch()
    with pytest.raises(rd.RepeatDetectError, match=r"\[E102\] 人工结论文件是空的.*apply"):
        read_decisions(path)
    assert len(DecisionFile(path).decisions()) == 0
    append(path, [Decision("A", "B", "same")])
    assert len(read_decisions(path)) == 1


def test_decisions_handed_over_in_any_form_are_understood_or_refused() -> None:
    filings = pd.DataFrame({"filing_id": [1, 2, 3], "text": ["反映王某占地", "投诉噪音扰民", "咨询低保"]})
    decided = pd.DataFrame({"left_id": [1, 9], "right_id": [2, 3], "decision": ["同一事项", "different"]})
    result = rd.detect(filings, decisions=decided)
    assert len(result.matters) == 2
    assert "人工结论中有 1 对的编号不全在本次导出表中。" in result.run["notes"]
    for row, code in (((1, 2, "maybe"), "E211"), ((None, 2, "same"), "E212"), ((1, "1", "same"), "E213")):
        unusable = pd.DataFrame([row], columns=decided.columns, dtype=object)
        with pytest.raises(rd.RepeatDetectError, match=rf"\[{code}\].*第 1 行"):
            rd.detect(filings, decisions=unusable)
    with pytest.raises(rd.RepeatDetectError, match=r"\[E218\].*decision"):
        rd.detect(filings, decisions=decided[["left_id", "right_id"]])


def test_chinese_words_are_understood_and_pending_rows_left_out(tmp_path: Path) -> None:
    path = tmp_path / "D.csv"
    path.write_text(
        "甲件编号,乙件编号,人工结论,认定人\nA,B,同一事项,王五\nA,C,不同事项,\nA,D,待定,\nA,E,,\n", encoding="gb18030"
    )
    read = read_decisions(path)
    assert read[["right_id", "decision", "row"]].to_numpy().tolist() == [["B", "same", 2], ["C", "different", 3]]
    assert read["why"].tolist() == ["", ""]


@pytest.mark.parametrize(("row", "code"), [("A,B,也许", "E211"), (",B,same", "E212"), ("A,A,same", "E213")])
def test_rows_nobody_can_honour_are_named(row: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "D.csv"
    path.write_text(f"left_id,right_id,decision\nA,C,same\n{row}\n", encoding="utf-8")
    with pytest.raises(rd.RepeatDetectError) as caught:
        read_decisions(path)
    assert caught.value.code == code
    assert "第 3 行" in caught.value.place


def test_a_contradiction_names_every_row_of_the_chain() -> None:
    decided = _frame(("A", "B", "same"), ("X", "Y", "same"), ("B", "C", "same"), ("C", "A", "different"))
    (found,) = contradictions(decided)
    assert (found.place.row, [place.row for place in found.because]) == (4, [1, 3])
    with pytest.raises(rd.RepeatDetectError, match=r"第 1、3 行.*第 4 行"):
        check(decided)


def test_the_last_word_on_a_pair_replaces_the_earlier_one() -> None:
    assert contradictions(_frame(("A", "B", "same"), ("B", "A", "different"))) == []
    assert len(contradictions(_frame(("A", "B", "different"), ("A", "C", "same"), ("C", "B", "same")))) == 1


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")), max_size=12), st.data())
def test_decisions_drawn_from_a_grouping_never_contradict(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    group = {name: data.draw(st.integers(0, 2)) for name in "ABCDEF"}
    rows = [(a, b, "same" if group[a] == group[b] else "different") for a, b in pairs if a != b]
    assert contradictions(_frame(*rows)) == []


def test_detect_honours_both_words(anlan: Path, anlan_result: rd.Result) -> None:
    edge = anlan_result.pairs[anlan_result.pairs["decision"] == "same"].iloc[0]
    matters = anlan_result.filings.drop_duplicates("matter_id")["filing_id"]
    decided = _frame((edge["left_id"], edge["right_id"], "different"), (matters.iloc[0], matters.iloc[1], "same"))
    after = rd.detect(rd.read_filings(anlan / "filings.csv"), decisions=decided)
    of = after.filings.set_index("filing_id")["matter_id"]
    assert of[edge["left_id"]] != of[edge["right_id"]]
    assert of[matters.iloc[0]] == of[matters.iloc[1]]
    # whose word it was is told wherever the pair is
    assert after.explain(matters.iloc[1], matters.iloc[0]).said == "人工认定为同一事项"
    said = after.pairs.set_index(["left_id", "right_id"])["reason"].str.startswith("人工认定")
    assert set(said[said].index) <= {(edge["left_id"], edge["right_id"]), (matters.iloc[0], matters.iloc[1])}
    assert after.explain(*said.index[~said][0]).said == ""


def test_decisions_on_filings_that_are_not_here_are_mentioned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, export = tmp_path / "D.csv", tmp_path / "export.csv"
    append(path, [Decision("A", "B", "same"), Decision("A", "C", "same")])
    pd.DataFrame({"filing_id": ["A", "C"], "text": ["反映王某占地", "投诉噪音扰民"]}).to_csv(export, index=False)
    assert cli.main(["dedupe", str(export), "-o", str(tmp_path / "o"), "--decisions", str(path)]) == 0
    said = capsys.readouterr()
    assert "人工结论中有 1 对的编号不全在本次导出表中" in said.err
    assert "归并为 1 个事项" in said.out


def test_dedupe_refuses_contradictory_decisions(
    anlan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "D.csv"
    append(path, [Decision("A", "B", "same"), Decision("B", "C", "same"), Decision("A", "C", "different")])
    out = tmp_path / "out"
    assert cli.main(["dedupe", str(anlan / "filings.csv"), "-o", str(out), "--decisions", str(path)]) == 2
    assert capsys.readouterr().err.startswith("[E214] ")
    assert not out.exists()


def test_taking_back_is_a_further_row(tmp_path: Path) -> None:
    path = tmp_path / "D.csv"
    append(path, [Decision("A", "B", "same"), Decision("C", "D", "different"), Decision("B", "A", "later")])
    assert read_decisions(path)[["left_id", "decision"]].to_numpy().tolist() == [["C", "different"]]
    append(path, [Decision("A", "B", "different")])
    assert labelled_pairs(path).to_numpy().tolist() == [["C", "D", False], ["A", "B", False]]


def test_a_batch_is_kept_once_and_only_as_a_whole(tmp_path: Path) -> None:
    keeper = DecisionFile(tmp_path / "D.csv")
    keeper.decide([Decision("A", "B", "same"), Decision("B", "C", "same")])
    before = keeper.path.read_bytes()

    def batch(*rows: tuple[str, str, str]) -> pd.DataFrame:
        table = _frame(*rows).assign(who="王五", when="2026-01-01 09:00:00", why="", source="待判")
        return table.assign(row=range(2, 2 + len(rows)))

    with pytest.raises(rd.RepeatDetectError, match=r"D.csv 第 2、3 行.*待判 第 3 行"):
        record(keeper, batch(("X", "Y", "same"), ("C", "A", "different")))
    assert keeper.path.read_bytes() == before
    good = batch(("A", "B", "same"), ("C", "B", "different"), ("X", "Y", "same"), ("P", "Q", "later"))
    assert record(keeper, good) == Recorded(new=1, changed=1, withdrawn=0, again=1)
    assert record(keeper, good) == Recorded(new=0, changed=0, withdrawn=0, again=3)
    assert record(keeper, batch(("Y", "X", "later"))) == Recorded(new=0, changed=0, withdrawn=1, again=0)
    assert keeper.decisions()["right_id"].tolist() == ["B", "B"]
