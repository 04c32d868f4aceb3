"""Bodies: what is one under two names, and what are two under nearly one name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repeatdetect import corpus
from repeatdetect.bodies import body_keys, key_weight
from repeatdetect.compare import Comparable, compare
from repeatdetect.filings import canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("中心卫生院", "清河镇"), ("卫生院", "清河镇")),
        (("人民政府", "清河镇"), ("党委", "清河镇")),
        (("党政办", "清河镇"), ("人民政府", "清河镇")),
        (("县第二实验小学", ""), ("第二实验小学", "")),
    ],
)
def test_one_body_under_two_names(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert body_keys(*one) == body_keys(*other)


@pytest.mark.parametrize("generic", ["中心卫生院", "物业公司", "人民政府", "镇中心小学", ""])
def test_what_any_body_may_be_called_tells_nothing(generic: str) -> None:
    assert body_keys(generic, "") == ()


def test_bodies_of_one_township_are_told_apart_by_their_kind() -> None:
    school, health, government = (set(body_keys(unit, "清河镇")) for unit in ("中心小学", "卫生院", "人民政府"))
    assert len(school & health) == len(school & government) == 1
    assert key_weight((school & health).pop()) < key_weight((school - health).pop())


def test_bodies_of_one_kind_in_two_townships_contradict() -> None:
    rows = [("雾场镇中心卫生院", "雾场镇"), ("清河镇中心卫生院", "清河镇"), ("清河镇卫生院", "清河镇"), ("", "")]
    filings = canonical(
        pd.DataFrame(
            [
                {"filing_id": str(k), "unit": unit, "place": town, "text": "医生收受药品回扣"}
                for k, (unit, town) in enumerate(rows)
            ]
        )
    )
    data = Comparable.of(corpus.prepare(filings))
    evidence = compare(data, np.array([0, 1, 0]), np.array([1, 2, 3]))
    assert evidence["body"].tolist()[:2] == [pytest.approx(evidence["body"][0]), 1.0]
    assert evidence["body"][0] < 0.34
    assert evidence["body"].isna().tolist() == [False, False, True]
    assert evidence["conflict"].tolist() == [2.0, 0.0, 0.0]
