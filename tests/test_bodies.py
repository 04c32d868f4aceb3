"""Bodies: what is one under two names, and what are two under nearly one name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from repeatdetect import corpus
from repeatdetect.addresses import counties
from repeatdetect.bodies import body_keys, key_weight
from repeatdetect.comparable import Comparable
from repeatdetect.compare import compare
from repeatdetect.filings import canonical
from repeatdetect.text import sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("中心卫生院", "清河镇"), ("卫生院", "清河镇")),
        (("人民政府", "清河镇"), ("党委", "清河镇")),
        (("党政办", "清河镇"), ("人民政府", "清河镇")),
        (("县第二实验小学", ""), ("第二实验小学", "")),
        (("县第二实验小学", ""), ("二实小", "")),
        (("县一中", ""), ("第一中学", "")),
        (("一完小", ""), ("县第一小学", "")),
        (("县医院", ""), ("县人民医院", "青溪镇")),
        (("人民医院", ""), ("区医院", "")),
        (("县法院", ""), ("县人民法院", "")),
        (("县农村信用联社青溪信用社", "青溪镇"), ("信用社", "青溪镇")),
        (("县公安局青溪派出所", "青溪镇"), ("派出所", "青溪镇")),
        (("青溪小学", "青溪镇"), ("中心小学", "青溪镇")),
        (("民政局", ""), ("县民政局", "青溪镇")),  # a township has none
        (("农服中心", "青溪镇"), ("农业农村综合服务中心", "青溪镇")),
        (("供水占", "青溪镇"), ("供水站", "青溪镇")),
        (("清泉供水有限责任公司", ""), ("清泉供水公司", "")),
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


@pytest.mark.parametrize("unit", ["水管站", "民政办", "移民工作站", "市场监管所", "烟叶站"])
def test_what_every_township_has_is_two_bodies_in_two(unit: str) -> None:
    assert set(body_keys(unit, "清河镇")).isdisjoint(body_keys(unit, "雾场镇"))
    assert body_keys(unit, "") == ()


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("检举岚琳县交通运输局副局长用公车接送孩子。", "岚琳"),
        ("我们是泰岱县农商银行的储户。", "泰岱"),
        ("反映县交通运输局副局长用公车接送孩子。", ""),
        ("我县民政局的人都知道。", ""),
    ],
)
def test_a_text_tells_the_county_before_a_body(text: str, county: str) -> None:
    assert counties((), (text,)) == ({sound(county)} if county else set())


def _body(*units: tuple[str, str]) -> list[float]:
    """`body` of the first with each of the others."""
    rows = [
        {"filing_id": str(k), "unit": unit, "place": town, "text": "账目不公开"} for k, (unit, town) in enumerate(units)
    ]
    data = Comparable.of(corpus.prepare(canonical(pd.DataFrame(rows))))
    others = np.arange(1, len(units))
    return [float(value) for value in compare(data, np.zeros(len(others), np.int64), others)["body"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("县一中", "县二中"),
        ("第一中学", "第二中学"),
        ("一完小", "二完小"),
        ("青溪一小", "青溪二小"),
        ("东关幼儿园", "西关幼儿园"),
        ("城东中队", "城西中队"),
        ("县医院", "县中医院"),
        ("县医院", "县法院"),
    ],
)
def test_a_number_or_a_side_makes_another_body(one: str, other: str) -> None:
    assert _body((one, ""), (other, ""))[0] < 0.34


def test_the_one_firm_of_a_trade_is_the_same_under_its_name_and_without() -> None:
    assert min(_body(("县热力公司", ""), ("暖阳热力公司", ""), ("热力公司", ""), ("暖阳热力有限责任公司", ""))) > 0.6


def test_a_department_belongs_to_its_hospital() -> None:
    assert min(_body(("县人民医院骨科", ""), ("县医院", ""), ("人民医院检验科", ""))) > 0.6


def test_a_township_body_with_its_name_and_without_a_township_agree() -> None:
    assert min(_body(("青溪林业站", ""), ("林业站", "青溪镇"))) > 0.6


def test_the_government_of_a_township_is_no_other_body_than_its_stations() -> None:
    assert np.isnan(_body(("政府", "青溪镇"), ("林业站", "青溪镇"))).all()
