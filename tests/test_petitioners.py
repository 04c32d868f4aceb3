"""同人: who is one person, who is not, and who is never asked about."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import repeats
from repeatdetect.corpus import prepare
from repeatdetect.petitioners import Petitioner, people
from repeatdetect.privacy import Masker
from tests.test_novelty import table

HOME = "松溪镇南坪村三组12号"


def person(names: str, identity: str = "", phone: str = "", address: str = "", named: str = "yes") -> Petitioner:
    return Petitioner.of(named, names, identity, phone, address)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("蓝水生"), person("蓝水生")),
        (person("蓝水生", phone="13800000001"), person("蓝水生", phone="13800000002")),
        (person("蓝水生", "990101196001010011"), person("兰水生", "990101196001010011")),
        (person("蓝水生", "990101196001010011"), person("蓝水生", "990101********0011")),
        (person("蓝水生", phone="13800000001"), person("兰水生", phone="138****0001")),
        (person("蓝水生、石大有", "990101196001010011"), person("石大有", "990101196502020022")),
        (person("蓝水生", "990101196001010011", "13800000001"), person("蓝水生", "990101196001010017", "13800000001")),
        (person("蓝水生", address=HOME), person("兰水生", address="松溪镇 南坪村三组12号")),
        (person("", "990101196001010011"), person("蓝水生", "990101196001010011")),
        (person("蓝水生", "9901011960010100xx"), person("蓝水生", "990101196001010011")),
        (person("蓝水生", phone="1380000XXXX"), person("兰水生", phone="13800000001")),
        (person("蓝水生", "99010119600101001X"), person("蓝水生", "99010119600101001x")),
        (person("蓝　生"), person("蓝生")),
        (person("村民蓝水生（女）"), person("蓝水生同志")),
        (person("蓝女士"), person("蓝女士", phone="13800000001")),
        (person("蓝女士", phone="13800000001"), person("蓝女士", phone="13800000001、13900000002")),
        (person("蓝女士", phone="13800000001"), person("蓝女士", phone="13900000002 +86 138-0000-0001")),
        (person("蓝女士", phone="13800000001"), person("蓝女士", phone="13900000002（丈夫）13800000001")),
        (person("蓝水生", "990101********0011"), person("兰水生", "990101196001010011")),
        (person("", "990101196001010011、990101196502020022"), person("石大有", "990101196502020022")),
        (person("蓝生"), person("蓝生", phone="13800000001")),
        (person("蓝生", phone="13800000001"), person("蓝生", phone="0731-87654321")),
        (person("蓝生、石大有", phone="13800000001"), person("蓝生", phone="13900000002")),
        (person("蓝水生", "", "13800000001", HOME), person("蓝水生", "", "13900000002", "南坪村三组12号")),
        (person("网友", phone="13800000001", named="yes"), person("蓝水生", phone="13800000001")),
        (person("蓝先生", phone="13800000001"), person("蓝水生", phone="13800000001")),
        (person("老蓝", phone="13800000001"), person("蓝女士", phone="13800000001")),
    ],
)
def test_one_person(one: Petitioner, other: Petitioner) -> None:
    assert one.same(other)
    assert other.same(one)
    assert set(one.keys()) & set(other.keys())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("蓝水生"), person("石大有")),
        (person("蓝水生", "990101196001010011"), person("蓝水生", "990101198505050055")),
        (person("蓝水生", "990101196001010011"), person("蓝水生", "990101********0055")),
        (person("蓝水生", phone="13800000001"), person("石大有", phone="13800000001")),
        (person("蓝水生", address=HOME), person("石大有", address=HOME)),
        (person("蓝水生", address="南坪村"), person("兰水生", address="南坪村")),
        (person("蓝水生", phone="138****0001"), person("兰水生", phone="139****0001")),
        (person("蓝水生", named="no"), person("蓝水生")),
        (person("蓝女士", phone="13800000001"), person("蓝女士", phone="13900000002")),
        (person("蓝女士", phone="13800000001、13700000003"), person("蓝女士", phone="13900000002")),
        (person("蓝水生", "990101196001010***"), person("石大有", "990101196001010***")),
        (person("", "990101196001010***"), person("蓝水生", "990101196001010***")),
        (person("蓝水生", "990101196001010***"), person("兰水生", "990101196001010011")),
        (person("", "990101********0011"), person("蓝水生", "990101196001010011")),
        (person("蓝水生", "9.90101E+17"), person("石大有", "9.90101E+17")),
        (person("蓝女士", phone="13800000001"), person("蓝先生", phone="13800000001")),
        (person("石女士", phone="13800000001"), person("蓝水生", phone="13800000001")),
        (person("蓝生", phone="13800000001"), person("蓝生", phone="13900000002")),
        (person("蓝某", phone="13800000001"), person("蓝某", phone="13900000002")),
        (person("蓝水生", "", "13800000001", HOME), person("蓝水生", "", "13900000002", "松溪镇北坪村一组3号")),
        (person("网友"), person("网友")),
        (person("网友", phone="13800000001", named=""), person("网友", phone="13800000001", named="")),
        (person("", named="no", phone="13800000001"), person("", named="no", phone="13800000001")),
    ],
)
def test_not_one_person(one: Petitioner, other: Petitioner) -> None:
    assert not one.same(other)
    assert not other.same(one)


def test_statuses_of_a_matter() -> None:
    filings = table(*(["举报南坪村书记何守成修路偷工减料。"] * 6))
    filings["named"] = ["no", "yes", "yes", "yes", "no", "yes"]
    filings["petitioner"] = ["", "蓝水生", "石大有", "蓝水生、石大有", "", "蓝水生"]
    none = np.empty(0, np.int64)
    answer = repeats.classify(prepare(filings), np.zeros(6, np.int64), none, none, np.empty(0), {})
    assert answer["status"].tolist() == ["first", "joint", "joint", "repeat", "repeat", "repeat"]
    assert answer["repeat_of"].tolist() == [-1, 0, 0, 1, 0, 1]
    assert answer["repeat_no"].tolist() == [1, 2, 3, 4, 5, 6]
    assert answer["same_petitioner"].tolist() == ["", "", "", "yes", "", "yes"]


@pytest.mark.parametrize(
    ("filed", "count"),
    [
        (["蓝水生", "蓝水生 "], 1),
        (["蓝水生等12人", "蓝 水 生"], 1),
        (["蓝水生", "石大有", "蓝水生、丁二、韦三"], 4),
        ([("蓝女士", "13800000001"), ("蓝女士", "13900000002")], 2),
        ([("蓝先生", "13800000001"), ("蓝水生", "13800000001")], 1),
        ([("", "13800000001")], 1),
        ([("", "13800000001"), ("", "13900000002"), ("", "13800000001")], 2),
        ([("", "")], 0),
        (["网友", "三中家长", "12388举报人"], 0),
        ([("蓝生", "13800000001"), ("蓝生", "13900000002"), ("蓝生", "13800000001")], 2),
        ([("蓝水生", "13800000001"), ("蓝水生", "13900000002")], 1),
    ],
)
def test_people_are_counted_not_cells(filed: list[str | tuple[str, str]], count: int) -> None:
    cells = [(one, "") if isinstance(one, str) else one for one in filed]
    assert people([person(names, phone=phone) for names, phone in cells]) == count


@pytest.mark.parametrize(
    "name", ["网友", "游客", "微信用户", "三中家长", "一个村医", "老百姓", "IP:湖南", "12388举报人"]
)
def test_what_anybody_may_call_himself_is_anonymous(name: str) -> None:
    filings = table(*(["举报南坪村书记何守成修路偷工减料。"] * 2))
    filings["petitioner"], filings["named"] = ["蓝水生", name], ""
    result = rd.detect(filings, settings=rd.Settings(jobs=1))
    assert result.filings["status"].tolist() == ["first", "repeat"]
    assert result.matters[["named_petitioners", "anonymous_filings"]].values.tolist() == [[1, 1]]


def test_aligned_names_are_people_in_the_tables() -> None:
    filings = table(*(["举报南坪村书记何守成修路偷工减料。"] * 3))
    filings["petitioner"], filings["named"] = ["蓝　生", "石　三", "蓝生"], ""
    result = rd.detect(filings, settings=rd.Settings(jobs=1))
    assert result.filings["status"].tolist() == ["first", "joint", "repeat"]
    assert result.matters[["named_petitioners", "anonymous_filings"]].values.tolist() == [[2, 0]]


@pytest.mark.parametrize("cell", ["蓝　生", "蓝生（女）", "村民蓝生", "蓝生(代表)/石三", "蓝生 13800001111"])
def test_a_masker_knows_the_name_in_any_cell(cell: str) -> None:
    filings = table("何守成强占蓝生家的地。")
    filings["petitioner"] = [cell]
    assert Masker(filings).text("何守成强占蓝生家的地。") == "何守成强占某某家的地。"


def test_who_signs_with_a_telephone_alone_is_somebody() -> None:
    assert person("", phone="13800000001").same(person("", phone="138****0001"))
    assert not person("", phone="13800000001").same(person("", phone="13900000002"))
    assert person("", phone="13800000001", named="").anonymous
    told = "清溪镇上河村骆占山侵占集体林地补偿款十二万元。"
    filings = pd.DataFrame({
        "filing_id": list("abc"), "date": ["2024-01-01", "2024-01-02", "2024-01-03"], "text": told, "named": "yes",
        "phone": ["13800000001", "13900000002", "13800000001"],
    })  # fmt: skip
    result = rd.detect(filings)
    assert result.filings["status"].tolist() == ["first", "joint", "repeat"]
    assert result.filings["same_petitioner"].tolist() == ["", "no", "yes"]
    assert result.matters[["filings", "named_petitioners", "anonymous_filings"]].to_numpy().tolist() == [[3, 2, 0]]
