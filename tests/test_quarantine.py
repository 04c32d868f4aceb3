"""Quarantine: cadres above the office are set apart, a letter that merely addresses one is not."""

from __future__ import annotations

import pandas as pd
import pytest

from repeatdetect.filings import canonical
from repeatdetect.quarantine import quarantine
from repeatdetect.settings import Settings


@pytest.mark.parametrize(
    "text", ["尊敬的童县长：我家门前的路灯坏了三个月。", "打过12345市长热线投诉，没有结果，望市长关心。"]
)
def test_an_addressee_is_not_accused(text: str) -> None:
    kept, rejects = quarantine(canonical(pd.DataFrame({"filing_id": ["A"], "text": [text]})), Settings())
    assert len(kept) == 1
    assert rejects == []


def test_an_accused_above_the_office_is_set_apart_without_content() -> None:
    table = pd.DataFrame({"filing_id": ["A"], "accused": ["童某"], "post": ["副县长"], "text": ["收受红包。"]})
    kept, rejects = quarantine(canonical(table), Settings())
    assert len(kept) == 0
    assert rejects[0]["filing_id"] == "A"
    assert "红包" not in str(rejects)


def _set_apart(cells: dict[str, str], settings: Settings | None = None) -> bool:
    table = pd.DataFrame({"filing_id": ["A"], **{name: [cell] for name, cell in {"text": "请查。", **cells}.items()}})
    return not len(quarantine(canonical(table), settings or Settings())[0])


@pytest.mark.parametrize(
    "title",
    [
        "反映超市长期占道经营",
        "举报我县长期拖欠工资",
        "反映城市长期积水",
        "举报县长江路违建",
        "反映社区长期停水",
        "反映小区长期没有物业",
    ],
)
def test_a_long_time_is_no_head_of_a_county(title: str) -> None:
    assert not _set_apart({"title": title})


@pytest.mark.parametrize(
    "title", ["反映县长童某收受红包", "举报副县长童某", "反映原县委书记童某的问题", "反映市长童某"]
)
def test_a_title_about_who_is_above_the_office_is(title: str) -> None:
    assert _set_apart({"title": title})


@pytest.mark.parametrize(
    "cells",
    [
        {"authority": " ", "post": "县委书记"}, {"authority": "/", "post": "县委书记"}, {"authority": "不详", "rank": "县处级副职"},
        {"rank": "副县级"}, {"rank": "正处"}, {"post": "縣委書記"}, {"post": "县委 书记"}, {"post": "区委书记"}, {"post": "副区长"},
        {"unit": "安澜县委", "post": "书记"}, {"post": "市人大副主任"}, {"post": "省委组织部部长"}, {"unit": "县政协", "post": "主席"}, {"unit": "县委组织部", "post": "部长"}, {"rank": "县（处）级副职"},
        {"unit": "县人民法院", "post": "院长"}, {"rank": "副厅"}, {"authority": "市管干部"}, {"authority": "省管"},
        *({"authority": told} for told in ("市委", "市", "省", "中央", "省委", "省委组织部", "市级", "州管", "州委管理", "盟管", "地管", "安澜市", "县处级", "厅局级", "自治区")),
        *({"authority": told, "post": "县委书记"} for told in ("-", "组织部", "非县管", "教育局党组", "市场监管局")),
        *({"post": post} for post in ("二级巡视员", "县水利局四级调研员", "旗长", "旗委书记", "州长", "盟委书记", "地委书记", "行署专员")),
        *({"rank": rank} for rank in ("二级巡视员", "一级巡视员", "一级调研员", "二级调研员", "三级调研员", "四级调研员")),
    ],
)  # fmt: skip
def test_cells_that_mean_somebody_above(cells: dict[str, str]) -> None:
    assert _set_apart({"accused": "童某", **cells})


@pytest.mark.parametrize(
    "cells",
    [
        {"unit": "县水利局", "post": "书记"}, {"unit": "梁家村党支部", "post": "书记"}, {"authority": "非市管"}, {"authority": "县管", "post": "县委书记"}, {"rank": "正科级"}, {"rank": "处长级以下"}, {"post": "小区长"},
        {"post": "处长助理"}, {"post": "村主任"}, {"post": "超市长期供货商"}, {"rank": "四级主任科员"}, {"post": "红旗村主任"}, {"post": "红旗长期供货商"},
        *({"authority": told, "post": "县委书记"} for told in ("县", "县委", "县级", "县（市、区）管", "区管", "旗管", "本级", "安澜市清溪县管", "科级", "属地管理", "县委组织部管理", "清溪街道办事处", "乡镇土地管理所")),
    ],
)  # fmt: skip
def test_cells_that_mean_nobody_above(cells: dict[str, str]) -> None:
    assert not _set_apart({"accused": "童某", **cells})


