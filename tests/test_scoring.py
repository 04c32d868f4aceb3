"""What makes comparing quick changes no answer: pairs ruled out early, pieces, threads, short cuts of dot products."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import repeatdetect as rd
from repeatdetect import scoring, text, thresholds
from repeatdetect.comparable import Comparable
from repeatdetect.compare import compare
from repeatdetect.decide import Scorer, Shape
from repeatdetect.ragged import Index, Side, row_dots, within
from repeatdetect.settings import Settings


@pytest.fixture(scope="module")
def data(anlan_result: rd.Result) -> Comparable:
    return Comparable.of(anlan_result.corpus)


@pytest.fixture(scope="module")
def every_pair(data: Comparable) -> tuple[Index, Index]:
    left, right = np.triu_indices(len(data.corpus), 1)
    return left.astype(np.int64), right.astype(np.int64)


@pytest.mark.parametrize("least", [-8.0, scoring.KEEP, 1.0])
def test_only_pairs_that_cannot_reach_the_least_are_left_out(
    data: Comparable, every_pair: tuple[Index, Index], least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = Scorer.load()
    whole = scorer.score(compare(data, *every_pair))
    monkeypatch.setattr(scoring, "_PIECE", 5000)
    found = scoring.score_pairs(data, scorer, *every_pair, least, threads=2)
    reached = whole >= least
    assert reached.any()
    assert np.array_equal(found[reached], whole[reached])
    assert ((found[~reached] == -np.inf) | (found[~reached] == whole[~reached])).all()


def test_joining_asks_for_more_the_more_filings_there_are() -> None:
    asked = [thresholds.caution(n) for n in (0, 1, 4999, 5000, 9999, 10_000, 80_000, 10_000_000)]
    assert asked[:3] == [0.0] * 3
    assert asked == sorted(asked)
    assert asked[3] == asked[4] < asked[5]
    assert asked[-1] == asked[-2]
    scorer = Scorer.load()
    few, many = (thresholds.Thresholds.of(Settings(), scorer, n) for n in (100, 10_000))
    for name in ("same", "look", "review"):
        assert getattr(many, name) - getattr(few, name) == pytest.approx(asked[5])
    told = Settings(same=0.8, review=0.5)
    assert thresholds.Thresholds.of(told, scorer, 10_000).same == thresholds.Thresholds.of(told, scorer, 100).same
    assert thresholds.Thresholds.of(told, scorer, 10_000).review == 0.0


@given(st.lists(st.floats(width=32, allow_nan=True), max_size=40), st.lists(st.floats(-2, 2), min_size=1, max_size=5))
def test_shape_looks_up_single_numbers_as_it_does_double_ones(values: list[float], cuts: list[float]) -> None:
    shape = Shape(np.unique(cuts), np.arange(len(np.unique(cuts)) + 1.0), -1.0)
    single = np.array([*values, *cuts], np.float32)
    assert shape(single).tolist() == shape(single.astype(float)).tolist()


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.01, 0.1, 0.5]))
def test_sides_share_what_their_matrices_share(seed: int, density: float) -> None:
    random = np.random.default_rng(seed)
    one, two = (sparse.random(12, 150, density, format="csr", dtype=np.float32, random_state=random) for _ in range(2))
    one.sort_indices()
    two.sort_indices()
    i, j = (side.ravel() for side in np.indices((12, 12)))
    dense = (one @ two.T).toarray().ravel()
    assert np.allclose(row_dots(one, two, i, j), dense)
    assert np.array_equal(Side.of(one).dots(Side.of(two), i, j), row_dots(one, two, i, j))
    assert np.array_equal(Side.of(one).share(Side.of(two), i, j), dense > 0)
    assert np.array_equal((one @ within(two, one).T).toarray().ravel(), dense)


@given(st.text())
def test_long_texts_are_normalised_as_their_characters_are(value: str) -> None:
    long = value + "ａ，臺灣\t" * 20
    assert text.normalise(long) == "".join(map(text.normalise, long))


@given(st.text("村1,万。\n元二〇", max_size=60))
def test_phrases_join_to_their_text_and_cut_no_number(value: str) -> None:
    phrases = text.phrases(value)
    assert "".join(phrases) == value
    assert not any(a[-1:] == "," and a[-2:-1].isdigit() and b for a, b in itertools.pairwise(phrases))


def test_another_accused_counts_only_where_both_cells_name_one(
    data: Comparable, every_pair: tuple[Index, Index]
) -> None:
    scorer, (i, j) = Scorer.load(), every_pair
    evidence = compare(data, i, j)
    by_cell = np.array(data.corpus.told["field"]) == "1"
    against = np.minimum(scorer.shapes["who"](evidence["who"].to_numpy()), 0.0)
    expected = scorer.score(evidence) - np.where(by_cell[i] & by_cell[j], 0.0, against)
    found = scoring.by_whomever(data, scorer, i, j, -4.0)
    reached = expected >= -4.0
    assert (expected > scorer.score(evidence))[reached].any()
    assert np.allclose(found[reached], expected[reached], atol=1e-9)
    assert (found[~reached] < -4.0).all()
