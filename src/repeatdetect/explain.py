"""Why two filings are, or are not, one matter: contributions, facts, passages, and the path that joins them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from repeatdetect import repeats, text
from repeatdetect.comparable import Comparable
from repeatdetect.compare import compare
from repeatdetect.decide import Scorer, probability
from repeatdetect.errors import InputError
from repeatdetect.facts import Fact
from repeatdetect.grounds import SAID_DIFFERENT, SAID_SAME

if TYPE_CHECKING:
    from repeatdetect.corpus import Corpus
    from repeatdetect.detector import Result


@dataclass(frozen=True)
class Explanation:
    """Everything that speaks for and against one pair.

    Attributes
    ----------
    left_id, right_id : str
    score, probability : float
        Log-odds (the sum of ``contributions``) and what they mean.
    together : bool or None
        Whether they ended in one matter; None when only the pair was looked at.
    evidence, contributions : dict of str to float
        Value of each evidence column and what it adds in log-odds, with ``intercept``.
    shared : list of dict
        Facts on both sides (kind, value, spans ``left`` and ``right``); names that sound alike are one.
    conflicting : list of dict
        Kinds of which both sides name something and nothing in common (kind, facts ``left`` and ``right``).
    only_left, only_right : list of dict
        Facts on one side, with their ``spans``: (column, start, end).
    passages : list of str
        Longest passages that stand in both, verbatim.
    path : list of str
        Filings on the way from one to the other along the edges that hold the matter together.
    said : str
        What a person decided on the pair, as ``pairs.csv`` tells it; '' when nobody did. A decision on filings that are
        called the same as others stands there between the first of either.
    """

    left_id: str
    right_id: str
    score: float
    probability: float
    together: bool | None
    evidence: dict[str, float | None]
    contributions: dict[str, float]
    shared: list[dict[str, Any]]
    conflicting: list[dict[str, Any]]
    only_left: list[dict[str, Any]]
    only_right: list[dict[str, Any]]
    passages: list[str]
    path: list[str]
    said: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def shared_passages(left: str, right: str, least: int = 8, most: int = 5) -> list[str]:
    """Longest passages of at least `least` characters that both texts hold, longest first."""
    a, b = text.normalise(left), text.normalise(right)
    blocks = SequenceMatcher(None, a[:4000], b[:4000], autojunk=False).get_matching_blocks()
    found = sorted((block for block in blocks if block.size >= least), key=lambda block: (-block.size, block.a))
    return [left[block.a : block.a + block.size].strip() for block in found[:most]]


def explain_rows(
    corpus: Corpus, scorer: Scorer, i: int, j: int, together: bool | None = None, path: Sequence[str] = (), said: str = "",
    passages: Sequence[str] = (),
) -> Explanation:  # fmt: skip
    """Explanation of two rows of a corpus; what cannot be told of the two alone is given."""
    low, high = min(i, j), max(i, j)
    data = Comparable.of(corpus.take(np.array([low, high])))
    evidence = compare(data, np.array([0]), np.array([1]))
    contributions = scorer.contributions(evidence).iloc[0]
    score = float(contributions.sum())
    ids = corpus.filings["filing_id"].tolist()
    left, right = (_facts(corpus.facts(row).facts) for row in (i, j))
    both = sorted(left.keys() & right.keys())
    return Explanation(
        ids[i], ids[j], score, float(probability(np.array([score]))[0]), together,
        {str(k): None if pd.isna(v) else float(v) for k, v in evidence.iloc[0].items()},
        {str(k): float(v) for k, v in contributions.items()},
        [{"kind": k[0], "value": left[k].value, "left": left[k].spans, "right": right[k].spans} for k in both],
        _conflicting(left, right),
        [left[key].to_dict(key[0]) for key in sorted(left.keys() - right.keys())],
        [right[key].to_dict(key[0]) for key in sorted(right.keys() - left.keys())],
        list(passages),
        list(path),
        said,
    )  # fmt: skip


@dataclass
class _Told:
    """A fact in the words of one side, and where it stands."""

    value: str
    spans: list[tuple[str, int, int]]

    def to_dict(self, kind: str) -> dict[str, Any]:
        """As plain data."""
        return {"kind": kind, "value": self.value, "spans": self.spans}


_NAMES = frozenset(("person", "village", "town", "unit", "object"))
_EXCLUSIVE = ("person", "post", "town", "village", "unit", "issue", "sum", "area", "date")


def _facts(found: tuple[Fact, ...]) -> dict[tuple[str, str], _Told]:
    out: dict[tuple[str, str], _Told] = {}
    for fact in found:
        key = (fact.kind, text.sound(fact.value) if fact.kind in _NAMES else fact.value)
        out.setdefault(key, _Told(fact.value, [])).spans.append((fact.source, fact.start, fact.end))
    return out


def _conflicting(left: dict[tuple[str, str], _Told], right: dict[tuple[str, str], _Told]) -> list[dict[str, Any]]:
    out = []
    for kind in _EXCLUSIVE:
        ours, theirs = (sorted(key for key in side if key[0] == kind) for side in (left, right))
        if ours and theirs and not set(ours) & set(theirs):
            sides = {"left": [left[k].to_dict(kind) for k in ours], "right": [right[k].to_dict(kind) for k in theirs]}
            out.append({"kind": kind, **sides})
    return out


def explain(result: Result, left_id: str, right_id: str) -> Explanation:
    """Explain a pair of a result.

    Raises
    ------
    InputError
        When a filing is not in the result.
    """
    position = {name: row for row, name in enumerate(result.filings["filing_id"])}
    if left_id == right_id:
        raise same_filing(left_id)
    for name in (left_id, right_id):
        if name not in position:
            raise InputError("E130", "结果中没有这个编号", place=name, hint="请核对信访件编号。")
    i, j = position[left_id], position[right_id]
    together = bool(result.label[i] == result.label[j])
    path = joining_path(result.pairs, left_id, right_id) if together else []
    said, bodies = said_of(result.pairs, left_id, right_id), result.corpus.filings["text"].tolist()
    passages = shared_passages(bodies[i], bodies[j])
    return explain_rows(result.corpus, result.scorer, i, j, together, path, said, passages)


def same_filing(name: str) -> InputError:
    """The refusal to compare a filing with itself."""
    return InputError("E132", "两个编号相同", place=name, hint="请给出两件不同的信访件。")


def said_of(pairs: pd.DataFrame, left_id: str, right_id: str) -> str:
    """What a person decided on a pair, by the reasons of ``pairs``; '' when nobody did."""
    this = pairs["left_id"].isin((left_id, right_id)) & pairs["right_id"].isin((left_id, right_id))
    said = "；".join(pairs.loc[this, "reason"]).split("；")
    return next((word for word in said if word in (SAID_SAME, SAID_DIFFERENT)), "")


def joining_path(pairs: pd.DataFrame, left_id: str, right_id: str) -> list[str]:
    """Ids on the way between two filings of a matter along the edges of ``pairs``."""
    held = pairs[pairs["decision"] == "same"]
    names = pd.unique(pd.concat([held["left_id"], held["right_id"]]))
    number = {name: k for k, name in enumerate(names)}
    if left_id not in number or right_id not in number:
        return []
    edges: dict[int, list[int]] = {}
    for a, b in zip(held["left_id"], held["right_id"], strict=True):
        edges.setdefault(number[a], []).append(number[b])
        edges.setdefault(number[b], []).append(number[a])
    return [str(names[k]) for k in repeats.path(edges, number[left_id], number[right_id])]
