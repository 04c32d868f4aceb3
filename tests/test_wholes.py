"""Clusters weighed as wholes: what the filings of each say together, and who may join by it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import repeatdetect as rd
from repeatdetect import matters
from repeatdetect.between import Between
from repeatdetect.decide import Scorer, Weights
from repeatdetect.matters import telling
from repeatdetect.ragged import Doubles
from repeatdetect.wholes import BEYOND_DOUBT, COLUMNS, KINDS, LEAN, LOOSE, SURE, Weigher, Wholes


def _between(label: list[int], a: int, b: int) -> Between:
    size = np.bincount(label, minlength=len(label))
    one = np.ones(1)
    return Between(
        np.array([a]), np.array([b]), (2 * one, 3 * one), one, (one, 2 * one),
        (size[[a]], size[[b]]), np.array([a]), np.array([b]),
    )  # fmt: skip


def _wholes(persons: list[list[int]], named: list[float]) -> Wholes:
    """Filings that tell of persons 0 to 3, each as telling as its number and one more, and of nothing else."""
    told = {kind: sparse.csr_matrix((len(persons), 4), dtype=np.float32) for kind in KINDS}
    matrix = np.zeros((len(persons), 4), np.float32)
    for row, some in enumerate(persons):
        matrix[row, some] = 1
    told["persons"] = sparse.csr_matrix(matrix)
    worth = {kind: np.arange(1, 5, dtype=np.float32) for kind in KINDS}
    return Wholes(told, worth, np.ones(len(persons)), np.array(named))


LABEL = [0, 1, 1, 1]


def test_what_the_smaller_says_is_looked_for_in_all_of_the_larger() -> None:
    wholes = _wholes([[0, 1, 3], [0, 2], [1, 2], [2]], [1, 0, 0, 0])
    found = wholes.evidence(np.array(LABEL), _between(LABEL, 0, 1))
    assert set(found) == set(COLUMNS)
    assert found["persons_known"] == pytest.approx((1 + 2) / (1 + 2 + 4))  # 3 was never heard of
    assert found["persons_usual"] == pytest.approx(0)  # only 2 is told by half of the larger
    assert found["light"] == 2
    assert found["heavy"] == 3
    for kind in set(KINDS) - {"persons"}:
        assert np.isnan(found[f"{kind}_known"]).all()
        assert np.isnan(found[f"{kind}_usual"]).all()


def test_it_does_not_matter_which_of_two_stands_first() -> None:
    persons = [[0, 1, 3], [0, 2], [1, 2], [2]]
    turned = persons[::-1]
    one = _wholes(persons, [0] * 4).evidence(np.array(LABEL), _between(LABEL, 0, 1))
    label = [0, 0, 0, 3]
    between = _between(label, 0, 3)
    between = dataclasses.replace(between, best=between.best[::-1], mass=between.mass[::-1])
    other = _wholes(turned, [0] * 4).evidence(np.array(label), between)
    for name in COLUMNS:
        np.testing.assert_allclose(one[name], other[name])


def test_only_where_an_accused_is_named_the_wholes_speak() -> None:
    weights = Weights(1.0, {"persons_known": 2.0}, {"persons_known": 0.5})
    linkage, between, label = np.array([0.25]), _between(LABEL, 0, 1), np.array(LABEL)
    persons = [[0], [0], [1], [1]]
    nobody = Weigher(_wholes(persons, [0, 0, 0, 0]), weights, 1.5)
    assert nobody(label, between, linkage) == linkage + LOOSE
    assert nobody.careful(1.1)(label, between, linkage) == linkage + LOOSE
    named = Weigher(_wholes(persons, [1, 0, 0, 0]), weights, 1.5)
    assert named(label, between, linkage) == pytest.approx(1.0 + 2.0 + 1.5 + LEAN)
    assert named.careful(1.1)(label, between, linkage) == pytest.approx(0.25 - SURE)
    assert named.careful(BEYOND_DOUBT - 0.5)(label, between, linkage) == pytest.approx(0.25 - 0.5)
    assert named.careful(BEYOND_DOUBT + 1)(label, between, linkage) == linkage


def test_what_is_unknown_counts_as_on_average() -> None:
    weights = Weights(1.0, {"persons_known": 2.0}, {"persons_known": 0.5})
    np.testing.assert_allclose(weights.score({"persons_known": np.array([np.nan, 1.0])}), [2.0, 3.0])


def test_the_shipped_weights_know_every_column(anlan_result: rd.Result) -> None:
    wholes = Scorer.load().wholes
    assert wholes is not None
    assert tuple(wholes.weight) == tuple(wholes.unknown) == COLUMNS
    assert wholes.weight["mean"] > 0
    assert wholes.weight["content_known"] > 0
    assert wholes.weight["few"] < 0  # two matters do not become one by being large


def test_a_letter_on_another_affair_of_the_same_man_stays_apart() -> None:
    """Each letter on the land is a little like the one on the subsidies; all of them together know nothing of it."""
    land = [
        "柳河村支书王建国2021年把村集体机动地50亩私自发包给其堂弟王建军，承包费8万元没有入账。",
        "王建国把机动地50亩包给堂弟，承包费8万元去向不明，请查柳河村的账。",
        "反映柳河村支书王建国：村里50亩机动地没有开会就包给了王建军，承包费没有入账。",
        "柳河村机动地被支书王建国私包给亲戚王建军，八万元承包费没有公开。",
        "再次反映王建国私自发包机动地一事，50亩地、8万元承包费至今没有说法。",
    ]
    other = "柳河村支书王建国给自己儿媳孙丽办了低保，家里有轿车和楼房，每月还领低保金420元，真正的困难户评不上。"
    table = pd.DataFrame(
        [
            {
                "filing_id": f"A{k}",
                "date": f"2023-0{k + 1}-01",
                "text": text,
                "accused": "王建国",
                "place": "清水镇柳河村",
            }
            for k, text in enumerate([*land, other])
        ]
    )
    matter = rd.detect(table).filings["matter_id"]
    assert matter[:5].nunique() == 1
    assert matter[5] != matter[0]


def test_mass_of_a_filing_that_names_its_accused_counts(anlan_result: rd.Result) -> None:
    corpus = anlan_result.corpus
    weight = telling(corpus.scalars["length"])
    from repeatdetect.comparable import Comparable

    wholes = Wholes.of(Comparable.of(corpus), weight)
    np.testing.assert_allclose(wholes.named, np.where(corpus.scalars["sure"] > 0, weight, 0))
    assert {kind: matrix.shape[0] for kind, matrix in wholes.told.items()} == dict.fromkeys(KINDS, len(corpus))
    assert all(len(wholes.worth[kind]) == wholes.told[kind].shape[1] for kind in KINDS)


def _grouped(score: Doubles, named: list[float]) -> matters.Grouping:
    """All pairs of a symmetric matrix proposed, grouped from 1.1 on."""
    n = len(score)
    left, right = np.triu_indices(n, 1)
    weigher = Weigher(_wholes([[0]] * n, named), Weights(-9.0, {"mean": 1.0}, {"mean": 0.0}), 1.1)
    return matters.group(
        n, left, right, score[left, right], lambda i, j: score[i, j], threshold=1.1, look=-1.0, weight=np.ones(n),
        weigh=weigher,
    )  # fmt: skip


def _told(writers: int, letters: int) -> Doubles:
    """The first few are long letters that tell everything; the others are like these and unlike each other."""
    ahead = np.arange(writers) < letters
    return np.where(np.logical_or.outer(ahead, ahead), 3.0, -1.0)


def test_three_ills_of_one_estate_are_no_matter() -> None:
    score = np.array([[0.0, 2.0, -1.6], [2.0, 0.0, 1.9], [-1.6, 1.9, 0.0]])
    found = _grouped(score, [0, 0, 0])
    assert found.label.tolist() == [0, 0, 2]  # by linkage alone all three would be one
    assert list(zip(found.left, found.right, found.score, strict=True)) == [(0, 1, 2.0)]
    score[0, 2] = score[2, 0] = 0.9
    assert _grouped(score, [0, 0, 0]).label.tolist() == [0, 0, 0]


def test_a_hot_topic_stays_one_though_many_of_its_writers_have_little_in_common() -> None:
    hot = _grouped(_told(60, 8), [0] * 60)
    assert (hot.label == 0).all()
    assert len(hot.left) == 59
