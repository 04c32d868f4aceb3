"""What is held in fewer bytes, made again, or worked on some at a time is what it would be otherwise."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import corpus as corpus_stage
from repeatdetect import grounds, lexical, propose, wholes
from repeatdetect.batch import FEATURES
from repeatdetect.between import Between
from repeatdetect.comparable import Comparable
from repeatdetect.compare import compare
from repeatdetect.counted import Counted, unit
from repeatdetect.decide import Scorer
from repeatdetect.matters import Grouping
from repeatdetect.ragged import Ragged, evenly, matrices
from repeatdetect.report import tables
from repeatdetect.sent import packed


def test_features_that_were_released_are_made_again_of_the_filings(anlan_result: rd.Result) -> None:
    corpus = corpus_stage.prepare(anlan_result.corpus.filings)
    held = corpus.released()
    alone = corpus.take(np.array([5, 3]))
    for name in FEATURES:
        again = alone.features[name]
        assert again.ids.tolist() == held[name].take(np.array([5, 3])).ids.tolist()
        np.testing.assert_array_equal(again.weights, held[name].take(np.array([5, 3])).weights)


def test_a_corpus_is_compared_alike_whether_it_keeps_its_features_or_not(anlan_result: rd.Result) -> None:
    corpus = corpus_stage.prepare(anlan_result.corpus.filings)
    pairs = propose.propose(corpus)
    kept = Comparable.of(corpus)
    released = Comparable.of(corpus, release=True)
    one, other = (compare(data, pairs.left, pairs.right) for data in (kept, released))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_weights_worked_out_where_they_are_fetched_are_those_of_the_whole(anlan_result: rd.Result) -> None:
    part, table = anlan_result.corpus.features["terms"], lexical.load().idf["terms"]
    rows = np.array([7, 0, 7, 31])
    some, (weights,) = Counted.of(part, table).fetch(rows)
    (whole,) = matrices(unit(part, table))
    np.testing.assert_array_equal(weights, whole[rows].data)
    np.testing.assert_array_equal(some.indices, whole[rows].indices)


def test_ones_take_no_room_and_count_as_ones() -> None:
    part = Ragged.counted(np.array([0, 0, 1]), np.array([3, 1, 2], np.uint32), 2)
    joined = Ragged.concat([part, part])
    assert joined.weights.strides == (0,)
    assert joined.weights.tolist() == [1] * 6
    (matrix,) = matrices(joined)
    assert matrix.toarray().tolist() == [[1, 0, 1], [0, 1, 0]] * 2
    heavy = Ragged.from_pairs(np.array([0]), np.array([4], np.uint32), np.array([2.0], np.float32), 1)
    assert Ragged.concat([part, heavy]).weights.tolist() == [1, 1, 1, 2]


@pytest.mark.parametrize(("count", "most"), [(0, 4), (1, 4), (5, 4), (9, 4), (4, 4), (100, 7)])
def test_slices_hold_everything_once_and_never_one_entry_of_several(count: int, most: int) -> None:
    slices = evenly(count, most)
    assert [at for some in slices for at in range(some.start, some.stop)] == list(range(count))
    assert all(some.stop - some.start <= most for some in slices)
    assert count < 2 or all(some.stop - some.start > 1 for some in slices)


def test_a_table_that_is_sent_arrives_and_its_strings_stay_as_small_as_they_were() -> None:
    text = "村里的账目十年没有公开过" * 40
    table = pd.DataFrame(
        {
            "text": pd.Series([text, "", "短"], [4, 2, 9], dtype=object),
            "mixed": pd.Series(["a", None, 2], [4, 2, 9], dtype=object),
            "date": pd.Series([pd.Timestamp(2024, 1, 2), pd.NaT, pd.Timestamp(2024, 3, 4)], [4, 2, 9]),
            "number": [1.5, np.nan, 2.0],
        },
        index=[4, 2, 9],
    )
    size = sys.getsizeof(text)
    arrived = pickle.loads(pickle.dumps(packed(table)))
    pd.testing.assert_frame_equal(arrived, table.reset_index(drop=True))
    assert sys.getsizeof(text) == size


def test_pairs_are_told_alike_however_many_at_a_time(anlan_result: rd.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    data, pairs = Comparable.of(anlan_result.corpus), propose.propose(anlan_result.corpus)
    few = slice(0, 50)
    nobody = np.empty(0, np.int64)
    across = grounds.Across(pairs.left[few], pairs.right[few], np.zeros(50), np.zeros(50, bool))
    grouping = Grouping(np.arange(len(data.corpus)), nobody, nobody, np.empty(0))
    whole = grounds.pair_table(data, Scorer.load(), grouping, across, [])
    monkeypatch.setattr(grounds, "_PIECE", 7)
    pd.testing.assert_frame_equal(
        whole, grounds.pair_table(data, Scorer.load(), grouping, across, []), check_exact=True
    )


def test_wholes_are_weighed_alike_however_many_at_a_time(
    anlan_result: rd.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, label = Comparable.of(anlan_result.corpus), anlan_result.label
    size = np.bincount(label, minlength=len(label))
    a, b = np.triu_indices(12, 1)
    clusters = np.unique(label)
    a, b = clusters[a], clusters[b]
    one = np.ones(len(a))
    between = Between(a, b, (one, one), one, (one, one), (size[a], size[b]), a, b)
    told = wholes.Wholes.of(data, np.ones(len(label)))
    whole = told.evidence(label, between)
    monkeypatch.setattr(wholes, "_PIECE", 5)
    for name, values in told.evidence(label, between).items():
        np.testing.assert_array_equal(values, whole[name])


def test_a_table_written_some_rows_at_a_time_is_the_file_of_the_whole(
    anlan_result: rd.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("filings", "pairs", "links", "rejects"):
        table = getattr(anlan_result, name)
        tables.write_csv(table, tmp_path / "whole.csv")
        monkeypatch.setattr(tables, "_ROWS", 7)
        for piece in tables.pieces(table, tmp_path / "pieces.csv"):
            tables.write_csv(*piece)
        assert (tmp_path / "pieces.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
