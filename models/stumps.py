"""Boosted stumps written as step functions: how an additive scorer is learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from models.labelled import Labelled
from repeatdetect.compare import EVIDENCE
from repeatdetect.decide import Scorer, Shape
from repeatdetect.same_person import ANOTHER_NAME

SAME, REVIEW, LOOK = 0.75, 0.35, 0.25
VETO = -8.0  # log-odds of two contradictions at once, as another accused and another place: never one matter
#: log-odds, besides what is learned, of another full name that is sure: the two are hardly ever one matter
ANOTHER = -3.0
CIRCULATED = 0.6  # cosine from which letters with another accused or village are one circulated letter: never joined
ALL_ELSE = -20.0  # log-odds of a circulated letter about somebody else: all else agrees, which is worth 8
Doubles = npt.NDArray[np.float64]


def ruled(evidence: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Pairs that a veto decides, whatever is learned."""
    out: npt.NDArray[np.bool_] = ((evidence["conflict"] > 1) | (evidence["template"] >= CIRCULATED)).to_numpy()
    return out


def taught(labelled: Labelled, mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], Doubles]:
    """Which of the masked pairs of a prepared set teach, and what each weighs.

    Pairs that a rule decides are left out: they would teach that likeness misleads. Every data set counts the same,
    however many pairs it has; a few decisions count less.
    """
    assert labelled.evidence is not None
    kept = mask & ~ruled(labelled.evidence)
    return kept, 1000 * labelled.share * labelled.weight[kept] / labelled.weight[kept].sum()


def stacked(
    sets: Sequence[Labelled], masks: Sequence[npt.NDArray[np.bool_]] | None = None, drop: str = ""
) -> tuple[pd.DataFrame, npt.NDArray[np.bool_], Doubles]:
    """Evidence, truth and weights of what the masked pairs teach, without the columns whose name ends in `drop`."""
    masks = masks or [np.ones(len(s.left), bool) for s in sets]
    kept, weight = zip(*(taught(s, mask) for s, mask in zip(sets, masks, strict=True)), strict=True)
    evidence = pd.concat([s.evidence[m] for s, m in zip(sets, kept, strict=True) if s.evidence is not None])
    same = np.concatenate([s.same[m] for s, m in zip(sets, kept, strict=True)])
    columns = [name for name in evidence if not (drop and str(name).endswith(drop))]
    return evidence[columns], same, np.concatenate(weight)


def fit(evidence: pd.DataFrame, same: npt.NDArray[np.bool_], weight: Doubles) -> Scorer:
    """Boosted stumps as step functions."""
    names = [str(name) for name in evidence]
    filled = pd.DataFrame({name: _coarse(evidence[name].to_numpy(np.float64)) for name in names})
    model = HistGradientBoostingClassifier(
        max_leaf_nodes=2, max_depth=1, learning_rate=0.2, max_iter=400, min_samples_leaf=15, l2_regularization=2.0,
        monotonic_cst=[EVIDENCE[name] for name in names], early_stopping=False, random_state=0,
    ).fit(filled.to_numpy(), same, sample_weight=weight)  # fmt: skip
    steps: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in names}
    intercept = float(np.ravel(model._baseline_prediction)[0])
    for (tree,) in model._predictors:
        nodes = tree.nodes
        if nodes["is_leaf"][0]:
            intercept += float(nodes["value"][0])
            continue
        root = nodes[0]
        low, high = float(nodes["value"][root["left"]]), float(nodes["value"][root["right"]])
        unknown = low if root["missing_go_to_left"] else high
        steps[names[root["feature_idx"]]].append((float(root["num_threshold"]), low, high, unknown))
    shapes = {}
    for name, found in steps.items():
        if not found:
            continue
        cuts = np.unique([cut for cut, _, _, _ in found if np.isfinite(cut)])  # no cut: what is known from what is not
        scores = np.zeros(len(cuts) + 1)
        for cut, low, high, _ in found:
            at = int(np.searchsorted(cuts, cut))
            scores[: at + 1] += low
            scores[at + 1 :] += high
        missing = sum(unknown for *_, unknown in found)
        if not evidence[name].isna().any():
            missing = 0.0
        shapes[name] = Shape(cuts, scores, missing)
    return Scorer(
        intercept,
        {
            **shapes,
            "who": _another(shapes.get("who")),
            "conflict": _veto(shapes.get("conflict")),
            "template": _CIRCULATED,
        },
        SAME,
        REVIEW,
        LOOK,
        None,
        "",
    )


def _coarse(column: Doubles) -> Doubles:
    """A column of at most 200 values or as few as it has: the learner bins it anyway, and takes its time to."""
    values = np.unique(column[~np.isnan(column)])
    if len(values) < 2:
        return np.zeros(len(column))
    if len(values) <= 200:
        return column
    edges = np.unique(np.nanquantile(column, np.linspace(0, 1, 200), method="nearest"))
    return np.where(np.isnan(column), np.nan, edges[np.searchsorted(edges, column, side="right") - 1])


#: the shape of ``template`` is a rule, not learned: so few are labelled that their own wording would outweigh them
_CIRCULATED = Shape(np.array([CIRCULATED]), np.array([0.0, ALL_ELSE]), 0.0)


def _another(shape: Shape | None) -> Shape:
    """The learned shape of ``who``, lowered where two full names differ.

    Of 25,000 such pairs 35 are one matter, but few of the others are alike in all else, as many of a province are.
    """
    learned = shape or Shape(np.empty(0), np.zeros(1), 0.0)
    cuts = np.unique(np.append(learned.cuts, ANOTHER_NAME))
    scores = learned(np.append(cuts, cuts[-1] + 1))
    scores[: int(np.searchsorted(cuts, ANOTHER_NAME)) + 1] += ANOTHER
    return Shape(cuts, scores, learned.missing)


def _veto(shape: Shape | None) -> Shape:
    """The learned shape of ``conflict`` up to one contradiction, a veto from two on."""
    below = shape(np.array([0.0, 1.0])) if shape else np.zeros(2)
    return Shape(np.array([0.5, 1.5]), np.array([below[0], below[1], VETO]), 0.0)
