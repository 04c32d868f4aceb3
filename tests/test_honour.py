"""The words of people hold whatever the engine found, and change no more than they must."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import repeatdetect as rd
from repeatdetect.honour import constraints, honour, told_apart
from repeatdetect.matters import Grouping
from repeatdetect.ragged import Index

Pairs = Sequence[tuple[int, int]]


def _score(left: Index, right: Index) -> np.ndarray:
    return ((left * 7 + right * 13) % 10).astype(np.float64)


@st.composite
def _matters(draw: st.DrawFn) -> Grouping:
    """Matters as the engine leaves them: the first row as label, a tree of edges each."""
    n = draw(st.integers(2, 14))
    label, edges = list(range(n)), []
    for row in range(1, n):
        other = draw(st.integers(-1, row - 1))
        if other >= 0:
            label[row] = label[other]
            edges.append((other, row, draw(st.integers(1, 6))))
    left, right, score = np.array(edges, np.int64).reshape(-1, 3).T
    return Grouping(np.array(label), left, right, score.astype(np.float64))


def _pairs(draw: st.DrawFn, n: int) -> list[tuple[int, int]]:
    drawn = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=10))
    return [(min(pair), max(pair)) for pair in drawn if pair[0] != pair[1]]


@st.composite
def _decided(draw: st.DrawFn) -> tuple[Grouping, Pairs, Pairs]:
    grouping = draw(_matters())
    n = len(grouping.label)
    truth = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    pairs = _pairs(draw, n)
    must = [pair for pair in pairs if truth[pair[0]] == truth[pair[1]]]
    return grouping, must, [pair for pair in pairs if truth[pair[0]] != truth[pair[1]]]


@given(_decided())
def test_every_decision_holds_and_every_matter_is_held_by_a_tree(case: tuple[Grouping, Pairs, Pairs]) -> None:
    grouping, must, cannot = case
    found = honour(grouping, must, cannot, _score)
    label = found.label
    assert all(label[a] == label[b] for a, b in must)
    assert all(label[a] != label[b] for a, b in cannot)
    assert all(label[row] == np.flatnonzero(label == label[row])[0] for row in range(len(label)))
    assert len(found.left) == len(label) - len(set(label.tolist()))
    tree = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    none = np.empty(0, np.int64)
    assert (
        honour(Grouping(np.arange(len(label)), none, none, np.empty(0)), tree, [], _score).label.tolist()
        == label.tolist()
    )


@given(_decided())
def test_only_matters_spoken_of_change(case: tuple[Grouping, Pairs, Pairs]) -> None:
    grouping, must, cannot = case
    touched = {int(grouping.label[row]) for pair in [*must, *cannot] for row in pair}
    after = honour(grouping, must, cannot, _score).label
    for row, before in enumerate(grouping.label.tolist()):
        assert before in touched or after[row] == before


@given(_matters(), st.data())
def test_a_filing_thrown_out_leaves_alone(grouping: Grouping, data: st.DataObject) -> None:
    out = data.draw(st.sampled_from(range(len(grouping.label))))
    rest = [row for row in np.flatnonzero(grouping.label == grouping.label[out]).tolist() if row != out]
    after = honour(grouping, [], [(min(row, out), max(row, out)) for row in rest], _score).label
    assert len({int(after[row]) for row in rest}) <= 1
    assert (after == after[out]).sum() == 1


@given(_matters(), st.data())
def test_confirming_joins_two_matters_and_rejecting_what_is_apart_changes_nothing(
    grouping: Grouping, data: st.DataObject
) -> None:
    n = len(grouping.label)
    a, b = sorted(data.draw(st.lists(st.integers(0, n - 1), min_size=2, max_size=2, unique=True)))
    one, other = grouping.label[a], grouping.label[b]
    expected = np.where(np.isin(grouping.label, (one, other)), min(one, other), grouping.label)
    assert honour(grouping, [(a, b)], [], _score).label.tolist() == expected.tolist()
    if one != other:
        assert honour(grouping, [], [(a, b)], _score).label.tolist() == grouping.label.tolist()


def test_a_matter_is_divided_where_it_holds_together_least() -> None:
    chain = Grouping(np.zeros(5, np.int64), np.arange(4), np.arange(1, 5), np.array([5.0, 4.0, 1.0, 3.0]))
    assert honour(chain, [], [(0, 4)], _score).label.tolist() == [0, 0, 0, 3, 3]
    assert honour(chain, [(2, 3)], [(0, 4)], _score).label.tolist() == [0, 0, 0, 0, 4]


def test_what_was_said_of_filings_elsewhere_counts_here() -> None:
    said = pd.DataFrame(
        [("A", "gone", "same"), ("gone", "B", "same"), ("gone", "C", "different"), ("A", "D", "later")],
        columns=["left_id", "right_id", "decision"],
    )
    must, cannot = constraints(said, ["D", "C", "B", "A"])
    assert (list(must), list(cannot)) == ([(2, 3)], [(1, 2)])
    with pytest.raises(rd.RepeatDetectError, match="自相矛盾"):
        constraints(pd.concat([said, said.tail(1).assign(right_id="B", decision="different")]), ["A", "B"])


def test_matters_told_apart_by_one_pair_are_not_asked_about_by_another() -> None:
    label = np.array([0, 1, 0, 1, 4])
    apart = told_apart(label, np.array([0, 2, 3, 0]), np.array([1, 3, 4, 4]), [(0, 3)])
    assert apart.tolist() == [True, True, False, False]
