"""Grouping of components too large to score all their pairs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import matters, reciprocal
from repeatdetect.ragged import Index

SAME, OTHER = 4.0, -5.0


class World:
    """Filings of known matters; `proposed` pairs hold a few neighbours inside and some wrong ones across."""

    def __init__(self, sizes: list[int], neighbours: int = 8, wrong: int = 1) -> None:
        random = np.random.default_rng(5)
        self.truth = random.permutation(np.repeat(np.arange(len(sizes)), sizes))
        n = len(self.truth)
        order = np.argsort(self.truth, kind="stable")
        place = np.empty(n, np.int64)
        place[order] = np.arange(n)
        start = np.cumsum([0, *sizes])[:-1]
        size = np.array(sizes)[self.truth]
        inside = order[start[self.truth][:, None] + random.integers(0, size[:, None], (n, neighbours))]
        far = random.integers(0, n, (n, wrong))
        i = np.repeat(np.arange(n), neighbours + wrong)
        j = np.concatenate([inside, far], axis=1).ravel()
        low, high = np.minimum(i, j), np.maximum(i, j)
        code = np.unique((low * n + high)[low < high])
        self.n, self.left, self.right = n, code // n, code % n
        self.asked = 0
        noise = random.normal(0, 0.5, len(code))
        self.score = np.where(self.truth[self.left] == self.truth[self.right], SAME, 1.5) + noise

    def more(self, i: Index, j: Index) -> npt.NDArray[np.float64]:
        """Scores of pairs that were not proposed."""
        self.asked += len(i)
        return np.where(self.truth[i] == self.truth[j], SAME, OTHER)

    def group(self) -> matters.Grouping:
        """Grouped by the program."""
        return matters.group(
            self.n, self.left, self.right, self.score, self.more, threshold=0.4, look=-1.0, weight=np.ones(self.n)
        )


def _same_partition(label: Index, truth: Index) -> bool:
    pairs = len(np.unique(label * (truth.max() + 1) + truth))
    return pairs == len(np.unique(label)) == len(np.unique(truth))


def test_wrong_edges_join_a_component_but_no_matters() -> None:
    world = World([1500, 200, 144, *[6] * 120])
    assert _same_partition(world.group().label, world.truth)


def test_work_grows_with_the_filings_not_with_their_square() -> None:
    small, large = (World([150, 60, *[6] * 40] * times) for times in (1, 5))
    small.group()
    large.group()
    assert large.asked / large.n < 1.5 * small.asked / small.n


def test_edges_span_each_matter() -> None:
    world = World([800, 90, *[4] * 60])
    grouping = world.group()
    first = np.unique(grouping.label)
    assert len(grouping.left) == world.n - len(first)
    assert np.array_equal(grouping.label[grouping.left], grouping.label[grouping.right])
    assert (grouping.left < grouping.right).all()
    assert np.array_equal(grouping.label[first], first)


@pytest.mark.parametrize("seed", range(3))
def test_equal_scores_pair_off_at_once(seed: int) -> None:
    """Equals must not wait for one another: rounds grow with the logarithm of a matter."""
    n = 1500
    random = np.random.default_rng(seed)
    i = np.repeat(np.arange(n), 6)
    j = random.integers(0, n, len(i))
    code = np.unique((np.minimum(i, j) * n + np.maximum(i, j))[i != j])
    calls = 0

    def more(left: Index, right: Index) -> npt.NDArray[np.float64]:
        nonlocal calls
        calls += 1
        return np.full(len(left), 4.0)

    merged = reciprocal.merge(
        n,
        code // n,
        code % n,
        np.full(len(code), 4.0),
        more,
        threshold=0.4,
        weight=np.ones(n),
        tie=np.arange(n, dtype=np.uint64),
    )
    assert len(np.unique(merged.label)) == 1
    assert calls < 60


def test_a_crowd_takes_in_what_two_filings_would_not_join_for() -> None:
    score = np.full((30, 30), 3.0)
    score[29] = score[:, 29] = 0.9
    left, right = np.triu_indices(30, 1)

    def group(rows: Index) -> Index:
        inside = np.isin(left, rows) & np.isin(right, rows)
        i, j = left[inside], right[inside]
        return matters.group(
            30, i, j, score[i, j], lambda a, b: score[a, b], threshold=1.2, look=-1.0, weight=np.ones(30)
        ).label

    assert group(np.arange(30))[29] == 0
    assert group(np.array([0, 29]))[29] == 29


@pytest.mark.parametrize("copies", [1, 20])  # a component whose pairs are all scored, and a large one
def test_a_note_joins_the_matter_it_fits_somewhere(copies: int) -> None:
    # ten letters, and a note that is like two of them and like none of the others; ten more of which it is like none
    n = 21 * copies
    block, row = np.arange(n) // 21, np.arange(n) % 21
    kind = np.where(row < 10, 0, np.where(row < 20, 1, 2))
    score = np.where((block[:, None] == block) & (kind[:, None] == kind), 5.0, -6.0)
    note, fits = np.flatnonzero(row == 20), row < 2
    score[np.ix_(note, note)] = -6.0
    for at in note:
        score[at, block == block[at]] = np.where(fits, 5.0, np.where(kind == 0, 0.0, -6.0))[block == block[at]]
    if copies > 1:
        score[np.arange(21, n), np.arange(n - 21)] = -0.9
    score = np.where(np.tri(n, dtype=bool), score, score.T)
    left, right = np.triu_indices(n, 1)
    label = matters.group(
        n, left, right, score[left, right], lambda a, b: score[a, b], threshold=1.2, look=-1.0,
        weight=matters.telling(np.where(kind == 2, 12.0, 300.0)),
    ).label  # fmt: skip
    assert (label[note] == label[note - 20]).all()
    assert (label[note] != label[note - 1]).all()


@pytest.mark.parametrize("copies", [1, 20])  # a component whose pairs are all scored, and a large one
def test_a_note_does_not_speak_for_the_letters_beside_it(copies: int) -> None:
    # three letters, a note that is a little like everything, and three letters about somebody else
    kind = np.tile(np.repeat([0, 1, 2], [3, 1, 3]), copies * 2 if copies > 1 else 1)
    block = np.repeat(np.arange(len(kind) // 7), 7)
    like = np.array([[4.0, 6.0, -2.0], [6.0, 4.0, 6.0], [-2.0, 6.0, 4.0]])
    score = np.where(block[:, None] == block, like[kind[:, None], kind], -6.0)
    if copies > 1:  # all of one component, and one after the other no more alike than needed to be so
        score[np.arange(7, len(kind)), np.arange(len(kind) - 7)] = -0.9
        score = np.maximum(score, score.T)
    left, right = np.triu_indices(len(kind), 1)

    def group(weight: npt.NDArray[np.float64]) -> Index:
        return matters.group(
            len(kind),
            left,
            right,
            score[left, right],
            lambda a, b: score[a, b],
            threshold=1.2,
            look=-1.0,
            weight=weight,
        ).label

    assert group(np.ones(len(kind)))[4] == 0
    apart = group(matters.telling(np.array([300.0, 5.0, 300.0])[kind]))
    assert apart[0] == apart[1] == apart[2] != apart[4] == apart[5] == apart[6]


def test_more_copies_than_a_filing_has_neighbours_are_one_matter() -> None:
    copies, letter = 2100, "反映石桥镇双河村党支部书记刘德贵把修路款八万六千元装进自己腰包，账目从来不公开。"
    filings = pd.DataFrame({
        "filing_id": [f"H{at:05d}" for at in range(copies + 1)],
        "date": pd.Timestamp("2021-03-01") + pd.to_timedelta(np.arange(copies + 1) % 300, unit="D"),
        "accused": ["刘德贵"] * copies + ["卜胜利"],
        "text": [letter] * copies + ["反映青云镇中心小学校长卜胜利向学生收取补课费，不开票据。"],
    })  # fmt: skip
    found = rd.detect(filings).matters["filings"].tolist()
    assert found == [copies, 1]
