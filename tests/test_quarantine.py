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