@pytest.mark.parametrize(
    ("accused", "apart"),
    [
        ("童伟", True),
        ("童　伟", True),
        ("骆占山、童伟", True),
        ("童伟（书记）", True),
        ("童伟民", False),
        ("骆占山", False),
    ],
)
def test_the_offices_own_leader_by_any_writing_of_the_name(accused: str, apart: bool) -> None:
    assert _set_apart({"accused": accused}, Settings(own_leaders=("童伟",))) is apart
    assert _set_apart({"accused": accused}, Settings(own_leaders=("童 伟",))) is apart


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("县委书记卜世仁收受开发商贿赂二百万元。", True),
        ("副县长卜世义和人合伙开矿，压住举报信不查。", True),
        ("县人大主任马东升收受礼金。", True),
        ("县政协副主席马东升强占土地。", True),
        ("县委政法委书记吴刚包庇黑恶势力。", True),
        ("县人大主任马东升来调研过，村主任梁大柱收了两万元。", False),
        ("村主任梁大柱请县委书记吃饭。", False),
        ("A市长房云时代小区的房屋漏水，物业收了钱不修。", False),
        ("请张县长百忙之中关注一下，开发商收了定金不退。", False),
        ("县长热线收了我们的诉求，村里的路还是没有修。", False),
    ],
)
def test_who_is_above_the_office_and_named_by_the_text_alone(text: str, apart: bool) -> None:
    assert _set_apart({"text": text}) is apart


def test_a_village_that_a_deputy_looks_after_is_not_about_them() -> None:
    assert not _set_apart({"title": "反映副县长包保的梁家村支书梁大柱"})


LEADER = Settings(own_leaders=("陈志远",))


@pytest.mark.parametrize("accused", ["王建军", ""])
@pytest.mark.parametrize(
    ("told", "apart"),
    [
        ("陈志远收了王建军十万元，压案不查。", True), ("陈志远指使王建军强拆。", True), ("县纪委陈志远收了王建军的钱。", True),
        ("县纪委陈书记收了王建军的钱。", True), ("县纪委书记陈志远包庇王建军。", True), ("找过陈志远书记，他收了材料压着不办。", True),
        ("请陈志远书记为民做主。", False), ("多次向陈志远书记反映没有结果。", False), ("转陈志远书记阅。", False), ("感谢陈志远书记。", False),
        ("抄送：县纪委书记陈志远", False), ("此致 县纪委 陈志远书记", False), ("陈志远书记批示要求查处。", False), ("清溪镇陈书记收了钱。", False),
        ("县教育局纪委陈书记收了钱。", False), ("县纪委陈副书记收了钱。", False), ("村民陈志远收了补偿款两万元。", False),
    ],
)  # fmt: skip
def test_a_text_about_the_offices_own_leader_and_one_that_only_addresses_him(
    told: str, apart: bool, accused: str
) -> None:
    cells = {"accused": accused, "unit": "清溪镇上河村", "text": f"王建军侵占林地补偿款。{told}"}
    assert _set_apart(cells, LEADER) is apart


@pytest.mark.parametrize(
    ("accused", "unit", "post", "apart"),
    [
        ("陈书记", "县纪委", "", True), ("陈书记", "县纪委监委", "", True), ("陈书记", "县纪委", "书记", True), ("陈某", "县纪委监委", "书记", True),
        ("陈某某书记", "县监察委员会", "", True), ("陈书记", "", "县纪委书记", True), ("陈副书记", "县纪委", "", False), ("陈常委", "县纪委", "常委", False),
        ("陈书记", "清溪镇纪委", "", False), ("陈书记", "县水利局", "", False), ("陈书记", "上河村", "", False), ("陈致远", "县水利局", "", False),
    ],
)  # fmt: skip
def test_surname_and_title_within_the_office_are_its_leader(accused: str, unit: str, post: str, apart: bool) -> None:
    cells = {"accused": accused, "unit": unit, "post": post, "text": f"{accused}收受王建军十万元。"}
    assert _set_apart(cells, LEADER) is apart


