"""同人: who is one person, who is not, and who is never asked about."""

from __future__ import annotations

import numpy as np
import pytest

from repeatdetect import repeats
from repeatdetect.corpus import prepare
from repeatdetect.petitioners import Petitioner
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
