"""Whether two clusters are one matter, told from all their filings together.

A pair of filings shows what these two have in common. Clusters show more: what the smaller one says that no filing of
the larger ever said, and what the larger one says time and again that the smaller does not know of. That tells the
other affair of the same official from one more view of this one. Where nobody is accused by name, messages to a city
above all, matters are not kept apart by who does what: the linkage decides, and less is asked of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from repeatdetect.between import Between, Weigh
from repeatdetect.comparable import Comparable
from repeatdetect.decide import Scorer, Weights
from repeatdetect.ragged import Doubles, Floats, Index, evenly, instead, row_dots
from repeatdetect.thresholds import logit

KINDS = ("content", "persons", "numbers", "objects", "issues")
COLUMNS = (
    "light", "heavy", "mean", "few", "many",
    *(f"{kind}_known" for kind in KINDS), *(f"{kind}_usual" for kind in KINDS),
)  # fmt: skip
_PIECE = 1 << 14  # pairs weighed at once; keeps memory flat
FEW, MANY = 2, 12  # filings from which a smaller and a larger cluster tell nothing more by their size
NAMED = 0.3  # share of a cluster that must name an accused
SURE = 0.9  # log-odds above the threshold from which the linkage alone joins clusters that can be weighed as wholes
BEYOND_DOUBT = 5.0  # log-odds from which it does so however much is asked for
LEAN = 0.1  # log-odds below even ones from which clusters weighed as wholes are joined: chosen on counties left out
LOOSE = 0.5  # log-odds below the threshold from which it joins clusters in which nobody is accused by name


@dataclass(frozen=True)
class Wholes:
    """What the filings of clusters tell together.

    Attributes
    ----------
    told : dict of str to csr_matrix
        For each of ``KINDS`` what each filing tells, a row a filing; of the entries only the places count.
    worth : dict of str to ndarray
        How telling each column of these is.
    weight : shape (n,)
        How much each filing tells.
    named : shape (n,)
        Of that, where an accused is named for sure.
    """

    told: dict[str, sparse.csr_matrix]
    worth: dict[str, Floats]
    weight: Doubles
    named: Doubles

    @staticmethod
    def of(data: Comparable, weight: Doubles) -> Wholes:
        """Of comparable filings."""
        told = {kind: data.content.matrix if kind == "content" else data.sides[kind].matrix for kind in KINDS}
        worth = {kind: np.ones(matrix.shape[1], np.float32) for kind, matrix in told.items()}
        worth["content"] = data.rare
        return Wholes(told, worth, weight, weight * (data.corpus.scalars["sure"] > 0))

    def share(self, label: Index) -> Doubles:
        """How much of each cluster names an accused; shape (n,), by label."""
        n = len(label)
        out: Doubles = np.bincount(label, self.named, n) / np.maximum(np.bincount(label, self.weight, n), 1e-9)
        return out

    def names(self, label: Index, between: Between) -> tuple[Doubles, Doubles]:
        """`share` of either of two clusters."""
        share = self.share(label)
        return share[between.a], share[between.b]

    def evidence(self, label: Index, between: Between) -> dict[str, Doubles]:
        """``COLUMNS`` of pairs of clusters; NaN where either says nothing of a kind.

        Parameters
        ----------
        label : shape (n,)
            Cluster of each filing.
        between : Between
        """
        some = (between.take(np.arange(part.start, part.stop)) for part in evenly(len(between.a), _PIECE))
        parts = [self._evidence(label, part) for part in some]
        return {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}

    def _evidence(self, label: Index, between: Between) -> dict[str, Doubles]:
        clusters, position = np.unique(np.concatenate([between.a, between.b]), return_inverse=True)
        a, b = position[: len(between.a)], position[len(between.a) :]
        size_a, size_b = between.size
        swap = (size_a > size_b) | ((size_a == size_b) & (between.mass[0] > between.mass[1]))
        small, large = np.where(swap, b, a), np.where(swap, a, b)
        best_a, best_b = between.best
        out = {
            "light": np.where(swap, best_b, best_a),
            "heavy": np.where(swap, best_a, best_b),
            "mean": between.mean,
            "few": np.log(np.minimum(np.minimum(size_a, size_b), FEW)),
            "many": np.log(np.minimum(np.maximum(size_a, size_b), MANY)),
        }
        number = np.full(len(label), -1)
        number[clusters] = np.arange(len(clusters))
        rows = np.flatnonzero(number[label] >= 0)
        of = number[label[rows]]
        members = sparse.csr_matrix(
            (np.ones(len(rows), np.float32), (of, np.arange(len(rows)))), (len(clusters), len(rows))
        )
        half = np.bincount(of) / 2
        for kind, told in self.told.items():
            times = members @ _ones(told[rows])
            says = _ones(times)
            telling = instead(times, self.worth[kind][times.indices])
            usual = instead(times, (times.data >= np.repeat(half, np.diff(times.indptr))).astype(np.float32))
            both = (np.diff(says.indptr)[small] > 0) & (np.diff(says.indptr)[large] > 0)
            out[f"{kind}_known"] = _share(telling, says, small, large, both)
            out[f"{kind}_usual"] = _share(usual, says, large, small, both)
        return out


def _ones(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return instead(matrix, np.ones(matrix.nnz, np.float32))


def _share(
    of: sparse.csr_matrix, known: sparse.csr_matrix, one: Index, other: Index, asked: npt.NDArray[np.bool_]
) -> Doubles:
    """Share of the mass of row ``one[k]`` that row ``other[k]`` has, too; NaN where not asked or where there is none."""
    mass = np.asarray(of.sum(axis=1), np.float64).ravel()[one]
    out = np.full(len(one), np.nan)
    some = np.flatnonzero(asked & (mass > 0))
    out[some] = row_dots(of, known, one[some], other[some]) / mass[some]
    return out


def names_accused(one: Doubles, other: Doubles) -> npt.NDArray[np.bool_]:
    """Whether clusters can be weighed as wholes, given the share of either that names an accused."""
    out: npt.NDArray[np.bool_] = np.maximum(one, other) > NAMED
    return out


def reserve(one: Doubles, other: Doubles, threshold: float) -> Doubles:
    """How far above the threshold (below, where negative) the linkage of two clusters must be to join them by itself."""
    return np.where(names_accused(one, other), np.clip(BEYOND_DOUBT - threshold, 0.0, SURE), -LOOSE)


@dataclass(frozen=True)
class Weigher:
    """Takes for the linkage of two clusters what they say as wholes, on its own scale, where an accused is named.

    Elsewhere ``LOOSE`` more than the linkage.
    """

    wholes: Wholes
    weights: Weights
    same: float  # log-odds at which the linkage of a county begins a matter

    @staticmethod
    def of(data: Comparable, weight: Doubles, scorer: Scorer) -> Weigher | None:
        """That of a scorer, if it has one; `weight`: how much each filing tells."""
        if scorer.wholes is None:
            return None
        return Weigher(Wholes.of(data, weight), scorer.wholes, logit(scorer.same))

    def careful(self, threshold: float) -> Weigh:
        """Takes the linkage less the `reserve`."""
        return lambda label, between, linkage: linkage - reserve(*self.wholes.names(label, between), threshold)

    def __call__(self, label: Index, between: Between, linkage: Doubles) -> Doubles:
        """What the wholes say, or the linkage and ``LOOSE``."""
        named = np.flatnonzero(names_accused(*self.wholes.names(label, between)))
        out = linkage + LOOSE
        if len(named):
            out[named] = self.weights.score(self.wholes.evidence(label, between.take(named))) + self.same + LEAN
        return out
