"""Figures against gold: by hand on small cases, by law on any, in both forms of gold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import repeatdetect as rd
from repeatdetect import cli, evaluation

FILINGS = "filing_id,matter_id,status\na,M1,first\nb,M1,repeat\nc,M1,joint\nd,M2,single\ne,M3,single\n"
PAIRS = "left_id,right_id,probability,decision\na,b,0.9,same\nc,b,0.6,same\nd,c,0.3,different\n"


@pytest.fixture
def result(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "filings.csv").write_text(FILINGS, encoding="utf-8-sig")
    (tmp_path / "out" / "pairs.csv").write_text(PAIRS, encoding="utf-8-sig")
    return tmp_path / "out"


def test_gold_by_matter(result: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text(
        "信访编号,matter_id,status\na,X,first\nb,X,repeat\nc,Y,first\nd,Y,repeat\nz,Y,repeat\n", encoding="gb18030"
    )
    (tmp_path / "traps.csv").write_text("信访编号,traps\na,T2 T10\nc,T2\n", encoding="utf-8")
    found = rd.evaluate(result, gold)
    assert (found["filings"], found["missing"]) == (5, 1)
    # joined: ab, ac, bc; right of these: ab; gold: ab, cd, cz, dz
    assert found["pairwise"] == {"precision": 0.3333, "recall": 0.25, "f1": 0.2857}
    assert found["b_cubed"]["precision"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5, abs=1e-4)
    assert found["b_cubed"]["recall"] == pytest.approx((1 + 1 + 1 / 3 * 3) / 5, abs=1e-4)
    assert found["status"] == 0.4
    assert list(found["traps"]) == ["T2", "T10"]
    assert found["traps"]["T2"] == {"filings": 2, "precision": 0.5, "recall": 0.667}
    # of the four gold pairs ab is joined and dc listed
    assert (found["block_recall"], found["scored"], found["scored_pairs"]) == (0.5, "listed", 3)
    assert found["sweep"]["0.5"]["precision"] == 0.5


def test_labelled_pairs_with_weights(result: Path, tmp_path: Path) -> None:
    gold = tmp_path / "pairs.csv"
    gold.write_text(
        "left_id,right_id,label,weight\nb,a,same,3\na,c,related,2\nd,e,same,1\na,q,same,4\na,d,unsure,9\n",
        encoding="utf-8",
    )
    found = rd.evaluate(result, gold)
    assert (found["pairs"], found["missing"]) == (4, 1)
    assert found["pairwise"] == {"precision": 0.6, "recall": 0.375, "f1": 0.4615}
    assert found["block_recall"] == 0.375
    assert found["calibration"] == [(pytest.approx(0.9), 1.0, 3.0)]


def test_with_the_export_every_pair_is_scored(anlan: Path, anlan_result: rd.Result, tmp_path: Path) -> None:
    out = anlan_result.write(tmp_path / "out")
    listed = rd.evaluate(out, anlan / "gold_filings.csv")
    scored = rd.evaluate(out, anlan / "gold_filings.csv", rd.read_filings(anlan / "filings.csv"))
    assert listed["pairwise"] == scored["pairwise"]
    assert scored["scored_pairs"] > listed["scored_pairs"]
    assert listed["block_recall"] > 0.9
    assert scored["block_recall"] > 0.9
    assert scored["calibration_error"] < listed["calibration_error"]
    recalls = [figures["recall"] for figures in scored["sweep"].values()]
    assert recalls == sorted(recalls, reverse=True)


@pytest.mark.parametrize(
    ("result_name", "gold", "code"),
    [
        ("nowhere", "信访编号,matter_id\na,X\n", "E131"), ("gold.csv", "信访编号,matter_id\na,X\n", "E131"),
        ("out", "甲,乙\n1,2\n", "E120"), ("out", "", "E102"),
        ("out", "left_id,right_id,label,weight\na,b,same,heavy\n", "E121"),
        ("out", "filing_id,matter_id\na,X\nb,X\na,Y\n", "E122"),
        ("out", "left_id,right_id,label\na,b,same\nb,a,diff\n", "E122"),
        ("out", "filing_id,matter_id\n", "E123"), ("out", "filing_id,matter_id\na,\nb,\n", "E123"),
        ("out", "filing_id,matter_id\ny,X\nz,X\n", "E123"), ("out", "left_id,right_id,label\na,b,maybe\n", "E123"),
        ("out", "filing_id,matter_id\na,X\nb,X,Y\n", "E217"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(
    result: Path, tmp_path: Path, result_name: str, gold: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gold.csv").write_text(gold, encoding="utf-8")
    assert cli.main(["evaluate", str(tmp_path / result_name), str(tmp_path / "gold.csv")]) == 2
    assert capsys.readouterr().err.startswith(f"[{code}] ")


def test_what_has_no_answer_is_left_out(result: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text("filing_id,matter_id\na,X\nb,X\nc,\nd,\n,Y\na,X\n", encoding="utf-8")
    found = rd.evaluate(result, gold)
    assert (found["filings"], found["pairwise"]["f1"]) == (2, 1.0)


def test_exports_of_other_filings_are_refused(result: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text("filing_id,matter_id\na,X\nb,X\n", encoding="utf-8")
    other = pd.DataFrame({"filing_id": ["x", "y"], "text": ["村里的路没有修", "村里的灯没有亮"]})
    with pytest.raises(rd.RepeatDetectError, match=r"\[E123\].*导出表"):
        rd.evaluate(result, gold, other)


def test_the_command_says_the_same_in_json(result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gold.csv").write_text("filing_id,matter_id\na,X\nb,X\n", encoding="utf-8")
    assert cli.main(["evaluate", str(result), str(tmp_path / "gold.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pairwise"]["f1"] == 1.0
    assert cli.main(["evaluate", str(result), str(tmp_path / "gold.csv")]) == 0
    assert "成对：准确率 1.0  召回率 1.0  F1 1.0" in capsys.readouterr().out


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=20))
def test_laws_of_the_figures(labels: list[tuple[int, int]]) -> None:
    ours, gold = np.array(labels).T
    for measure in (evaluation.pairwise, evaluation.b_cubed):
        there, back = measure(ours, gold), measure(gold, ours)
        assert (there["precision"], there["recall"]) == (back["recall"], back["precision"])
    assert evaluation.b_cubed(gold, gold)["f1"] == 1.0
    i, j = np.triu_indices(len(labels), 1)
    counted = evaluation.weighted(ours[i] == ours[j], gold[i] == gold[j], np.ones(len(i)))
    assert counted == evaluation.pairwise(ours, gold)
