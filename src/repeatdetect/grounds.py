"""The grounds of each pair in words, and the table of pairs worth knowing."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect.compare import EVIDENCE, Comparable, compare
from repeatdetect.corpus import Corpus
from repeatdetect.decide import Doubles, Scorer, probability
from repeatdetect.honour import CERTAIN, Decided
from repeatdetect.matters import Grouping
from repeatdetect.ragged import Index

_REJECTED_A_FILING = 5
_REJECTED_FROM = 0.2
SAID_SAME, SAID_DIFFERENT = "人工认定为同一事项", "人工认定为不同事项"

#: evidence columns as a clerk reads them
REASON_WORDS = {
    "cosine": "用词", "containment": "内容包含", "shared_rare": "罕见词", "title_in": "标题与正文",
    "latent": "语义", "topic": "所述之事", "topic_latent": "所述之事", "issue": "问题类型", "who": "被反映人", "others": "其他人员",
    "village": "村社", "town": "乡镇", "object": "单位或地点", "numbers": "金额数量", "dates": "时间",
    "petitioner": "信访人", "category": "类别", "shortest": "篇幅",
    "who_what": "人与事", "where_what": "地与事", "template": "模板套写", "org": "单位", "body": "单位", "conflict": "人与地不符",
}  # fmt: skip


def reasons(contributions: pd.DataFrame) -> list[str]:
    """The strongest grounds for and against each pair, in Chinese: 支持：被反映人、金额数量；反对：村社."""
    names = [name for name in contributions.columns if name != "intercept"]
    values = contributions[names].to_numpy()
    none = len(names)
    strongest = []
    for sign, most, least in ((1, 3, 0.2), (-1, 2, 0.3)):
        chosen = np.argsort(-sign * values, axis=1, kind="stable")[:, :most]
        strongest.append(np.where(sign * np.take_along_axis(values, chosen, axis=1) > least, chosen, none))
    told = {none: "", **{k: REASON_WORDS.get(name, name) for k, name in enumerate(names)}}

    @cache
    def phrase(*chosen: int) -> str:
        words = [told[k] for k in chosen]
        parts = (("支持", words[:3]), ("反对", words[3:]))
        named = ((word, "、".join(filter(None, dict.fromkeys(list_)))) for word, list_ in parts)
        return "；".join(f"{word}：{list_}" for word, list_ in named if list_)

    return [phrase(*chosen) for chosen in np.hstack(strongest).tolist()]


def pair_table(
    corpus: Corpus,
    data: Comparable,
    scorer: Scorer,
    grouping: Grouping,
    left: Index,
    right: Index,
    score: Doubles,
    review: npt.NDArray[np.bool_],
    cannot: Decided,
) -> pd.DataFrame:
    """Edges that hold matters together, review pairs, and the rejected pairs worth knowing; what people said first."""
    n = max(len(corpus), 1)
    across = grouping.label[left] != grouping.label[right]
    chance = probability(score)
    near = across & ~review & (chance >= _REJECTED_FROM)
    candidates = np.flatnonzero(near)
    candidates = candidates[np.lexsort((right[candidates], left[candidates], -score[candidates]))]
    used = np.zeros(n, np.int64)
    kept = []
    for at in candidates:
        a, b = left[at], right[at]
        if used[a] < _REJECTED_A_FILING and used[b] < _REJECTED_A_FILING:
            used[a] += 1
            used[b] += 1
            kept.append(at)
    rejected = np.array(kept, np.int64)
    i = np.concatenate([grouping.left, left[review], left[rejected]])
    j = np.concatenate([grouping.right, right[review], right[rejected]])
    word = np.repeat(["same", "review", "different"], [len(grouping.left), int(review.sum()), len(rejected)])
    evidence = compare(data, i, j)
    contributions = scorer.contributions(evidence)
    ids = corpus.filings["filing_id"].to_numpy()
    apart = set(cannot)
    said = [SAID_SAME if sure else "" for sure in grouping.score >= CERTAIN] + [""] * int(review.sum())
    said += [SAID_DIFFERENT if pair in apart else "" for pair in zip(left[rejected], right[rejected], strict=True)]
    grounds = ["；".join(filter(None, both)) for both in zip(said, reasons(contributions), strict=True)]
    return pd.DataFrame(
        {
            "left_id": ids[i], "right_id": ids[j],
            "probability": probability(contributions.to_numpy().sum(axis=1)),
            "decision": word, "reason": grounds, **{name: evidence[name] for name in EVIDENCE},
        }
    )  # fmt: skip
