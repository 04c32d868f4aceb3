"""Learn which words' meanings tell one affair from another: the linear map ``turn`` of a filing's vector (``meaning.npz``).

What general Chinese takes for alike (小区, 开发商, 业主) stands in every complaint about one estate. The map is learned from
labelled pairs, so that cosines after it add most to what all other evidence says; it stays near the identity.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from models.labelled import OUT, Labelled
from models.stumps import fit, stacked, taught
from repeatdetect.compare import Pairs, compare
from repeatdetect.decide import Scorer

Doubles = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Masks = Sequence[npt.NDArray[np.bool_]]
PULL = 3e-4  # of the squared distance from the identity, against the mean loss of a pair
STEPS = 25  # more learn the training sets by heart
CROSSED = 3  # folds by topic


def elsewise(sets: Sequence[Labelled]) -> list[Doubles]:
    """What all evidence but the likeness of meaning says of each pair, in log-odds."""
    scorer: Scorer = fit(*stacked(sets, drop="meaning"))
    return [scorer.score(s.evidence) for s in sets if s.evidence is not None]


def learn(sets: Sequence[Labelled], masks: Masks, ahead: Sequence[Doubles]) -> Doubles:
    """The map that explains the masked pairs best, beside what is known of them ahead.

    Parameters
    ----------
    sets : sequence of Labelled
        Prepared; the generated filings are left out, their few phrases are no language.
    masks, ahead : sequence of ndarray
        For each set the pairs to learn from, and the log-odds of all its pairs by other evidence.

    Returns
    -------
    ndarray, shape (k, k)
    """
    parts = []
    for labelled, mask, offset in zip(sets, masks, ahead, strict=True):
        if labelled.name == "mass" or labelled.evidence is None or labelled.plain is None:
            continue
        kept, weight = taught(labelled, mask)
        same = labelled.same[kept].astype(float)
        parts.append((labelled.plain, labelled.left[kept], labelled.right[kept], same, weight, offset[kept]))
    identity = np.eye(parts[0][0].shape[1])
    whole = sum(part[4].sum() for part in parts)

    def loss(values: Doubles) -> tuple[float, Doubles]:
        slope, level, turn = values[0], values[1], values[2:].reshape(identity.shape)
        total, by_turn, by_slope, by_level = 0.0, np.zeros_like(turn), 0.0, 0.0
        for plain, i, j, same, weight, offset in parts:
            turned = plain @ turn
            norm = np.linalg.norm(turned, axis=1, keepdims=True) + 1e-9
            turned /= norm
            cosine = np.einsum("ij,ij->i", turned[i], turned[j])
            odds = slope * cosine + level + offset
            total += float((weight * (np.logaddexp(0, odds) - same * odds)).sum())
            error = weight * (1 / (1 + np.exp(-odds)) - same)
            by_slope += float((error * cosine).sum())
            by_level += float(error.sum())
            link = sparse.csr_matrix((error * slope, (i, j)), shape=(len(plain),) * 2)
            pulled = link @ turned + link.T @ turned
            by_turn += plain.T @ ((pulled - (pulled * turned).sum(axis=1, keepdims=True) * turned) / norm)
        away = turn - identity
        slopes = np.concatenate([[by_slope / whole, by_level / whole], (by_turn / whole + 2 * PULL * away).ravel()])
        return total / whole + PULL * float((away**2).sum()), slopes

    start = np.concatenate([[3.0, -1.0], identity.ravel()])
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    turn: Doubles = found.x[2:].reshape(identity.shape)
    return turn


def crossed(sets: Sequence[Labelled]) -> list[Labelled]:
    """The sets with each pair's likeness of meaning by a map that saw neither filing's topic.

    By a map that saw the pair itself it would look so telling that a scorer trusts it on filings never seen, too.
    """
    ahead = elsewise(sets)
    meaning = [np.empty(len(s.left)) for s in sets]
    for a in range(CROSSED):
        for b in range(a, CROSSED):
            folds = [(s.fold[s.left] % CROSSED, s.fold[s.right] % CROSSED) for s in sets]
            seen = [~(np.isin(one, (a, b)) | np.isin(other, (a, b))) for one, other in folds]
            turn = learn(sets, seen, ahead)
            for s, (one, other), out in zip(sets, folds, meaning, strict=True):
                here = (np.minimum(one, other) == a) & (np.maximum(one, other) == b)
                out[here] = Pairs(s.turned(turn), s.left[here], s.right[here])["meaning"]
    return [
        dataclasses.replace(s, evidence=compare(s.data, s.left, s.right, {"meaning": values}))
        for s, values in zip(sets, meaning, strict=True)
        if s.data is not None
    ]


def write(turn: Doubles) -> None:
    """Write the map that the package reads."""
    np.savez_compressed(OUT / "meaning.npz", allow_pickle=False, turn=turn.astype(np.float16))
