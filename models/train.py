"""Train the shipped scorer: labelled pairs in, ``scorer.json`` and the figures of the card out.

    python -m models.train                  # learn the tables, fit, measure by topic, write
    python -m models.train --measure-only   # figures only, nothing written
    python -m models.train --decisions D.csv EXPORT…   # add an office's own decisions, with before and after

The additive model is gradient boosting of single-split trees (scikit-learn), monotone in the columns where agreement
can only speak for one matter; a sum of stumps is a sum of step functions, one a column, which is what is written.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression

from models import lexical_tables
from models.labelled import FOLDS, OUT, ROOT, Labelled, load_sets, office
from models.stumps import SAME, fit, ruled
from repeatdetect import corpus as corpus_stage
from repeatdetect import evaluation, lexical, matters
from repeatdetect.compare import compare
from repeatdetect.decide import Scorer
from repeatdetect.propose import propose
from repeatdetect.ragged import matrices, row_dots
from repeatdetect.settings import Settings
from repeatdetect.thresholds import Thresholds, logit

BY_TOPIC = ("anlan", "chenghe", "city")  # the other counties are so hard that figures with them left out say it all
ALIKE = 0.45  # cosine from which two messages count as one matter when frequencies are learned
Doubles = npt.NDArray[np.float64]


def _weights(sets: Sequence[Labelled], masks: Sequence[npt.NDArray[np.bool_]]) -> Doubles:
    """Every data set counts the same, however many pairs it has; a few decisions count less."""
    return np.concatenate([1000 * s.share * s.weight[m] / s.weight[m].sum() for s, m in zip(sets, masks, strict=True)])


def train(sets: Sequence[Labelled], masks: Sequence[npt.NDArray[np.bool_]] | None = None) -> Scorer:
    """Fit on the masked pairs of all sets, but for those that a rule decides: they would teach that likeness misleads."""
    masks = masks or [np.ones(len(s.left), bool) for s in sets]
    masks = [mask & ~ruled(s.evidence) for s, mask in zip(sets, masks, strict=True) if s.evidence is not None]
    evidence = pd.concat([s.evidence[m] for s, m in zip(sets, masks, strict=True) if s.evidence is not None])
    same = np.concatenate([s.same[m] for s, m in zip(sets, masks, strict=True)])
    return fit(evidence, same, _weights(sets, masks))


def topics(folds: int) -> list[tuple[int, int]]:
    """Pairs of folds, ascending."""
    return [(a, b) for a in range(folds) for b in range(a, folds)]


def _apart(
    models: dict[tuple[int, int], Scorer],
    evidence: pd.DataFrame,
    one: npt.NDArray[np.int64],
    other: npt.NDArray[np.int64],
) -> Doubles:
    """Score each pair with the model that saw neither of its two folds."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    out = np.empty(len(evidence))
    for (a, b), model in models.items():
        here = (low == a) & (high == b)
        if here.any():
            out[here] = model.score(evidence[here])
    return out


class FoldScorer:
    """Scores each pair with a model that saw no pair of either filing's topic."""

    def __init__(self, sets: Sequence[Labelled], test: Labelled, folds: int = FOLDS) -> None:
        self.test = test
        self.fold = test.fold % folds
        self.models: dict[tuple[int, int], Scorer] = {}
        for pair in topics(folds):
            seen = ~(np.isin(self.fold[test.left], pair) | np.isin(self.fold[test.right], pair))
            self.models[pair] = train(sets, [seen if s is test else np.ones(len(s.left), bool) for s in sets])

    def __call__(self, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64]) -> Doubles:
        assert self.test.data is not None
        return _apart(self.models, compare(self.test.data, i, j), self.fold[i], self.fold[j])


def cluster(test: Labelled, score: matters.Score, scorer: Scorer) -> npt.NDArray[np.int64]:
    """Group a data set with a score function and the thresholds of a scorer, as `detect` does."""
    assert test.data is not None
    corpus = test.data.corpus
    pairs = propose(corpus)
    asked_for = Thresholds.of(Settings(), scorer, len(corpus))
    return matters.group(
        len(corpus), pairs.left, pairs.right, score(pairs.left, pairs.right), score, threshold=asked_for.same,
        look=asked_for.look, weight=matters.telling(corpus.scalars["length"]),
    ).label  # fmt: skip


