"""Numbers and dates of running text: what they are worth, what they measure, and what is none."""

from __future__ import annotations

import pytest

from repeatdetect import numerals, text
from repeatdetect.encoding import encode
from repeatdetect.facts import mentions
from repeatdetect.filings import canonical
from tests.test_novelty import table


def told(words: str) -> list[tuple[str, str]]:
    return [(kind, value) for kind, value, _, _ in numerals.numbers(text.normalise(words))]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("十多万元", "100000"), ("三十多万元", "300000"), ("50余万元", "500000"), ("十几万块", "100000"), ("百余万元", "1000000"),
        ("3百万元", "3000000"), ("5千万元", "50000000"), ("3万5千元", "35000"), ("3万5千2百元", "35200"),
        ("1万2000元", "12000"), ("1亿2千万元", "120000000"), ("1亿2000万元", "120000000"), ("3千5百万元", "35000000"),
        ("1,200元", "1200"), ("12,000,000元", "12000000"), ("1,200.50元", "1200.5"), ("12.5亿", "1250000000"),
        ("卅万元", "300000"), ("廿四万", "240000"), ("三点五万", "35000"), ("三万零五十元", "30050"),
        ("五亿五千六百八十九万四千九百二十四", "556894924"), ("两三万元", "20000"), ("一千二三百元", "1200"),
        ("三万八千五一亩", "38500"), ("六十四万八", "648000"), ("一块钱", "1"), ("罚了300块给他", "300"),
    ],
)  # fmt: skip
def test_sums(words: str, value: str) -> None:
    assert told(words) == [("sum", value)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("1万2千亩", [("area", "12000")]),
        ("廿亩", [("area", "20")]),
        ("二十三四岁", [("count", "23岁")]),
        ("十点二十人", [("count", "20人")]),
        ("户数十二户", [("count", "12户")]),
        ("14块地", [("count", "14块")]),
        ("3万8一亩", [("sum", "38000"), ("area", "1")]),
        ("2000，3000，4000元", [("sum", "4000")]),
        ("交了5000，300人签字", [("count", "300人")]),
        ("每亩6000，640亩", [("area", "640")]),
    ],
)
def test_what_is_measured(words: str, found: list[tuple[str, str]]) -> None:
    assert told(words) == found


@pytest.mark.parametrize(
    "words", ["几万元", "几十万元", "数百万元", "若干万元", "一块地", "我们一块去了", "十七八个人", "七八户", "十来万", "万一", "千万不要"]
)  # fmt: skip
def test_what_tells_no_number(words: str) -> None:
    assert told(words) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("5公里", "5米", False),
        ("5公里", "5000米", True),
        ("20公分", "0.2米", True),
        ("5亩", "5平方米", False),
        ("1公顷", "15亩", True),
        ("60头", "60只", True),
    ],
)
def test_units_tell_numbers_apart(one: str, other: str, same: bool) -> None:
    (left,), (right,) = mentions(one), mentions(other)
    assert (left.amount == right.amount) is same
    features, _, _ = encode(canonical(table(f"修路{one}。", f"修路{other}。")))
    ids = features["numbers"]
    assert bool(ids.ids[0] == ids.ids[1]) is same
    assert len(ids.ids) == 2


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2020年元月", ["2020-01"]),
        ("二〇二一年元月五日", ["2021-01"]),
        ("2021.3", ["2021"]),
        ("面积2005.3平方米", []),
        ("全长2005.3米", []),
        ("1998.5万元", []),
    ],
)
def test_dates(words: str, found: list[str]) -> None:
    assert [value for value, _, _ in numerals.dates(words)] == found


@pytest.mark.parametrize(
    "words", ["亿" * 900 + "元", "三点" + "一" * 40 + "亿" * 40, "9" * 500 + "元", "1" + ",000" * 200 + "元"]
)
def test_numbers_without_end_are_no_error(words: str) -> None:
    list(numerals.numbers(words))
