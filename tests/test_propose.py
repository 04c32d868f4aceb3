"""Candidate pairs do not depend on what comes later, so that night by night proposes what all at once does."""

from __future__ import annotations

import numpy as np
import pytest

import repeatdetect as rd
from repeatdetect import propose
from repeatdetect.ragged import Ragged


def pairs(found: propose.Pairs) -> set[tuple[int, int]]:
    return set(zip(found.left.tolist(), found.right.tolist(), strict=True))


@pytest.fixture(scope="module")
def keys(anlan_result: rd.Result) -> Ragged:
    by_date = np.argsort(anlan_result.corpus.scalars["day"], kind="stable")
    return propose.block_keys(anlan_result.corpus.take(by_date))


def test_later_filings_change_no_earlier_pair(keys: Ragged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propose, "NEIGHBOURS", 5)
    monkeypatch.setattr(propose, "_LEAF", 16)
    whole = pairs(propose.nearest(keys, keys))
    cut = len(keys) // 3
    first, rest = keys.take(np.arange(cut)), keys.take(np.arange(cut, len(keys)))
    by_night = pairs(propose.nearest(first, first)) | pairs(propose.nearest(rest, keys))
    assert by_night == whole
    assert max(np.bincount([right for _, right in whole])) <= 5


def test_those_that_come_last_have_the_neighbours_they_have_among_all(
    keys: Ragged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(propose, "NEIGHBOURS", 5)
    twins = keys.take(np.array([*range(len(keys)), *[7] * 9]))  # a crowd, some of it before the cut
    for some, cut in ((keys, len(keys) // 3), (twins, len(keys) + 4)):
        whole = pairs(propose.Pairs.concat(propose.proposals(some)))
        last = pairs(propose.Pairs.concat(propose.proposals(some, start=cut)))
        assert last == {(a, b) for a, b in whole if b >= cut}
        assert last


def test_whose_neighbours_depend_on_nothing_that_comes_after(keys: Ragged, monkeypatch: pytest.MonkeyPatch) -> None:
    assert propose.independent(keys)
    monkeypatch.setattr(propose, "NEIGHBOURS", 5)
    assert not propose.independent(keys.take(np.array([*range(len(keys)), *[7] * 9])))
    monkeypatch.undo()
    monkeypatch.setattr(propose, "KEY_CAP", int(np.unique(keys.ids, return_counts=True)[1].max()) - 1)
    assert not propose.independent(keys)


def test_every_pair_is_found_while_there_is_room(keys: Ragged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propose, "NEIGHBOURS", len(keys))
    monkeypatch.setattr(propose, "_LEAF", 16)
    carried = [
        dict(zip(keys.take(np.array([row])).ids.tolist(), keys.take(np.array([row])).weights.tolist(), strict=True))
        for row in range(60)
    ]
    expected = {
        (a, b)
        for b in range(60)
        for a in range(b)
        if sum((carried[a][k] * carried[b][k]) ** 0.5 for k in carried[a].keys() & carried[b].keys())
        >= propose.LEAST_WEIGHT - 1e-4
    }
    assert pairs(propose.nearest(some := keys.take(np.arange(60)), some)) == expected