def figures(test: Labelled, label: npt.NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """Pairwise figures against the labels; for the city also without its three hottest topics."""
    if test.gold is not None:
        return {"all": evaluation.pairwise(label, test.gold)}
    test = test.leading(test.measured)
    out = {}
    graph = sparse.coo_matrix(
        (np.ones(test.same.sum()), (test.left[test.same], test.right[test.same])), shape=(len(label),) * 2
    )
    topic = connected_components(graph, directed=False)[1]
    mass = pd.Series(test.weight[test.same]).groupby(topic[test.left[test.same]]).sum()
    hot = mass.sort_values(ascending=False).index[:3]
    cool = ~(np.isin(topic[test.left], hot) | np.isin(topic[test.right], hot))
    for name, mask in (("all", np.ones(len(cool), bool)), ("ordinary", cool)):
        together = label[test.left[mask]] == label[test.right[mask]]
        out[name] = evaluation.weighted(together, test.same[mask], test.weight[mask])
    return out


def _first_pass(labelled: Labelled) -> npt.NDArray[np.int64]:
    """Rough matters of a set whose matters are not all known: labelled pairs, and pairs much alike in their words."""
    corpus = corpus_stage.prepare(labelled.filings)
    pairs = propose(corpus)
    (terms,) = matrices(corpus_stage.weighted(corpus, "terms"))
    close = row_dots(terms, terms, pairs.left, pairs.right) >= ALIKE
    i = np.concatenate([labelled.left[labelled.same], pairs.left[close]])
    j = np.concatenate([labelled.right[labelled.same], pairs.right[close]])
    graph = sparse.coo_matrix((np.ones(len(i)), (i, j)), shape=(len(corpus),) * 2)
    label: npt.NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def learn_tables(sets: Sequence[Labelled]) -> None:
    """Write the frozen tables; matters of a set without gold are those of a first pass with the shipped model."""
    matter, offset = [], 0
    for labelled in sets:
        if labelled.gold is not None:
            found = np.unique(labelled.gold.astype(str), return_inverse=True)[1]
        else:
            found = _first_pass(labelled)
        matter.append(found.astype(np.int64) + offset)
        offset += len(labelled.filings)
    filings = pd.concat([s.filings for s in sets], ignore_index=True)
    lexical.save(lexical_tables.learn(filings, np.concatenate(matter)), OUT / "lexical.npz")
    lexical.load.cache_clear()


def with_decisions(sets: Sequence[Labelled], decided: Labelled) -> dict[str, dict[str, dict[str, object]]]:
    """Figures on labelled pairs, before and after an office's decisions; each pair by models that saw no topic of it."""
    base = train(sets)
    assert decided.evidence is not None
    out = {
        decided.name: {
            "before": _of_score(decided, base.score(decided.evidence)),
            "after": _of_score(decided, FoldScorer([*sets, decided], decided)(decided.left, decided.right)),
        }
    }
    for test in sets:
        out[test.name] = {
            when: _of_score(test, FoldScorer(trained, test)(test.left, test.right))
            for when, trained in (("before", sets), ("after", [*sets, decided]))
        }
    return out


def _of_score(test: Labelled, score: Doubles) -> dict[str, object]:
    return {
        **evaluation.weighted(score >= logit(SAME), test.same, test.weight), "pairs": len(score),
        "calibration error": evaluation.calibration_error(score, test.same, test.weight),
    }  # fmt: skip


def write(scorer: Scorer) -> None:
    """Write the model that the package reads."""
    model = {
        "intercept": round(scorer.intercept, 6), "same": scorer.same, "review": scorer.review, "look": scorer.look,
        "shapes": {
            name: {"cuts": s.cuts.tolist(), "scores": s.scores.round(6).tolist(), "missing": round(s.missing, 6)}
            for name, s in scorer.shapes.items()
        },
    }  # fmt: skip
    (OUT / "scorer.json").write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure-only", action="store_true")
    parser.add_argument("--decisions", type=Path, help="an office's decisions; the frozen tables stay as they are")
    parser.add_argument("export", nargs="*", type=Path, help="exports that hold the filings of the decisions")
    args = parser.parse_args()
    sets = load_sets()
    if args.decisions:
        decided = office(args.decisions, args.export)
        for labelled in (*sets, decided):
            labelled.prepare()
        for name, found in with_decisions(sets, decided).items():
            print(name, json.dumps(found), flush=True)
        if not args.measure_only:
            write(train([*sets, decided]))
        return
    if not args.measure_only:
        learn_tables([s for s in sets if s.name != "mass"])  # its few phrases are no language
    for labelled in sets:
        labelled.prepare()
    report: dict[str, object] = {}
    scores, truth, weight = [], [], []
    if not args.measure_only:
        write(train(sets))
    for test in sets:
        alone = train([s for s in sets if s is not test])
        assert test.data is not None
        unseen = lambda i, j, m=alone, d=test.data: m.score(compare(d, i, j))  # noqa: E731
        left_out: dict[str, object] = {"set left out": figures(test, cluster(test, unseen, alone))}
        report[test.name] = left_out
        if test.name in BY_TOPIC:
            folds = FoldScorer(sets, test)
            value = folds(test.left, test.right)
            scores.append(value)
            truth.append(test.same)
            weight.append(1000 * test.weight / test.weight.sum())
            report[test.name] = {
                "by topic": figures(test, cluster(test, folds, alone)), **left_out,
                "calibration error": evaluation.calibration_error(value, test.same, test.weight),
            }  # fmt: skip
        print(test.name, json.dumps(report[test.name]), flush=True)
    x, y, w = np.concatenate(scores), np.concatenate(truth), np.concatenate(weight)
    platt = LogisticRegression(C=1e6).fit(x[:, None], y, sample_weight=w)
    slope, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    report["calibration"] = {
        "slope": slope, "offset": offset,
        "error by topic": evaluation.calibration_error(slope * x + offset, y, w),
    }  # fmt: skip
    print(json.dumps(report["calibration"]))
    if args.measure_only:
        return
    (ROOT / "models" / "figures.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
