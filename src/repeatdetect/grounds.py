"""The grounds of each pair in words, and the table of pairs worth knowing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from repeatdetect.comparable import Comparable
from repeatdetect.compare import EVIDENCE, WHERE, compare
from repeatdetect.decide import Scorer, probability
from repeatdetect.honour import CERTAIN, Decided, told_apart
from repeatdetect.matters import Grouping
from repeatdetect.ragged import Doubles, Flags, Index, evenly, pieces

_REJECTED_A_FILING = 5
_REJECTED_FROM = 0.2
_PIECE = 50_000  # pairs worked on at once; keeps memory flat
SAID_SAME, SAID_DIFFERENT = "人工认定为同一事项", "人工认定为不同事项"

#: evidence columns as a clerk reads them
REASON_WORDS = {
    "cosine": "用词", "containment": "内容包含", "shared_rare": "罕见词", "title_in": "标题与正文", "title_grams": "标题与正文",
    "meaning": "所述之事", "topic": "所述之事", "issue": "问题类型", "who": "被反映人", "others": "其他人员",
    "village": "村社", "town": "乡镇", "object": "单位或地点", "numbers": "金额数量", "dates": "时间",
    "petitioner": "信访人", "category": "类别", "shortest": "篇幅", "days_apart": "相隔天数",
    "who_what": "人与事", "where_what": "地与事",
    "template": "模板套写", "org": "单位", "body": "单位", "conflict": "人与地不符",
}  # fmt: skip
REASON_WORDS |= {f"{case}_{name}": REASON_WORDS[name] for case, names in WHERE.items() for name in names}


def by_ground(contributions: pd.DataFrame) -> tuple[list[str], Doubles]:
    """Contributions as a clerk reads them: names of the grounds, and their log-odds, shape (pairs, grounds).

    Columns of one name are one ground.
    """
    columns = [name for name in contributions.columns if name != "intercept"]
    told = [REASON_WORDS.get(name, name) for name in columns]
    words = list(dict.fromkeys(told))
    member = np.array([[float(word == name) for word in words] for name in told]).reshape(len(columns), len(words))
    return words, contributions[columns].to_numpy() @ member


def reasons(contributions: pd.DataFrame) -> list[str]:
    """The strongest grounds for and against each pair, in Chinese: 支持：被反映人、金额数量；反对：村社."""
    names, values = by_ground(contributions)
    none = len(names)
    strongest = []
    for sign, most, least in ((1, 3, 0.2), (-1, 2, 0.3)):
        chosen = np.argsort(-sign * values, axis=1, kind="stable")[:, :most]
        strongest.append(np.where(sign * np.take_along_axis(values, chosen, axis=1) > least, chosen, none))
    told = [*names, ""]

    @cache
    def phrase(*chosen: int) -> str:
        words = [told[k] for k in chosen]
        parts = (("支持", words[:3]), ("反对", words[3:]))
        named = ((word, "、".join(filter(None, list_))) for word, list_ in parts)
        return "；".join(f"{word}：{list_}" for word, list_ in named if list_)

    return [phrase(*chosen) for chosen in np.hstack(strongest).tolist()]


@dataclass(frozen=True)
class Across:
    """Pairs across two matters that are worth knowing: those put to people, then rejected ones.

    Attributes
    ----------
    left, right : int64, shape (pairs,)
        Rows, left < right.
    score : float64, shape (pairs,)
        Log-odds.
    review : bool, shape (pairs,)
        Whether it is put to people.
    """

    left: Index
    right: Index
    score: Doubles
    review: Flags

    @staticmethod
    def of(label: Index, left: Index, right: Index, score: Doubles, least: float, cannot: Decided) -> Across:
        """Of all scored pairs, those from the log-odds `least` on, and of the others a few a filing."""
        review = apart(label, left, right, score, least, cannot)
        near = (label[left] != label[right]) & ~review & (probability(score) >= _REJECTED_FROM)
        candidates = np.flatnonzero(near)
        candidates = candidates[np.lexsort((right[candidates], left[candidates], -score[candidates]))]
        used = [0] * len(label)
        kept = []
        for piece in pieces(len(candidates)):
            some = candidates[piece]
            for at, a, b in zip(some.tolist(), left[some].tolist(), right[some].tolist(), strict=True):
                if used[a] < _REJECTED_A_FILING and used[b] < _REJECTED_A_FILING:
                    used[a] += 1
                    used[b] += 1
                    kept.append(at)
        chosen = np.concatenate([np.flatnonzero(review), np.array(kept, np.int64)])
        return Across(left[chosen], right[chosen], score[chosen], review[chosen])

    def within(self, rows: Index, n: int) -> Across:
        """Those of which both filings are among some of `n` rows (ascending); positions among these."""
        at = np.full(n, -1, np.int64)
        at[rows] = np.arange(len(rows))
        kept = (at[self.left] >= 0) & (at[self.right] >= 0)
        return Across(at[self.left[kept]], at[self.right[kept]], self.score[kept], self.review[kept])

    def twins(self) -> dict[int, tuple[int, float]]:
        """For each filing with a pair put to people its most probable earlier twin (any twin when none is earlier)."""
        picked = np.flatnonzero(self.review)
        picked = picked[np.lexsort((-self.left[picked], self.score[picked]))]  # the best comes last and stays
        told = zip(self.left[picked].tolist(), probability(self.score[picked]).tolist(), strict=True)
        return dict(zip(self.right[picked].tolist(), told, strict=True))


def apart(label: Index, left: Index, right: Index, score: Doubles, least: float, cannot: Decided) -> Flags:
    """Pairs across two matters from the log-odds `least` on, unless people told the matters apart."""
    out: Flags = (label[left] != label[right]) & (score >= least)
    out[out] &= ~told_apart(label, left[out], right[out], cannot)
    return out


def pair_table(data: Comparable, scorer: Scorer, grouping: Grouping, across: Across, cannot: Decided) -> pd.DataFrame:
    """Edges that hold matters together and pairs across them worth knowing; what people said first."""
    i, j = np.concatenate([grouping.left, across.left]), np.concatenate([grouping.right, across.right])
    word = ["same"] * len(grouping.left) + ["review" if one else "different" for one in across.review.tolist()]
    evidence = {name: np.empty(len(i), np.float32) for name in EVIDENCE}
    chance, why = np.empty(len(i)), list[str]()
    for some in evenly(len(i), _PIECE):
        part = compare(data, i[some], j[some])
        contributions = scorer.contributions(part)
        chance[some] = probability(contributions.to_numpy().sum(axis=1))
        why += reasons(contributions)
        for name, values in evidence.items():
            values[some] = part[name]
    ids = data.corpus.filings["filing_id"].to_numpy()
    told = set(cannot)
    said = [SAID_SAME if sure else "" for sure in grouping.score >= CERTAIN]
    for *pair, review in zip(across.left.tolist(), across.right.tolist(), across.review.tolist(), strict=True):
        said.append(SAID_DIFFERENT if not review and tuple(pair) in told else "")
    grounds = ["；".join(filter(None, both)) for both in zip(said, why, strict=True)]
    return pd.DataFrame(
        {
            "left_id": ids[i], "right_id": ids[j], "probability": chance, "decision": word, "reason": grounds,
            **evidence,
        },
        copy=False,
    )  # fmt: skip


def questions(pairs: pd.DataFrame, filings: pd.DataFrame) -> pd.DataFrame:
    """Pairs put to people, the most probable first, one for each two matters: its answer decides the others.

    Parameters
    ----------
    pairs, filings : DataFrame
        Of the contract; a filing that is not among the latter counts as a matter of its own.
    """
    table = pairs[pairs["decision"] == "review"]
    table = table.sort_values(["probability", "left_id", "right_id"], ascending=[False, True, True])
    matter = dict(zip(filings["filing_id"], filings["matter_id"], strict=True))
    of = [[matter.get(name, name) for name in table[side]] for side in ("left_id", "right_id")]
    first = ~pd.Series(
        [tuple(sorted(both)) for both in zip(*of, strict=True)], index=table.index, dtype=object
    ).duplicated()
    return table[first]
