"""Recusals of five invented counties, each filing a matter of its own: nobody missed, nobody recused for nothing.

`tests/recusals` holds what people write of officials who took part, and what only looks like it: namesakes, relatives,
villages' cadres of the same surname, officials of another township, those who were written to, praised or absent.
应回避 names whose place must stay empty.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import cases as case_stage
from repeatdetect import corpus as corpus_stage
from repeatdetect import filings as canonical_table
from repeatdetect.comparable import Comparable
from repeatdetect.near import Near
from repeatdetect.settings import Settings

FOLDER = Path(__file__).parent / "recusals"
POSTS = (("包案领导", "lead_official"), ("化解责任人", "responsible_official"))


@pytest.mark.parametrize("county", ["jichuan", "linchuan", "chuze", "jiangbei", "changdi"])
def test_who_must_be_recused_is_and_nobody_else(county: str) -> None:
    path = FOLDER / f"{county}_filings.csv"
    gold = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("信访编号")["应回避"]
    ledger = FOLDER / f"{county}_cases.csv"
    corpus = corpus_stage.prepare(canonical_table.canonical(rd.read_filings(path)), jobs=1)
    ids = corpus.filings["filing_id"]
    cases = rd.read_cases(ledger) if ledger.exists() else None
    officials = rd.read_officials(FOLDER / f"{county}_officials.csv")
    wrong = []
    for row, name in enumerate(ids):
        alone = corpus.take(np.array([row]))
        words = Comparable.of(alone).words
        linked = case_stage.link(
            alone, np.array([name], object), [""], Near.nothing(), words, cases, officials, Settings()
        )
        (answer,) = linked.filings.to_dict("records")
        for post, column in POSTS:
            if (post in gold[name]) is not (answer[column] == ""):
                wrong.append((name, post, answer["link_note"]))
    assert wrong == []
