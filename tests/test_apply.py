"""Answers of a workbook come back as decisions, and the next run honours exactly those."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import cli
from repeatdetect.decisions import read_decisions
from repeatdetect.history import History
from repeatdetect.report.answers import read_answers
from repeatdetect.report.content import Content
from repeatdetect.report.words import DETAILS, DOUBTFUL
from repeatdetect.report.workbook import write
from tests.test_workbook import converted

Rows = dict[str, list[dict[str, Any]]]
Fill = Callable[[Rows], None]


@pytest.fixture(scope="module")
def doubting(anlan: Path) -> rd.Result:
    """A result with plenty of doubtful pairs, whatever the model."""
    return rd.detect(rd.read_filings(anlan / "filings.csv"), settings=rd.Settings(review=0.02))


@pytest.fixture(scope="module")
def blank_book(doubting: rd.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "判重台账.xlsx"
    write(Content(doubting), path)
    return path


@pytest.fixture
def filled(blank_book: Path, tmp_path: Path) -> Callable[[Fill], Path]:
    """A copy of the workbook in which somebody filled in cells, row by row."""

    def fill(how: Fill) -> Path:
        book = openpyxl.load_workbook(blank_book, rich_text=True)
        rows: Rows = {}
        for name in (DETAILS, DOUBTFUL):
            head = [str(cell.value) for cell in book[name][1]]
            rows[name] = [dict(zip(head, (cell.value for cell in row), strict=True)) for row in book[name].iter_rows(min_row=2)]  # fmt: skip
        how(rows)
        for name, table in rows.items():
            for at, row in enumerate(table, start=2):
                for column, title in enumerate(row, start=1):
                    if title in ("人工结论", "说明"):
                        book[name].cell(at, column).value = row[title]
        path = tmp_path / "填好.xlsx"
        book.save(path)
        return path

    return fill


def _groups(result: rd.Result) -> set[frozenset[str]]:
    return {frozenset(ids) for ids in result.filings.groupby("matter_id")["filing_id"].agg(list)}


def test_many_decisions_change_exactly_what_they_say(
    anlan: Path, doubting: rd.Result, filled: Callable[[Fill], Path], tmp_path: Path
) -> None:
    rng = random.Random(7)
    said: list[tuple[str, str, str]] = []
    thrown: list[str] = []

    def fill(rows: Rows) -> None:
        # every answer about matters of its own, so that what must come out is plain
        used: set[str] = set()
        for row in rows[DETAILS]:
            if row["第几件"] and row["事项编号"] not in used and int(row["第几件"]) > 1 and len(thrown) < 10:
                used.add(row["事项编号"])
                row["人工结论"] = "不同事项"
                thrown.append(row["信访件编号"])
        words: dict[frozenset[str], str] = {}  # one for all pairs of two matters
        matter = dict(zip(doubting.filings["filing_id"], doubting.filings["matter_id"], strict=True))
        pairs = list(rows[DOUBTFUL])
        rng.shuffle(pairs)
        for row in pairs[:40]:
            two = frozenset((matter[row["左件编号"]], matter[row["右件编号"]]))
            word = words.setdefault(two, "不同事项" if used & two or rng.random() < 0.3 else "同一事项")
            if word == "同一事项":
                used |= two
            row["人工结论"], row["说明"] = word, "核对过"
            said.append((row["左件编号"], row["右件编号"], word))

    book = filled(fill)
    decisions = tmp_path / "人工结论.csv"
    assert len(said) > 20
    assert len(thrown) == 10
    assert cli.main(["apply", str(book), "--decisions", str(decisions), "--who", "王五"]) == 0
    kept = read_decisions(decisions)
    assert set(kept["who"]) == {"王五"}
    assert (kept["why"] == "核对过").sum() == len(said)

    expected = {frozenset(group) for group in _groups(doubting)}
    for name in thrown:
        (group,) = (group for group in expected if name in group)
        expected = expected - {group} | {group - {name}, frozenset([name])}
    for left, right, word in said:
        one, other = ({group for group in expected if name in group}.pop() for name in (left, right))
        if word == "同一事项":
            expected = expected - {one, other} | {one | other}
    again = rd.detect(rd.read_filings(anlan / "filings.csv"), decisions=read_decisions(decisions))
    assert _groups(again) == expected
    decided = {frozenset(pair) for pair in kept[["left_id", "right_id"]].itertuples(index=False)}
    asked = again.pairs[again.pairs["decision"] == "review"]
    assert not decided & {frozenset(pair) for pair in asked[["left_id", "right_id"]].itertuples(index=False)}

    before = decisions.read_bytes()
    assert cli.main(["apply", str(book), "--decisions", str(decisions)]) == 0
    assert decisions.read_bytes() == before

    db, key = f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "h.key"
    ours = set(again.filings["filing_id"])
    with closing(History.init(db, key)) as history:
        history.add(rd.read_filings(anlan / "filings.csv"))
        assert cli.main(["apply", str(book), "--db", db, "--key-file", str(key)]) == 0
        assert _groups(history.export()) == expected
        history.add(rd.read_filings(anlan.parents[1] / "models" / "data" / "chenghe" / "filings.csv"))
        after = _groups(history.export())
        assert {group & ours for group in after if group & ours} == expected


def test_answers_kept_in_the_history_survive_the_next_night(anlan: Path, tmp_path: Path) -> None:
    db, key = f"sqlite:///{tmp_path / 'h.db'}", tmp_path / "h.key"
    filings = rd.read_filings(anlan / "filings.csv").sort_values("date", kind="stable", ignore_index=True)
    with closing(History.init(db, key)) as history:
        history.add(filings.head(150))
        first = history.export()
    write(Content(first), tmp_path / "判重台账.xlsx")
    book = openpyxl.load_workbook(tmp_path / "判重台账.xlsx")
    rows = list(book[DOUBTFUL].iter_rows(min_row=2, max_row=3))
    same, different = [(str(row[0].value), str(row[1].value)) for row in rows]
    for row, word in zip(rows, ("同一事项", "不同事项"), strict=True):
        row[7].value = word
    book.save(tmp_path / "判重台账.xlsx")
    arguments = ["apply", str(tmp_path / "判重台账.xlsx"), "--db", db]
    assert cli.main(arguments) == 3  # no key
    assert cli.main([*arguments, "--key-file", str(key), "--who", "王五"]) == 0
    with closing(History.open(db, key=key)) as history:
        for night in (filings.iloc[150:180], filings.iloc[180:]):
            history.add(night)
            matter = history.export().filings.set_index("filing_id")["matter_id"]
            assert matter[same[0]] == matter[same[1]]
            assert matter[different[0]] != matter[different[1]]
        assert set(history.decisions()["who"]) == {"王五"}


def _matter(rows: Rows, size: int) -> list[dict[str, Any]]:
    """Rows of the first matter of at least `size` filings."""
    table = pd.DataFrame([row for row in rows[DETAILS] if row["第几件"]])
    matter = table.groupby("事项编号", sort=False).size().ge(size).idxmax()
    return [row for row in rows[DETAILS] if row["事项编号"] == matter and row["第几件"]]


def test_words_of_the_sheet_of_filings(filled: Callable[[Fill], Path]) -> None:
    names: list[str] = []

    def fill(rows: Rows) -> None:
        matter = _matter(rows, 5)
        names.extend(row["信访件编号"] for row in matter)
        for row, word in zip(matter, ("不同事项", "", "同一事项", "不同事项", "待定"), strict=False):
            row["人工结论"] = word

    found = read_answers(filled(fill), "王五")
    words = {(left, right): word for left, right, word in found[["left_id", "right_id", "decision"]].itertuples(index=False)}  # fmt: skip
    first, second, third, fourth, fifth, *others = names
    stay = [second, third, fifth, *others]
    assert words == {
        **{(name, other): "different" for name in (first, fourth) for other in stay},
        (third, second): "same",
        **{(fifth, other): "later" for other in stay if other != fifth},
    }


def test_answers_are_read_from_a_workbook_that_libreoffice_saved(filled: Callable[[Fill], Path]) -> None:
    def fill(rows: Rows) -> None:
        rows[DOUBTFUL][0].update({"人工结论": "同一事项", "说明": "=同一笔钱"})
        _matter(rows, 5)[2]["人工结论"] = "不同事项"

    path = filled(fill)
    columns = ["left_id", "right_id", "decision", "why", "row"]
    expected = read_answers(path, "")[columns].to_numpy().tolist()
    assert len(expected) > 4
    assert read_answers(converted(path, "xlsx"), "")[columns].to_numpy().tolist() == expected


def test_all_thrown_out_are_all_apart(filled: Callable[[Fill], Path]) -> None:
    size = []

    def fill(rows: Rows) -> None:
        matter = _matter(rows, 3)
        size.append(len(matter))
        for row in matter:
            row["人工结论"] = "不同事项"

    found = read_answers(filled(fill), "")
    assert len(found) == size[0] * (size[0] - 1) / 2
    assert set(found["decision"]) == {"different"}


def _contradicting(rows: Rows) -> None:
    matter = _matter(rows, 3)
    matter[1]["人工结论"] = "不同事项"
    rows[DOUBTFUL][0].update({"人工结论": "同一事项"})
    rows[DOUBTFUL][1].update({"人工结论": "也许"})


def _on_a_heading(rows: Rows) -> None:
    rows[DETAILS][0]["人工结论"] = "不同事项"


@pytest.mark.parametrize(
    ("how", "code", "named"),
    [(_contradicting, "E211", "[待判] 第 3 行"), (_on_a_heading, "E216", "[重复件明细] 第 2 行")],
)
def test_answers_nobody_can_honour_are_named(
    how: Fill, code: str, named: str, filled: Callable[[Fill], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions = tmp_path / "D.csv"
    assert cli.main(["apply", str(filled(how)), "--decisions", str(decisions)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"[{code}] ")
    assert named in said
    assert not decisions.exists()


def test_contradictions_are_named_by_sheet_and_row(tmp_path: Path) -> None:
    pairs = pd.DataFrame([("A", "B", "同一事项"), ("B", "C", "同一事项")], columns=["左件编号", "右件编号", "人工结论"])
    filed = pd.DataFrame(
        {"信访件编号": ["A", "C", "D"], "第几件": [1, 2, 3], "事项编号": "M-1", "人工结论": ["", "不同事项", ""]}
    )
    path = tmp_path / "判重台账.xlsx"
    with pd.ExcelWriter(path) as book:
        pairs.to_excel(book, sheet_name="待判", index=False)
        filed.to_excel(book, sheet_name="重复件明细", index=False)
    (tmp_path / "D.csv").write_text("left_id,right_id,decision\nD,A,same\n", encoding="utf-8")
    with pytest.raises(rd.RepeatDetectError, match=r"\[待判\] 第 2、3 行认定为同一事项.*\[重复件明细\] 第 3 行却认定 C 与 A 不同") as caught:  # fmt: skip
        cli_apply(path, tmp_path / "D.csv")
    assert "D.csv 第 2 行" in str(caught.value)  # C and D, by what was said before

    pd.concat([pairs, pairs.head(1).assign(人工结论="不同事项")]).to_csv(tmp_path / "待判.csv", index=False)
    with pytest.raises(rd.RepeatDetectError, match=r"待判.csv 第 2、4 行"):
        cli_apply(tmp_path / "待判.csv", tmp_path / "D.csv")


def cli_apply(book: Path, decisions: Path) -> None:
    from repeatdetect.decisions import DecisionFile, record

    record(DecisionFile(decisions), read_answers(book, "王五"))


def test_a_file_without_answers_is_not_taken_for_one_of_none(anlan: Path) -> None:
    with pytest.raises(rd.RepeatDetectError) as caught:
        read_answers(anlan / "filings.csv", "")
    assert caught.value.code == "E110"


def test_a_workbook_is_no_table_of_decisions(blank_book: Path) -> None:
    with pytest.raises(rd.RepeatDetectError, match=r"\[E220\].*repeatdetect apply"):
        read_decisions(blank_book)
