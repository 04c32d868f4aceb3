"""An old letter sent once more with one fact changed in it: the change is shown, slips of the pen are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from repeatdetect import repeats
from repeatdetect.corpus import prepare
from repeatdetect.filings import canonical

LETTER = (
    "我是松溪镇南坪村村民，今年67岁。反映村支书何守成：2021年修通村水泥路，总价86万元，由施工队长唐大勇承包，没有招标。"
    "2022年9月5日夜里，他让会计邹小满把村东头的抽水机拉到柳树村卖了38台。村里低保户有五十六户，一半是他的亲戚。"
    "我于4月2日写信反映过一次，这是第三次写信，等了两年。\n松溪镇南坪村村民\n2024年3月2日"
)


def new(*texts: str) -> str:
    """New content of the last of some anonymous filings of one matter, twenty days apart."""
    filings = canonical(
        pd.DataFrame(
            {
                "filing_id": [f"S{row:03}" for row in range(len(texts))],
                "date": pd.date_range("2024-03-05", periods=len(texts), freq="20D"),
                "text": list(texts), "named": "no",
            }
        )
    )  # fmt: skip
    none = np.empty(0, np.int64)
    label = np.zeros(len(filings), np.int64)
    return str(repeats.classify(prepare(filings), label, none, none, np.empty(0), {})["new_content"].iloc[-1])


@pytest.mark.parametrize(
    ("old", "changed"),
    [
        ("86万元", "186万元"),
        ("86万元", "八万六千元"),
        ("五十六户", "九十一户"),
        ("38台", "74台"),
        ("2021年", "2018年"),
        ("9月5日", "11月20日"),
        ("唐大勇", "郝春生"),
        ("会计邹小满", "出纳龙三妹"),
        ("柳树村", "青石村"),
    ],
)
def test_a_fact_changed_in_a_copied_letter_is_shown(old: str, changed: str) -> None:
    assert changed in new(LETTER, LETTER.replace(old, changed))


@pytest.mark.parametrize(
    ("after", "added"),
    [
        ("让会计邹小满", "、文书郝春生"),
        ("总价86万元", "另加杂费7.5万元"),
        ("没有招标。", "验收是县水利局工程师郝玉堂签的字"),
        ("没有招标。", "当天就付了30万元"),
    ],
)
def test_a_fact_put_into_a_copied_letter_is_shown(after: str, added: str) -> None:
    stop = "。" if after.endswith("。") else ""
    assert added in new(LETTER, LETTER.replace(after, after + added + stop))


@pytest.mark.parametrize(
    ("old", "changed"),
    [
        ("86万元", "八十六万元"),
        ("86万元", "860000元"),
        ("五十六户", "56户"),
        ("邹小满", "邹小曼"),  # misheard
        ("唐大勇", "唐大永"),
        ("柳树村", "柳述村"),
        ("67岁", "68岁"),
        ("第三次", "第五次"),
        ("等了两年", "等了三年"),
        ("4月2日写信", "6月18日写信"),
        ("\n2024年3月2日", "\n2024年3月21日"),
        ("\n2024年3月2日", "\n2024-03-21"),
        ("我是松溪镇南坪村村民", "我叫郝春生，松溪镇南坪村村民"),
    ],
)
def test_slips_and_what_grows_by_itself_are_not(old: str, changed: str) -> None:
    assert new(LETTER, LETTER.replace(old, changed)) == ""


def test_what_an_earlier_filing_changed_already_is_not_shown_again() -> None:
    changed = LETTER.replace("86万元", "186万元").replace("唐大勇", "郝春生")
    assert "186万元" in new(LETTER, changed)
    assert new(LETTER, changed, changed.replace("\n", " ")) == ""
    assert new(LETTER, changed, LETTER.replace("38台", "38部")) == ""


def test_the_middle_of_a_word_said_twice_is_laid_beside_its_own() -> None:
    letter = "何守成收了张家三千元。" * 3 + "何守成收了李家六千元，何守成收了赵家九千元，都在他家堂屋里给的，没有收据。"
    assert new(letter, letter.replace("李家六千元", "李家四万元")).startswith("何守成收了李家四万元")


@settings(max_examples=60, deadline=None)
@given(st.integers(101, 999_999), st.integers(101, 999_999))
@example(860_000, 1_860_000)
def test_any_other_sum_in_the_same_words_is_shown(one: int, other: int) -> None:
    assume(not 0.5 < one / other < 2)  # a sum rounded is no other one
    told = f"何守成把村里的鱼塘包给了外村人，收了承包费{{}}元，没有进村里的账，也没有开会说过。{LETTER}"
    assert f"{other}元" in new(told.format(one), told.format(other))
