"""How a filing's wording relates to the closest earlier one."""

from __future__ import annotations

import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect.alike import relation

LETTER = "柳河村支书王建国2021年把村集体机动地50亩私自发包给其堂弟王建军，承包费8万元没有入账，请查处。" * 6


@pytest.mark.parametrize(
    ("mine", "other", "inside", "kept", "expected"),
    [
        (310, 300, 0.97, 1.0, "extended"),  # a sentence put under a copy
        (300, 300, 0.97, 0.97, "reworded"),
        (310, 300, 0.60, 0.60, "reworded"),
        (400, 300, 0.40, 0.55, "extended"),
        (120, 300, 0.95, 0.40, "shortened"),
        (300, 300, 0.01, 0.02, ""),
    ],
)
def test_relation(mine: int, other: int, inside: float, kept: float, expected: str) -> None:
    assert relation(mine, other, inside, kept) == expected


def test_a_copy_with_one_more_sentence_is_extended() -> None:
    more = LETTER + "另外他2022年卖掉村里的抽沙船，得款12万元给了李国栋。"
    rows = [
        {"filing_id": str(k), "date": f"2023-0{k + 1}-01", "text": text, "accused": "王建国", "place": "清水镇柳河村"}
        for k, text in enumerate((LETTER, more))
    ]
    found = rd.detect(pd.DataFrame(rows)).filings
    assert found["relation"].tolist() == ["", "extended"]
    assert "抽沙船" in found["new_content"][1]