@pytest.mark.parametrize(
    ("level", "authority", "apart"),
    [
        ("市", "市管", False), ("市", "州管", False), ("市", "处级", False), ("市", "省", True), ("市", "厅局级", True), ("市", "中央", True),
        ("省", "省管", False), ("省", "市", False), ("省", "中管", True), ("省", "省部级", True),
    ],
)  # fmt: skip
def test_an_authority_is_above_or_not_by_the_offices_own_level(level: str, authority: str, apart: bool) -> None:
    assert _set_apart({"accused": "童某", "authority": authority}, Settings(own_level=level)) is apart


@pytest.mark.parametrize("accused", ["", "孙立新", "王建军、孙立新"])
@pytest.mark.parametrize(
    "told",
    [
        "县委书记孙立新收受开发商贿赂五十万元", "我实名反映县委书记孙立新的问题：收受开发商贿赂", "县纪委书记孙立新收受茅台酒，包庇亲属", "副县长孙立新插手工程收受回扣",
        "县委副书记、县长孙立新收受贿赂", "县委常委、组织部部长孙立新卖官鬻爵", "县委孙立新书记收受贿赂", "孙立新县长收受贿赂", "孙立新（县委常委）收受贿赂", "安澜县长孙立新收受贿赂",
        "安澜县县长孙立新收受贿赂", "县长孙立新在县城有三套房来源不明", "县人民检察院检察长孙立新压案受贿", "市水利局副局长孙立新受贿", "市教育局长孙立新受贿", "省公路局处长孙立新索贿", "市纪委副书记孙立新受贿",
        "市中级人民法院院长孙立新受贿", "市政府副秘书长孙立新受贿", "县纪委主要领导孙立新受贿",
    ],
)  # fmt: skip
def test_a_text_calls_the_accused_by_a_post_above_the_office(told: str, accused: str) -> None:
    assert _set_apart({"accused": accused, "text": told})


@pytest.mark.parametrize(
    ("accused", "told"),
    [
        ("孙立新", "孙立新，男，时任县委书记，收受贿赂"), ("孙立新", "孙立新任副县长期间收受贿赂"), ("孙书记", "县委书记孙立新收受贿赂"), ("孙某", "县委书记孙某收受贿赂"),
        ("", "县政府曹县长去年收受王老板茅台"), ("", "孙立新，县长，收受贿赂"),
    ],
)  # fmt: skip
def test_further_ways_of_calling_the_accused_so(accused: str, told: str) -> None:
    assert _set_apart({"accused": accused, "text": told})


@pytest.mark.parametrize(
    "told",
    [
        "县委书记来村里看过，村主任梁大柱收了两万元", "县委书记孙立新的外甥梁大柱收了两万元", "梁大柱请县长吃饭，收了两万元", "梁大柱找县长孙立新打招呼，强占林地",
        "县委书记孙立新和村主任梁大柱一起吃饭", "副县长孙立新、村主任梁大柱都在场，收了红包", "梁大柱是县委书记的司机，收了红包", "梁大柱，县委书记来的时候他收了红包",
    ],
)  # fmt: skip
def test_a_text_that_speaks_of_somebody_above_while_the_cell_accuses_a_villager(told: str) -> None:
    assert not _set_apart({"accused": "梁大柱", "text": told})


def test_a_village_secretary_is_not_the_countys_of_that_surname() -> None:
    assert not _set_apart({"accused": "孙书记", "unit": "上河村", "text": "县委书记孙立新来过，孙书记收了钱"})


@pytest.mark.parametrize(
    "told",
    [
        "A市长房小区的物业经理王建军收了钱", "A市长房云时代小区物业经理王建军收了钱", "我县长岭镇镇长王建军收礼", "我县长安街道主任王建军收礼", "该县长寿村支书王建军收钱", "县长途车站王建军乱收费",
        "县市场监管局局长王建军收礼", "县城市管理局局长王建军收礼", "清溪镇菜市场管理办公室主任王建军收了摊位费", "市公安局安澜分局局长王建军收礼", "江州市清溪县水利局局长王建军收礼",
        "省道办公室主任王建军收礼", "梧州路办事处主任王建军收礼", "市长您好，我们小区停水三个月，物业收了钱不修", "尊敬的张县长：物业收了钱不修。请张县长关注一下", "尊敬的县委王书记：村支书王建军收礼",
    ],
)  # fmt: skip
def test_words_that_only_look_like_a_post_above_and_who_is_written_to(told: str) -> None:
    assert not _set_apart({"text": told})


