"""What pages and lists hide of those who filed."""

from __future__ import annotations

import pytest

from repeatdetect.privacy import Masker, mask_number
from tests.test_novelty import table


@pytest.mark.parametrize(
    ("cell", "words", "hidden"),
    [
        ("87654321/13800001111", "可打87654321找我", "可打＊＊＊＊＊＊＊＊找我"),
        ("87654321、13800001111", "可打8765 4321找我", "可打＊＊＊＊ ＊＊＊＊找我"),
        ("0731-87654321", "可打87654321找我", "可打＊＊＊＊＊＊＊＊找我"),
        ("010-87654321(家)", "可打87654321找我", "可打＊＊＊＊＊＊＊＊找我"),
        ("", "联系电话:0731-8765 4321", "联系电话:＊＊＊＊＊＊＊＊＊ ＊＊＊＊"),
        ("", "联系电话：8765 4321。2021年三月", "联系电话：＊＊＊＊ ＊＊＊＊。2021年三月"),
        ("", "（0731）87654321", "（＊＊＊＊＊＊＊＊＊＊＊＊＊"),
        ("", "2021年3月交了65000元", "2021年3月交了65000元"),
    ],
)
def test_numbers(cell: str, words: str, hidden: str) -> None:
    filings = table(words)
    filings["phone"] = cell
    masked = Masker(filings).text(words)
    assert masked.replace("某", "＊") == hidden
    if not cell:
        assert mask_number(words) == hidden


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("村民李小红、王大柱等12人联名举报何守成", "村民某某某、某某某等12人联名举报何守成"),
        ("举报人：李小红、王大柱、赵铁牛\n何守成占地", "举报人：某某某、某某某、某某某\n何守成占地"),
        ("村民李小红和王大柱联名举报何守成", "村民某某某和某某某联名举报何守成"),
        ("村民李小红与何守成发生争执", "村民某某某与何守成发生争执"),
        ("村民李小红被何守成打伤", "村民某某某被何守成打伤"),
    ],
)
def test_all_who_sign_are_hidden_and_nobody_else(words: str, hidden: str) -> None:
    assert Masker(table(words)).text(words) == hidden
