"""Which case a matter belongs to when the accused alone does not tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repeatdetect import cases as case_stage
from repeatdetect import corpus as corpus_stage
from repeatdetect import filings as canonical_table
from repeatdetect.comparable import Comparable
from repeatdetect.near import Near
from repeatdetect.settings import Settings

CASE = {
    "case_id": "J-1", "subject": "反映上河村碎石场承包费去向", "accused": "骆占山", "unit": "上河村党支部",
    "place": "清溪镇上河村", "status": "化解中", "lead_official": "古思齐", "lead_post": "县监委委员",
    "responsible_official": "向明远", "responsible_post": "", "responsible_unit": "清溪镇党委", "filing_ids": "",
    "first_petition_date": pd.Timestamp("2024-03-04"), "due_date": pd.Timestamp("2025-12-31"), "closed_date": pd.NaT,
}  # fmt: skip
STONES = "碎石场的承包费一年十八万元，村里的账上一分也没有，全落进了他的口袋。"
DINNER = "他给孙子办满月酒，请了四十桌，开碎石场的老板一个人随礼两千元。"


def linked(
    *texts: str, accused: str = "骆占山", case: dict[str, object] | None = None, first: str = "2024-03-04",
    chance: float = 0.0,
) -> list[str]:  # fmt: skip
    """Case of each filing, every one a matter of its own, fifty days apart; `chance` of any two being one matter."""
    filings = pd.DataFrame({"text": texts})
    filings["filing_id"] = [f"F{number}" for number in range(len(texts))]
    filings["accused"], filings["place"] = accused, "清溪镇上河村"
    filings["date"] = pd.date_range(first, periods=len(texts), freq="50D")
    corpus = corpus_stage.prepare(canonical_table.canonical(filings), jobs=1)
    nobody = np.empty(0, np.int64)
    near = Near(nobody, nobody, np.empty(0), lambda i, j: np.full(len(i), chance))
    ids = corpus.filings["filing_id"].to_numpy(object)
    words, cases = Comparable.of(corpus).words, pd.DataFrame([CASE | (case or {})])
    answer = case_stage.link(corpus, ids, [""] * len(ids), near, words, cases, None, Settings())
    return answer.filings["case_id"].tolist()


@pytest.mark.parametrize(("chance", "case"), [(0.0, ""), (0.9, "J-1")])
def test_the_same_accused_is_not_enough_where_the_filing_that_began_the_case_is_at_hand(
    chance: float, case: str
) -> None:
    assert linked(STONES, DINNER, chance=chance) == ["J-1", case]


def test_the_same_accused_and_words_are_enough_where_it_is_not() -> None:
    assert linked(DINNER, first="2024-06-03") == ["J-1"]


@pytest.mark.parametrize(("text", "case"), [(STONES, "J-1"), (DINNER, "")])
def test_a_matter_that_begins_when_the_case_was_over_takes_more_words(text: str, case: str) -> None:
    over = {"status": "已办结", "due_date": pd.Timestamp("2024-05-31")}
    assert linked(text, first="2024-06-03", case=over) == [case]


@pytest.mark.parametrize(("accused", "case"), [("冷锋", "J-1"), ("冷柯", "")])
def test_names_of_two_characters_of_a_doubtful_surname_are_names(accused: str, case: str) -> None:
    # who the case is about is all that ties the two: another place, no date, hardly a word
    ledger = {
        "accused": "冷锋",
        "place": "白石乡",
        "unit": "",
        "subject": "反映夜市收费",
        "first_petition_date": pd.NaT,
    }
    assert linked("夜市上每个摊子都要给他收费，不给就抄摊子。", accused=accused, case=ledger) == [case]
