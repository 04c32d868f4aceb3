"""Towns and villages a text names, and words before 村, 社区, 镇 or 乡 that name none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repeatdetect import corpus, facts
from repeatdetect.addresses import merged_villages, place_of, place_stem, short_town
from repeatdetect.comparable import Comparable
from repeatdetect.compare import compare
from repeatdetect.filings import canonical
from repeatdetect.places import Gazetteer


def settlements(text: str) -> list[tuple[str, str]]:
    """Towns and villages of a text in the order they stand; each must be what its span holds."""
    found = [fact for fact in facts.mentions(text) if fact.kind in ("town", "village")]
    assert all(text[fact.start : fact.end].startswith(fact.value.removesuffix("村")) for fact in found)
    return [(fact.kind, fact.value) for fact in found]


@pytest.mark.parametrize(
    "text",
    [
        "这笔钱用于村道路硬化",
        "应当退回村集体",
        "公章转回社区保管",
        "以后社区再也没有公示",
        "他不服镇纪委的答复",
        "问题一直存在镇里不管",
        "三个村的群众都知道",
        "钱已经交到村里了",
        "修的是通村公路",
        "到底是不是社区的账",
        "放在乡里没人问",
        "郑秋莲持镇纪委的答复来访",
    ],
)
def test_words_of_everyday_speech_name_no_settlement(text: str) -> None:
    assert settlements(text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我是江坪镇长湾村的村民", [("town", "江坪镇"), ("village", "长湾村")]),
        ("举报江坪镇长湾村支书", [("town", "江坪镇"), ("village", "长湾村")]),
        ("家住盐灶镇上灶村", [("town", "盐灶镇"), ("village", "上灶村")]),
        ("羊场镇坪上寨村的路", [("town", "羊场镇"), ("village", "坪上寨村")]),
        ("此件转长湾村处理", [("village", "长湾村")]),
        ("反映刘坡村支书卖地", [("village", "刘坡村")]),
        ("渠湾镇市场监管所收费", [("town", "渠湾镇")]),
        ("大辛店镇的补偿款", [("town", "大辛店镇")]),
        ("我们韩家园村的账", [("village", "韩家园村")]),
        ("岭背布依族苗族乡同心村", [("town", "岭背布依族苗族乡"), ("village", "同心村")]),
    ],
)
def test_settlements_are_told_whole(text: str, told: list[tuple[str, str]]) -> None:
    assert settlements(text) == told


def test_of_units_one_in_the_other_the_longer_counts() -> None:
    told = [(fact.kind, fact.value) for fact in facts.mentions("清河镇中心卫生院乱收费")]
    assert [value for kind, value in told if kind == "unit"] == ["清河镇中心卫生院"]


def test_a_man_before_his_post_is_no_village() -> None:
    assert settlements("反映沈大有村长") == settlements("我们镇上村干部多") == settlements("李家明村长") == []


@pytest.mark.parametrize("village", ["张家庄", "李家湾", "马家河"])
@pytest.mark.parametrize("post", ["村支书", "村主任", "村长"])
def test_a_family_s_village_before_a_post_is_nobody(village: str, post: str) -> None:
    assert settlements(f"{village}{post}邹大力") == [("village", f"{village}村")]
    assert settlements(f"双桥镇{village}{post}邹大力") == [("town", "双桥镇"), ("village", f"{village}村")]


@pytest.mark.parametrize("body", ["石塘村委会", "石塘村民委员会"])
def test_the_committee_of_a_village_is_the_village(body: str) -> None:
    assert settlements(f"反映{body}主任邹大力") == [("village", "石塘村")]


@pytest.mark.parametrize(
    ("cell", "town"),
    [
        ("平川县岭背布依族苗族乡同心村", "岭背布依族苗族乡"),
        ("临水区北闸街道清源社区", "北闸街道"),
        ("经济开发区", "经济开发区"),
        ("安澜县双桥镇石塘村", "双桥镇"),
    ],
)
def test_the_town_of_a_cell(cell: str, town: str) -> None:
    assert place_of(cell)[0] == town


@pytest.mark.parametrize(
    ("cell", "town", "village"),
    [
        ("临江省清平市安澜县双桥镇石塘村", "双桥镇", "石塘村"),
        ("岭南壮族自治区安澜县双桥镇石塘村", "双桥镇", "石塘村"),
        ("临江省云山苗族自治州安澜县双桥镇石塘村", "双桥镇", "石塘村"),
        ("临江省清平市双桥镇石塘村", "双桥镇", "石塘村"),
        ("临江省清平市麓山区双桥镇石塘村", "双桥镇", "石塘村"),
        ("临江省清平市安和市双桥镇石塘村", "双桥镇", "石塘村"),
        ("安澜县 双桥镇 石塘村", "双桥镇", "石塘村"),
        ("安澜县/双桥镇/石塘村", "双桥镇", "石塘村"),
        ("双桥镇石塘村第三村民小组", "双桥镇", "石塘村"),
        ("双桥镇石塘村村民委员会", "双桥镇", "石塘村"),
        ("双桥镇新村社区", "双桥镇", "新村社区"),
        ("双桥街道办石塘社区", "双桥街道办", "石塘社区"),
        ("县直机关", "", ""),
    ],
)
def test_an_address_is_read_whatever_stands_above_the_township(cell: str, town: str, village: str) -> None:
    assert place_of(cell)[:2] == (town, village)


@pytest.mark.parametrize(
    "place", ["刘坡村", "刘坡村委会", "刘坡社区", "刘坡居委会", "刘坡社区居委会", "刘坡镇", "刘坡"]
)
def test_a_place_without_what_it_is(place: str) -> None:
    assert place_stem(place) == "刘坡"


@pytest.mark.parametrize(
    ("long", "short"),
    [("岭背布依族苗族乡", "岭背乡"), ("永济街道办事处", "永济街道"), ("苗族乡", "苗族乡"), ("双桥镇", "双桥镇")],
)
def test_the_short_name_of_a_township(long: str, short: str) -> None:
    assert short_town(long) == short
    assert Gazetteer((long, "双庙镇")).row(short) == long
    assert Gazetteer((short, "双庙镇")).row(long) == short


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("今年5月后窑与红坡两村合并为新窑村", {"后窑", "红坡"}),
        ("坡脚、纳窝两村合并", {"坡脚", "纳窝"}),
        ("我们窑背(2022年和石背村并成高岭村了)", {"石背"}),
        ("高岭村(2022年由家塘、窑背两个村合并)", {"家塘", "窑背"}),
        ("两个学校离得近,村里的账和收据都在", set()),
    ],
)
def test_villages_that_were_merged(text: str, old: set[str]) -> None:
    assert merged_villages(text) == old


def test_a_village_is_itself_under_the_name_it_got_by_a_merger() -> None:
    texts = [
        "后窑村的账目从来没有公开过。",
        "我是新窑村的,今年5月后窑与红坡两村合并为新窑村,后窑的账目没有公开。",
        "新窑村的账目没有公开。",
        "石岭村的账目没有公开。",
    ]
    rows = [{"filing_id": str(k), "text": text} for k, text in enumerate(texts)]
    data = Comparable.of(corpus.prepare(canonical(pd.DataFrame(rows))))
    village = compare(data, np.array([0, 1, 0, 1]), np.array([1, 2, 2, 3]))["village"]
    assert village.tolist() == [1.0, 1.0, -1.0, -1.0]
