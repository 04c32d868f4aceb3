"""What teaches when two clusters are one matter: clusters as grouping meets them, half done, and what gold says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression

from models.labelled import Labelled
from repeatdetect import matters, reciprocal
from repeatdetect.between import Between, Score
from repeatdetect.decide import Weights
from repeatdetect.propose import propose
from repeatdetect.wholes import COLUMNS, Wholes

STATES = (3.0, 2.0, 1.1, 0.3)  # log-odds down to which clusters are joined before the next joins are looked at
FAINT, DOUBT = -2.2, -3.0  # best pair across and linkage below which nobody would ask
RIDGE = 0.3  # inverse strength, of columns brought to one scale
Doubles = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Joins:
    """Pairs of clusters: what they say as wholes, the share of pairs across that are one matter, how much each counts."""

    evidence: pd.DataFrame
    same: Doubles
    weight: Doubles


def met(county: Labelled, score: Score, look: float) -> Joins:
    """Joins that grouping meets in a county.

    Parameters
    ----------
    county : Labelled
        Prepared, with gold.
    score : callable
        Log-odds of any pairs, by a scorer that saw nothing of the county.
    look : float
        Log-odds from which a pair connects filings.
    """
    assert county.data is not None
    assert county.gold is not None
    n = len(county.gold)
    pairs = propose(county.data.corpus)
    weight = matters.telling(county.data.corpus.scalars["length"])
    wholes = Wholes.of(county.data, weight)
    value = score(pairs.left, pairs.right)
    matter = np.unique(county.gold.astype(str), return_inverse=True)[1]

    def clipped(i: Index, j: Index) -> Doubles:
        return np.clip(score(i, j), matters.LEAST, matters.CLIP)

    parts = []
    for least in STATES:
        label = matters.group(n, pairs.left, pairs.right, value, score, threshold=least, look=look, weight=weight).label
        across = np.flatnonzero((label[pairs.left] != label[pairs.right]) & (value >= FAINT))
        i, j = pairs.left[across], pairs.right[across]
        at, code = pd.factorize(np.minimum(label[i], label[j]) * n + np.maximum(label[i], label[j]), sort=True)
        tie = np.arange(n, dtype=np.uint64)
        between = Between.of(label, code // n, code % n, weight, clipped, tie, at, i, j, clipped(i, j))
        linkage = reciprocal.linkage(between.best, between.mean, between.mass, between.size)
        asked = between.take(np.flatnonzero((linkage > DOUBT) & _mutual(between, linkage, n)))
        members = np.zeros((n, matter.max() + 1))
        np.add.at(members, (label, matter), 1)
        across_all = asked.size[0] * asked.size[1]
        same = (members[asked.a] * members[asked.b]).sum(axis=1) / across_all
        parts.append((pd.DataFrame(wholes.evidence(label, asked)), same, county.share * np.sqrt(across_all)))
    evidence, same, counts = zip(*parts, strict=True)
    return Joins(pd.concat(evidence, ignore_index=True), np.concatenate(same), np.concatenate(counts))


def _mutual(between: Between, linkage: Doubles, n: int) -> npt.NDArray[np.bool_]:
    """Pairs of clusters that are each other's best."""
    best = np.full(n, -np.inf)
    np.maximum.at(best, between.a, linkage)
    np.maximum.at(best, between.b, linkage)
    out: npt.NDArray[np.bool_] = (linkage >= best[between.a]) & (linkage >= best[between.b])
    return out


def learn(joins: Sequence[Joins]) -> Weights:
    """Weights from the joins of several counties: a logistic regression with a ridge."""
    x = pd.concat([part.evidence for part in joins], ignore_index=True)[list(COLUMNS)]
    same, weight = (np.concatenate([getattr(part, name) for part in joins]) for name in ("same", "weight"))
    mean, spread = x.mean(), x.std()
    scaled = ((x - mean) / spread).fillna(0.0).to_numpy()
    model = LogisticRegression(C=RIDGE, max_iter=1000).fit(
        np.vstack([scaled, scaled]),
        np.repeat([1, 0], len(x)),
        sample_weight=np.concatenate([weight * same, weight * (1 - same)]) / weight.mean(),
    )
    slope = model.coef_[0] / spread.to_numpy()
    intercept = float(model.intercept_[0] - slope @ mean.to_numpy())
    return Weights(
        intercept, dict(zip(COLUMNS, slope.tolist(), strict=True)), {name: float(mean[name]) for name in COLUMNS}
    )
