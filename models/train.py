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
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression

from models import lexical_tables, meaning
from models.joins import Joins, learn, met
from models.labelled import FOLDS, OUT, ROOT, Labelled, load_sets, office
from models.stumps import SAME, fit, stacked
from repeatdetect import corpus as corpus_stage
from repeatdetect import counted, evaluation, lexical, matters
from repeatdetect.between import Score
from repeatdetect.compare import Pairs
from repeatdetect.decide import Scorer, probability
from repeatdetect.propose import propose
from repeatdetect.ragged import matrices, row_dots
from repeatdetect.settings import Settings
from repeatdetect.thresholds import Thresholds, logit
from repeatdetect.wholes import Weigher

BY_TOPIC = ("anlan", "chenghe", "city")  # the other counties are so hard that figures with them left out say it all
PARTS = 4  # of the counties, each of which is left out once to see how its clusters join
ALIKE = 0.45  # cosine from which two messages count as one matter when frequencies are learned
Doubles = npt.NDArray[np.float64]


class Model(NamedTuple):
    """What is learned of labelled pairs: a scorer, and how words' meanings are turned."""

    scorer: Scorer
    turn: Doubles

    def score(self, test: Labelled, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64]) -> Doubles:
        """Log-odds of pairs of a data set."""
        return self.scorer.score(Pairs(test.turned(self.turn), i, j))


def train(sets: Sequence[Labelled]) -> Model:
    """Learn from all pairs of the sets."""
    turn = meaning.learn(sets, [np.ones(len(s.left), bool) for s in sets], meaning.elsewise(sets))
    return Model(fit(*stacked(meaning.crossed(sets))), turn)


def joins(sets: Sequence[Labelled]) -> dict[str, Joins]:
    """Joins of clusters in each county, whose pairs are scored by models that saw nothing of it."""
    counties = [s for s in sets if s.gold is not None]
    out = {}
    for part in range(PARTS):
        held = counties[part::PARTS]
        alone = train([s for s in sets if all(s is not county for county in held)])
        for county in held:
            out[county.name] = met(county, partial(alone.score, county), logit(alone.scorer.look))
    return out


def topics(folds: int) -> list[tuple[int, int]]:
    """Pairs of folds, ascending."""
    return [(a, b) for a in range(folds) for b in range(a, folds)]


class FoldScorer:
    """Scores each pair with a model that saw no pair of either filing's topic.

    Parameters
    ----------
    sets : sequence of Labelled
        Prepared, `test` one of them.
    test : Labelled
    folds : int
    turn : ndarray, optional
        How meanings are turned, where that is not learned again: the evidence of the sets has it.

    Notes
    -----
    What training pairs mean (`meaning.crossed`) and what all else says of them is worked out once, by models that saw pairs
    of the topic scored; nothing of a pair that is scored is.
    """

    def __init__(
        self, sets: Sequence[Labelled], test: Labelled, folds: int = FOLDS, turn: Doubles | None = None
    ) -> None:
        self.test = test
        self.fold = test.fold % folds
        self.models: dict[tuple[int, int], Model] = {}
        ready = sets if turn is not None else meaning.crossed(sets)
        ahead = meaning.elsewise(sets) if turn is None else []
        for pair in topics(folds):
            seen = ~(np.isin(self.fold[test.left], pair) | np.isin(self.fold[test.right], pair))
            masks = [seen if s is test else np.ones(len(s.left), bool) for s in sets]
            turned = meaning.learn(sets, masks, ahead) if turn is None else turn
            self.models[pair] = Model(fit(*stacked(ready, masks)), turned)

    def __call__(self, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64]) -> Doubles:
        low, high = np.sort([self.fold[i], self.fold[j]], axis=0)
        out = np.empty(len(i))
        for (a, b), model in self.models.items():
            here = (low == a) & (high == b)
            if here.any():
                out[here] = model.score(self.test, i[here], j[here])
        return out


