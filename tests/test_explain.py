"""Explanations: contributions that sum, facts with spans, passages, and the path between two filings."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import cli
from repeatdetect.explain import shared_passages


def test_contributions_sum_to_the_score_of_every_listed_pair(anlan_result: rd.Result) -> None:
    for left, right, chance in anlan_result.pairs[["left_id", "right_id", "probability"]].itertuples(index=False):
        told = anlan_result.explain(left, right)
        assert sum(told.contributions.values()) == pytest.approx(told.score, abs=1e-9)
        assert told.probability == pytest.approx(1 / (1 + math.exp(-told.score)), abs=1e-9)
        assert told.probability == pytest.approx(chance, abs=1e-6)


def test_two_filings_of_a_matter_are_joined_by_edges(anlan_result: rd.Result) -> None:
    held = anlan_result.pairs[anlan_result.pairs["decision"] == "same"]
    edges = {frozenset(pair) for pair in held[["left_id", "right_id"]].itertuples(index=False, name=None)}
    largest = anlan_result.filings["matter_id"].value_counts().index[0]
    members = anlan_result.filings.loc[anlan_result.filings["matter_id"] == largest, "filing_id"].tolist()
    for other in members[1:]:
        told = anlan_result.explain(members[0], other)
        assert told.together
        assert (told.path[0], told.path[-1]) == (members[0], other)
        assert all(frozenset(step) in edges for step in zip(told.path, told.path[1:], strict=False))


def _told(*rows: dict[str, str]) -> tuple[rd.Result, pd.DataFrame]:
    table = pd.DataFrame([{"filing_id": str(n), **row} for n, row in enumerate(rows)])
    return rd.detect(table), table


def test_facts_stand_where_the_spans_say() -> None:
    result, table = _told(
        {"text": "我是石坎村村民，反映村书记刘德贵贪污修路款三万元，村民都很气愤。"},
        {"text": "我是兴隆村村民，反映村书记冯有田克扣低保金，老人没有饭吃。"},
        {"accused": "刘得贵", "text": "石坎村的书记把修路款30000元装进自己腰包。"},
    )
    same = result.explain("0", "2")
    assert {("village", "石坎村"), ("sum", "30000")} <= {(fact["kind"], fact["value"]) for fact in same.shared}
    assert any(fact["kind"] == "person" for fact in same.shared)  # 刘德贵 and 刘得贵 sound alike
    assert all(conflict["kind"] != "person" for conflict in same.conflicting)
    apart = result.explain("0", "1")
    assert not apart.together
    assert apart.path == []
    kinds = {conflict["kind"]: conflict for conflict in apart.conflicting}
    assert {"person", "village"} <= kinds.keys()
    for side, text in (("left", table["text"][0]), ("right", table["text"][1])):
        for fact in kinds["village"][side]:
            for source, start, end in fact["spans"]:
                assert source == "text"
                assert fact["value"][:2] in text[start:end]


def test_passages_stand_verbatim_in_both() -> None:
    left, right = "修路款三万元被村支书装进自己腰包。其他不说了", "听说修路款三万元被村支书装进自己腰包，请查"
    assert shared_passages(left, right) == ["修路款三万元被村支书装进自己腰包"]
    assert shared_passages("毫无相同", "别的事情") == []


def test_the_command_explains_a_written_result(
    anlan: Path, anlan_result: rd.Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = anlan_result.write(tmp_path / "out")
    left, right, chance = anlan_result.pairs[["left_id", "right_id", "probability"]].iloc[0]
    command = ["explain", left, right, str(anlan / "filings.csv"), "--result", str(out)]
    assert cli.main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sum(told["contributions"].values()) == pytest.approx(told["score"], abs=1e-9)
    assert told["probability"] == pytest.approx(chance, abs=1e-6)
    assert cli.main(command) == 0
    assert "下列各项之和" in capsys.readouterr().out


@pytest.mark.parametrize(("left", "right", "code"), [("AL20240001", "nobody", "E130"), ("x", "x", "E132")])
def test_filings_that_are_not_there(
    left: str, right: str, code: str, anlan: Path, anlan_result: rd.Result, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with pytest.raises(rd.RepeatDetectError) as caught:
        anlan_result.explain(left, right)
    assert caught.value.code == code
    out = anlan_result.write(tmp_path / "out")
    assert cli.main(["explain", left, right, str(anlan / "filings.csv"), "--result", str(out)]) == 2
    assert capsys.readouterr().err.startswith(f"[{code}]")
    assert cli.main(["explain", left, right + "2", str(anlan / "filings.csv"), "--result", str(tmp_path / "no")]) == 2
    assert capsys.readouterr().err.startswith("[E131]")


@pytest.mark.parametrize("name", ["filings.csv", "pairs.csv"])
def test_a_folder_whose_tables_are_no_longer_ours(
    name: str, anlan: Path, anlan_result: rd.Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = anlan_result.write(tmp_path / "out")
    (out / name).write_text("filing_id\nAL20240002\nAL20240009\n", encoding="utf-8")
    command = ["explain", "AL20240002", "AL20240009", str(anlan / "filings.csv"), "--result", str(out)]
    assert cli.main(command) == 2
    assert capsys.readouterr().err.startswith("[E131] ")