@pytest.mark.parametrize(
    ("unit", "post", "apart"),
    [
        ("市水利局", "局长", True), ("省公路局", "处长", True), ("市纪委监委", "副书记", True), ("市中院", "院长", True), ("市政府", "副秘书长", True), ("市民政局", "局长", True), ("县人民检察院", "检察长", True),
        ("县公安局", "局长", False), ("A市长房物业公司", "经理", False), ("县市政局", "局长", False), ("市政公司", "主任", False), ("超市采购中心", "主任", False), ("市场服务中心", "主任", False),
    ],
)  # fmt: skip
def test_heads_of_the_bodies_of_a_level_above(unit: str, post: str, apart: bool) -> None:
    assert _set_apart({"accused": "童某", "unit": unit, "post": post}) is apart


@pytest.mark.parametrize(
    ("cells", "apart"),
    [
        ({"unit": "江州市水利局", "post": "局长"}, False), ({"text": "市水利局局长王建军收礼"}, False), ({"authority": "市管"}, False), ({"post": "市委书记"}, True),
        ({"authority": "地级市管"}, True), ({"authority": "省管"}, True), ({"unit": "省公路局", "post": "处长"}, True), ({"rank": "副处级"}, True),
    ],
)  # fmt: skip
def test_the_bodies_of_a_city_of_county_level_are_its_own(cells: dict[str, str], apart: bool) -> None:
    assert _set_apart({"accused": "童某", **cells}, Settings(own_level="县级市")) is apart


@pytest.mark.parametrize(
    "authority",
    ["非县管", "不属本级", "不属于本级管辖", "非本级", "上级管理", "上级机关", "超出本级权限", "高于本级", "县以上"],
)
def test_an_authority_that_is_not_ours_is_above(authority: str) -> None:
    assert _set_apart({"accused": "童某", "authority": authority})


@pytest.mark.parametrize(
    "cells",
    [
        {"authority": "非县管", "unit": "上河村", "post": "村主任"}, {"authority": "不属本级", "unit": "清溪镇政府"}, {"authority": "上级授权本级管理"}, {"authority": "非上级管理"}, {"authority": "非市管"},
    ],
)  # fmt: skip
def test_an_authority_that_is_below_or_handed_to_us_is_not(cells: dict[str, str]) -> None:
    assert not _set_apart({"accused": "童某", **cells})


ASIDE = [
    ("", "石光荣的姐夫是副县长，他侵占苗木款4万元。"),
    ("", "石光荣说他和县委书记是同学，他侵占苗木款4万元。"),
    ("", "石光荣是原县委书记陈平一手提拔的，他侵占苗木款4万元。"),
    ("", "石光荣辱骂县长，他侵占苗木款4万元。"),
    ("反映石光荣问题致县长的一封信", "石光荣侵占苗木款4万元。"),
    ("反映县长批示不落实", "石光荣侵占苗木款4万元。"),
    ("反映给县长写信后遭报复", "石光荣侵占苗木款4万元。"),
]


@pytest.mark.parametrize(("title", "told"), ASIDE)
@pytest.mark.parametrize("cells", [{}, {"accused": "石光荣", "post": "村主任", "unit": "石门村"}])
def test_whom_the_accused_knows_and_who_is_written_to_accuses_nobody_above(
    title: str, told: str, cells: dict[str, str]
) -> None:
    assert not _set_apart({"title": title, "text": told, **cells})


def test_a_title_beside_a_villager_in_the_cell_is_about_the_villager() -> None:
    cells = {"accused": "石光荣", "post": "村主任", "unit": "石门村"}
    assert not _set_apart({"title": "举报县委书记亲自表扬的石光荣", "text": "石光荣侵占苗木款4万元。", **cells})
    assert _set_apart({"title": "反映县长童某收受红包", "text": "童某收受红包4万元。"})
    assert _set_apart({"title": "反映县长石光荣收受红包", "text": "石光荣收受红包4万元。", **cells})


@pytest.mark.parametrize(
    ("unit", "post"),
    [
        ("青石镇集市管理办公室", "主任"),
        ("神州医院", "院长"),
        ("九州集团", "副主任"),
        ("加盟中心", "主任"),
        ("上市办", "主任"),
    ],
)
def test_a_level_within_another_word_is_none(unit: str, post: str) -> None:
    assert not _set_apart({"unit": unit, "post": post, "accused": "张建国"})
    assert not _set_apart({"text": f"{unit}{post}张建国多收摊位费。"})