def cluster(test: Labelled, score: Score, scorer: Scorer) -> npt.NDArray[np.int64]:
    """Group a data set with a score function and the thresholds and weights of a scorer, as `detect` does."""
    assert test.data is not None
    corpus = test.data.corpus
    weight = matters.telling(corpus.scalars["length"])
    pairs = propose(corpus)
    asked_for = Thresholds.of(Settings(), scorer, len(corpus))
    return matters.group(
        len(corpus), pairs.left, pairs.right, score(pairs.left, pairs.right), score, threshold=asked_for.same,
        look=asked_for.look, weight=weight, weigh=Weigher.of(test.data, weight, scorer),
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
    (terms,) = matrices(counted.unit(corpus.features["terms"], lexical.load().idf["terms"]))
    close = row_dots(terms, terms, pairs.left, pairs.right) >= ALIKE
    i = np.concatenate([labelled.left[labelled.same], pairs.left[close]])
    j = np.concatenate([labelled.right[labelled.same], pairs.right[close]])
    graph = sparse.coo_matrix((np.ones(len(i)), (i, j)), shape=(len(corpus),) * 2)
    label: npt.NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def learn_tables(sets: Sequence[Labelled]) -> None:
    """Write the frozen tables; matters of a set without gold are those of a first pass by words."""
    matter, offset = [], 0
    for labelled in sets:
        if labelled.gold is not None:
            found = np.unique(labelled.gold.astype(str), return_inverse=True)[1]
        else:
            found = _first_pass(labelled)
        matter.append(found.astype(np.int64) + offset)
        offset += len(labelled.filings)
    filings = pd.concat([s.filings for s in sets], ignore_index=True)
    lexical_tables.save(lexical_tables.learn(filings, np.concatenate(matter)), OUT / "lexical.npz")
    lexical.load.cache_clear()


def with_decisions(sets: Sequence[Labelled], decided: Labelled) -> dict[str, dict[str, dict[str, object]]]:
    """Figures on labelled pairs, before and after an office's decisions; each pair by models that saw no topic of it."""
    base, turn = fit(*stacked(sets)), lexical.load().turn.astype(np.float64)
    assert decided.evidence is not None
    by_topic = FoldScorer([*sets, decided], decided, turn=turn)
    out = {
        decided.name: {
            "before": _of_score(decided, base.score(decided.evidence)),
            "after": _of_score(decided, by_topic(decided.left, decided.right)),
        }
    }
    for test in sets:
        out[test.name] = {
            when: _of_score(test, FoldScorer(trained, test, turn=turn)(test.left, test.right))
            for when, trained in (("before", sets), ("after", [*sets, decided]))
        }
    return out


def _of_score(test: Labelled, score: Doubles) -> dict[str, object]:
    return {
        **evaluation.weighted(score >= logit(SAME), test.same, test.weight), "pairs": len(score),
        "calibration error": evaluation.calibration_error(probability(score), test.same, test.weight),
    }  # fmt: skip


def write(scorer: Scorer) -> None:
    """Write the model that the package reads."""
    model = {
        "intercept": round(scorer.intercept, 6), "same": scorer.same, "review": scorer.review, "look": scorer.look,
        "wholes": scorer.wholes and {
            "intercept": round(scorer.wholes.intercept, 6),
            **{of: {name: round(value, 6) for name, value in getattr(scorer.wholes, of).items()} for of in ("weight", "unknown")},
        },
        "shapes": {
            name: {"cuts": s.cuts.tolist(), "scores": s.scores.round(6).tolist(), "missing": round(s.missing, 6)}
            for name, s in scorer.shapes.items()
        },
    }  # fmt: skip
    told = json.dumps(model, ensure_ascii=False, indent=1, allow_nan=False)
    (OUT / "scorer.json").write_text(told + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure-only", action="store_true")
    parser.add_argument("--decisions", type=Path, help="an office's decisions; the frozen tables stay as they are")
    parser.add_argument("export", nargs="*", type=Path, help="exports that hold the filings of the decisions")
    args = parser.parse_args()
    sets = load_sets()
    if not args.measure_only and all(labelled.name != "city" for labelled in sets):
        parser.error("a scorer that has not learned from the city messages joins far too much: only --measure-only")
    if args.decisions:
        decided = office(args.decisions, args.export)
        for labelled in (*sets, decided):
            labelled.prepare(lexical.load().turn.astype(np.float64))
        for name, found in with_decisions(sets, decided).items():
            print(name, json.dumps(found), flush=True)
        if not args.measure_only:
            write(replace(fit(*stacked([*sets, decided])), wholes=Scorer.load().wholes))
        return
    if not args.measure_only:
        learn_tables([s for s in sets if s.name != "mass"])  # its few phrases are no language
    for labelled in sets:
        labelled.prepare()
    report: dict[str, object] = {}
    scores, truth, weight = [], [], []
    met_joins = joins(sets)
    if not args.measure_only:
        model = train(sets)
        meaning.write(model.turn)
        write(replace(model.scorer, wholes=learn(list(met_joins.values()))))
    for test in sets:
        alone = train([s for s in sets if s is not test])
        wholes = learn([part for name, part in met_joins.items() if name != test.name])
        scorer = replace(alone.scorer, wholes=wholes)
        left_out: dict[str, object] = {"set left out": figures(test, cluster(test, partial(alone.score, test), scorer))}
        report[test.name] = left_out
        if test.name in BY_TOPIC:
            folds = FoldScorer(sets, test)
            value = folds(test.left, test.right)
            scores.append(value)
            truth.append(test.same)
            weight.append(1000 * test.weight / test.weight.sum())
            report[test.name] = {
                "by topic": figures(test, cluster(test, folds, scorer)), **left_out,
                "calibration error": evaluation.calibration_error(probability(value), test.same, test.weight),
            }  # fmt: skip
        print(test.name, json.dumps(report[test.name]), flush=True)
    x, y, w = np.concatenate(scores), np.concatenate(truth), np.concatenate(weight)
    platt = LogisticRegression(C=1e6).fit(x[:, None], y, sample_weight=w)
    slope, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    report["calibration"] = {
        "slope": slope, "offset": offset,
        "error by topic": evaluation.calibration_error(probability(slope * x + offset), y, w),
    }  # fmt: skip
    print(json.dumps(report["calibration"]))
    if args.measure_only:
        return
    (ROOT / "models" / "figures.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
