"""What pages and lists hide of those who filed."""

from __future__ import annotations

import time

import pytest

from repeatdetect.privacy import Masker, mask_number
from repeatdetect.signers import signatures_start
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


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("吴家荣、石丁贵等联名：罗大山卖林木", "某某某、某某某等联名：罗大山卖林木"),
        ("卖林木。签名：吴家荣 石丁贵 向小军（手印）", "卖林木。签名：某某某 某某某 某某某（手印）"),
        ("卖林木。\n签名人：\n吴家荣\n石丁贵", "卖林木。\n签名人：\n某某某\n某某某"),
        ("卖林木。\n举报人：吴家荣，石丁贵", "卖林木。\n举报人：某某某，某某某"),
        ("卖林木。\n联名人：吴家荣、石丁贵", "卖林木。\n联名人：某某某、某某某"),
        ("石丁贵来电反映罗大山卖林木。", "某某某来电反映罗大山卖林木。"),
        ("罗大山卖林木。石丁贵 2024年1月", "罗大山卖林木。某某某 2024年1月"),
        ("我是他的堂弟石丁贵，请保密", "我是他的堂弟某某某，请保密"),
        ("我爱人田桂香、大儿子石小军可以作证", "我爱人某某某、大儿子某某某可以作证"),
        ("我的车牌是湘N12345", "我的车牌是＊＊＊＊＊＊＊"),
        ("我家门牌是龙洞村三组28号", "我家门牌是龙洞村＊＊＊＊＊"),
        ("罗大山的车牌是湘N12345", "罗大山的车牌是湘N12345"),
        ("验收人签字是粟小明，收了钱", "验收人签字是粟小明，收了钱"),
        ("他低价租给外甥孔繁星，我父亲从来没答应", "他低价租给外甥孔繁星，我父亲从来没答应"),
        ("李爱民来电反映机耕道", "某某某来电反映机耕道"),
        ("茶农来电反映机耕道", "茶农来电反映机耕道"),
        ("没有人替他们写信。\n桂花村", "没有人替他们写信。\n桂花村"),
        ("罗大山来电威胁我", "罗大山来电威胁我"),
    ],
)
def test_names_of_an_anonymous_letters_writers(words: str, hidden: str) -> None:
    assert Masker(table(words)).text(words) == hidden


def test_whom_the_cells_accuse_stays_readable_in_a_list() -> None:
    words = "举报人：吴家荣，罗大山，村主任"
    filings = table(words)
    filings["accused"] = "罗大山"
    assert Masker(filings).text(words) == "举报人：某某某，罗大山，村主任"


@pytest.mark.parametrize(
    ("words", "accused", "hidden"),
    [
        ("老石我亲眼看见，石师傅作证", "罗大山", "某某我亲眼看见，某某某作证"),
        ("丁贵我亲眼看见", "罗大山", "某某我亲眼看见"),
        ("老石我亲眼看见石大山卖林木", "石大山", "老石我亲眼看见石大山卖林木"),
        ("老石收了钱，石书记不管", "", "老石收了钱，石书记不管"),
        ("丁贵家的地给了罗丁贵", "罗丁贵", "丁贵家的地给了罗丁贵"),
        ("老石村的林木", "罗大山", "老石村的林木"),
    ],
)
def test_a_petitioner_called_for_short_in_his_own_letter(words: str, accused: str, hidden: str) -> None:
    filings = table(words, "罗大山的老石来过")
    filings["petitioner"], filings["accused"] = ["石丁贵", ""], [accused, "罗大山"]
    masker = Masker(filings)
    assert masker.text(words) == hidden
    assert masker.text("罗大山的老石来过") == "罗大山的老石来过"


@pytest.mark.parametrize("address", ["双陂镇卧牛村中坝组", "双陂镇卧牛村三组12号"])
def test_an_address_below_the_village_is_hidden(address: str) -> None:
    letter = f"来电人女，55岁，住{address}，反映低保"
    filings = table(letter)
    filings["address"] = address
    assert Masker(filings).text(letter) == f"来电人女，55岁，住{'某' * len(address)}，反映低保"


@pytest.mark.parametrize("address", ["双陂镇卧牛村", "双陂镇卧牛村委会", "双陂镇卧牛社区居委会", "双陂镇翠湖小区"])
def test_a_bare_village_stays_readable(address: str) -> None:
    letter = f"反映{address}的低保"
    filings = table(letter)
    filings["address"] = address
    assert Masker(filings).text(letter) == letter


@pytest.mark.parametrize("words", ["。" + "和" * 118 + "x", "和" * 500, "张伟、" * 5000, "李" * 20000, "1" * 100000])
def test_hostile_texts_are_read_at_once(words: str) -> None:
    started = time.process_time()
    Masker(table(words)).text(words)
    signatures_start(words)
    assert time.process_time() - started < 5  # without end before
