"""Which row of the officials' table a matter falls to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect.places import Gazetteer, row_of, told_body

TOWNS = ("清溪镇", "枫木桥镇", "文昌街道", "县直单位")
KNOWN = Gazetteer(TOWNS)


def row(place: str = "", unit: str = "", told: Sequence[str] = (), words: str = "") -> str:
    cells = ([cell] if cell else [] for cell in (place, unit, "", words))
    return row_of(KNOWN, Counter(told), Counter(), *cells)


@pytest.mark.parametrize(
    ("unit", "place", "expected"),
    [
        ("文昌第二小学", "文昌街道", "县直单位"),
        ("文昌第二小学", "", "县直单位"),
        ("清溪镇第二小学", "清溪镇", "清溪镇"),
        ("文昌街道中心幼儿园", "文昌街道", "文昌街道"),
        ("化肥厂留守处", "", "县直单位"),
        ("祁暖热力公司", "", "县直单位"),
        ("派出所", "", ""),
        ("上河村合作社", "", ""),
    ],
)
def test_bodies_of_the_county_without_its_name(unit: str, place: str, expected: str) -> None:
    assert row(place, unit) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("县城管大队的人来收钱。", "县直单位"), ("小区物业公司乱收费。", ""), ("开发区那家医院的事。", "")],
)
def test_an_estate_is_no_county(words: str, expected: str) -> None:
    assert row(words=words) == expected


@pytest.mark.parametrize(
    ("title", "text", "body"),
    [
        ("县交警大队辅警收钱", "一辆车一个月六百元。", "县交警大队"),
        ("公车私用", "安宁县职业中专校长骆占山每天坐公车上下班。", "县职业中专"),
        ("公车私用", "骆占山说县职业中专也是这么办的。", ""),
        ("县信访局转来一封信", "村里的路坏了。", ""),
        ("县公安局清溪派出所所长骆占山", "", ""),
        ("小区物业公司", "乱收费。", ""),
    ],
)
def test_a_body_of_the_county_is_told_by_title_or_beside_the_name(title: str, text: str, body: str) -> None:
    assert told_body(title, text, ["骆占山"], TOWNS) == body


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("水利局骆占山老婆挂名领工资。", "县直单位"),
        ("林业医院救护车给院长拉柴火。", "县直单位"),
        ("县政务大厅不动产窗口中午没人。", "县直单位"),
        ("县第一实验小学调座位要送礼。", "县直单位"),
        ("水利局领导：村里的水渠垮了。", ""),
        ("信访局：村里的水渠垮了。", ""),
        ("饭局上骆占山收了钱。", ""),
        ("我去医院找过骆占山。", ""),
    ],
)
def test_a_text_that_begins_with_a_body_of_which_townships_have_none(words: str, expected: str) -> None:
    assert row(words=words) == expected


def test_the_long_name_of_the_office_is_no_place_either() -> None:
    assert row(unit="县纪律检查委员会", told=["清溪镇"]) == "清溪镇"
    assert row(unit="县监察委员会", told=["清溪镇"]) == "清溪镇"


def test_the_county_that_bears_its_seats_name_is_not_the_seat() -> None:
    assert row(unit="清溪县城乡公交公司", told=["枫木桥镇"]) == "县直单位"
    assert row(unit="清溪县城乡公交公司", place="枫木桥镇") == "枫木桥镇"
    assert row(unit="清溪县枫木桥镇卫生院") == "枫木桥镇"


def test_a_village_cadre_is_of_no_county_body_the_text_speaks_of() -> None:
    told = {"filing_id": ["F0"], "accused": ["骆占山"], "date": [pd.Timestamp("2024-06-03")], "title": ["补贴"]}
    filings = pd.DataFrame({**told, "text": ["主任骆占山少报了五亩地，县农业局说要问村里。"], "post": ["村委会主任"]})
    assert _charged(filings) == ("", "")
    assert _charged(filings.assign(post="科长")) == ("严守正", "钟其昌")


def test_where_the_accused_lives_is_not_where_the_matter_lies() -> None:
    filings = pd.DataFrame({
        "filing_id": ["F0"], "accused": ["骆占山"], "date": [pd.Timestamp("2024-06-03")], "title": ["公车私用"],
        "text": ["安宁县职业中专校长骆占山坐公车上下班，从县城到他住的枫木桥镇，单边三十公里。"],
    })  # fmt: skip
    assert _charged(filings) == ("严守正", "钟其昌")


def test_who_is_against_a_leader_of_the_office_goes_by_the_township_told() -> None:
    filings = pd.DataFrame({
        "filing_id": ["F0"], "accused": ["古思齐"], "date": [pd.Timestamp("2024-06-03")], "place": ["县直"],
        "text": ["县纪委常委古思齐联系清溪镇期间，多次在清溪镇接受老板宴请。"],
    })  # fmt: skip
    assert _charged(filings) == ("", "向明远")


def _charged(filings: pd.DataFrame) -> tuple[str, str]:
    columns = ["town", "secretary", "mayor", "lead_official", "lead_post"]
    rows = [
        ("清溪镇", "向明远", "", "古思齐", "县纪委常委"), ("枫木桥镇", "饶思远", "", "古思齐", "县纪委常委"),
        ("县直单位", "钟其昌", "", "严守正", "县监委委员"),
    ]  # fmt: skip
    (answer,) = rd.detect(filings, officials=pd.DataFrame(rows, columns=columns)).filings.to_dict("records")
    return answer["lead_official"], answer["responsible_official"]
